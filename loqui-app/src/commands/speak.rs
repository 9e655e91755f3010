//! `loqui speak`: generates speech from one sample and one text.

use std::path::{Path, PathBuf};

use loqui_core::ledger::GenerationInfo;
use loqui_core::speech::SpeechFormat;
use loqui_core::{Error, Generation, SpeakOptions, SubtitleFormat};

use super::CommonFlags;
use crate::code;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::settings::EngineFlags;
use crate::speak_flags::SpeakFlags;
use crate::{output, progress, script, target};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Recording of the voice: 5 to 30 seconds of clear speech
    #[arg(long, value_name = "FILE")]
    sample: PathBuf,

    /// Text to speak; `-` reads it from stdin
    text: Option<String>,

    /// File with the text to speak; `-` reads stdin. The extension says the format
    #[arg(long, value_name = "FILE", conflicts_with = "text")]
    script: Option<PathBuf>,

    /// Output file: .wav, .mp3, .opus or .flac [default: loqui-ID.wav]
    #[arg(short, long, value_name = "OUT.wav")]
    output: Option<PathBuf>,

    #[command(flatten)]
    engine: EngineFlags,

    #[command(flatten)]
    options: SpeakFlags,

    /// Statement of the speaker's consent, for example "I am the speaker"; stored with the sample. The engine pocket requires it
    #[arg(long, value_name = "STATEMENT")]
    consent: Option<String>,

    /// Also write subtitles, as .srt or .vtt
    #[arg(long, value_name = "OUT.srt")]
    subtitles: Option<PathBuf>,

    /// Also write a manifest with text, times, takes, seeds and cost
    #[arg(long, value_name = "OUT.json")]
    manifest: Option<PathBuf>,

    /// Do not reuse segments of an earlier version of the script: the same as --reuse false
    #[arg(long, conflicts_with = "reuse")]
    anew: bool,
}

pub(super) async fn run(arguments: Arguments, common: &CommonFlags) -> Result<ExitCode, Failure> {
    let source = script::read(arguments.text.clone(), arguments.script.as_deref()).await?;
    let mut options = options(&arguments);
    source.set_format(&mut options);
    for path in [&arguments.output, &arguments.subtitles, &arguments.manifest]
        .into_iter()
        .flatten()
    {
        target::check(path)?;
    }
    if let Some(path) = &arguments.output {
        SpeechFormat::of(path).map_err(Failure::wrong_use)?;
    }
    if arguments.output.is_none() {
        target::check(Path::new("loqui.wav"))?;
    }
    let format = arguments.subtitles.as_deref().map(subtitle_format).transpose()?;
    let settings = common.settings(&arguments.engine)?;
    if let Some(notice) = settings.notice() {
        output::note(&notice);
    }
    let loqui = settings.open()?;
    let sample = loqui.open_sample(&arguments.sample).await?;
    let mut request = loqui.submit(&sample, source.text).options(options);
    if let Some(consent) = &arguments.consent {
        request = request.consent(consent);
    }
    let generation = request.await?;
    let info = finish(&generation, common.json).await?;
    let path = target::of(arguments.output, generation.id());
    generation.save(&path).await?;
    if let (Some(path), Some(format)) = (&arguments.subtitles, format) {
        loqui_core::speech::save(path, info.subtitles(format)).await?;
    }
    if let Some(path) = &arguments.manifest {
        let manifest = serde_json::to_vec_pretty(&generation.speech().await?.manifest()).map_err(|source| {
            Error::new(&code::INTERNAL, "the manifest could not be written as JSON").with_source(source)
        })?;
        loqui_core::speech::save(path, manifest).await?;
    }
    report(&info, &path, common.json);
    Ok(ExitCode::SUCCESS)
}

/// Waits for a generation. Ctrl-C ends the command but not the generation, because takes may already be paid.
pub(super) async fn finish(generation: &Generation, json: bool) -> Result<GenerationInfo, Failure> {
    let interrupted = tokio::signal::ctrl_c();
    tokio::select! {
        info = async { if json { generation.finish().await } else { progress::wait(generation).await } } => Ok(info?),
        Ok(()) = interrupted => {
            let id = generation.id();
            Err(Error::new(&code::GENERATION_NOT_FINISHED, format!("generation {id} was interrupted"))
                .with_hint(format!("Continue it with `loqui generations wait {id}`, or stop it with `loqui generations cancel {id}`."))
                .with_generation(id)
                .into())
        }
    }
}

/// Prints the result.
pub(super) fn report(info: &GenerationInfo, path: &Path, json: bool) {
    if json {
        return output::json(&info.clone().with_output(path.display().to_string()));
    }
    info.warnings.iter().for_each(output::finding);
    let cost = if info.cost_usd > 0.0 {
        format!(", ${:.4}", info.cost_usd)
    } else {
        String::new()
    };
    output::print(&format!(
        "{} ({:.2} s, {}, {}{cost})",
        path.display(),
        info.duration_seconds.unwrap_or_default(),
        output::counted(info.segments.len(), "segment"),
        if info.engine == "offline" {
            "offline voice".to_owned()
        } else {
            info.model.clone()
        },
    ));
}

fn options(arguments: &Arguments) -> SpeakOptions {
    let mut options = arguments.options.options().clone();
    if arguments.anew {
        options.limits.reuse = Some(false);
    }
    options
}

fn subtitle_format(path: &Path) -> Result<SubtitleFormat, Failure> {
    match path
        .extension()
        .and_then(|extension| extension.to_str())
        .map(str::to_ascii_lowercase)
        .as_deref()
    {
        Some("srt") => Ok(SubtitleFormat::Srt),
        Some("vtt") => Ok(SubtitleFormat::Vtt),
        _ => Err(Failure::wrong_use(
            Error::new(&code::USAGE, format!("unknown subtitle format of {}", path.display()))
                .with_hint("Use the file extension .srt or .vtt."),
        )),
    }
}
