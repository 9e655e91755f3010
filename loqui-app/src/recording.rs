//! Opens the recording of a voice: a file, or `-` for stdin.

use std::path::Path;

use loqui_core::audio::Limits;
use loqui_core::{Error, Loqui, Sample};

use crate::code;
use crate::failure::Failure;
use crate::stdin;

/// Returns whether the path stands for stdin.
pub(crate) fn is_stdin(path: &Path) -> bool {
    path == Path::new("-") || path == Path::new("/dev/stdin")
}

/// Opens a recording. One from stdin is named by the first digits of its hash.
///
/// # Errors
///
/// Those of [`Loqui::open_sample`]; `usage` if stdin is a terminal.
pub(crate) async fn open(loqui: &Loqui, path: &Path) -> Result<Sample, Failure> {
    if is_stdin(path) {
        return Ok(loqui.read_sample(read_stdin().await?).await?);
    }
    Ok(loqui.open_sample(path).await?)
}

/// Reads a recording from stdin.
///
/// # Errors
///
/// `file.unreadable`; `usage` if stdin is a terminal.
pub(crate) async fn read_stdin() -> Result<Vec<u8>, Failure> {
    if stdin::is_terminal() {
        return Err(Failure::wrong_use(
            Error::new(&code::USAGE, "no recording arrives on stdin: it is a terminal")
                .with_hint("Pass a file, or pipe a recording into the command."),
        ));
    }
    stdin::read("the recording", Limits::default().bytes).await
}
