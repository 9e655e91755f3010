//! Records in memory.

mod artefacts;
mod queries;
mod rows;
mod state;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use state::State;

use super::{
    Change, ClaimRequest, Fence, Filter, GenerationStore, NewSample, PutArtefact, SampleArtefact, SampleFilter,
    SampleRecord, Spending, TakeFilter, Update, UsageFilter,
};
use crate::error::Result;
use crate::id::{GenerationId, SampleId};
use crate::ledger::{Event, GenerationRecord, NewGeneration, TakeId, TakeRecord};

/// Keeps records in memory for as long as the process lives.
///
/// After a crash its records are lost: a prediction that a provider had started is paid for and cannot be found again.
///
/// # Examples
///
/// ```
/// use loqui_core::store::{GenerationStoreExt as _, MemoryStore};
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let store = MemoryStore::new();
/// assert!(store.unfinished().await?.is_empty());
/// # Ok::<(), loqui_core::Error>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct MemoryStore {
    state: Mutex<State>,
}

impl MemoryStore {
    /// Creates an empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// A poisoned lock is ignored: every call decides before it changes anything, so a panic leaves whole records.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl GenerationStore for MemoryStore {
    fn location(&self) -> String {
        "memory".to_owned()
    }

    fn is_durable(&self) -> bool {
        false
    }

    async fn add_sample(&self, sample: NewSample) -> Result<SampleRecord> {
        Ok(self.state().add_sample(sample))
    }

    async fn samples(&self, filter: &SampleFilter) -> Result<Vec<SampleRecord>> {
        Ok(self.state().samples(filter))
    }

    async fn erase_sample(&self, id: SampleId, _now: Timestamp) -> Result<Option<SampleRecord>> {
        Ok(self.state().erase_sample(id)?)
    }

    async fn artefact(&self, sha256: &str, kind: &str) -> Result<Option<SampleArtefact>> {
        Ok(self.state().artefact(sha256, kind))
    }

    async fn put_artefact(&self, artefact: SampleArtefact) -> Result<PutArtefact> {
        Ok(self.state().put_artefact(artefact))
    }

    async fn submit(&self, new: NewGeneration) -> Result<GenerationRecord> {
        Ok(self.state().submit(new)?)
    }

    async fn generations(&self, filter: &Filter) -> Result<Vec<GenerationRecord>> {
        Ok(self.state().generations(filter))
    }

    async fn generation_ids(&self, filter: &Filter) -> Result<Vec<GenerationId>> {
        Ok(self.state().generation_ids(filter))
    }

    async fn find_takes(&self, filter: &TakeFilter) -> Result<Vec<TakeRecord>> {
        Ok(self.state().takes(filter))
    }

    async fn remote_hint(&self, take: TakeId) -> Result<Option<String>> {
        Ok(self.state().remote_hint(take))
    }

    async fn events(&self, generation: GenerationId, after: u64) -> Result<Vec<Event>> {
        Ok(self.state().events(generation, after))
    }

    async fn last_events(&self, generations: &[GenerationId]) -> Result<Vec<(GenerationId, u64)>> {
        Ok(self.state().last_events(generations))
    }

    async fn spending(&self, filter: &UsageFilter) -> Result<Vec<Spending>> {
        Ok(self.state().spending(filter))
    }

    async fn acquire(&self, request: ClaimRequest) -> Result<Vec<GenerationRecord>> {
        Ok(self.state().acquire(&request))
    }

    async fn renew_lease(&self, worker: &str, now: Timestamp, lease: Duration) -> Result<()> {
        self.state().renew_lease(worker, now, lease);
        Ok(())
    }

    async fn release(&self, fence: Fence) -> Result<()> {
        self.state().release(fence);
        Ok(())
    }

    async fn write(&self, fence: Fence, changes: Vec<Change>) -> Result<()> {
        Ok(self.state().write(fence, changes)?)
    }

    async fn update(&self, update: Update) -> Result<bool> {
        Ok(self.state().update(update)?)
    }
}

#[cfg(test)]
mod tests {
    use super::MemoryStore;

    crate::store::conformance!(memory, MemoryStore::new());

    #[tokio::test]
    async fn artefacts_are_kept() {
        crate::store::conformance::keeps_artefacts(&MemoryStore::new()).await;
    }
}
