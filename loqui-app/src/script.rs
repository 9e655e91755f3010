//! Reads the text from the command line, a file, or stdin.

use std::path::{Path, PathBuf};

use loqui_core::engine::{ModelInfo, ReplicateEngine};
use loqui_core::script::{self, Script, TextFormat};
use loqui_core::{Error, SpeakOptions};
use tokio::io::AsyncReadExt as _;

use crate::code;
use crate::failure::Failure;

/// A text and the format that the extension of its file says. A text without a file is plain.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) text: String,
    format: TextFormat,
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
    /// Text; `-` reads it from stdin
    text: Option<String>,

    /// File with the text; `-` reads stdin. The extension says the format
    #[arg(long, value_name = "FILE", conflicts_with = "text")]
    script: Option<PathBuf>,

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
    /// Reads the script as a model of Replicate gets it. Needs no token.
    pub(crate) async fn read(self) -> Result<(Script, ModelInfo), Failure> {
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
        let script = Script::read(&source.text, &model.script_options(&options)?)?;
        Ok((script, model))
    }
}

/// Returns the text of the argument or of the file; `-` reads stdin.
pub(crate) async fn read(text: Option<String>, file: Option<&Path>) -> Result<Source, Failure> {
    let plain = |text| Source {
        text,
        format: TextFormat::default(),
    };
    match (text, file) {
        (Some(text), _) if text == "-" => Ok(plain(read_stdin().await?)),
        (Some(text), _) => Ok(plain(text)),
        (None, Some(file)) if file == Path::new("-") => Ok(plain(read_stdin().await?)),
        (None, Some(file)) => {
            let extension = file.extension().and_then(|extension| extension.to_str());
            Ok(Source {
                text: read_file(file).await?,
                format: extension.map_or_else(TextFormat::default, TextFormat::from_extension),
            })
        }
        (None, None) => Err(Failure::wrong_use(
            Error::new(&code::SCRIPT_EMPTY, "no text is given")
                .with_hint("Pass the text in quotes, a file with --script, or - for stdin."),
        )),
    }
}

async fn read_stdin() -> Result<String, Failure> {
    let mut bytes = Vec::new();
    tokio::io::stdin().read_to_end(&mut bytes).await.map_err(|source| {
        Error::new(&code::FILE_UNREADABLE, "could not read the text from stdin").with_source(source)
    })?;
    decode(&bytes, "stdin")
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
