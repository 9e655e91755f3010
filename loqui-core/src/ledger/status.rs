//! The status of a generation, and its stage.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The status of a generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[expect(clippy::exhaustive_enums, reason = "callers rely on exactly these four")]
pub enum Status {
    /// Recorded, and not started yet.
    Pending,
    /// Running.
    Processing,
    /// The speech is finished. Never changes again.
    Completed,
    /// It ended without speech; the error says why. Only a retry changes it.
    Failed,
}

impl Status {
    /// True for `COMPLETED` and `FAILED`.
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

    /// Parses what [`name`](Self::name) prints.
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

/// The stage of a generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Stage {
    /// Waiting to be started.
    Queued,
    /// Segments are being spoken.
    Speaking,
    /// The takes are being joined.
    Stitching,
    /// It has ended.
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

    /// The message of an event that reports nothing but this stage.
    pub(crate) const fn message(self) -> &'static str {
        match self {
            Self::Queued => "waiting in the queue",
            Self::Speaking => "generating the speech",
            Self::Stitching => "joining the segments",
            Self::Done => "the speech is complete",
        }
    }

    /// Parses what [`name`](Self::name) prints.
    pub fn by_name(name: &str) -> Option<Self> {
        [Self::Queued, Self::Speaking, Self::Stitching, Self::Done]
            .into_iter()
            .find(|stage| stage.name() == name)
    }
}
