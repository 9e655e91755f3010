//! Caches the reference recordings of running generations: each is read once, however many generations use it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OnceCell;

use crate::engine::Reference;
use crate::error::Result;
use crate::store::AudioStore;

/// Recordings by their key in the audio store. A recording has about 0.7 MB, and thousands of generations may use it at
/// once.
#[derive(Debug, Default)]
pub(crate) struct References(Mutex<HashMap<String, Arc<OnceCell<Reference>>>>);

impl References {
    /// The recording under that key, if there is one.
    ///
    /// # Errors
    ///
    /// `store.unavailable`.
    pub(crate) async fn read(&self, audio: &AudioStore, key: &str) -> Result<Option<Reference>> {
        let cell = {
            let mut known = self.known();
            if !known.contains_key(key) {
                // Recordings that no generation uses any more are dropped.
                known.retain(|_, cell| Arc::strong_count(cell) > 1 || cell.get().is_some_and(Reference::is_shared));
            }
            Arc::clone(known.entry(key.to_owned()).or_default())
        };
        let reading = cell.get_or_try_init(|| async {
            match audio.get(key).await {
                Ok(Some(wav)) => Ok(Reference::new(wav)),
                Ok(None) => Err(None),
                Err(error) => Err(Some(error)),
            }
        });
        match reading.await {
            Ok(reference) => Ok(Some(reference.clone())),
            Err(None) => Ok(None),
            Err(Some(error)) => Err(error),
        }
    }

    /// Drops a recording from the cache, because it is being erased.
    pub(crate) fn forget(&self, key: &str) {
        self.known().remove(key);
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, Arc<OnceCell<Reference>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn recording_is_read_once_while_a_generation_uses_it() {
        let audio = AudioStore::memory();
        for key in ["samples/1", "samples/2"] {
            audio.put(key, "RIFF".into()).await.unwrap();
        }
        let references = References::default();
        let one = references.read(&audio, "samples/1").await.unwrap().unwrap();
        let again = references.read(&audio, "samples/1").await.unwrap().unwrap();
        assert_eq!(one.wav().as_ptr(), again.wav().as_ptr());
        assert!(references.read(&audio, "samples/3").await.unwrap().is_none());
        drop((one, again));
        references.read(&audio, "samples/2").await.unwrap().unwrap();
        assert_eq!(references.known().keys().collect::<Vec<_>>(), ["samples/2"]);
        references.forget("samples/2");
        assert!(references.known().is_empty());
    }
}
