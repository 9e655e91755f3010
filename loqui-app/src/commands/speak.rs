//! `loqui speak`: generates speech from one sample and one text.

use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use loqui_core::ledger::GenerationInfo;
use loqui_core::{Error, ExportedFile, Generation, Loqui, SpeakOptions, SubtitleCues, SubtitleFormat, SubtitleOptions};
use serde::Serialize;

use super::CommonFlags;
use crate::cast::{self, OpenCast, VoiceFlags};
use crate::code;
use crate::exit::ExitCode;
use crate::export::{self, Delivered, Delivery, ExportFlags};
use crate::failure::Failure;
use crate::script::{BookFlags, ReadAs, Source};
use crate::settings::EngineFlags;
use crate::speak_flags::SpeakFlags;
use crate::target::{OutputFlags, Target};
use crate::{output, progress, script, summary, target};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    voice: VoiceFlags,

    /// Text to speak; `-` reads stdin, which is the default in a pipe. Several texts become one file each
    #[arg(value_name = "TEXT")]
    texts: Vec<String>,

    /// File with the text; `-` reads stdin. The extension selects `--format`. Several files become one output each
    #[arg(long = "script", value_name = "FILE", conflicts_with = "texts")]
    scripts: Vec<PathBuf>,

    #[command(flatten)]
    output: OutputFlags,

    /// With `-o -`: write each segment as soon as it is spoken. Levels of segments may differ by a few decibels
    #[arg(long)]
    stream: bool,

    #[command(flatten)]
    engine: EngineFlags,

    #[command(flatten)]
    options: SpeakFlags,

    #[command(flatten)]
    book: BookFlags,

    #[command(flatten)]
    export: ExportFlags,

    /// Statement of the speaker's consent, for example "I am the speaker"; stored with the sample. The engine pocket requires it
    #[arg(long, value_name = "STATEMENT")]
    consent: Option<String>,

    /// Also write subtitles, as .srt or .vtt; .vtt has the time of each word
    #[arg(long, value_name = "OUT.srt")]
    subtitles: Option<PathBuf>,

    /// With --subtitles: what one cue shows
    #[arg(long, value_name = "CUES", value_parser = cues(), default_value = "sentences", requires = "subtitles")]
    cues: SubtitleCues,

    /// Also write a manifest with text, times, takes, seeds and cost
    #[arg(long, value_name = "OUT.json")]
    manifest: Option<PathBuf>,

    /// Do not reuse segments of an earlier version of the script: the same as --reuse false
    #[arg(long, conflicts_with = "reuse")]
    anew: bool,
}

fn cues() -> impl TypedValueParser<Value = SubtitleCues> {
    PossibleValuesParser::new(SubtitleCues::NAMES).map(|name| SubtitleCues::from_name(&name).unwrap_or_default())
}

pub(super) async fn run(mut arguments: Arguments, common: &CommonFlags) -> Result<ExitCode, Failure> {
    let texts = std::mem::take(&mut arguments.texts);
    let cast = arguments.voice.cast()?;
    let read_as = ReadAs {
        format: arguments.options.options().text.format.clone(),
        book: arguments.book.clone(),
    };
    let sources = script::read_all(texts, &arguments.scripts, cast.reads_stdin(), &read_as).await?;
    let target = check_outputs(&arguments, sources.len())?;
    let subtitles = arguments.subtitles.as_deref().map(subtitle_format).transpose()?;
    let subtitles = subtitles.map(|format| SubtitleOptions::from(format).with_cues(arguments.cues));
    let settings = common.settings(&arguments.engine)?;
    if let Some(notice) = settings.notice() {
        output::note(&notice);
    }
    let loqui = settings.open()?;
    let voices = cast.open(&loqui).await?;
    for source in sources {
        speak(&loqui, &voices, source, &target, subtitles, &arguments, common.json).await?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Checks all outputs, before anything is paid.
fn check_outputs(arguments: &Arguments, speeches: usize) -> Result<Target, Failure> {
    let target = arguments.output.target(speeches)?;
    let others: Vec<&PathBuf> = [&arguments.subtitles, &arguments.manifest]
        .into_iter()
        .flatten()
        .collect();
    let refused =
        |message: &str, hint: &str| Failure::wrong_use(Error::new(&code::USAGE, message).with_hint(hint.to_owned()));
    if arguments.stream && !target.is_stdout() {
        return Err(refused("--stream writes to stdout only", "Add `-o -`."));
    }
    if speeches > 1 && !others.is_empty() {
        let hint = "Speak one text at a time, or read the times with `loqui generations show ID --json`.";
        return Err(refused("--subtitles and --manifest need a single text", hint));
    }
    let on_stdout = others.iter().filter(|path| target::is_stdout(path)).count();
    if on_stdout + usize::from(target.is_stdout()) > 1 {
        return Err(refused("stdout takes one output", "Write the others to files."));
    }
    for path in others {
        if target::is_stdout(path) {
            output::take_stdout();
        } else {
            target::check(path)?;
        }
    }
    arguments.export.check(speeches, &target)?;
    if !arguments.export.only_chapters(arguments.output.is_given()) {
        target.check()?;
    }
    Ok(target)
}

/// Speaks one text, and writes its files.
async fn speak(
    loqui: &Loqui,
    voices: &OpenCast,
    source: Source,
    target: &Target,
    subtitles: Option<SubtitleOptions>,
    arguments: &Arguments,
    json: bool,
) -> Result<(), Failure> {
    let mut options = options(arguments);
    source.set_format(&mut options);
    if !json {
        source.findings.iter().for_each(output::finding);
    }
    let mut request = voices.submit(loqui, source.text).options(options);
    if let Some(consent) = &arguments.consent {
        request = request.consent(consent);
    }
    let generation = request.await.map_err(cast::refused)?;
    let name = source.name.as_deref().filter(|_| arguments.scripts.len() > 1);
    let delivery = Delivery {
        output: &arguments.output,
        export: &arguments.export,
        target,
        name,
        cover: source.cover,
    };
    let (info, delivered) = if arguments.stream {
        tokio::try_join!(finish(&generation, json), delivery.deliver(&generation))?
    } else {
        let info = finish(&generation, json).await?;
        (info, delivery.deliver(&generation).await?)
    };
    let info = if json || subtitles.is_some() {
        generation.info_with_words().await?
    } else {
        info
    };
    if let (Some(path), Some(options)) = (&arguments.subtitles, subtitles) {
        target::write(path, info.subtitles(options), generation.id()).await?;
    }
    if let Some(path) = &arguments.manifest {
        let manifest = serde_json::to_vec_pretty(&generation.speech().await?.manifest()).map_err(|source| {
            Error::new(&code::INTERNAL, "the manifest could not be written as JSON").with_source(source)
        })?;
        target::write(path, manifest, generation.id()).await?;
    }
    report(&info, &delivered, json);
    Ok(())
}

/// Waits for a generation. Ctrl-C ends the command but not the generation, because takes may already be paid.
pub(super) async fn finish(generation: &Generation, json: bool) -> Result<GenerationInfo, Failure> {
    let interrupted = tokio::signal::ctrl_c();
    tokio::select! {
        info = async { if json { generation.finish().await } else { progress::wait(generation).await } } => Ok(info?),
        Ok(()) = interrupted => {
            let id = generation.id();
            let error = Error::new(&code::GENERATION_NOT_FINISHED, format!("generation {id} was interrupted"))
                .with_hint(format!("Continue it with `loqui generations wait {id}`, or stop it with `loqui generations cancel {id}`."))
                .with_generation(id);
            Err(Failure::interrupted(error))
        }
    }
}

/// A finished generation, with the files that were written.
#[derive(Serialize)]
struct SpokenReport<'a> {
    #[serde(flatten)]
    info: GenerationInfo,
    /// The files of chapters, and files whose level was changed.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    files: &'a [ExportedFile],
}

/// Prints the result.
pub(super) fn report(info: &GenerationInfo, delivered: &Delivered, json: bool) {
    let Delivered { name: path, files } = delivered;
    if json {
        return output::json(&SpokenReport {
            info: info.clone().with_output(path.to_owned()),
            files,
        });
    }
    export::print_levels(files);
    info.warnings.iter().for_each(output::finding);
    output::print(&format!("{path} ({})", summary::speech(info)));
}

fn options(arguments: &Arguments) -> SpeakOptions {
    let mut options = arguments.options.options().clone();
    if arguments.anew {
        options.limits.reuse = Some(false);
    }
    options
}

fn subtitle_format(path: &Path) -> Result<SubtitleFormat, Failure> {
    if target::is_stdout(path) {
        return Ok(SubtitleFormat::Srt);
    }
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
