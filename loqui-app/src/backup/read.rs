//! Reads a backup: checks it as a whole, and then restores it.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use futures::TryStreamExt as _;
use loqui_core::store::AudioStore;
use loqui_core::{Bytes, Error, Loqui, Timestamp};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use tokio::runtime::Handle;

use super::{AUDIO, FORMAT, MANIFEST, Manifest, RECORDS, SUMS, Sum, damaged};
use crate::code;
use crate::serve::APPLICATION;

/// Audio up to this size is read into memory.
const PIECE: usize = 4 << 20;

/// A backup that was checked.
#[derive(Debug)]
pub(crate) struct Archive {
    path: PathBuf,
    manifest: Manifest,
}

/// What was restored.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Restored {
    /// When the backup was made.
    pub(crate) at: Timestamp,
    /// The number of audio files.
    pub(crate) audio_files: u64,
    /// Whether the audio was part of the backup.
    pub(crate) audio: bool,
}

impl Archive {
    /// Opens a backup, and checks all of it.
    ///
    /// # Errors
    ///
    /// `file.not_found`, `file.unreadable`; `backup.damaged` if it is not a backup, or not complete.
    pub(crate) async fn open(path: &Path) -> Result<Self, Error> {
        let path = path.to_owned();
        blocking(move || {
            let manifest = check(&path)?;
            Ok(Self { path, manifest })
        })
        .await
    }

    /// Restores it. The records are replaced at the end and as a whole, so an interrupted call can be repeated.
    ///
    /// # Errors
    ///
    /// Those of [`read_back`](loqui_core::store::sql::Database::read_back).
    pub(crate) async fn restore(self, loqui: &Loqui, replace: bool) -> Result<Restored, Error> {
        let database = loqui.database()?;
        database.ensure_replaceable(&APPLICATION, replace).await?;
        let folder = tempfile::tempdir();
        let folder = folder.map_err(|source| unreadable(Path::new("the temporary folder"), source))?;
        let (path, records) = (self.path.clone(), folder.path().to_owned());
        let (handle, audio) = (Handle::current(), loqui.audio_store().clone());
        let keys = blocking(move || extract(&path, &records, &handle, &audio)).await?;
        database
            .read_back(folder.path(), &self.manifest.records, &APPLICATION, replace)
            .await?;
        if self.manifest.audio {
            remove_others(loqui.audio_store(), &keys).await?;
        }
        Ok(Restored {
            at: self.manifest.at(),
            audio_files: keys.len() as u64,
            audio: self.manifest.audio,
        })
    }
}

/// Checks the sums of all entries, and returns the first one.
fn check(path: &Path) -> Result<Manifest, Error> {
    let mut sums = Vec::new();
    let mut manifest: Option<Manifest> = None;
    let mut expected: Option<Vec<Sum>> = None;
    each(path, |name, content| {
        if expected.is_some() {
            return Err(damaged(format!("{} has entries behind its end", path.display())));
        }
        if manifest.is_none() && name != MANIFEST {
            return Err(not_a_backup(path));
        }
        let mut sum = Sha256::new();
        match name {
            MANIFEST | SUMS => {
                let mut text = Vec::new();
                content.read_to_end(&mut text).map_err(|source| cut_off(path, source))?;
                sum.update(&text);
                let invalid = |source| not_a_backup(path).with_source(source);
                if name == MANIFEST {
                    manifest = Some(serde_json::from_slice(&text).map_err(invalid)?);
                } else {
                    expected = Some(serde_json::from_slice(&text).map_err(invalid)?);
                    return Ok(());
                }
            }
            _ => {
                let mut buffer = vec![0; 256 << 10];
                loop {
                    let read = content.read(&mut buffer).map_err(|source| cut_off(path, source))?;
                    if read == 0 {
                        break;
                    }
                    sum.update(buffer.get(..read).unwrap_or_default());
                }
            }
        }
        sums.push(Sum {
            name: name.to_owned(),
            sha256: hex::encode(sum.finalize()),
        });
        Ok(())
    })?;
    let manifest = manifest.ok_or_else(|| not_a_backup(path))?;
    if manifest.format > FORMAT {
        let message = format!(
            "{} has the format {}, and this program reads up to {FORMAT}",
            path.display(),
            manifest.format
        );
        return Err(Error::new(&code::STORE_TOO_NEW, message));
    }
    match expected {
        None => Err(damaged(format!("{} ends early", path.display()))),
        Some(expected) if expected != sums => {
            let differs = expected.iter().zip(&sums).find(|(expected, found)| expected != found);
            let name = differs.map_or("its list", |(expected, _)| expected.name.as_str());
            Err(damaged(format!(
                "{} is damaged: {name} has another content",
                path.display()
            )))
        }
        Some(_) => Ok(manifest),
    }
}

/// Writes the records into a folder and the audio into its store. Returns the keys of the audio.
fn extract(path: &Path, records: &Path, handle: &Handle, audio: &AudioStore) -> Result<BTreeSet<String>, Error> {
    let mut keys = BTreeSet::new();
    each(path, |name, content| {
        if let Some(file) = name.strip_prefix(RECORDS) {
            if Path::new(file).components().count() != 1 || !Path::new(file).components().all(is_name) {
                return Err(damaged(format!("{} has a file named {file:?}", path.display())));
            }
            let written = File::create(records.join(file)).and_then(|mut out| io::copy(content, &mut out));
            written.map_err(|source| unreadable(&records.join(file), source))?;
        } else if let Some(key) = name.strip_prefix(AUDIO) {
            handle.block_on(put(audio, key, content, path))?;
            keys.insert(key.to_owned());
        }
        Ok(())
    })?;
    Ok(keys)
}

fn is_name(part: std::path::Component<'_>) -> bool {
    matches!(part, std::path::Component::Normal(_))
}

#[expect(clippy::future_not_send, reason = "the thread that reads the archive waits for it")]
async fn put(audio: &AudioStore, key: &str, content: &mut (dyn Read + '_), path: &Path) -> Result<(), Error> {
    let mut next = || -> Result<Bytes, Error> {
        let mut piece = Vec::new();
        let read = content.take(PIECE as u64).read_to_end(&mut piece);
        read.map_err(|source| cut_off(path, source))?;
        Ok(piece.into())
    };
    let first = next()?;
    if first.len() < PIECE {
        return audio.put(key, first).await;
    }
    let mut writer = audio.writer(key)?;
    let mut piece = first;
    while !piece.is_empty() {
        writer.write(piece).await?;
        piece = next()?;
    }
    writer.finish().await
}

/// Deletes the audio that the restored records do not refer to: nobody could erase it.
async fn remove_others(audio: &AudioStore, keys: &BTreeSet<String>) -> Result<(), Error> {
    let entries: Vec<_> = audio.list().try_collect().await?;
    for entry in entries.iter().filter(|entry| !keys.contains(&entry.key)) {
        audio.delete(&entry.key).await?;
    }
    Ok(())
}

/// Calls `read` with the name and the content of each entry.
fn each(path: &Path, mut read: impl FnMut(&str, &mut dyn Read) -> Result<(), Error>) -> Result<(), Error> {
    let file = File::open(path).map_err(|source| unreadable(path, source))?;
    let mut archive = tar::Archive::new(BufReader::with_capacity(1 << 20, file));
    let entries = archive
        .entries()
        .map_err(|source| not_a_backup(path).with_source(source))?;
    let mut is_first = true;
    for entry in entries {
        let broken = |source| {
            if is_first {
                not_a_backup(path).with_source(source)
            } else {
                cut_off(path, source)
            }
        };
        let mut entry = entry.map_err(broken)?;
        let name = entry.path().map_err(broken)?.to_string_lossy().into_owned();
        read(&name, &mut entry)?;
        is_first = false;
    }
    Ok(())
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
    let ended = tokio::task::spawn_blocking(work).await;
    ended.map_err(|panic| Error::new(&code::INTERNAL, "the backup could not be read").with_source(panic))?
}

fn unreadable(path: &Path, source: io::Error) -> Error {
    let code = match source.kind() {
        io::ErrorKind::NotFound => &code::FILE_NOT_FOUND,
        _ => &code::FILE_UNREADABLE,
    };
    Error::new(code, format!("could not read {}", path.display())).with_source(source)
}

fn cut_off(path: &Path, source: io::Error) -> Error {
    damaged(format!("{} is damaged, or ends early", path.display())).with_source(source)
}

fn not_a_backup(path: &Path) -> Error {
    damaged(format!("{} is not a backup of loqui", path.display()))
}
