//! `loqui speak`: one voice, one text, one WAV.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use loqui_core::error::code;
use loqui_core::{Error, Generation, Sample, Severity, SpeakOptions, Speech, SubtitleFormat};

use crate::arguments::SpeakArguments;
use crate::failure::Failure;
use crate::{engine, output, progress, script, target};

pub(crate) async fn run(
    arguments: Box<SpeakArguments>,
    data_dir: Option<PathBuf>,
    json: bool,
) -> Result<ExitCode, Failure> {
    let text = script::read(arguments.text.clone(), arguments.script.as_deref()).await?;
    for path in [&arguments.output, &arguments.subtitles].into_iter().flatten() {
        target::check(path)?;
    }
    if arguments.output.is_none() {
        target::check(Path::new("loqui.wav"))?;
    }
    let format = arguments.subtitles.as_deref().map(subtitle_format).transpose()?;
    let loqui = engine::open(&arguments.engine, data_dir)?;
    let sample = Sample::open(&arguments.sample).await?;
    let generation = loqui.submit(&sample, text).options(options(&arguments)).await?;
    let speech = finish(&generation, json).await?;
    let path = target::of(arguments.output, generation.id());
    speech.save(&path).await?;
    if let (Some(path), Some(format)) = (&arguments.subtitles, format) {
        loqui_core::speech::save(path, speech.subtitles(format)).await?;
    }
    report(&speech, &path, json);
    Ok(ExitCode::SUCCESS)
}

/// Waits, and leaves the generation as it is if somebody presses Ctrl-C: what is paid is not thrown away.
pub(crate) async fn finish(generation: &Generation, json: bool) -> Result<Speech, Failure> {
    let interrupted = tokio::signal::ctrl_c();
    tokio::select! {
        speech = async { if json { generation.wait().await } else { progress::wait(generation).await } } => Ok(speech?),
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
pub(crate) fn report(speech: &Speech, path: &Path, json: bool) {
    if json {
        return output::json(&speech.info().clone().with_output(path.display().to_string()));
    }
    for finding in speech.warnings() {
        let text = format!("{} [{}]", finding.message, finding.code);
        output::note(&match finding.severity {
            Severity::Note => format!("note: {text}"),
            _ => format!("warning: {text}\n  hint: {}", finding.hint),
        });
    }
    let info = speech.info();
    let cost = if info.cost_usd > 0.0 {
        format!(", ${:.4}", info.cost_usd)
    } else {
        String::new()
    };
    output::print(&format!(
        "{} ({:.2} s, {} {}, {}{cost})",
        path.display(),
        speech.duration().as_secs_f64(),
        info.segments.len(),
        if info.segments.len() == 1 {
            "segment"
        } else {
            "segments"
        },
        if info.engine == "offline" {
            "offline voice".to_owned()
        } else {
            info.model.clone()
        },
    ));
}

fn options(arguments: &SpeakArguments) -> SpeakOptions {
    let mut options = SpeakOptions::default();
    options.model.clone_from(&arguments.model);
    options.exaggeration = arguments.exaggeration;
    options.cfg_weight = arguments.cfg_weight;
    options.temperature = arguments.temperature;
    options.seed = arguments.seed;
    options.language.clone_from(&arguments.language);
    options.budget_usd = arguments.budget;
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
