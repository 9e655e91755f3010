//! Writes files atomically.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use futures::stream::{BoxStream, StreamExt as _};
use tokio::sync::mpsc;

use super::Piece;
use crate::error::{Error, Result, code};

/// Writes `bytes` to `path` atomically: to a temporary file in the same folder, which is synced and then renamed.
///
/// Writing continues if the future is dropped.
///
/// # Errors
///
/// `output.unwritable` if the file cannot be written.
pub async fn save(path: &Path, bytes: impl Into<Bytes>) -> Result<()> {
    let (target, bytes) = (path.to_owned(), bytes.into());
    tokio::task::spawn_blocking(move || write_whole(&target, &bytes))
        .await
        .unwrap_or_else(|broken| Err(io::Error::other(broken)))
        .map_err(|source| {
            Error::new(&code::OUTPUT_UNWRITABLE, format!("could not write {}", path.display())).with_source(source)
        })
}

/// Writes a stream as [`save`] does, with one piece in memory at a time. [`Piece::Head`] replaces the start of the file if
/// it is seekable.
///
/// # Errors
///
/// `output.unwritable`, and those of the stream.
pub(crate) async fn save_stream(path: &Path, mut stream: BoxStream<'static, Result<Piece>>) -> Result<()> {
    let (pieces, arriving) = mpsc::channel(1);
    let target = path.to_owned();
    let writing = tokio::task::spawn_blocking(move || write_pieces(&target, arriving));
    let mut broken = Ok(());
    while let Some(piece) = stream.next().await {
        let piece = match piece {
            Ok(piece) => Some(piece),
            Err(error) => {
                broken = Err(error);
                None
            }
        };
        // The receiver is closed if writing has failed. The error is returned below.
        if pieces.send(piece).await.is_err() || broken.is_err() {
            break;
        }
    }
    drop(pieces);
    let written = writing.await.unwrap_or_else(|broken| Err(io::Error::other(broken)));
    broken?;
    written.map_err(|source| {
        Error::new(&code::OUTPUT_UNWRITABLE, format!("could not write {}", path.display())).with_source(source)
    })
}

/// Writes all pieces. `None` means that the stream failed, and the file is discarded.
fn write_pieces(path: &Path, mut pieces: mpsc::Receiver<Option<Piece>>) -> io::Result<()> {
    write_with(path, &mut |file| {
        while let Some(piece) = pieces.blocking_recv() {
            match piece.ok_or(io::ErrorKind::UnexpectedEof)? {
                Piece::Next(bytes) => file.write_all(&bytes)?,
                Piece::Head(bytes) if file.metadata()?.is_file() => {
                    file.seek(SeekFrom::Start(0))?;
                    file.write_all(&bytes)?;
                    file.seek(SeekFrom::End(0))?;
                }
                Piece::Head(_) => {}
            }
        }
        Ok(())
    })
}

fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_with(path, &mut |file| file.write_all(bytes))
}

fn write_with(path: &Path, fill: &mut dyn FnMut(&mut File) -> io::Result<()>) -> io::Result<()> {
    let target = match fs::metadata(path) {
        // Write to a pipe or a device instead of replacing it.
        Ok(there) if !there.is_file() => return fill(&mut OpenOptions::new().write(true).open(path)?),
        // Replace the target of a link, not the link.
        Ok(_) => fs::canonicalize(path)?,
        Err(_) => path.to_owned(),
    };
    let partial = temporary_name(&target)?;
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&partial)
        .and_then(|mut file| {
            fill(&mut file)?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&partial, &target));
    if written.is_err() {
        // The file may not exist. Only the first error matters.
        let _ = fs::remove_file(&partial);
    }
    written
}

/// Returns a unique name in the same folder.
fn temporary_name(target: &Path) -> io::Result<PathBuf> {
    static SAVED: AtomicU64 = AtomicU64::new(0);
    let name = target.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
    let mut partial = OsString::from(".");
    partial.push(name);
    partial.push(format!(
        ".{}-{}.part",
        std::process::id(),
        SAVED.fetch_add(1, Ordering::Relaxed)
    ));
    Ok(target.with_file_name(partial))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<OsString> {
        fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect()
    }

    #[tokio::test]
    async fn files_are_written_and_replaced_without_leftovers() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.wav");
        for content in ["first", "second, longer"] {
            save(&path, Bytes::from_static(content.as_bytes())).await.unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
        }
        assert_eq!(names(folder.path()), ["out.wav"]);
    }

    #[tokio::test]
    async fn failed_writes_are_an_error_without_leftovers() {
        let folder = tempfile::tempdir().unwrap();
        let occupied = folder.path().join("folder");
        fs::create_dir(&occupied).unwrap();
        for path in [
            folder.path().join("missing/out.wav"),
            occupied,
            PathBuf::from("/"),
            PathBuf::new(),
        ] {
            let error = save(&path, Bytes::from_static(b"x")).await.unwrap_err();
            assert_eq!(error.code(), "output.unwritable", "{}", path.display());
            assert!(std::error::Error::source(&error).is_some());
        }
        assert_eq!(names(folder.path()), ["folder"]);
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn links_and_devices_are_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::write(&real, "old").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        save(&link, Bytes::from_static(b"new")).await.unwrap();
        assert_eq!(fs::read_to_string(&real).unwrap(), "new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        save(Path::new("/dev/null"), Bytes::from_static(b"x")).await.unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}
