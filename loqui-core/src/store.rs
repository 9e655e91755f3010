//! Where records and audio are kept.
//!
//! [`GenerationStore`] holds what is small and must never be lost: samples, generations and the ledger of takes, in one
//! place so that one transaction can span them. [`AudioStore`] holds what is large: bytes by key.

mod apply;
mod audio;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod folder;
mod memory;
#[cfg(feature = "postgres")]
mod postgres;
mod sample_record;
mod spending;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::fmt;
use std::time::Duration;

pub use crate::ledger::{Ceiling, Change, Fence};
use async_trait::async_trait;
pub use audio::{AudioReader, AudioStore, AudioWriter};
use jiff::Timestamp;
pub use jiff::civil::Date;
pub use memory::MemoryStore;
#[cfg(feature = "postgres")]
pub use postgres::PostgresStore;
pub use sample_record::{Consent, NewSample, SampleInfo, SampleRecord};
pub use spending::{Spending, UsageFilter};
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteStore;

#[cfg(any(test, feature = "conformance"))]
pub use crate::__store_conformance as conformance;
use crate::error::Result;
use crate::ledger::{Event, GenerationRecord, NewGeneration, Status, TakeId, TakeRecord};

/// Which generations to list. Newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Filter {
    /// Only those with this status.
    pub status: Option<Status>,
    /// Only those of this owner.
    pub owner: Option<String>,
    /// Only those that speak with this sample.
    pub sample: Option<i64>,
    /// Only those with a smaller number: how a list is read page by page.
    pub before: Option<i64>,
    /// At most this many; all if absent.
    pub limit: Option<u32>,
}

impl Filter {
    /// Only those with this status.
    #[must_use]
    pub fn with_status(mut self, status: Status) -> Self {
        self.status = Some(status);
        self
    }

    /// Only those of this owner.
    #[must_use]
    pub fn with_owner(mut self, owner: impl Into<String>) -> Self {
        self.owner = Some(owner.into());
        self
    }

    /// Only those that speak with this sample.
    #[must_use]
    pub fn with_sample(mut self, sample: i64) -> Self {
        self.sample = Some(sample);
        self
    }

    /// Only those with a smaller number than this.
    #[must_use]
    pub fn with_before(mut self, generation: i64) -> Self {
        self.before = Some(generation);
        self
    }

    /// At most this many.
    #[must_use]
    pub fn with_limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }
}

/// Which samples to list. Newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SampleFilter {
    /// Only those of this owner.
    pub owner: Option<String>,
    /// At most this many; all if absent.
    pub limit: Option<u32>,
}

impl SampleFilter {
    /// Only those of this owner.
    #[must_use]
    pub fn with_owner(mut self, owner: impl Into<String>) -> Self {
        self.owner = Some(owner.into());
        self
    }

    /// At most this many.
    #[must_use]
    pub fn with_limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }
}

/// Keeps samples, generations, takes and events.
///
/// # Contract
///
/// * Every call is atomic and durable: what returned `Ok` survives a crash of the process. A store in memory survives as
///   long as its process.
/// * A generation is written by one worker at a time. [`claim`](Self::claim) raises its epoch and gives a [`Fence`];
///   [`write`](Self::write) under an older epoch, without a claim (never claimed, or given back), or to a generation that
///   has ended, is refused with `store.conflict` and changes nothing.
/// * A claim holds while its worker's lease holds: a claim sets it, and [`beat`](Self::beat) prolongs it for all claims of
///   that worker at once. At the end of the lease others may claim; until somebody does, the fence stays good.
/// * A call that is given up before it answers may still be made.
/// * Times are kept to the microsecond.
/// * Ids are positive and rise; events are numbered from 1 without gaps.
/// * Two takes of one generation never share segment and number.
/// * What was erased is not there any more; only what was spent on it stays in the books.
///
/// # Errors
///
/// `store.unavailable`, `store.conflict`, `store.corrupt`, `store.too_new`; `sample.not_found` for a submission whose sample
/// is not in the store; `generation.budget` for a write above a [`Ceiling`]; `sample.in_use` and `generation.not_finished` for what cannot be erased yet.
#[async_trait]
pub trait GenerationStore: fmt::Debug + Send + Sync + 'static {
    /// Where the records are, for people; without secrets.
    fn location(&self) -> String {
        format!("{self:?}")
    }

    /// Adds a sample; the same recording of the same owner added again is the same sample. A consent that is given now
    /// is written down if there was none.
    async fn add_sample(&self, sample: NewSample) -> Result<SampleRecord>;

    /// The sample of that number.
    async fn sample(&self, id: i64) -> Result<Option<SampleRecord>>;

    /// The sample that was made of this recording for this owner.
    async fn sample_of(&self, owner: Option<&str>, sha256: &str) -> Result<Option<SampleRecord>>;

    /// Samples, newest first.
    async fn samples(&self, filter: &SampleFilter) -> Result<Vec<SampleRecord>>;

    /// Forgets a sample that no unfinished generation speaks with, and gives it back for the last time but for a second
    /// call: its audio is still to be deleted. Nothing if there never was one.
    async fn erase_sample(&self, id: i64, now: Timestamp) -> Result<Option<SampleRecord>>;

    /// Adds a generation, `PENDING`, with its first event. If its owner has submitted one under the same idempotency key,
    /// that one is the answer.
    async fn submit(&self, new: NewGeneration) -> Result<GenerationRecord>;

    /// The generation of that number.
    async fn generation(&self, id: i64) -> Result<Option<GenerationRecord>>;

    /// Generations, newest first.
    async fn generations(&self, filter: &Filter) -> Result<Vec<GenerationRecord>>;

    /// The takes of a generation, by segment and number.
    async fn takes(&self, generation: i64) -> Result<Vec<TakeRecord>>;

    /// Whether any take of the whole ledger runs, or ran, under this id at the provider.
    async fn holds_remote(&self, remote: &str) -> Result<bool>;

    /// The events of a generation after the one of that number, in order.
    async fn events(&self, generation: i64, after: u64) -> Result<Vec<Event>>;

    /// The number of the last event of each of these generations; those that are not there are left out.
    async fn last_events(&self, generations: &[i64]) -> Result<Vec<(i64, u64)>>;

    /// Takes a generation that has not ended and that nobody alive holds; nothing if it cannot be had now.
    /// A worker that holds it already gets it again under a new epoch.
    async fn claim(
        &self,
        generation: i64,
        worker: &str,
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<GenerationRecord>>;

    /// Prolongs the lease of a worker to `now + lease`.
    async fn renew_lease(&self, worker: &str, now: Timestamp, lease: Duration) -> Result<()>;

    /// Gives a generation back without changing it; nothing happens under an older epoch.
    async fn release(&self, fence: Fence) -> Result<()>;

    /// Makes changes in one transaction, all or none.
    async fn write(&self, fence: Fence, changes: Vec<Change>) -> Result<()>;

    /// The generations that this worker holds and that somebody wants stopped.
    async fn cancel_requests(&self, worker: &str) -> Result<Vec<i64>>;

    /// Notes that somebody wants it stopped; false if it has already ended.
    async fn request_cancel(&self, generation: i64) -> Result<bool>;

    /// Makes a failed generation `PENDING` again, opened at `now`, without its error and wish to stop; false if it has not
    /// failed. Takes and progress stay as they are.
    async fn reopen(&self, generation: i64, now: Timestamp) -> Result<bool>;

    /// Generations that have not ended, oldest first: what a process goes on with when it starts.
    async fn unfinished(&self) -> Result<Vec<i64>>;

    /// How many generations are `PENDING`, and how many `PROCESSING`.
    async fn depth(&self) -> Result<(u64, u64)> {
        let mut counts = [0, 0];
        for (count, status) in counts.iter_mut().zip([Status::Pending, Status::Processing]) {
            *count = self.generations(&Filter::default().with_status(status)).await?.len() as u64;
        }
        Ok(counts.into())
    }

    /// Forgets the words, the events and the results of a generation that has ended: it is not there any more, and what
    /// was spent on it stays in the books. False if there never was one; done again, it is true again.
    async fn erase_generation(&self, generation: i64, now: Timestamp) -> Result<bool>;

    /// Forgets how a `COMPLETED` generation came to be: its events but the last, and where the audio of its takes was. Its
    /// words, its speech and the books stay. False for any other; done again, it is true again.
    async fn prune_generation(&self, generation: i64, now: Timestamp) -> Result<bool>;

    /// Claims up to so many generations that have not ended and that nobody alive holds. Owners take turns: one with many
    /// generations does not keep another waiting, and what an owner has running counts as turns it had.
    async fn claim_next(
        &self,
        worker: &str,
        now: Timestamp,
        lease: Duration,
        limit: u32,
    ) -> Result<Vec<GenerationRecord>>;

    /// Returns when another process may have submitted something; never, if the store cannot tell.
    async fn wait_for_work(&self);

    /// Notes under which id a take runs at the provider, whoever holds its generation: what a webhook said.
    async fn add_hint(&self, take: TakeId, remote: &str) -> Result<()>;

    /// What was noted of a take.
    async fn hint(&self, take: TakeId) -> Result<Option<String>>;

    /// Takes that were looked for in vain, given up as never created, and last looked for between these times; the
    /// longest ago first.
    async fn given_up(&self, from: Timestamp, to: Timestamp, limit: u32) -> Result<Vec<TakeRecord>>;

    /// Replaces a take that was given up as never created, whoever holds its generation; false if it is in another state.
    async fn look_late(&self, take: TakeRecord) -> Result<bool>;

    /// Generations that ended before this time and were not erased, the longest ago first.
    async fn ended_before(&self, at: Timestamp, limit: u32) -> Result<Vec<i64>>;

    /// Generations that were completed before this time and were neither pruned nor erased, the longest ago first.
    async fn completed_before(&self, at: Timestamp, limit: u32) -> Result<Vec<i64>>;

    /// What was spent, by owner, day and model, in that order.
    async fn spending(&self, filter: &UsageFilter) -> Result<Vec<Spending>>;
}
