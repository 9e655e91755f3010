//! Where the speech is written to.

use std::path::{Path, PathBuf};

use loqui_core::Error;
use loqui_core::error::code;

use crate::failure::Failure;

/// Refuses a path that cannot be written to, before anything is paid.
pub(crate) fn check(path: &Path) -> Result<(), Failure> {
    let unwritable = |why: String| Failure::from(Error::new(&code::OUTPUT_UNWRITABLE, why));
    if path.is_dir() {
        return Err(unwritable(format!("{} is a folder", path.display())));
    }
    let folder = folder_of(path);
    // Permissions say little (read-only mounts, access lists): making a file tells. It vanishes when it is dropped.
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

/// The file that was asked for, or `loqui-ID.wav` in the current folder.
pub(crate) fn of(output: Option<PathBuf>, generation: i64) -> PathBuf {
    output.unwrap_or_else(|| PathBuf::from(format!("loqui-{generation}.wav")))
}
