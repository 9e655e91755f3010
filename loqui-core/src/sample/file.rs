//! Reads recordings from disk.

use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::path::Path;

use bytes::Bytes;

use super::analysis::{Analysis, analyze_input, part_of};
use super::measure::Signal;
use super::report::Report;
use crate::audio::{Input, wav};
use crate::error::{Error, Result, code};

/// The largest file that a sample keeps, in bytes.
const KEPT_BYTES: u64 = 25_000_000;

/// A recording in memory.
#[derive(Clone, Debug)]
pub(crate) struct Recording {
    /// The file, or its best part if it is large.
    pub(crate) bytes: Bytes,
    /// The report on the whole file, if `bytes` is only a part.
    pub(crate) report: Option<Report>,
}

/// Opens a regular file.
pub(super) async fn open(path: &Path) -> Result<File> {
    let refused = |error| unreadable(path, error);
    // Before it is opened: opening a pipe waits until another process writes to it, and a device may have no end.
    check_kind(path, &tokio::fs::metadata(path).await.map_err(refused)?)?;
    let file = tokio::fs::File::open(path).await.map_err(refused)?;
    check_kind(path, &file.metadata().await.map_err(refused)?)?;
    Ok(file.into_std().await)
}

/// Reads a file. A large one is replaced by its best part, without being in memory as a whole.
pub(super) async fn read(path: &Path) -> Result<Recording> {
    let file = open(path).await?;
    let reading = tokio::task::spawn_blocking(move || {
        if file.metadata()?.len() > KEPT_BYTES {
            return Ok(Read::Large(file));
        }
        let mut bytes = Vec::new();
        // A file may grow while it is read.
        file.take(KEPT_BYTES).read_to_end(&mut bytes)?;
        Ok::<_, io::Error>(Read::Whole(bytes.into()))
    });
    match joined(reading.await)?.map_err(|error| unreadable(path, error))? {
        Read::Whole(bytes) => Ok(Recording { bytes, report: None }),
        Read::Large(file) => joined(tokio::task::spawn_blocking(move || best_part(file)).await)?,
    }
}

enum Read {
    Whole(Bytes),
    Large(File),
}

fn joined<T>(result: std::result::Result<T, tokio::task::JoinError>) -> Result<T> {
    result.map_err(|cause| Error::new(&code::INTERNAL, "the recording was not read to its end").with_source(cause))
}

/// Checks a file, piece by piece.
pub(super) fn analyze(file: File, progress: &dyn Fn(f64)) -> Result<Analysis> {
    let input = Input::of_file(file)
        .map_err(|error| Error::new(&code::FILE_UNREADABLE, "could not read the file").with_source(error))?;
    Ok(analyze_input(&input, progress))
}

/// Reduces a large file to its best part.
fn best_part(file: File) -> Result<Recording> {
    let input = Input::of_file(file)
        .map_err(|error| Error::new(&code::FILE_UNREADABLE, "could not read the file").with_source(error))?;
    let analysis = Analysis::of(Signal::of(part_of(&input, &|_| {})?));
    Ok(Recording {
        bytes: wav::write(&analysis.clip, None),
        report: Some(analysis.report),
    })
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
        let reading = tokio::time::timeout(Duration::from_secs(20), read(&path));
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
