//! Reads a recording from disk, up to a maximum size.

use std::fs::Metadata;
use std::io;
use std::path::Path;

use bytes::Bytes;
use tokio::io::AsyncReadExt as _;

use crate::audio::DecodeError;
use crate::error::{Error, Result, code};

/// Reads a file of at most `limit` bytes. A larger file is rejected before it is read.
pub(super) async fn read(path: &Path, limit: u64) -> Result<Bytes> {
    let refused = |error| unreadable(path, error);
    // Before it is opened: opening a pipe waits until another process writes to it, and a device may have no end.
    check_kind(path, &tokio::fs::metadata(path).await.map_err(refused)?)?;
    let file = tokio::fs::File::open(path).await.map_err(refused)?;
    let metadata = file.metadata().await.map_err(refused)?;
    check_kind(path, &metadata)?;
    let size = metadata.len();
    if size > limit {
        return Err(DecodeError::TooLarge { bytes: size, limit }.into());
    }
    let mut bytes = Vec::with_capacity(size as usize);
    // A file may grow while it is read.
    file.take(limit + 1).read_to_end(&mut bytes).await.map_err(refused)?;
    Ok(bytes.into())
}

/// Refuses everything but regular files.
fn check_kind(path: &Path, metadata: &Metadata) -> Result<()> {
    let kind = match metadata {
        file if file.is_file() => return Ok(()),
        folder if folder.is_dir() => "a folder",
        _ => "a pipe or a device, not a file",
    };
    Err(
        Error::new(&code::FILE_UNREADABLE, format!("{} is {kind}", path.display()))
            .with_hint("Give the path of one recording."),
    )
}

fn unreadable(path: &Path, error: io::Error) -> Error {
    let (code, what) = match error.kind() {
        io::ErrorKind::NotFound => (&code::FILE_NOT_FOUND, "there is no file"),
        _ => (&code::FILE_UNREADABLE, "could not read"),
    };
    Error::new(code, format!("{what} {}", path.display())).with_source(error)
}

#[cfg(all(test, unix))]
mod tests {
    use std::path::PathBuf;
    use std::time::Duration;

    use super::*;

    async fn refusal(path: PathBuf) -> Error {
        let reading = tokio::time::timeout(Duration::from_secs(20), read(&path, 1_000));
        let read = reading.await.expect("it does not wait for a writer");
        read.expect_err("it is refused")
    }

    #[tokio::test]
    async fn folders_pipes_and_devices_are_refused_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let pipe = dir.path().join("pipe.wav");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made.success());
        for path in [pipe, dir.path().to_owned(), PathBuf::from("/dev/zero")] {
            let error = refusal(path.clone()).await;
            assert!(error.is(&code::FILE_UNREADABLE), "{error}");
            assert!(error.message().contains(" is a "), "{error}");
        }
        let missing = refusal(dir.path().join("none.wav")).await;
        assert!(missing.is(&code::FILE_NOT_FOUND));
    }
}
