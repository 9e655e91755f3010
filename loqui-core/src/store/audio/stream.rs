//! Audio too long for memory: written and read piece by piece.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use futures::stream::{BoxStream, StreamExt as _};
use object_store::ObjectStoreExt as _;
use object_store::buffered::BufWriter;
use tokio::io::AsyncWriteExt as _;

use super::{AudioStore, found, unavailable};
use crate::error::{Error, Result, code};

/// More than this is not held back before the first part is written, in bytes.
const PART_BYTES: usize = 4 << 20;

/// Bytes on their way into the store. Nothing is there under the key before [`finish`](Self::finish) has returned.
pub struct AudioWriter {
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
        written.map_err(|source| unavailable("written", &self.key, source))
    }

    /// Ends it: now the bytes are in the store as a whole.
    ///
    /// # Errors
    ///
    /// `store.unavailable`.
    pub async fn finish(mut self) -> Result<()> {
        self.inner.shutdown().await.map_err(|source| {
            Error::new(
                &code::STORE_UNAVAILABLE,
                format!("audio {} could not be written", self.key),
            )
            .with_source(source)
        })
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
            key: key.to_owned(),
            inner: BufWriter::with_capacity(Arc::clone(&self.objects), self.path(key)?, PART_BYTES)
                .with_max_concurrency(1),
        })
    }

    /// Reads what is stored under a key piece by piece; nothing if there is nothing.
    ///
    /// # Errors
    ///
    /// `store.unavailable`; `internal` for a key with other characters than allowed.
    pub async fn reader(&self, key: &str) -> Result<Option<AudioReader>> {
        let path = self.path(key)?;
        let Some(result) = found(self.objects.get(&path).await, "read", key)? else {
            return Ok(None);
        };
        let (bytes, key) = (result.meta.size, key.to_owned());
        let stream = result
            .into_stream()
            .map(move |part| part.map_err(|source| unavailable("read", &key, source)))
            .boxed();
        Ok(Some(AudioReader { bytes, stream }))
    }
}

#[cfg(test)]
mod tests {
    use futures::TryStreamExt as _;

    use super::*;

    #[tokio::test]
    async fn what_is_written_in_pieces_is_read_in_pieces() {
        let folder = tempfile::tempdir().unwrap();
        for store in [AudioStore::memory(), AudioStore::local(folder.path()).unwrap()] {
            for pieces in [1, 40] {
                let mut writer = store.writer("generations/1/speech.wav").unwrap();
                for piece in 0..pieces {
                    writer.write(vec![piece; 300_000].into()).await.unwrap();
                }
                if pieces == 40 {
                    assert_eq!(
                        store.get("generations/1/speech.wav").await.unwrap().unwrap().len(),
                        300_000
                    );
                }
                writer.finish().await.unwrap();
                let reader = store.reader("generations/1/speech.wav").await.unwrap().unwrap();
                assert_eq!(reader.bytes, u64::from(pieces) * 300_000);
                let whole: Vec<Bytes> = reader.stream.try_collect().await.unwrap();
                assert_eq!(whole.concat().last(), Some(&(pieces - 1)));
            }
            assert!(store.reader("nothing").await.unwrap().is_none());
        }
    }
}
