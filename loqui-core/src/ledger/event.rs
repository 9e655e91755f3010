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
    /// One line for people.
    pub message: String,
}
