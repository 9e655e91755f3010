//! Reads a recording from disk, up to a maximum size.

use std::io;
use std::path::Path;

use bytes::Bytes;
use tokio::io::AsyncReadExt as _;

use crate::audio::DecodeError;
use crate::error::{Error, Result, code};

/// Reads a file of at most `limit` bytes. A larger file is rejected before it is read.
pub(super) async fn read(path: &Path, limit: u64) -> Result<Bytes> {
    let refused = |error| unreadable(path, error);
    let file = tokio::fs::File::open(path).await.map_err(refused)?;
    let metadata = file.metadata().await.map_err(refused)?;
    if metadata.is_dir() {
        return Err(
            Error::new(&code::FILE_UNREADABLE, format!("{} is a folder", path.display()))
                .with_hint("Give the path of one recording."),
        );
    }
    let size = metadata.len();
    if size > limit {
        return Err(DecodeError::TooLarge { bytes: size, limit }.into());
    }
    let mut bytes = Vec::with_capacity(size as usize);
    // A file may grow while it is read, and a pipe has no size.
    file.take(limit + 1).read_to_end(&mut bytes).await.map_err(refused)?;
    Ok(bytes.into())
}

fn unreadable(path: &Path, error: io::Error) -> Error {
    let (code, what) = match error.kind() {
        io::ErrorKind::NotFound => (&code::FILE_NOT_FOUND, "there is no file"),
        _ => (&code::FILE_UNREADABLE, "could not read"),
    };
    Error::new(code, format!("{what} {}", path.display())).with_source(error)
}
