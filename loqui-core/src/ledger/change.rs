//! What a worker may change of a generation it holds.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::finding::Finding;
use crate::ledger::{ErrorRecord, GenerationRecord, SpeechRecord, Stage, TakeRecord};

/// The right to write to a generation, until somebody else claims it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// The most that may be spent and set aside, by everybody or one owner, on all days or one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Ceiling {
    /// Whose spending counts; everybody's if absent.
    pub owner: Option<String>,
    /// On which day (UTC); on all if absent.
    pub day: Option<Date>,
    /// The most, in US dollars.
    pub usd: f64,
}

impl Ceiling {
    /// The most that everybody together may ever spend, in US dollars.
    pub fn new(usd: f64) -> Self {
        Self {
            owner: None,
            day: None,
            usd,
        }
    }

    /// Counts only what this owner spends.
    #[must_use]
    pub fn with_owner(mut self, owner: impl Into<String>) -> Self {
        self.owner = Some(owner.into());
        self
    }

    /// Counts only what is spent on this day (UTC).
    #[must_use]
    pub fn with_day(mut self, day: Date) -> Self {
        self.day = Some(day);
        self
    }
}

impl fmt::Display for Ceiling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the budget of ${:.4}", self.usd)?;
        if let Some(owner) = &self.owner {
            write!(f, " of owner {owner}")?;
        }
        if let Some(day) = self.day {
            write!(f, " for {day}")?;
        }
        Ok(())
    }
}

/// One change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
    /// Refuses the whole write with `generation.budget` if the books, with this write in them, are above the ceiling.
    Within(Ceiling),
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
