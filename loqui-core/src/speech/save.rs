//! Writes a file so that it is there as a whole or not at all.

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

/// Writes `bytes` to `path`: under another name in the same folder first, renamed when all is on the disk. Goes on to the
/// end even if the caller stops waiting.
///
/// # Errors
///
/// `output.unwritable`.
pub async fn save(path: &Path, bytes: impl Into<Bytes>) -> Result<()> {
    let (target, bytes) = (path.to_owned(), bytes.into());
    tokio::task::spawn_blocking(move || write_whole(&target, &bytes))
        .await
        .unwrap_or_else(|broken| Err(io::Error::other(broken)))
        .map_err(|source| {
            Error::new(&code::OUTPUT_UNWRITABLE, format!("could not write {}", path.display())).with_source(source)
        })
}

/// Writes what a stream brings, as [`save`] does, with one piece in memory at a time. A better beginning replaces the first
/// one where the file can be gone back in.
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
        // Nobody listens any more if writing has failed: why comes below.
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

/// Writes pieces until there are no more; an absent piece means that the rest is lost, and the file with it.
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
        // A pipe or a device is written to, not replaced.
        Ok(there) if !there.is_file() => return fill(&mut OpenOptions::new().write(true).open(path)?),
        // What a link points at is replaced, not the link.
        Ok(_) => fs::canonicalize(path)?,
        Err(_) => path.to_owned(),
    };
    let partial = beside(&target)?;
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
        // It may not even exist; what failed first is what matters.
        let _ = fs::remove_file(&partial);
    }
    written
}

/// A name in the same folder that nobody else uses.
fn beside(target: &Path) -> io::Result<PathBuf> {
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
    async fn a_file_is_written_and_replaced_without_leftovers() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.wav");
        for content in ["first", "second, longer"] {
            save(&path, Bytes::from_static(content.as_bytes())).await.unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
        }
        assert_eq!(names(folder.path()), ["out.wav"]);
    }

    #[tokio::test]
    async fn what_cannot_be_written_is_an_error_and_leaves_nothing() {
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
    async fn links_and_devices_stay_what_they_are() {
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
