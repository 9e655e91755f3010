//! Reads the text from the command line, a file, or stdin.

use std::path::{Path, PathBuf};

use loqui_core::engine::{ModelInfo, ReplicateEngine};
use loqui_core::script::{BookOptions, Cover, Script, ScriptFile, TextFormat};
use loqui_core::{Error, Finding, SpeakOptions};

use crate::code;
use crate::failure::Failure;
use crate::{output, stdin};

/// A text and the format in which it is written. A text without a file is plain.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) text: String,
    format: TextFormat,
    /// The name of its file, without the extension.
    pub(crate) name: Option<String>,
    /// What was left out of a book, and what is damaged in it.
    pub(crate) findings: Vec<Finding>,
    /// The picture on the cover of a book.
    pub(crate) cover: Option<Cover>,
}

impl Source {
    /// Sets the format of the text. A book has become a document.
    pub(crate) fn set_format(&self, options: &mut SpeakOptions) {
        if self.format == TextFormat::Document || options.text.format.is_none() && self.format != TextFormat::default()
        {
            options.text.format = Some(self.format.name().to_owned());
        }
    }
}

/// How files are read.
#[derive(Clone, Debug, Default)]
pub(crate) struct ReadAs {
    /// The format that the user chose.
    pub(crate) format: Option<String>,
    pub(crate) book: BookFlags,
}

/// The flags for books.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct BookFlags {
    /// Read parts of a book that are left out otherwise; may be given several times
    #[arg(long, value_name = "PARTS", value_enum)]
    keep: Vec<Keep>,
}

/// Parts of a book that are left out by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Keep {
    /// Footnotes and endnotes
    Notes,
    /// Title pages, copyright pages, tables of contents
    FrontMatter,
}

impl BookFlags {
    fn options(&self) -> BookOptions {
        BookOptions::default()
            .with_notes(self.keep.contains(&Keep::Notes))
            .with_front_matter(self.keep.contains(&Keep::FrontMatter))
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

    /// Stored sample, by name or id; for pronunciations that apply to one voice only. `LABEL=NAME` as for `loqui speak` is accepted
    #[arg(short, long = "voice", value_name = "NAME")]
    voices: Vec<String>,

    /// Recording of the voice, for the same purpose; only its name is used
    #[arg(short, long, value_name = "FILE")]
    sample: Option<PathBuf>,

    /// Model, for example `chatterbox-turbo`
    #[arg(long)]
    model: Option<String>,

    /// Language of the text, for example `en` or `en-GB`
    #[arg(long)]
    language: Option<String>,

    /// Format of the text: plain, markdown, html, ssml, srt, vtt, json or epub
    #[arg(long)]
    format: Option<String>,

    #[command(flatten)]
    book: BookFlags,

    /// File with pronunciations: one line per term, `term = respelling`
    #[arg(long, value_name = "FILE", alias = "pronunciations")]
    pronounce: Option<PathBuf>,
}

impl ScriptFlags {
    /// The kept sample of text without a label.
    pub(crate) fn voice(&self) -> Option<&str> {
        let mut unlabelled = self.voices.iter().filter(|voice| !voice.contains('='));
        unlabelled.next().map(String::as_str)
    }

    /// Reads the script as a model of Replicate gets it, for a voice of this name. Needs no token.
    pub(crate) async fn read(self, voice: Option<String>) -> Result<(Script, ModelInfo), Failure> {
        let read_as = ReadAs {
            format: self.format.clone(),
            book: self.book,
        };
        let source = read(self.text, self.script.as_deref(), &read_as).await?;
        let mut options = SpeakOptions::default();
        options.voice.model = self.model;
        options.voice.language = self.language;
        options.text.format = self.format;
        if let Some(file) = &self.pronounce {
            options.text.pronunciations = Some(decode(&read_file(file).await?, &file.display().to_string())?);
        }
        source.set_format(&mut options);
        let model = ReplicateEngine::model_info(options.voice.model.as_deref())?;
        let mut reading = model.script_options(&options)?;
        let file_name = |path: PathBuf| path.file_name().map(|name| name.to_string_lossy().into_owned());
        reading.voice = voice.or_else(|| self.sample.and_then(file_name));
        let script = Script::read(&source.text, &reading)?.with_findings(source.findings);
        Ok((script, model))
    }
}

/// Returns the text of the argument or of the file; `-` reads stdin. Without both, the text is piped.
pub(crate) async fn read(text: Option<String>, file: Option<&Path>, read_as: &ReadAs) -> Result<Source, Failure> {
    let texts: Vec<String> = text.into_iter().collect();
    let files: Vec<PathBuf> = file.map(Path::to_owned).into_iter().collect();
    let sources = read_all(texts, &files, None, read_as).await?;
    sources.into_iter().next().ok_or_else(no_text)
}

/// Returns the text of a file that is no script; `-` is stdin.
pub(crate) async fn read_text(file: &Path) -> Result<String, Failure> {
    if is_stdin(file) {
        return decode(&read_stdin().await?, "stdin");
    }
    decode(&read_file(file).await?, &file.display().to_string())
}

/// Returns the texts of the arguments, or else of the files; `-` reads stdin. Without both, the text is piped.
/// `other_reader` names what else reads stdin.
pub(crate) async fn read_all(
    texts: Vec<String>,
    files: &[PathBuf],
    other_reader: Option<&str>,
    read_as: &ReadAs,
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
        let bytes = read_stdin().await?;
        return if bytes.iter().all(u8::is_ascii_whitespace) {
            Err(no_text())
        } else {
            Ok(vec![source(&bytes, None, read_as)?])
        };
    }
    let mut sources = Vec::new();
    for text in texts {
        sources.push(if text == "-" {
            source(&read_stdin().await?, None, read_as)?
        } else {
            plain(text)
        });
    }
    for file in files {
        sources.push(if is_stdin(file) {
            source(&read_stdin().await?, None, read_as)?
        } else {
            source(&read_file(file).await?, Some(file), read_as)?
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
        findings: Vec::new(),
        cover: None,
    }
}

/// Reads what a file or stdin contains.
fn source(bytes: &[u8], file: Option<&Path>, read_as: &ReadAs) -> Result<Source, Failure> {
    let extension = file.and_then(Path::extension).and_then(|extension| extension.to_str());
    let read = ScriptFile::read(bytes, read_as.format.as_deref(), extension, &read_as.book.options());
    let read = read.map_err(|source| {
        if source.is(&code::SCRIPT_UNREADABLE) {
            let name = file.map_or_else(|| "stdin".to_owned(), |file| file.display().to_string());
            not_text(&name, source)
        } else {
            source
        }
    })?;
    Ok(Source {
        text: read.text,
        format: read.format,
        name: file
            .and_then(Path::file_stem)
            .map(|stem| stem.to_string_lossy().into_owned()),
        findings: read.findings,
        cover: read.cover,
    })
}

fn no_text() -> Failure {
    Failure::wrong_use(
        Error::new(&code::SCRIPT_EMPTY, "no text is given")
            .with_hint("Pass the text in quotes, a file with --script, or pipe the text into the command."),
    )
}

async fn read_stdin() -> Result<Vec<u8>, Failure> {
    if stdin::is_terminal() {
        output::note("Type the text. Ctrl-D on an empty line ends it.");
    }
    stdin::read("the text", u64::MAX - 1).await
}

async fn read_file(file: &Path) -> Result<Vec<u8>, Failure> {
    let read = tokio::fs::read(file).await;
    Ok(read.map_err(|source| {
        let code = match source.kind() {
            std::io::ErrorKind::NotFound => &code::FILE_NOT_FOUND,
            _ => &code::FILE_UNREADABLE,
        };
        Error::new(code, format!("could not read the script {}", file.display())).with_source(source)
    })?)
}

fn decode(bytes: &[u8], name: &str) -> Result<String, Failure> {
    Ok(loqui_core::script::decode(bytes).map_err(|source| not_text(name, source))?)
}

fn not_text(name: &str, source: Error) -> Error {
    Error::new(&code::SCRIPT_UNREADABLE, format!("{name} is not text")).with_source(source)
}
