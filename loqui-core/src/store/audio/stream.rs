//! Audio too long for memory: written and read piece by piece.

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

/// More than this is not held back before the first part is written, in bytes. S3 takes no smaller parts.
const PART_BYTES: usize = 5 << 20;

/// Bytes on their way into the store. Nothing is there under the key before [`finish`](Self::finish) has returned.
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

    /// Ends it: now the bytes are in the store as a whole.
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

/// What is stored under a key, piece by piece.
#[non_exhaustive]
pub struct AudioReader {
    /// How many bytes there are.
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
    /// Begins to store bytes under a key, without holding more than a few megabytes of them in memory.
    ///
    /// # Errors
    ///
    /// `internal` for a key with other characters than allowed.
    pub fn writer(&self, key: &str) -> Result<AudioWriter> {
        Ok(AudioWriter {
            store: self.clone(),
            key: key.to_owned(),
            inner: BufWriter::with_capacity(Arc::clone(&self.objects), self.path(key)?, PART_BYTES)
                .with_max_concurrency(1),
        })
    }

    /// Reads some of the bytes that are stored under a key; nothing if there is nothing.
    ///
    /// # Errors
    ///
    /// `store.unavailable`, also if there are fewer bytes; `internal` for a key with other characters than allowed.
    pub async fn range(&self, key: &str, range: Range<u64>) -> Result<Option<Bytes>> {
        let path = self.path(key)?;
        self.found(self.objects.get_range(&path, range).await, "read", key)
    }

    /// Reads what is stored under a key piece by piece; nothing if there is nothing.
    ///
    /// # Errors
    ///
    /// `store.unavailable`; `internal` for a key with other characters than allowed.
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
