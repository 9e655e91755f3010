//! Writes a backup.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures::{StreamExt as _, TryStreamExt as _};
use loqui_core::store::{AudioEntry, AudioReader, AudioStore};
use loqui_core::{Error, Loqui, Timestamp};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use tokio::runtime::Handle;

use super::{AUDIO, FORMAT, MANIFEST, Manifest, RECORDS, SUMS, Sum};
use crate::code;
use crate::failure::Failure;
use crate::serve::{APPLICATION, Database};

/// The beginning of the name of a folder in which a backup is written.
const PARTIAL: &str = ".loqui-backup-";
/// The file in that folder that its process has locked.
const LOCK: &str = "lock";
/// Audio that only tests whether the store works.
const CHECKS: &str = "checks/";

/// Where a backup is written to.
#[derive(Clone, Debug)]
pub(crate) enum Destination {
    File(PathBuf),
    Stdout,
}

/// What was written.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Written {
    /// When the records were copied. Later changes are not in the backup.
    pub(crate) at: Timestamp,
    /// The number of audio files.
    pub(crate) audio_files: u64,
    /// The size of the backup, in bytes.
    pub(crate) bytes: u64,
}

/// Writes a backup. A file has its name once it is complete.
///
/// # Errors
///
/// `output.unwritable`, `store.*`.
pub(crate) async fn write(
    loqui: &Loqui,
    data_dir: &Path,
    destination: &Destination,
    with_audio: bool,
) -> Result<Written, Failure> {
    // Takes over the accounts of earlier versions, which are part of the backup.
    let database = Database::open(loqui, data_dir).await?;
    let folder = Partial::new(destination)?;
    let records = folder.path().join("records");
    fs::create_dir(&records).map_err(|source| unwritable(destination, source))?;
    let copy = database.copy_to(&records, &APPLICATION).await?;
    let manifest = Manifest {
        format: FORMAT,
        loqui: env!("CARGO_PKG_VERSION").to_owned(),
        records: copy,
        audio: with_audio,
    };
    // Listed after the records were copied: all audio that they refer to exists by now.
    let audio: Vec<AudioEntry> = if with_audio {
        loqui.audio_store().list().try_collect().await?
    } else {
        Vec::new()
    };
    let stop = Arc::new(AtomicBool::new(false));
    let writing = {
        let (destination, stop, store) = (destination.clone(), Arc::clone(&stop), loqui.audio_store().clone());
        let handle = Handle::current();
        tokio::task::spawn_blocking(move || {
            let archive = Archive {
                handle,
                store,
                stop,
                sums: Vec::new(),
            };
            archive.write(&folder, &destination, &manifest, &audio)
        })
    };
    tokio::select! {
        written = writing => written
            .map_err(|panic| Error::new(&code::INTERNAL, "the backup ended early").with_source(panic))?,
        Ok(()) = tokio::signal::ctrl_c() => {
            stop.store(true, Ordering::Relaxed);
            let error = Error::new(&code::OUTPUT_UNWRITABLE, "the backup was interrupted").with_hint("Run the command again.");
            Err(Failure::interrupted(error))
        }
    }
}

/// The folder in which a backup is written, beside its file. Folders of killed processes are removed.
struct Partial {
    folder: TempDir,
    /// Locked until the folder is removed.
    _lock: File,
}

impl Partial {
    fn new(destination: &Destination) -> Result<Self, Failure> {
        let parent = match destination {
            Destination::File(path) => match path.parent() {
                Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
                _ => PathBuf::from("."),
            },
            Destination::Stdout => std::env::temp_dir(),
        };
        let created = || {
            fs::create_dir_all(&parent)?;
            remove_abandoned(&parent)?;
            let folder = tempfile::Builder::new().prefix(PARTIAL).tempdir_in(&parent)?;
            let lock = File::create(folder.path().join(LOCK))?;
            lock.lock()?;
            Ok(Self { folder, _lock: lock })
        };
        created().map_err(|source| unwritable(destination, source))
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Removes the folders that no process has locked.
fn remove_abandoned(parent: &Path) -> io::Result<()> {
    for entry in fs::read_dir(parent)? {
        let entry = entry?;
        if !entry.file_name().to_string_lossy().starts_with(PARTIAL) {
            continue;
        }
        let lock = File::open(entry.path().join(LOCK));
        if lock.is_ok_and(|lock| lock.try_lock().is_ok()) {
            // Another process may remove it at the same time.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    Ok(())
}

fn unwritable(destination: &Destination, source: io::Error) -> Failure {
    let name = match destination {
        Destination::File(path) => path.display().to_string(),
        Destination::Stdout => "stdout".to_owned(),
    };
    let is_closed = source.kind() == io::ErrorKind::BrokenPipe;
    // The error of a store, or that of the file.
    let error = match source.downcast::<Error>() {
        Ok(error) => error,
        Err(source) => {
            Error::new(&code::OUTPUT_UNWRITABLE, format!("could not write the backup {name}")).with_source(source)
        }
    };
    match destination {
        Destination::Stdout if is_closed => Failure::closed_pipe(error),
        _ => error.into(),
    }
}

/// An archive that is written on a thread of its own.
struct Archive {
    handle: Handle,
    store: AudioStore,
    stop: Arc<AtomicBool>,
    sums: Vec<Sum>,
}

impl Archive {
    fn write(
        mut self,
        folder: &Partial,
        destination: &Destination,
        manifest: &Manifest,
        audio: &[AudioEntry],
    ) -> Result<Written, Failure> {
        let at = manifest.at();
        let written = match destination {
            Destination::File(path) => {
                let partial = folder.path().join("archive.tar");
                let written = private(&partial).and_then(|file| {
                    let mut out = Counted::new(BufWriter::new(file));
                    let files = self.entries(folder, manifest, audio, &mut out)?;
                    let bytes = out.bytes;
                    out.inner
                        .into_inner()
                        .map_err(io::IntoInnerError::into_error)?
                        .sync_all()?;
                    Ok((files, bytes))
                });
                written.and_then(|written| {
                    fs::rename(&partial, path)?;
                    sync_folder(path)?;
                    Ok(written)
                })
            }
            Destination::Stdout => {
                let mut out = Counted::new(BufWriter::new(io::stdout().lock()));
                let written = self.entries(folder, manifest, audio, &mut out);
                written.and_then(|files| {
                    out.flush()?;
                    Ok((files, out.bytes))
                })
            }
        };
        let (audio_files, bytes) = written.map_err(|source| unwritable(destination, source))?;
        Ok(Written { at, audio_files, bytes })
    }

    /// Writes all entries, and returns the number of audio files.
    fn entries(
        &mut self,
        folder: &Partial,
        manifest: &Manifest,
        audio: &[AudioEntry],
        out: &mut impl Write,
    ) -> io::Result<u64> {
        let mut tar = tar::Builder::new(out);
        self.json(&mut tar, MANIFEST, manifest)?;
        for name in &manifest.records.files {
            let file = File::open(folder.path().join("records").join(name))?;
            let size = file.metadata()?.len();
            self.entry(&mut tar, &format!("{RECORDS}{}", name.display()), size, file)?;
        }
        let mut files = 0;
        for entry in audio.iter().filter(|entry| !entry.key.starts_with(CHECKS)) {
            let reader = self.handle.block_on(self.store.reader(&entry.key));
            // Erased meanwhile.
            let Some(reader) = reader.map_err(io::Error::other)? else {
                continue;
            };
            let (size, pieces) = (reader.bytes, Pieces::new(self.handle.clone(), reader));
            self.entry(&mut tar, &format!("{AUDIO}{}", entry.key), size, pieces)?;
            files += 1;
        }
        let sums = std::mem::take(&mut self.sums);
        self.json(&mut tar, SUMS, &sums)?;
        tar.into_inner()?.flush()?;
        Ok(files)
    }

    fn json(&mut self, tar: &mut tar::Builder<impl Write>, name: &str, value: &impl Serialize) -> io::Result<()> {
        let text = serde_json::to_vec(value)?;
        self.entry(tar, name, text.len() as u64, text.as_slice())
    }

    fn entry(
        &mut self,
        tar: &mut tar::Builder<impl Write>,
        name: &str,
        size: u64,
        content: impl Read,
    ) -> io::Result<()> {
        let mut header = tar::Header::new_gnu();
        header.set_size(size);
        header.set_mode(0o600);
        header.set_mtime(u64::try_from(Timestamp::now().as_second()).unwrap_or_default());
        let mut summed = Summed {
            content,
            sum: Sha256::new(),
            read: 0,
            stop: &self.stop,
        };
        tar.append_data(&mut header, name, &mut summed)?;
        if summed.read != size {
            // The header has the size already.
            return Err(io::Error::other(format!("{name} has {} of {size} bytes", summed.read)));
        }
        self.sums.push(Sum {
            name: name.to_owned(),
            sha256: hex::encode(summed.sum.finalize()),
        });
        Ok(())
    }
}

/// Content whose sum is computed while it is read.
struct Summed<'a, R> {
    content: R,
    sum: Sha256,
    read: u64,
    stop: &'a AtomicBool,
}

impl<R: Read> Read for Summed<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(io::Error::other("the backup was interrupted"));
        }
        let read = self.content.read(buffer)?;
        self.sum.update(buffer.get(..read).unwrap_or_default());
        self.read += read as u64;
        Ok(read)
    }
}

/// Audio that is read on the runtime.
struct Pieces {
    handle: Handle,
    reader: AudioReader,
    piece: loqui_core::Bytes,
}

impl Pieces {
    fn new(handle: Handle, reader: AudioReader) -> Self {
        Self {
            handle,
            reader,
            piece: loqui_core::Bytes::new(),
        }
    }
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            match self.handle.block_on(self.reader.stream.next()) {
                Some(piece) => self.piece = piece.map_err(io::Error::other)?,
                None => return Ok(0),
            }
        }
        let count = self.piece.len().min(buffer.len());
        let next = self.piece.split_to(count);
        if let Some(buffer) = buffer.get_mut(..count) {
            buffer.copy_from_slice(&next);
        }
        Ok(count)
    }
}

/// Counts the bytes that are written.
struct Counted<W> {
    inner: W,
    bytes: u64,
}

impl<W> Counted<W> {
    fn new(inner: W) -> Self {
        Self { inner, bytes: 0 }
    }
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Creates a file that only its owner may read: it has texts, recordings and password hashes.
fn private(path: &Path) -> io::Result<File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Makes the new name durable.
fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or_else(|| Path::new(".")))?.sync_all()?;
    }
    Ok(())
}
