//! Reads the text from the command line, a file, or stdin.

use std::path::Path;

use loqui_core::Error;
use tokio::io::AsyncReadExt as _;

use crate::code;
use crate::failure::Failure;

/// Returns the text of the argument or of the file; `-` reads stdin.
pub(crate) async fn read(text: Option<String>, file: Option<&Path>) -> Result<String, Failure> {
    match (text, file) {
        (Some(text), _) if text == "-" => read_stdin().await,
        (Some(text), _) => Ok(text),
        (None, Some(file)) => read_file(file).await,
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
    decode(bytes, "stdin")
}

async fn read_file(file: &Path) -> Result<String, Failure> {
    let bytes = tokio::fs::read(file).await.map_err(|source| {
        let code = match source.kind() {
            std::io::ErrorKind::NotFound => &code::FILE_NOT_FOUND,
            _ => &code::FILE_UNREADABLE,
        };
        Error::new(code, format!("could not read the script {}", file.display())).with_source(source)
    })?;
    decode(bytes, &file.display().to_string())
}

fn decode(bytes: Vec<u8>, name: &str) -> Result<String, Failure> {
    let text = String::from_utf8(bytes).map_err(|source| {
        Error::new(&code::SCRIPT_UNREADABLE, format!("{name} is not UTF-8 text")).with_source(source)
    })?;
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}
