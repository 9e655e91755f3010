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
use futures::stream::{BoxStream, StreamExt as _, TryStreamExt as _};
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _};
pub use stream::{AudioReader, AudioWriter};
use thiserror::Error as ThisError;

use crate::clock::{Random as _, System};
use crate::error::{Error, Result, code};

/// The maximum length of a key, in bytes. With a folder before it, it fits every file system and object store.
const MAX_KEY_BYTES: usize = 512;

/// Keeps bytes by key: in memory, in a folder, or in any [`ObjectStore`] (S3, Google Cloud, Azure).
///
/// A key consists of `a-z`, `0-9`, `_`, `.`, `-`, and `/` between its parts. [`put`](Self::put) is atomic: a reader sees the
/// old bytes or the new ones, never a part. In a folder it is also durable: the file and its folder are synced to disk,
/// because the record that refers to the audio is written next.
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
    /// The location as shown to users.
    location: Arc<str>,
    /// The hint of errors, where it is not that of the code.
    hint: Option<&'static str>,
}

/// A key of an [`AudioStore`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AudioEntry {
    /// The key.
    pub key: String,
    /// The number of its bytes.
    pub bytes: u64,
}

impl AudioStore {
    /// Keeps audio in memory for as long as the process lives.
    pub fn memory() -> Self {
        Self::new(Arc::new(InMemory::new()), "")
    }

    /// Keeps audio in a folder, which is created if needed; a new folder is accessible to its owner only.
    ///
    /// # Errors
    ///
    /// `store.unavailable` if the folder cannot be created or read.
    pub fn local(folder: impl AsRef<FilePath>) -> Result<Self> {
        let folder = folder.as_ref();
        let objects = open_folder(folder).map_err(|source| {
            let message = format!("the audio folder {} cannot be used", folder.display());
            Error::new(&code::STORE_UNAVAILABLE, message).with_source(source)
        })?;
        let mut store = Self::new(Arc::new(objects), "");
        store.location = folder.display().to_string().into();
        Ok(store)
    }

    /// Keeps audio in any object store, under keys that begin with `prefix`.
    pub fn new(objects: Arc<dyn ObjectStore>, prefix: &str) -> Self {
        Self {
            location: format!("{objects}/{prefix}").trim_end_matches('/').into(),
            prefix: Path::from(prefix),
            objects,
            hint: None,
        }
    }

    /// Keeps audio in a bucket of S3 or of a server with the same API, under keys that begin with `prefix`.
    ///
    /// Credentials, region and address come from the usual environment variables: `AWS_ACCESS_KEY_ID`,
    /// `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT` for a server other than Amazon's, and `AWS_ALLOW_HTTP=true` for
    /// one without TLS. Without keys, the role of the machine is used. The first call connects; failed requests are retried
    /// for up to 20 s.
    ///
    /// A process that dies during an upload leaves unfinished parts in the bucket, which are not visible but are billed. Add
    /// a lifecycle rule that aborts incomplete multipart uploads after a day
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpu-abort-incomplete-mpu-lifecycle-config.html>).
    ///
    /// # Errors
    ///
    /// `option.out_of_range` for invalid settings.
    #[cfg(feature = "s3")]
    pub fn s3(bucket: &str, prefix: &str) -> Result<Self> {
        Self::in_bucket(crate::config::s3(), bucket, prefix)
    }

    #[cfg(feature = "s3")]
    fn in_bucket(settings: object_store::aws::AmazonS3Builder, bucket: &str, prefix: &str) -> Result<Self> {
        let mut store = Self::new(Arc::new(s3::open(settings, bucket)?), prefix);
        store.location = format!("s3://{bucket}/{prefix}").trim_end_matches('/').into();
        store.hint = Some(s3::HINT);
        Ok(store)
    }

    /// The location as shown to users: a folder, or an address without secrets.
    pub fn location(&self) -> &str {
        &self.location
    }

    /// Checks the store: writes a value, reads it back and deletes it.
    ///
    /// # Errors
    ///
    /// `store.unavailable`; `store.corrupt` if another value is read back.
    pub async fn check(&self) -> Result<()> {
        // A random key: other processes may check at the same time.
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

    /// Stores bytes under a key, and replaces the previous ones.
    ///
    /// # Errors
    ///
    /// `store.unavailable`; `internal` for an invalid key.
    pub async fn put(&self, key: &str, bytes: Bytes) -> Result<()> {
        let path = self.path(key)?;
        let stored = self.objects.put(&path, bytes.into()).await;
        stored
            .map(|_| ())
            .map_err(|source| self.unavailable("written", key, source))
    }

    /// Reads the bytes of a key; `None` if the key does not exist.
    ///
    /// # Errors
    ///
    /// `store.unavailable`; `internal` for an invalid key.
    pub async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        let path = self.path(key)?;
        let bytes = match self.objects.get(&path).await {
            Ok(found) => found.bytes().await,
            Err(source) => Err(source),
        };
        self.found(bytes, "read", key)
    }

    /// Returns whether a key exists.
    ///
    /// # Errors
    ///
    /// `store.unavailable`; `internal` for an invalid key.
    pub async fn exists(&self, key: &str) -> Result<bool> {
        let path = self.path(key)?;
        let head = self.objects.head(&path).await;
        self.found(head, "looked up", key).map(|head| head.is_some())
    }

    /// Deletes a key; succeeds if the key does not exist.
    ///
    /// # Errors
    ///
    /// `store.unavailable`; `internal` for an invalid key.
    pub async fn delete(&self, key: &str) -> Result<()> {
        let path = self.path(key)?;
        let deleted = self.objects.delete(&path).await;
        self.found(deleted, "deleted", key).map(|_| ())
    }

    /// Lists all keys with their sizes, in no particular order. Keys that are written or deleted meanwhile may be missing. Files that
    /// are not audio, such as those of a file manager, are left out.
    ///
    /// # Errors
    ///
    /// The stream ends with `store.unavailable`.
    pub fn list(&self) -> BoxStream<'static, Result<AudioEntry>> {
        let prefix = (!self.prefix.as_ref().is_empty()).then_some(&self.prefix);
        let store = self.clone();
        let objects = self.objects.list(prefix);
        let is_key = |entry: &Result<AudioEntry>| entry.as_ref().map_or(true, |entry| check_key(&entry.key).is_ok());
        objects
            .map(move |object| match object {
                Ok(object) => Ok(AudioEntry {
                    key: store.key(&object.location),
                    bytes: object.size,
                }),
                Err(source) => Err(store.unavailable("listed", "", source)),
            })
            .filter(move |entry| std::future::ready(is_key(entry)))
            .boxed()
    }

    /// Deletes all keys that begin with this one and a `/`.
    ///
    /// # Errors
    ///
    /// `store.unavailable`; `internal` for an invalid key.
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

    /// The key of an object.
    fn key(&self, location: &Path) -> String {
        match location.prefix_match(&self.prefix) {
            Some(parts) => Path::from_iter(parts).to_string(),
            None => location.to_string(),
        }
    }

    /// Turns a missing key into `None`.
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
        write!(f, "AudioStore({})", self.location)
    }
}

/// Why a key is invalid. This crate makes the keys, so it is a bug.
#[derive(Debug, ThisError)]
enum KeyError {
    #[error("the audio key is {0} bytes long; 1 to {MAX_KEY_BYTES} are allowed")]
    Length(usize),
    #[error("the audio key {0:?} holds {1:?}; only a-z, 0-9 and / _ . - are allowed")]
    Character(String, char),
    #[error("the audio key {0:?} has an empty part or one made of dots")]
    Part(String),
}

fn check_key(key: &str) -> Result<(), KeyError> {
    if key.is_empty() || key.len() > MAX_KEY_BYTES {
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

/// Why a folder cannot be opened.
#[derive(Debug, ThisError)]
enum FolderError {
    #[error("the folder could not be created: {path}")]
    Create { path: PathBuf, source: io::Error },
    #[error("the folder could not be opened")]
    Open(#[from] object_store::Error),
}

fn open_folder(folder: &FilePath) -> Result<LocalFileSystem, FolderError> {
    super::folder::create_private(folder).map_err(|source| FolderError::Create {
        path: folder.to_owned(),
        source,
    })?;
    // Without fsync a put is atomic for readers, but may not survive a power failure.
    Ok(LocalFileSystem::new_with_prefix(folder)?.with_fsync(true))
}

#[cfg(test)]
mod tests;
