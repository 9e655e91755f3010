//! `loqui speak`: one voice, one text, one WAV.

use std::path::{Path, PathBuf};

use loqui_core::error::code;
use loqui_core::ledger::GenerationInfo;
use loqui_core::speech::SpeechFormat;
use loqui_core::{Error, Generation, Sample, SpeakOptions, SubtitleFormat};

use crate::arguments::SpeakArguments;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::{engine, output, progress, script, target};

pub(crate) async fn run(
    arguments: Box<SpeakArguments>,
    data_dir: Option<PathBuf>,
    json: bool,
) -> Result<ExitCode, Failure> {
    let text = script::read(arguments.text.clone(), arguments.script.as_deref()).await?;
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
    let loqui = engine::open(&arguments.engine, arguments.cog_url.as_deref(), data_dir)?;
    let sample = Sample::open(&arguments.sample).await?;
    let generation = loqui.submit(&sample, text).options(options(&arguments)).await?;
    let info = finish(&generation, json).await?;
    let path = target::of(arguments.output, generation.id());
    generation.save(&path).await?;
    if let (Some(path), Some(format)) = (&arguments.subtitles, format) {
        loqui_core::speech::save(path, info.subtitles(format)).await?;
    }
    if let Some(path) = &arguments.manifest {
        let manifest = serde_json::to_vec_pretty(&generation.speech().await?.manifest())
            .map_err(|source| Error::new(&code::INTERNAL, "the manifest is not JSON").with_source(source))?;
        loqui_core::speech::save(path, manifest).await?;
    }
    report(&info, &path, json);
    Ok(ExitCode::SUCCESS)
}

/// Waits, and leaves the generation as it is if somebody presses Ctrl-C: what is paid is not thrown away.
pub(crate) async fn finish(generation: &Generation, json: bool) -> Result<GenerationInfo, Failure> {
    let interrupted = tokio::signal::ctrl_c();
    tokio::select! {
        info = async { if json { generation.finish().await } else { progress::wait(generation).await } } => Ok(info?),
        Ok(()) = interrupted => {
            let id = generation.id();
            Err(Error::new(&code::GENERATION_NOT_FINISHED, format!("generation {id} was interrupted"))
                .with_hint(format!("`loqui generations wait {id}` goes on with it, `loqui generations cancel {id}` stops it."))
                .with_generation(id)
                .into())
        }
    }
}

/// Says what came of it.
pub(crate) fn report(info: &GenerationInfo, path: &Path, json: bool) {
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

fn options(arguments: &SpeakArguments) -> SpeakOptions {
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
            Error::new(&code::USAGE, format!("{} is neither .srt nor .vtt", path.display()))
                .with_hint("Name the subtitles with .srt or .vtt."),
        )),
    }
}
