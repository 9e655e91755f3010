//! The trait of stores of records.

use std::fmt;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use super::{
    Change, ClaimRequest, Fence, Filter, NewSample, PutArtefact, SampleArtefact, SampleFilter, SampleRecord, Spending,
    TakeFilter, Update, UsageFilter,
};
use crate::error::Result;
use crate::id::{GenerationId, SampleId};
use crate::ledger::{Event, GenerationRecord, NewGeneration, TakeId, TakeRecord};

/// Keeps samples, generations, takes and events.
///
/// A store implements these methods. [`GenerationStoreExt`](super::GenerationStoreExt) provides operations on top of them.
/// Override a method with a default where the store has a faster implementation. A method that is added later has a default.
///
/// # Contract
///
/// * **Atomicity.** Every call takes effect as a whole or not at all, and calls are linearizable.
/// * **Durability.** The effect of a call that returned `Ok` survives a crash of the process (of [`MemoryStore`], it lasts
///   as long as the process).
/// * **Leases.** A worker has one lease, which covers all generations that it has claimed. [`acquire`](Self::acquire) and
///   [`renew_lease`](Self::renew_lease) set its end. From then on other workers may claim these generations.
/// * **Fencing.** A claim raises the epoch of the generation; the epoch is the fencing token in [`Fence`]. A
///   [`write`](Self::write) is refused with `store.conflict` and changes nothing if its epoch is not the current one, if the
///   generation is not claimed (any more), or if it has ended. An expired lease alone does not invalidate a fence: only the
///   next claim does.
/// * **Ordering.** Ids are positive and increase. Events of a generation are numbered from 1 without gaps. Generation,
///   segment and number identify a take.
/// * **Time.** Times have microsecond precision. A store reads no clock, except for [`time`](Self::time): callers pass the
///   present time. A lease that ends more than five times its length ahead was granted before the clock was set back, and
///   counts as expired.
/// * **Erasure.** An erased sample or generation is not returned any more. What was spent on it stays in
///   [`spending`](Self::spending), and its takes are still found by their prediction ids.
/// * **Cancellation.** A call whose future is dropped may or may not take effect; its effect is never partial.
///
/// [`MemoryStore`]: super::MemoryStore
///
/// # Errors
///
/// Every method may return `store.unavailable`, `store.corrupt` and `store.too_new`.
#[async_trait]
pub trait GenerationStore: fmt::Debug + Send + Sync + 'static {
    /// Adds a sample, or returns the one that this owner has of the same recording. A consent is recorded if the existing
    /// sample has none.
    async fn add_sample(&self, sample: NewSample) -> Result<SampleRecord>;

    /// Lists samples.
    async fn samples(&self, filter: &SampleFilter) -> Result<Vec<SampleRecord>>;

    /// Erases a sample and returns the keys of its audio, which the caller deletes. Returns the same when it is called
    /// again, and `None` if there never was such a sample.
    ///
    /// If no other sample has the recording, whoever owns it, the artefacts of the recording go away in the same
    /// transaction, and the keys of the large ones are in [`SampleRecord::artefacts`].
    ///
    /// # Errors
    ///
    /// `sample.in_use` while an unfinished generation speaks with it.
    async fn erase_sample(&self, id: SampleId, now: Timestamp) -> Result<Option<SampleRecord>>;

    /// Adds a `PENDING` generation and its first event, or returns the one that its owner submitted under the same
    /// idempotency key.
    ///
    /// # Errors
    ///
    /// `sample.not_found` if the sample does not exist.
    async fn submit(&self, new: NewGeneration) -> Result<GenerationRecord>;

    /// Lists generations.
    async fn generations(&self, filter: &Filter) -> Result<Vec<GenerationRecord>>;

    /// Finds takes, also those of erased generations.
    async fn find_takes(&self, filter: &TakeFilter) -> Result<Vec<TakeRecord>>;

    /// Returns the prediction id that [`Update::RecordRemoteHint`] recorded for a take.
    async fn remote_hint(&self, take: TakeId) -> Result<Option<String>>;

    /// Returns the events of a generation with numbers above `after`, in order.
    async fn events(&self, generation: GenerationId, after: u64) -> Result<Vec<Event>>;

    /// Returns the spending, in order of owner, day, engine and model.
    async fn spending(&self, filter: &UsageFilter) -> Result<Vec<Spending>>;

    /// Claims unfinished generations for a worker and renews its lease; returns them with their new epochs. A generation
    /// that cannot be claimed is left out.
    async fn acquire(&self, request: ClaimRequest) -> Result<Vec<GenerationRecord>>;

    /// Sets the end of a worker's lease to `now + lease`.
    async fn renew_lease(&self, worker: &str, now: Timestamp, lease: Duration) -> Result<()>;

    /// Gives up a claim without changing the generation. Does nothing if the epoch is not the current one.
    async fn release(&self, fence: Fence) -> Result<()>;

    /// Makes changes to a claimed generation in one transaction, in order.
    ///
    /// # Errors
    ///
    /// `store.conflict` under an outdated fence, or for a change that does not fit the state of the generation or the take;
    /// `generation.budget` if the spending would exceed a [`Ceiling`](super::Ceiling).
    async fn write(&self, fence: Fence, changes: Vec<Change>) -> Result<()>;

    /// Makes a change that needs no claim; returns whether it was made.
    ///
    /// # Errors
    ///
    /// Those of the [`Update`]. A store that does not support an update returns `internal`.
    async fn update(&self, update: Update) -> Result<bool>;

    /// The SQL database of the records, for tables of an application beside them and for transactions that change both;
    /// `None` if the store has none. A store that wraps another one returns that of the inner store.
    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    fn database(self: Arc<Self>) -> Option<super::sql::Database> {
        None
    }

    /// Returns the artefact of this kind of the recording with this SHA-256.
    ///
    /// The default keeps no artefacts: whoever asks computes the value.
    async fn artefact(&self, sha256: &str, kind: &str) -> Result<Option<SampleArtefact>> {
        let _ = (sha256, kind);
        Ok(None)
    }

    /// Keeps an artefact, and replaces the one of the same recording and kind. Refuses it if no sample has the recording:
    /// what was computed from a recording must not outlive it.
    ///
    /// The default refuses every artefact.
    async fn put_artefact(&self, artefact: SampleArtefact) -> Result<PutArtefact> {
        let _ = artefact;
        Ok(PutArtefact::refused())
    }

    /// The location of the records as shown to users, without secrets.
    fn location(&self) -> String {
        format!("{self:?}")
    }

    /// Returns whether the records survive the process. A process continues the interrupted generations of such a store.
    fn is_durable(&self) -> bool {
        true
    }

    /// Returns the present time of the database, if it has a clock that all its users share. Leases are then compared in it.
    async fn time(&self) -> Result<Option<Timestamp>> {
        Ok(None)
    }

    /// Returns when another process may have submitted work. Never returns if the store has no notifications. Workers
    /// poll as well.
    async fn wait_for_work(&self) {
        std::future::pending::<()>().await;
    }

    /// Lists the ids of generations, in the order of [`generations`](Self::generations).
    async fn generation_ids(&self, filter: &Filter) -> Result<Vec<GenerationId>> {
        let records = self.generations(filter).await?;
        Ok(records.into_iter().map(|record| record.id).collect())
    }

    /// Counts generations.
    async fn count_generations(&self, filter: &Filter) -> Result<u64> {
        Ok(self.generation_ids(filter).await?.len() as u64)
    }

    /// Returns the number of the last event of each of these generations, in any order. Those that do not exist are left
    /// out.
    async fn last_events(&self, generations: &[GenerationId]) -> Result<Vec<(GenerationId, u64)>> {
        let mut found = Vec::new();
        for generation in generations {
            if let Some(last) = self.events(*generation, 0).await?.last() {
                found.push((*generation, last.number));
            }
        }
        Ok(found)
    }
}
