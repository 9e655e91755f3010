//! The changes that a worker may write to a generation it has claimed.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::finding::Finding;
use crate::id::GenerationId;
use crate::ledger::{ErrorRecord, GenerationRecord, SpeechRecord, Stage, TakeRecord};

/// The right to write to a generation, until another worker claims it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Fence {
    /// The generation.
    pub generation: GenerationId,
    /// The epoch of the claim.
    pub epoch: i64,
}

impl Fence {
    /// The right that belongs to this claim.
    pub fn of(record: &GenerationRecord) -> Self {
        Self {
            generation: record.id,
            epoch: record.epoch,
        }
    }
}

/// A limit on spending and reservations, for all owners or one owner, and for all days or one day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Ceiling {
    /// The owner whose spending counts; all owners if absent.
    pub owner: Option<String>,
    /// The day that counts (UTC); all days if absent.
    pub day: Option<Date>,
    /// The limit, in US dollars.
    pub usd: f64,
}

impl Ceiling {
    /// A limit for all owners and all days, in US dollars.
    pub fn new(usd: f64) -> Self {
        Self {
            owner: None,
            day: None,
            usd,
        }
    }

    /// Counts only the spending of this owner.
    #[must_use]
    pub fn with_owner(mut self, owner: impl Into<String>) -> Self {
        self.owner = Some(owner.into());
        self
    }

    /// Counts only the spending of this day (UTC).
    #[must_use]
    pub fn with_day(mut self, day: Date) -> Self {
        self.day = Some(day);
        self
    }
}

impl fmt::Display for Ceiling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the budget of {}", crate::money::dollars(self.usd))?;
        if let Some(owner) = &self.owner {
            write!(f, " of owner {owner}")?;
        }
        if let Some(day) = self.day {
            write!(f, " for {day}")?;
        }
        Ok(())
    }
}

/// One change of a generation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Change {
    /// Adds a take; refused with `store.conflict` if there is one with this segment and number, or if a new take cannot be
    /// in this state.
    AddTake(TakeRecord),
    /// Replaces a take; refused with `store.conflict` if there is none, or if the
    /// [transition](crate::ledger::transitions) is illegal.
    UpdateTake(TakeRecord),
    /// Sets `PROCESSING`, the stage and the progress, and appends an event; progress never falls.
    Progress {
        /// The stage.
        stage: Stage,
        /// The progress in percent, 0 to 99.
        progress: u8,
        /// One line for users.
        message: String,
        /// The time of the change.
        at: Timestamp,
    },
    /// Refuses the whole write with `generation.budget` if spending and reservations, this write included, exceed the
    /// ceiling.
    Within(Ceiling),
    /// Adds a warning.
    Warn(Finding),
    /// Ends it as `COMPLETED` with progress 100, and appends the last event.
    Complete {
        /// The finished speech.
        speech: SpeechRecord,
        /// The time of the change.
        at: Timestamp,
    },
    /// Ends it as `FAILED`, and appends the last event.
    Fail {
        /// The error.
        error: ErrorRecord,
        /// The time of the change.
        at: Timestamp,
    },
}
