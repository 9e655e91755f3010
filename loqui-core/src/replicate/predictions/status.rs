//! The status of a prediction.

use std::fmt;

/// The status of a prediction (<https://replicate.com/docs/topics/predictions/lifecycle>).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Status {
    /// Waiting for a worker, or the worker is starting.
    Starting,
    /// Running.
    Processing,
    /// Ended successfully.
    Succeeded,
    /// Ended with an error.
    Failed,
    /// Cancelled while running. The running time is billed.
    Canceled,
    /// Cancelled before running. Not billed.
    Aborted,
    /// A status that this version does not know. It is treated as not terminal.
    Other(String),
}

impl Status {
    /// Returns true if the status does not change any more.
    pub const fn is_terminal(&self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Canceled | Self::Aborted)
    }

    /// Returns the status as Replicate writes it.
    pub fn name(&self) -> &str {
        match self {
            Self::Starting => "starting",
            Self::Processing => "processing",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
            Self::Aborted => "aborted",
            Self::Other(status) => status,
        }
    }
}

impl From<&str> for Status {
    fn from(status: &str) -> Self {
        match status {
            "starting" => Self::Starting,
            "processing" => Self::Processing,
            // Replicate's documentation also uses "successful".
            "succeeded" | "successful" => Self::Succeeded,
            "failed" => Self::Failed,
            "canceled" | "cancelled" => Self::Canceled,
            "aborted" => Self::Aborted,
            other => Self::Other(other.chars().take(64).collect()),
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
