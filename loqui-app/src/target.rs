//! The file that speech is written to.

use std::path::{Path, PathBuf};

use loqui_core::{Error, GenerationId};

use crate::code;
use crate::failure::Failure;

/// Checks that a file can be written, before anything is paid.
///
/// # Errors
///
/// `output.unwritable`.
pub(crate) fn check(path: &Path) -> Result<(), Failure> {
    if path.is_dir() {
        let message = format!("{} is a folder", path.display());
        return Err(Error::new(&code::OUTPUT_UNWRITABLE, message).into());
    }
    let folder = folder_of(path);
    // Permissions do not reflect read-only mounts and access lists, so create a file. Dropping it deletes it.
    tempfile::Builder::new()
        .prefix(".loqui-")
        .tempfile_in(&folder)
        .map(drop)
        .map_err(|source| {
            Error::new(
                &code::OUTPUT_UNWRITABLE,
                format!("cannot write into {}", folder.display()),
            )
            .with_source(source)
            .into()
        })
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Returns `output`, or by default `loqui-ID.wav` in the current folder.
pub(crate) fn of(output: Option<PathBuf>, generation: GenerationId) -> PathBuf {
    output.unwrap_or_else(|| PathBuf::from(format!("loqui-{generation}.wav")))
}
