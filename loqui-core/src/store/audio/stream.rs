//! Streamed audio: written and read in pieces.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures::stream::{BoxStream, StreamExt as _};
use object_store::ObjectStoreExt as _;
use object_store::buffered::BufWriter;
use tokio::io::AsyncWriteExt as _;

use super::AudioStore;
use crate::error::Result;

/// The size of a part, in bytes. S3 accepts no smaller parts.
const PART_BYTES: usize = 5 << 20;

/// Writes bytes to the store in pieces. The key has no value until [`finish`](Self::finish) has returned.
pub struct AudioWriter {
    store: AudioStore,
    key: String,
    inner: BufWriter,
}

impl AudioWriter {
    /// Appends bytes.
    ///
    /// # Errors
    ///
    /// `store.unavailable`.
    pub async fn write(&mut self, bytes: Bytes) -> Result<()> {
        let written = self.inner.put(bytes).await;
        written.map_err(|source| self.store.unavailable("written", &self.key, source))
    }

    /// Completes the write: the bytes are then in the store as a whole.
    ///
    /// # Errors
    ///
    /// `store.unavailable`.
    pub async fn finish(mut self) -> Result<()> {
        let ended = self.inner.shutdown().await;
        ended.map_err(|source| self.store.unavailable("written", &self.key, source))
    }
}

impl fmt::Debug for AudioWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AudioWriter({})", self.key)
    }
}

/// The bytes of a key, in pieces.
#[non_exhaustive]
pub struct AudioReader {
    /// The number of bytes.
    pub bytes: u64,
    /// The bytes, in order.
    pub stream: BoxStream<'static, Result<Bytes>>,
}

impl fmt::Debug for AudioReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AudioReader({} bytes)", self.bytes)
    }
}

impl AudioStore {
    /// Returns a writer for a key, which holds no more than a few megabytes in memory.
    ///
    /// # Errors
    ///
    /// `internal` for an invalid key.
    pub fn writer(&self, key: &str) -> Result<AudioWriter> {
        Ok(AudioWriter {
            store: self.clone(),
            key: key.to_owned(),
            inner: BufWriter::with_capacity(Arc::clone(&self.objects), self.path(key)?, PART_BYTES)
                .with_max_concurrency(1),
        })
    }

    /// Reads a range of the bytes of a key; `None` if the key does not exist.
    ///
    /// # Errors
    ///
    /// `store.unavailable`, also for a range beyond the end; `internal` for an invalid key.
    pub async fn range(&self, key: &str, range: Range<u64>) -> Result<Option<Bytes>> {
        let path = self.path(key)?;
        self.found(self.objects.get_range(&path, range).await, "read", key)
    }

    /// Reads the bytes of a key in pieces; `None` if the key does not exist.
    ///
    /// # Errors
    ///
    /// `store.unavailable`; `internal` for an invalid key.
    pub async fn reader(&self, key: &str) -> Result<Option<AudioReader>> {
        let path = self.path(key)?;
        let Some(result) = self.found(self.objects.get(&path).await, "read", key)? else {
            return Ok(None);
        };
        let (bytes, key, store) = (result.meta.size, key.to_owned(), self.clone());
        let stream = result
            .into_stream()
            .map(move |part| part.map_err(|source| store.unavailable("read", &key, source)))
            .boxed();
        Ok(Some(AudioReader { bytes, stream }))
    }
}
