//! The ledger: what happened on the platform, so that a test can assert *exactly one paid run*.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::lifecycle::Status;

/// A snapshot of everything that happened since the start or the last reset.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Ledger {
    /// The seed of ids, tokens, chances and unseeded audio: a run with it repeats them.
    pub seed: u64,
    /// Every prediction that was accepted, in order, with its status at the time of the snapshot.
    pub creates: Vec<Create>,
    /// Creates that were answered without accepting anything, by status; `dropped` without answer.
    pub refused_creates: BTreeMap<String, u64>,
    /// API requests of all kinds.
    pub requests: u64,
    /// Reads of one prediction.
    pub polls: u64,
    /// Reads of the list of predictions.
    pub lists: u64,
    /// Cancel requests.
    pub cancels: u64,
    /// Files that were accepted.
    pub uploads: u64,
    /// Files that were deleted.
    pub deletes: u64,
    /// Requests to the output origin.
    pub downloads: Vec<Download>,
    /// Attempts to deliver a webhook.
    pub webhooks: Vec<Delivery>,
    /// Places where the token turned up and does not belong.
    pub leaks: Vec<Leak>,
    /// How often each fault happened, by name.
    pub faults: BTreeMap<String, u64>,
}

/// One accepted prediction.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Create {
    /// The prediction's id.
    pub prediction: String,
    /// The model, as `owner/name`.
    pub model: String,
    /// The text to speak.
    pub text: String,
    /// The seed in the input, if there was one.
    pub seed: Option<i64>,
    /// Characters of the text: what the run costs if it is paid.
    pub characters: u64,
    /// The status at the time of the snapshot.
    pub status: Status,
    /// The error of a failed run.
    pub error: Option<String>,
    /// When it was created, by the platform's clock (RFC 3339).
    pub created_at: String,
}

impl Create {
    /// Says if this run is paid: it has started and did not fail.
    ///
    /// A run that still goes on counts, as it will be paid; one that was canceled in the middle
    /// counts, as it is billed for the time it ran (contract section 2.2).
    #[must_use]
    pub fn is_paid(&self) -> bool {
        matches!(self.status, Status::Processing | Status::Succeeded | Status::Canceled)
    }
}

/// One request to the output origin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Download {
    /// The prediction whose output was asked for, if the path is one's output.
    pub prediction: Option<String>,
    /// The host by which the caller reached the origin, without its port.
    pub host: String,
    /// The status of the answer.
    pub status: u16,
    /// Whether the caller was led there under another host's name and followed.
    pub strayed: bool,
}

/// One attempt to deliver a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Delivery {
    /// The prediction it tells about.
    pub prediction: String,
    /// `start`, `output`, `logs` or `completed`.
    pub event: String,
    /// `webhook-id`; the same on a redelivery.
    pub message: String,
    /// The status the receiver answered; `None` without an answer.
    pub status: Option<u16>,
}

/// One place where the token turned up and does not belong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Leak {
    /// `output_header`, `output_url` or `create_body`.
    pub place: String,
    /// The path of the request.
    pub path: String,
}

impl Ledger {
    /// Counts the runs that are paid (see [`Create::is_paid`]).
    #[must_use]
    pub fn paid_runs(&self) -> usize {
        self.creates.iter().filter(|create| create.is_paid()).count()
    }

    /// Sums the characters of the runs that are paid.
    #[must_use]
    pub fn billed_characters(&self) -> u64 {
        self.creates
            .iter()
            .filter(|create| create.is_paid())
            .map(|create| create.characters)
            .sum()
    }
}
