//! Requests to a store: claims, and changes that need no claim.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::clock::later;
use crate::id::GenerationId;
use crate::ledger::{TakeId, TakeRecord};

/// A lease does not end further ahead than this many times its length, unless the clock was set back since it was granted.
const FURTHEST_LEASE: u32 = 5;

/// A worker's request to claim generations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ClaimRequest {
    /// The worker that is to hold them.
    pub worker: String,
    /// Which generations.
    pub target: ClaimTarget,
    /// The present time.
    pub now: Timestamp,
    /// How long the worker's lease lasts from now.
    pub lease: Duration,
    /// For [`ClaimTarget::Next`]: only generations of these engines; of all engines if absent.
    #[serde(default)]
    pub engines: Option<Vec<String>>,
    /// For [`ClaimTarget::Next`]: not these generations.
    #[serde(default)]
    pub except: Vec<GenerationId>,
    /// Only generations that no worker holds: expired leases count as valid. For a worker whose clock has just been set.
    #[serde(default)]
    pub unclaimed_only: bool,
}

impl ClaimRequest {
    /// A request of this worker.
    pub fn new(worker: impl Into<String>, target: ClaimTarget, now: Timestamp, lease: Duration) -> Self {
        Self {
            worker: worker.into(),
            target,
            now,
            lease,
            engines: None,
            except: Vec::new(),
            unclaimed_only: false,
        }
    }

    /// True if the target includes this generation of this engine.
    pub(super) fn wants(&self, generation: GenerationId, engine: &str) -> bool {
        match self.target {
            ClaimTarget::One(one) => one == generation,
            ClaimTarget::Next(_) => {
                let engines = self.engines.as_ref();
                engines.is_none_or(|names| names.iter().any(|name| name == engine))
                    && !self.except.contains(&generation)
            }
        }
    }

    /// Leases that end after this time were granted before the clock was set back; they count as expired.
    pub(super) fn furthest_lease(&self) -> Timestamp {
        later(self.now, self.lease.saturating_mul(FURTHEST_LEASE))
    }

    /// True if a claim may be made: none is held, it is the worker's own, or its lease has expired. `until` is the end of the
    /// holder's lease. The next generations of a queue do not include the worker's own.
    pub(super) fn may_claim(&self, holder: Option<&str>, until: Option<Timestamp>) -> bool {
        let Some(holder) = holder else { return true };
        match self.target {
            ClaimTarget::One(_) if holder == self.worker => true,
            ClaimTarget::Next(_) if holder == self.worker => false,
            _ => !self.unclaimed_only && self.is_expired(until),
        }
    }

    /// True if a lease that ends at this time does not hold any more, or does not exist.
    fn is_expired(&self, until: Option<Timestamp>) -> bool {
        until.is_none_or(|until| until <= self.now || until > self.furthest_lease())
    }
}

/// Which generations to claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a store must handle every target; a new one would be a change of the contract"
)]
pub enum ClaimTarget {
    /// This generation. The worker that holds it already may claim it again, under a new epoch.
    One(GenerationId),
    /// Up to this many generations that no worker with a valid lease holds, and not this worker. Owners take turns: the turn of a generation is
    /// its rank by id among those of its owner, plus the number of unfinished generations of that owner that are held.
    Next(u32),
}

/// A change that needs no claim: any process may make it, whichever worker holds the generation.
///
/// [`GenerationStore::update`](super::GenerationStore::update) returns whether it was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Update {
    /// Records that a generation shall be cancelled. Not made if it has ended or does not exist; a repeated update has
    /// no effect.
    RequestCancel {
        /// The generation.
        generation: GenerationId,
    },
    /// Makes a `FAILED` generation `PENDING` again, opened at `now`, without its error and cancellation request, and appends
    /// an event. Not made for any other status. Takes and progress stay.
    Reopen {
        /// The generation.
        generation: GenerationId,
        /// The present time.
        now: Timestamp,
    },
    /// Erases the text, events and results of a generation that has ended. Afterwards it is not listed or returned any
    /// more. Its takes keep their prediction ids, and the spending stays. Not made if it does not exist; a repeated
    /// update has no effect. Refused with `generation.not_finished` for one that has not ended.
    EraseGeneration {
        /// The generation.
        generation: GenerationId,
        /// The present time.
        now: Timestamp,
    },
    /// Deletes the history of a `COMPLETED` generation: all events but the last, and the references to the audio of its
    /// takes. Text, speech and spending stay. Not made for any other status; a repeated update has no effect.
    PruneGeneration {
        /// The generation.
        generation: GenerationId,
        /// The present time.
        now: Timestamp,
    },
    /// Records the prediction id of a take whose create was never answered, as a webhook reported it. Not made if one is
    /// recorded for the take: the first one counts.
    RecordRemoteHint {
        /// The take.
        #[serde(with = "take_id")]
        take: TakeId,
        /// The prediction id at the provider.
        remote: String,
    },
    /// Replaces a take that was recorded as never created, for example because the provider started it late. Not made for a
    /// take in another state.
    UnreconciledTake(Box<TakeRecord>),
}

/// A [`TakeId`] in its text form.
mod take_id {
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    use super::TakeId;

    pub(super) fn serialize<S: Serializer>(take: &TakeId, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(take)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<TakeId, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}
