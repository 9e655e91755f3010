//! The ledger: what happened at the emulator, so that a test can check, for instance, that exactly one run was paid.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::lifecycle::Status;

/// A snapshot of everything that happened since the start or the last reset.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Ledger {
    /// Seed of ids, tokens, random faults and audio without a seed.
    pub seed: u64,
    /// Accepted predictions in order, with their status at the time of the snapshot.
    pub creates: Vec<Create>,
    /// Number of refused creates by status, or `dropped` for a closed connection.
    pub refused_creates: BTreeMap<String, u64>,
    /// Number of API requests.
    pub requests: u64,
    /// Number of reads of single predictions.
    pub polls: u64,
    /// Number of reads of the list of predictions.
    pub lists: u64,
    /// Number of cancel requests.
    pub cancels: u64,
    /// Number of accepted files.
    pub uploads: u64,
    /// Number of deleted files.
    pub deletes: u64,
    /// Requests to the output origin.
    pub downloads: Vec<Download>,
    /// Attempts to deliver webhooks.
    pub webhooks: Vec<Delivery>,
    /// Requests with the token in a place where it must not be.
    pub leaks: Vec<Leak>,
    /// Number of occurrences of each fault, by name.
    pub faults: BTreeMap<String, u64>,
}

/// An accepted prediction.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Create {
    /// The prediction's id.
    pub prediction: String,
    /// The model, as `owner/name`.
    pub model: String,
    /// The text to speak.
    pub text: String,
    /// The seed of the input, if any.
    pub seed: Option<i64>,
    /// Number of characters of the text, which are billed if the run is paid.
    pub characters: u64,
    /// The status at the time of the snapshot.
    pub status: Status,
    /// The error of a failed run.
    pub error: Option<String>,
    /// Creation time by the emulator's clock (RFC 3339).
    pub created_at: String,
}

impl Create {
    /// Returns true if the run is paid: it has started and has not failed.
    ///
    /// Includes runs in progress, and cancelled runs, which are billed for their running time
    /// (<https://replicate.com/docs/topics/predictions/lifecycle>).
    #[must_use]
    pub fn is_paid(&self) -> bool {
        matches!(self.status, Status::Processing | Status::Succeeded | Status::Canceled)
    }
}

/// A request to the output origin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Download {
    /// The prediction whose output was requested, if any.
    pub prediction: Option<String>,
    /// The requested host without its port.
    pub host: String,
    /// The status of the response.
    pub status: u16,
    /// True if the client followed a URL with another host name.
    pub strayed: bool,
}

/// An attempt to deliver a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Delivery {
    /// The prediction of the webhook.
    pub prediction: String,
    /// `start`, `output`, `logs` or `completed`.
    pub event: String,
    /// The `webhook-id` header. Repeated deliveries have the same id.
    pub message: String,
    /// The status of the response, or `None` without a response.
    pub status: Option<u16>,
}

/// A request with the token in a place where it must not be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Leak {
    /// `output_header`, `output_url` or `create_body`.
    pub place: String,
    /// The path of the request.
    pub path: String,
}

impl Ledger {
    /// Returns the number of paid runs (see [`Create::is_paid`]).
    #[must_use]
    pub fn paid_runs(&self) -> usize {
        self.creates.iter().filter(|create| create.is_paid()).count()
    }

    /// Returns the number of characters of all paid runs.
    #[must_use]
    pub fn billed_characters(&self) -> u64 {
        self.creates
            .iter()
            .filter(|create| create.is_paid())
            .map(|create| create.characters)
            .sum()
    }
}
