//! Keeps what is computed from the recordings of samples, so that every process computes it once: the judgement, the
//! voiceprint, the voices of engines.
//!
//! An artefact belongs to the content of a recording, not to a sample: samples of several owners share it. It is computed
//! by the first caller that needs it, while other callers in this process wait. Another process may compute it at the same
//! time; the values are equal, and the last one stays. Without a sample of the recording nothing is stored, so the artefacts
//! go away with the last sample.
//!
//! A store that cannot be read or written costs time, not results: the value is computed again.

mod cells;
mod kinds;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use cells::Cells;
#[cfg(feature = "analysis")]
pub(crate) use kinds::ReferencePrint;
pub(crate) use kinds::{Artefact, EngineVoice};

use crate::clock::{SharedClock, SharedRandom};
use crate::error::{Error, Result, code};
use crate::store::{ArtefactValue, AudioStore, GenerationStore, SampleArtefact};

/// Values up to this size are in the table, larger ones in the audio store. Rows stay small enough to be read together with
/// others, and a voiceprint or a report needs no request to a bucket.
const MAX_INLINE_BYTES: usize = 32 * 1024;

/// Names an artefact.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ArtefactKey {
    /// The SHA-256 of the recording, in hexadecimal.
    pub(crate) sha256: String,
    pub(crate) kind: String,
    /// The version of the computation, and of its input where that is not the recording alone.
    pub(crate) version: String,
}

/// The artefacts that this process uses.
#[derive(Debug)]
pub(crate) struct Artefacts {
    store: Arc<dyn GenerationStore>,
    audio: AudioStore,
    clock: SharedClock,
    random: SharedRandom,
    cells: Cells,
    made: AtomicU64,
}

impl Artefacts {
    pub(crate) fn new(
        store: Arc<dyn GenerationStore>,
        audio: AudioStore,
        clock: SharedClock,
        random: SharedRandom,
    ) -> Self {
        Self {
            store,
            audio,
            clock,
            random,
            cells: Cells::default(),
            made: AtomicU64::new(0),
        }
    }

    /// How many artefacts this process has computed.
    pub(crate) fn made(&self) -> u64 {
        self.made.load(Ordering::Relaxed)
    }

    /// Returns an artefact, or makes and stores it. Concurrent calls in this process make it once.
    ///
    /// # Errors
    ///
    /// Those of `make`.
    pub(crate) async fn get_or_make<A: Artefact>(
        &self,
        key: ArtefactKey,
        make: impl AsyncFnOnce() -> Result<A>,
    ) -> Result<A> {
        let cell = self.cells.of(&key);
        let bytes = cell.value.get_or_try_init(async || {
            if let Some(stored) = self.stored::<A>(&key).await {
                cell.set_stored();
                return Ok(stored);
            }
            let value = make().await?.encode()?;
            self.made.fetch_add(1, Ordering::Relaxed);
            tracing::debug!(
                kind = key.kind,
                sha256 = key.sha256,
                bytes = value.len(),
                "computed an artefact of a recording"
            );
            if self.put(&key, value.clone()).await {
                cell.set_stored();
            }
            Ok::<_, Error>(value)
        });
        A::decode(bytes.await?).ok_or_else(|| unreadable(&key))
    }

    /// Stores an artefact that was made before a sample of its recording existed, unless it is stored.
    ///
    /// # Errors
    ///
    /// `internal` if it cannot be encoded.
    pub(crate) async fn offer<A: Artefact + Sync>(&self, key: ArtefactKey, value: &A) -> Result<()> {
        let cell = self.cells.of(&key);
        if cell.is_stored() {
            return Ok(());
        }
        if self.stored::<A>(&key).await.is_some() || self.put(&key, value.encode()?).await {
            cell.set_stored();
        }
        Ok(())
    }

    /// Returns an artefact that is stored, if there is one.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub(crate) async fn find<A: Artefact>(&self, key: &ArtefactKey) -> Result<Option<A>> {
        Ok(self.read(key).await?.and_then(|value| A::decode(&value)))
    }

    /// Drops the artefacts of a recording from the memory of this process, because a sample of it is erased.
    pub(crate) fn forget(&self, sha256: &str) {
        self.cells.forget(sha256);
    }

    /// The stored value, if it has this version and can be read.
    async fn stored<A: Artefact>(&self, key: &ArtefactKey) -> Option<Bytes> {
        let found = self.read(key).await.unwrap_or_else(|error| {
            tracing::warn!(
                code = error.code(),
                kind = key.kind,
                "could not read an artefact: {error}"
            );
            None
        });
        found.filter(|value| A::decode(value).is_some())
    }

    async fn read(&self, key: &ArtefactKey) -> Result<Option<Bytes>> {
        let Some(row) = self.store.artefact(&key.sha256, &key.kind).await? else {
            return Ok(None);
        };
        if row.version != key.version {
            return Ok(None);
        }
        match row.value {
            ArtefactValue::Inline(value) => Ok(Some(value.into())),
            ArtefactValue::Audio(location) => self.audio.get(&location).await,
        }
    }

    /// Stores a value, and returns whether it is stored.
    async fn put(&self, key: &ArtefactKey, value: Bytes) -> bool {
        self.try_put(key, value).await.unwrap_or_else(|error| {
            tracing::warn!(
                code = error.code(),
                kind = key.kind,
                "could not store an artefact: {error}"
            );
            false
        })
    }

    async fn try_put(&self, key: &ArtefactKey, value: Bytes) -> Result<bool> {
        let row = |value| SampleArtefact::new(&key.sha256, &key.kind, &key.version, value, self.clock.now());
        if value.len() <= MAX_INLINE_BYTES {
            return self.put_row(row(ArtefactValue::Inline(value.to_vec()))).await;
        }
        let location = format!("artefacts/{:016x}{:016x}", self.random.next(), self.random.next());
        // The row first: if this process dies in between, an erasure still knows where the value would be. A row without
        // its value counts as absent.
        if !self.put_row(row(ArtefactValue::Audio(location.clone()))).await? {
            return Ok(false);
        }
        self.audio.put(&location, value).await?;
        let current = self.store.artefact(&key.sha256, &key.kind).await?;
        if current.is_some_and(|current| current.value.key() == Some(&location)) {
            return Ok(true);
        }
        // Erased or replaced while it was written.
        self.audio.delete(&location).await?;
        Ok(false)
    }

    async fn put_row(&self, row: SampleArtefact) -> Result<bool> {
        let put = self.store.put_artefact(row).await?;
        if let Some(replaced) = &put.replaced {
            self.audio.delete(replaced).await?;
        }
        Ok(put.kept)
    }
}

fn unreadable(key: &ArtefactKey) -> Error {
    let message = format!("the artefact {} of a recording cannot be read back", key.kind);
    Error::new(&code::INTERNAL, message)
}

#[cfg(test)]
mod tests;
