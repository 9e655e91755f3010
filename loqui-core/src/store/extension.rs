//! The operations on a store that follow from its methods.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use super::{ClaimRequest, ClaimTarget, Filter, GenerationStore, SampleFilter, SampleRecord, TakeFilter, Update};
use crate::error::Result;
use crate::id::{GenerationId, SampleId};
use crate::ledger::{GenerationRecord, Status, TakeId, TakeRecord};

/// Operations that every [`GenerationStore`] has: each is one or two calls of its methods.
///
/// # Errors
///
/// Those of the methods that are called.
#[async_trait]
pub trait GenerationStoreExt: GenerationStore {
    /// Returns a sample.
    async fn sample(&self, id: SampleId) -> Result<Option<SampleRecord>> {
        Ok(self.samples(&SampleFilter::default().with_id(id)).await?.pop())
    }

    /// Returns the sample that this owner has of a recording.
    async fn sample_of(&self, owner: Option<&str>, sha256: &str) -> Result<Option<SampleRecord>> {
        let filter = SampleFilter::default()
            .with_owner(owner.unwrap_or_default())
            .with_sha256(sha256);
        Ok(self.samples(&filter).await?.pop())
    }

    /// Returns a generation.
    async fn generation(&self, id: GenerationId) -> Result<Option<GenerationRecord>> {
        Ok(self.generations(&Filter::default().with_id(id)).await?.pop())
    }

    /// Returns the takes of a generation, by segment and number.
    async fn takes(&self, generation: GenerationId) -> Result<Vec<TakeRecord>> {
        self.find_takes(&TakeFilter::default().with_generation(generation))
            .await
    }

    /// Returns whether any take has, or had, this prediction id at the provider.
    async fn holds_remote(&self, remote: &str) -> Result<bool> {
        let filter = TakeFilter::default().with_remote(remote).with_limit(1);
        Ok(!self.find_takes(&filter).await?.is_empty())
    }

    /// Returns the takes that were recorded as never created after lookups found nothing, and last looked up between these
    /// times, the longest ago first.
    async fn unreconciled_takes(&self, from: Timestamp, to: Timestamp, limit: u32) -> Result<Vec<TakeRecord>> {
        let filter = TakeFilter::default().unreconciled(from, to).with_limit(limit);
        self.find_takes(&filter).await
    }

    /// Returns the generations that have not ended, oldest first.
    async fn unfinished(&self) -> Result<Vec<GenerationId>> {
        let mut ids = self.generation_ids(&Filter::default().unfinished()).await?;
        ids.reverse();
        Ok(ids)
    }

    /// Returns the number of `PENDING` and of `PROCESSING` generations.
    async fn queue_depth(&self) -> Result<(u64, u64)> {
        let of = |status| Filter::default().with_status(status);
        let pending = self.count_generations(&of(Status::Pending)).await?;
        Ok((pending, self.count_generations(&of(Status::Processing)).await?))
    }

    /// Returns the generations that ended before this time, the earliest ended first.
    async fn ended_before(&self, at: Timestamp, limit: u32) -> Result<Vec<GenerationId>> {
        let filter = Filter::default().ended_before(at).with_limit(limit);
        self.generation_ids(&filter).await
    }

    /// Returns the generations that were completed before this time and are not pruned, the earliest completed first.
    async fn completed_before(&self, at: Timestamp, limit: u32) -> Result<Vec<GenerationId>> {
        let filter = Filter::default().with_status(Status::Completed).unpruned();
        self.generation_ids(&filter.ended_before(at).with_limit(limit)).await
    }

    /// Claims one generation; `None` if another worker with a valid lease holds it, if it has ended or does not exist.
    async fn claim(
        &self,
        generation: GenerationId,
        worker: &str,
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<GenerationRecord>> {
        let request = ClaimRequest::new(worker, ClaimTarget::One(generation), now, lease);
        Ok(self.acquire(request).await?.pop())
    }

    /// Claims up to `limit` generations that no worker with a valid lease holds; owners take turns.
    async fn claim_next(
        &self,
        worker: &str,
        now: Timestamp,
        lease: Duration,
        limit: u32,
    ) -> Result<Vec<GenerationRecord>> {
        let request = ClaimRequest::new(worker, ClaimTarget::Next(limit), now, lease);
        self.acquire(request).await
    }

    /// Returns the generations of this worker that shall be cancelled, oldest first.
    async fn cancel_requests(&self, worker: &str) -> Result<Vec<GenerationId>> {
        let filter = Filter::default().held_by(worker).cancel_requested();
        let mut ids = self.generation_ids(&filter).await?;
        ids.reverse();
        Ok(ids)
    }

    /// Makes an [`Update::RequestCancel`].
    async fn request_cancel(&self, generation: GenerationId) -> Result<bool> {
        self.update(Update::RequestCancel { generation }).await
    }

    /// Makes an [`Update::Reopen`].
    async fn reopen(&self, generation: GenerationId, now: Timestamp) -> Result<bool> {
        self.update(Update::Reopen { generation, now }).await
    }

    /// Makes an [`Update::EraseGeneration`].
    async fn erase_generation(&self, generation: GenerationId, now: Timestamp) -> Result<bool> {
        self.update(Update::EraseGeneration { generation, now }).await
    }

    /// Makes an [`Update::PruneGeneration`].
    async fn prune_generation(&self, generation: GenerationId, now: Timestamp) -> Result<bool> {
        self.update(Update::PruneGeneration { generation, now }).await
    }

    /// Makes an [`Update::RecordRemoteHint`].
    async fn record_remote_hint(&self, take: TakeId, remote: &str) -> Result<bool> {
        let remote = remote.to_owned();
        self.update(Update::RecordRemoteHint { take, remote }).await
    }

    /// Makes an [`Update::UnreconciledTake`].
    async fn update_unreconciled_take(&self, take: TakeRecord) -> Result<bool> {
        self.update(Update::UnreconciledTake(Box::new(take))).await
    }
}

impl<S: GenerationStore + ?Sized> GenerationStoreExt for S {}
