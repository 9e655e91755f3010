//! Audio by key: recordings, takes and finished speech.

mod address;
#[cfg(feature = "s3")]
mod s3;
mod stream;

use std::fmt;
use std::io;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use futures::stream::TryStreamExt as _;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _};
pub use stream::{AudioReader, AudioWriter};
use thiserror::Error as ThisError;

use crate::clock::{Random as _, System};
use crate::error::{Error, Result, code};

/// The longest key, in bytes: with a folder before it, it still fits every file system and object store.
const LONGEST_KEY: usize = 512;

/// Keeps bytes by key: in memory, in a folder, or in any [`ObjectStore`] (S3, Google Cloud, Azure).
///
/// A key is made of `a-z`, `0-9`, `_`, `.`, `-` and `/` between its parts. What [`put`](Self::put) returned `Ok` for is
/// there as a whole; a reader sees the old bytes or the new ones, never a part. In a folder it is also on the disk: the
/// file and its folder are synchronised, since the record that it was paid for is written next.
///
/// # Examples
///
/// ```
/// use bytes::Bytes;
/// use loqui_core::store::AudioStore;
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let store = AudioStore::memory();
/// store.put("takes/7/0-1.wav", Bytes::from_static(b"RIFF")).await?;
/// assert_eq!(store.get("takes/7/0-1.wav").await?, Some(Bytes::from_static(b"RIFF")));
/// assert_eq!(store.get("takes/7/0-2.wav").await?, None);
/// # Ok::<(), loqui_core::Error>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct AudioStore {
    objects: Arc<dyn ObjectStore>,
    prefix: Path,
    /// Where it is, for people.
    place: Arc<str>,
    /// What helps when it cannot be used, where the usual advice does not.
    hint: Option<&'static str>,
}

impl AudioStore {
    /// Keeps audio in memory, as long as the process lives.
    pub fn memory() -> Self {
        Self::new(Arc::new(InMemory::new()), "")
    }

    /// Keeps audio in a folder, which is made if it is not there; a new one is for its owner only.
    ///
    /// # Errors
    ///
    /// `store.unavailable` if the folder cannot be made or read.
    pub fn local(folder: impl AsRef<FilePath>) -> Result<Self> {
        let folder = folder.as_ref();
        let objects = open_folder(folder).map_err(|source| {
            let message = format!("the audio folder {} cannot be used", folder.display());
            Error::new(&code::STORE_UNAVAILABLE, message).with_source(source)
        })?;
        let mut store = Self::new(Arc::new(objects), "");
        store.place = folder.display().to_string().into();
        Ok(store)
    }

    /// Keeps audio in any object store, under keys that begin with `prefix`.
    pub fn new(objects: Arc<dyn ObjectStore>, prefix: &str) -> Self {
        Self {
            place: format!("{objects}/{prefix}").trim_end_matches('/').into(),
            prefix: Path::from(prefix),
            objects,
            hint: None,
        }
    }

    /// Keeps audio in a bucket of S3, or of whatever speaks its API, under keys that begin with `prefix`.
    ///
    /// Credentials, region and address come from the usual variables: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`,
    /// `AWS_REGION`, `AWS_ENDPOINT` for another server than Amazon's, and `AWS_ALLOW_HTTP=true` for one without TLS;
    /// without keys, the machine's own role is asked for. Nothing is sent before the first call, and a call that meets
    /// trouble is tried again for up to 20 s.
    ///
    /// What a process that dies had begun to write in parts stays in the bucket, unseen and paid for: give the bucket a
    /// rule that ends unfinished uploads after a day.
    ///
    /// # Errors
    ///
    /// `option.out_of_range` for settings that cannot be used.
    #[cfg(feature = "s3")]
    pub fn s3(bucket: &str, prefix: &str) -> Result<Self> {
        Self::in_bucket(crate::config::s3(), bucket, prefix)
    }

    #[cfg(feature = "s3")]
    fn in_bucket(settings: object_store::aws::AmazonS3Builder, bucket: &str, prefix: &str) -> Result<Self> {
        let mut store = Self::new(Arc::new(s3::open(settings, bucket)?), prefix);
        store.place = format!("s3://{bucket}/{prefix}").trim_end_matches('/').into();
        store.hint = Some(s3::HINT);
        Ok(store)
    }

    /// Where it is, for people: a folder, or an address without secrets.
    pub fn location(&self) -> &str {
        &self.place
    }

    /// Writes something, reads it back and removes it again.
    ///
    /// # Errors
    ///
    /// `store.unavailable`; `store.corrupt` if it is not what was written.
    pub async fn check(&self) -> Result<()> {
        // Under a key of its own: others may look at the same time.
        let key = format!("checks/{:016x}", System.next());
        let written = Bytes::copy_from_slice(key.as_bytes());
        self.put(&key, written.clone()).await?;
        let read = self.get(&key).await?;
        self.delete(&key).await?;
        if read == Some(written) {
            return Ok(());
        }
        Err(Error::new(
            &code::STORE_CORRUPT,
            "audio that was written cannot be read back",
        ))
    }

    /// Stores bytes under a key; what was there before is replaced.
    ///
    /// # Errors
    ///
    /// `store.unavailable`; `internal` for a key with other characters than allowed.
    pub async fn put(&self, key: &str, bytes: Bytes) -> Result<()> {
        let path = self.path(key)?;
        let stored = self.objects.put(&path, bytes.into()).await;
        stored
            .map(|_| ())
            .map_err(|source| self.unavailable("written", key, source))
    }

    /// Reads what is stored under a key; nothing if there is nothing.
    ///
    /// # Errors
    ///
    /// `store.unavailable`; `internal` for a key with other characters than allowed.
    pub async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        let path = self.path(key)?;
        let bytes = match self.objects.get(&path).await {
            Ok(found) => found.bytes().await,
            Err(source) => Err(source),
        };
        self.found(bytes, "read", key)
    }

    /// Whether anything is stored under a key.
    ///
    /// # Errors
    ///
    /// `store.unavailable`; `internal` for a key with other characters than allowed.
    pub async fn exists(&self, key: &str) -> Result<bool> {
        let path = self.path(key)?;
        let head = self.objects.head(&path).await;
        self.found(head, "looked for", key).map(|head| head.is_some())
    }

    /// Removes what is stored under a key; nothing happens if there is nothing.
    ///
    /// # Errors
    ///
    /// `store.unavailable`; `internal` for a key with other characters than allowed.
    pub async fn delete(&self, key: &str) -> Result<()> {
        let path = self.path(key)?;
        let deleted = self.objects.delete(&path).await;
        self.found(deleted, "deleted", key).map(|_| ())
    }

    /// Removes everything that is stored under keys which begin with this one and a `/`.
    ///
    /// # Errors
    ///
    /// `store.unavailable`; `internal` for a key with other characters than allowed.
    pub async fn delete_all(&self, key: &str) -> Result<()> {
        let path = self.path(key)?;
        let listed: Vec<_> = self
            .objects
            .list(Some(&path))
            .try_collect()
            .await
            .map_err(|source| self.unavailable("listed", key, source))?;
        for object in listed {
            let deleted = self.objects.delete(&object.location).await;
            self.found(deleted, "deleted", key)?;
        }
        Ok(())
    }

    fn path(&self, key: &str) -> Result<Path> {
        check_key(key).map_err(|error| Error::new(&code::INTERNAL, error.to_string()))?;
        let parts = self.prefix.parts().chain(key.split('/').map(Into::into));
        Ok(parts.collect())
    }

    /// Turns "there is nothing" into `None`.
    fn found<T>(&self, result: Result<T, object_store::Error>, verb: &str, key: &str) -> Result<Option<T>> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(source) => Err(self.unavailable(verb, key, source)),
        }
    }

    fn unavailable(&self, verb: &str, key: &str, source: impl std::error::Error + Send + Sync + 'static) -> Error {
        let error = Error::new(&code::STORE_UNAVAILABLE, format!("audio {key} could not be {verb}"));
        let error = match self.hint {
            Some(hint) => error.with_hint(hint),
            None => error,
        };
        error.with_source(source)
    }
}

impl fmt::Debug for AudioStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AudioStore({})", self.place)
    }
}

/// Why a key cannot be used: keys are made by this crate, so it is a defect.
#[derive(Debug, ThisError)]
enum KeyError {
    #[error("the audio key is {0} bytes long; 1 to {LONGEST_KEY} are allowed")]
    Length(usize),
    #[error("the audio key {0:?} holds {1:?}; only a-z, 0-9 and / _ . - are allowed")]
    Character(String, char),
    #[error("the audio key {0:?} has an empty part or one made of dots")]
    Part(String),
}

fn check_key(key: &str) -> Result<(), KeyError> {
    if key.is_empty() || key.len() > LONGEST_KEY {
        return Err(KeyError::Length(key.len()));
    }
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '/' | '_' | '.' | '-');
    if let Some(other) = key.chars().find(|c| !allowed(*c)) {
        return Err(KeyError::Character(key.to_owned(), other));
    }
    if key.split('/').any(|part| part.chars().all(|c| c == '.')) {
        return Err(KeyError::Part(key.to_owned()));
    }
    Ok(())
}

/// Why a folder cannot be used.
#[derive(Debug, ThisError)]
enum FolderError {
    #[error("the folder could not be made: {path}")]
    Create { path: PathBuf, source: io::Error },
    #[error("the folder could not be opened")]
    Open(#[from] object_store::Error),
}

fn open_folder(folder: &FilePath) -> Result<LocalFileSystem, FolderError> {
    super::folder::create_private(folder).map_err(|source| FolderError::Create {
        path: folder.to_owned(),
        source,
    })?;
    // Without this a put is atomic for readers, but its bytes may not survive a power cut.
    Ok(LocalFileSystem::new_with_prefix(folder)?.with_fsync(true))
}

#[cfg(test)]
mod tests;
