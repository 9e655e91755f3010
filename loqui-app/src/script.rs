//! Reads the text from the command line, a file, or stdin.

use std::path::{Path, PathBuf};

use loqui_core::engine::{ModelInfo, ReplicateEngine};
use loqui_core::script::{self, Script, TextFormat};
use loqui_core::{Error, SpeakOptions};

use crate::code;
use crate::failure::Failure;
use crate::{output, stdin};

/// A text and the format that the extension of its file says. A text without a file is plain.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) text: String,
    format: TextFormat,
    /// The name of its file, without the extension.
    pub(crate) name: Option<String>,
}

impl Source {
    /// Sets the format of the file, unless the user chose one.
    pub(crate) fn set_format(&self, options: &mut SpeakOptions) {
        if options.text.format.is_none() && self.format != TextFormat::default() {
            options.text.format = Some(self.format.name().to_owned());
        }
    }
}

/// The text of a command and how it is read.
#[derive(Debug, clap::Args)]
pub(crate) struct ScriptFlags {
    /// Text; `-` reads stdin, which is the default in a pipe
    text: Option<String>,

    /// File with the text; `-` reads stdin. The extension selects `--format`
    #[arg(long, value_name = "FILE", conflicts_with = "text")]
    script: Option<PathBuf>,

    /// Stored sample, by name or id; for pronunciations that apply to one voice only
    #[arg(short, long, value_name = "NAME")]
    pub(crate) voice: Option<String>,

    /// Recording of the voice, for the same purpose; only its name is used
    #[arg(short, long, value_name = "FILE", conflicts_with = "voice")]
    sample: Option<PathBuf>,

    /// Model, for example `chatterbox-turbo`
    #[arg(long)]
    model: Option<String>,

    /// Language of the text, for example `en` or `en-GB`
    #[arg(long)]
    language: Option<String>,

    /// Format of the text: plain, markdown, html, ssml, srt or vtt
    #[arg(long)]
    format: Option<String>,

    /// File with pronunciations: one line per term, `term = respelling`
    #[arg(long, value_name = "FILE", alias = "pronunciations")]
    pronounce: Option<PathBuf>,
}

impl ScriptFlags {
    /// Reads the script as a model of Replicate gets it, for a voice of this name. Needs no token.
    pub(crate) async fn read(self, voice: Option<String>) -> Result<(Script, ModelInfo), Failure> {
        let source = read(self.text, self.script.as_deref()).await?;
        let mut options = SpeakOptions::default();
        options.voice.model = self.model;
        options.voice.language = self.language;
        options.text.format = self.format;
        if let Some(file) = &self.pronounce {
            options.text.pronunciations = Some(read_file(file).await?);
        }
        source.set_format(&mut options);
        let model = ReplicateEngine::model_info(options.voice.model.as_deref())?;
        let mut reading = model.script_options(&options)?;
        let file_name = |path: PathBuf| path.file_name().map(|name| name.to_string_lossy().into_owned());
        reading.voice = voice.or_else(|| self.sample.and_then(file_name));
        let script = Script::read(&source.text, &reading)?;
        Ok((script, model))
    }
}

/// Returns the text of the argument or of the file; `-` reads stdin. Without both, the text is piped.
pub(crate) async fn read(text: Option<String>, file: Option<&Path>) -> Result<Source, Failure> {
    let texts: Vec<String> = text.into_iter().collect();
    let files: Vec<PathBuf> = file.map(Path::to_owned).into_iter().collect();
    let sources = read_all(texts, &files, None).await?;
    sources.into_iter().next().ok_or_else(no_text)
}

/// Returns the texts of the arguments, or else of the files; `-` reads stdin. Without both, the text is piped.
/// `other_reader` names what else reads stdin.
pub(crate) async fn read_all(
    texts: Vec<String>,
    files: &[PathBuf],
    other_reader: Option<&str>,
) -> Result<Vec<Source>, Failure> {
    if texts.len() > 1 && texts.iter().all(|text| text.split_whitespace().count() == 1) {
        let message = format!("{} texts of one word each are given", texts.len());
        return Err(Failure::wrong_use(Error::new(&code::USAGE, message).with_hint(
            "Put a text of several words in quotes. `loqui batch` speaks many texts of one word.",
        )));
    }
    let from_stdin =
        texts.iter().filter(|text| *text == "-").count() + files.iter().filter(|file| is_stdin(file)).count();
    if from_stdin + usize::from(other_reader.is_some()) > 1 {
        let readers = match other_reader {
            Some(other) if from_stdin == 1 => format!("{other} and the text"),
            Some(other) => format!("{other} and {from_stdin} texts"),
            None => format!("{from_stdin} texts"),
        };
        return Err(Failure::wrong_use(
            Error::new(&code::USAGE, format!("{readers} cannot all be read from stdin"))
                .with_hint("Read one of them from stdin, and pass the others as arguments or files."),
        ));
    }
    if texts.is_empty() && files.is_empty() {
        if other_reader.is_some() || stdin::is_terminal() {
            return Err(no_text());
        }
        let text = read_stdin().await?;
        return if text.trim().is_empty() {
            Err(no_text())
        } else {
            Ok(vec![plain(text)])
        };
    }
    let mut sources = Vec::new();
    for text in texts {
        sources.push(plain(if text == "-" { read_stdin().await? } else { text }));
    }
    for file in files {
        sources.push(if is_stdin(file) {
            plain(read_stdin().await?)
        } else {
            let extension = file.extension().and_then(|extension| extension.to_str());
            Source {
                text: read_file(file).await?,
                format: extension.map_or_else(TextFormat::default, TextFormat::from_extension),
                name: file.file_stem().map(|stem| stem.to_string_lossy().into_owned()),
            }
        });
    }
    Ok(sources)
}

fn is_stdin(file: &Path) -> bool {
    file == Path::new("-") || file == Path::new("/dev/stdin")
}

fn plain(text: String) -> Source {
    Source {
        text,
        format: TextFormat::default(),
        name: None,
    }
}

fn no_text() -> Failure {
    Failure::wrong_use(
        Error::new(&code::SCRIPT_EMPTY, "no text is given")
            .with_hint("Pass the text in quotes, a file with --script, or pipe the text into the command."),
    )
}

async fn read_stdin() -> Result<String, Failure> {
    if stdin::is_terminal() {
        output::note("Type the text. Ctrl-D on an empty line ends it.");
    }
    decode(&stdin::read("the text", u64::MAX - 1).await?, "stdin")
}

async fn read_file(file: &Path) -> Result<String, Failure> {
    let bytes = tokio::fs::read(file).await.map_err(|source| {
        let code = match source.kind() {
            std::io::ErrorKind::NotFound => &code::FILE_NOT_FOUND,
            _ => &code::FILE_UNREADABLE,
        };
        Error::new(code, format!("could not read the script {}", file.display())).with_source(source)
    })?;
    decode(&bytes, &file.display().to_string())
}

fn decode(bytes: &[u8], name: &str) -> Result<String, Failure> {
    script::decode(bytes).map_err(|source| {
        Error::new(&code::SCRIPT_UNREADABLE, format!("{name} is not text"))
            .with_source(source)
            .into()
    })
}
