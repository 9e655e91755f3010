//! What listeners are told.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::status::{Stage, Status};

/// One change of a generation. Numbered without gaps from 1, so that a listener can go on where it stopped.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Event {
    /// The generation.
    pub generation: i64,
    /// Its number within the generation, from 1.
    pub number: u64,
    /// When it happened.
    pub at: Timestamp,
    /// The status after it.
    pub status: Status,
    /// The stage after it.
    pub stage: Stage,
    /// How much is done, 0 to 100; never falls, and is 100 only with `COMPLETED` (S209).
    pub progress: u8,
    /// One line that describes the stage, or a [`notice`](Self::notice).
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
