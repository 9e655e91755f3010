//! The four statuses, and the finer stage inside them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where a generation stands (S69).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[expect(clippy::exhaustive_enums, reason = "exactly these four are promised to every caller")]
pub enum Status {
    /// Accepted and written down.
    Pending,
    /// Being worked on.
    Processing,
    /// The speech is there. Never changes again.
    Completed,
    /// It ended without speech; the error says why. Only a retry leads on.
    Failed,
}

impl Status {
    /// True once nothing more happens by itself.
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Completed | Self::Failed)
    }

    /// The status in upper case, as every interface prints it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Processing => "PROCESSING",
            Self::Completed => "COMPLETED",
            Self::Failed => "FAILED",
        }
    }

    /// Reads what [`name`](Self::name) prints.
    pub fn by_name(name: &str) -> Option<Self> {
        [Self::Pending, Self::Processing, Self::Completed, Self::Failed]
            .into_iter()
            .find(|status| status.name() == name)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Stage {
    /// Waiting for its turn.
    Queued,
    /// Segments are being spoken.
    Speaking,
    /// The takes are being joined.
    Stitching,
    /// Over.
    Done,
}

impl Stage {
    /// The stage in lower case, as JSON has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Speaking => "speaking",
            Self::Stitching => "stitching",
            Self::Done => "done",
        }
    }

    /// Returns the message of an event that reports nothing but this stage.
    pub(crate) const fn message(self) -> &'static str {
        match self {
            Self::Queued => "waiting in the queue",
            Self::Speaking => "generating the speech",
            Self::Stitching => "joining the segments",
            Self::Done => "the speech is complete",
        }
    }

    /// Reads what [`name`](Self::name) prints.
    pub fn by_name(name: &str) -> Option<Self> {
        [Self::Queued, Self::Speaking, Self::Stitching, Self::Done]
            .into_iter()
            .find(|stage| stage.name() == name)
    }
}
