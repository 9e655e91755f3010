//! The events that listeners receive.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::status::{Stage, Status};
use crate::id::GenerationId;

/// One change of a generation. Events are numbered from 1 without gaps, so that a listener can continue where it stopped.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Event {
    /// The generation.
    pub generation: GenerationId,
    /// The number within the generation, from 1.
    pub number: u64,
    /// When it happened.
    pub at: Timestamp,
    /// The status after it.
    pub status: Status,
    /// The stage after it.
    pub stage: Stage,
    /// The progress in percent, 0 to 100. Never decreases, and is 100 only with `COMPLETED`.
    pub progress: u8,
    /// One line for users.
    pub message: String,
}

impl Event {
    /// Returns the message if it says more than the stage: a temporary failure, or the error that ended the
    /// generation. Returns `None` for an event that only reports progress, so that an interface can show text of its
    /// own for the [`stage`](Self::stage).
    pub fn notice(&self) -> Option<&str> {
        (self.message != self.stage.message()).then_some(self.message.as_str())
    }
}
