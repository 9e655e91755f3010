//! What a worker may change of a generation it holds.

use jiff::Timestamp;

use crate::finding::Finding;
use crate::generation::{ErrorRecord, GenerationRecord, SpeechRecord, Stage, TakeRecord};

/// The right to write to a generation, until somebody else claims it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fence {
    /// The generation.
    pub generation: i64,
    /// The epoch of the claim.
    pub epoch: i64,
}

impl Fence {
    /// The right that came with this claim.
    pub fn of(record: &GenerationRecord) -> Self {
        Self {
            generation: record.id,
            epoch: record.epoch,
        }
    }
}

/// One change.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Change {
    /// Adds a take; refused with `store.conflict` if segment and number are taken.
    AddTake(TakeRecord),
    /// Replaces a take; refused with `store.conflict` if it is not there.
    UpdateTake(TakeRecord),
    /// Sets `PROCESSING`, the stage and the progress, and appends an event; progress never falls.
    Progress {
        /// What is being done.
        stage: Stage,
        /// How much is done, 0 to 99.
        progress: u8,
        /// One line for people.
        message: String,
        /// When.
        at: Timestamp,
    },
    /// Adds to the warnings.
    Warn(Finding),
    /// Ends it as `COMPLETED` with progress 100, and appends the last event.
    Complete {
        /// Where the speech is.
        speech: SpeechRecord,
        /// When.
        at: Timestamp,
    },
    /// Ends it as `FAILED`, and appends the last event.
    Fail {
        /// Why.
        error: ErrorRecord,
        /// When.
        at: Timestamp,
    },
}
