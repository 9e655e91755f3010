//! Which rows a query returns. All conditions of a filter must hold.

use jiff::Timestamp;

use crate::id::{GenerationId, SampleId};
use crate::ledger::Status;

/// Which generations to list: newest first, or the earliest ended first with `ended_before`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Filter {
    /// Only the generation with this id.
    pub id: Option<GenerationId>,
    /// Only those with this status.
    pub status: Option<Status>,
    /// Only those of this owner; with an empty owner, those without one.
    pub owner: Option<String>,
    /// Only those that speak with this sample.
    pub sample: Option<SampleId>,
    /// Only those with a smaller id: how a list is read page by page.
    pub before: Option<GenerationId>,
    /// Only those that are `PENDING` or `PROCESSING`.
    pub unfinished: bool,
    /// Only those that this worker has claimed.
    pub held_by: Option<String>,
    /// Only those with a cancellation request.
    pub cancel_requested: bool,
    /// Only those that ended before this time.
    pub ended_before: Option<Timestamp>,
    /// Only those that have not been pruned.
    pub unpruned: bool,
    /// At most this many; all if absent.
    pub limit: Option<u32>,
}

impl Filter {
    /// Only the generation with this id.
    #[must_use]
    pub fn with_id(mut self, generation: impl Into<GenerationId>) -> Self {
        self.id = Some(generation.into());
        self
    }

    /// Only those with this status.
    #[must_use]
    pub fn with_status(mut self, status: Status) -> Self {
        self.status = Some(status);
        self
    }

    /// Only those of this owner; with an empty owner, those without one.
    #[must_use]
    pub fn with_owner(mut self, owner: impl Into<String>) -> Self {
        self.owner = Some(owner.into());
        self
    }

    /// Only those that speak with this sample.
    #[must_use]
    pub fn with_sample(mut self, sample: impl Into<SampleId>) -> Self {
        self.sample = Some(sample.into());
        self
    }

    /// Only those with a smaller id than this.
    #[must_use]
    pub fn with_before(mut self, generation: impl Into<GenerationId>) -> Self {
        self.before = Some(generation.into());
        self
    }

    /// Only those that are `PENDING` or `PROCESSING`.
    #[must_use]
    pub fn unfinished(mut self) -> Self {
        self.unfinished = true;
        self
    }

    /// Only those that this worker has claimed.
    #[must_use]
    pub fn held_by(mut self, worker: impl Into<String>) -> Self {
        self.held_by = Some(worker.into());
        self
    }

    /// Only those with a cancellation request.
    #[must_use]
    pub fn cancel_requested(mut self) -> Self {
        self.cancel_requested = true;
        self
    }

    /// Only those that ended before this time, the earliest ended first.
    #[must_use]
    pub fn ended_before(mut self, at: Timestamp) -> Self {
        self.ended_before = Some(at);
        self
    }

    /// Only those that have not been pruned.
    #[must_use]
    pub fn unpruned(mut self) -> Self {
        self.unpruned = true;
        self
    }

    /// At most this many.
    #[must_use]
    pub fn with_limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }
}

/// Which samples to list, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SampleFilter {
    /// Only the sample with this id.
    pub id: Option<SampleId>,
    /// Only those of this owner; with an empty owner, those without one.
    pub owner: Option<String>,
    /// Only those made of the recording with this SHA-256, in hexadecimal.
    pub sha256: Option<String>,
    /// Only those whose original recording or reference has this key in the audio store.
    pub audio: Option<String>,
    /// At most this many; all if absent.
    pub limit: Option<u32>,
}

impl SampleFilter {
    /// Only the sample with this id.
    #[must_use]
    pub fn with_id(mut self, sample: impl Into<SampleId>) -> Self {
        self.id = Some(sample.into());
        self
    }

    /// Only those of this owner; with an empty owner, those without one.
    #[must_use]
    pub fn with_owner(mut self, owner: impl Into<String>) -> Self {
        self.owner = Some(owner.into());
        self
    }

    /// Only those made of the recording with this SHA-256, in hexadecimal.
    #[must_use]
    pub fn with_sha256(mut self, sha256: impl Into<String>) -> Self {
        self.sha256 = Some(sha256.into());
        self
    }

    /// Only those whose original recording or reference has this key in the audio store.
    #[must_use]
    pub fn with_audio(mut self, key: impl Into<String>) -> Self {
        self.audio = Some(key.into());
        self
    }

    /// At most this many.
    #[must_use]
    pub fn with_limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }
}

/// Which takes to find: ordered by generation, segment and number; with `unreconciled`, by the time of the last lookup; with
/// `remote`, in any order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TakeFilter {
    /// Only those of this generation.
    pub generation: Option<GenerationId>,
    /// Only those with this prediction id at the provider.
    pub remote: Option<String>,
    /// Only those that were recorded as never created after lookups found nothing, and last looked up between these times
    /// (both included). The provider may still have started them.
    pub unreconciled: Option<(Timestamp, Timestamp)>,
    /// At most this many; all if absent.
    pub limit: Option<u32>,
}

impl TakeFilter {
    /// Only those of this generation.
    #[must_use]
    pub fn with_generation(mut self, generation: impl Into<GenerationId>) -> Self {
        self.generation = Some(generation.into());
        self
    }

    /// Only those with this prediction id at the provider.
    #[must_use]
    pub fn with_remote(mut self, remote: impl Into<String>) -> Self {
        self.remote = Some(remote.into());
        self
    }

    /// Only those that were recorded as never created after lookups found nothing, and last looked up between these times.
    #[must_use]
    pub fn unreconciled(mut self, from: Timestamp, to: Timestamp) -> Self {
        self.unreconciled = Some((from, to));
        self
    }

    /// At most this many.
    #[must_use]
    pub fn with_limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }
}
