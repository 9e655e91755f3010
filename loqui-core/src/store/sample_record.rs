//! What is written down of a sample.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What is needed to keep a sample. The recording itself is in the audio store already.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct NewSample {
    /// What people call it.
    pub name: String,
    /// The SHA-256 of the recording as it was given, in hexadecimal.
    pub sha256: String,
    /// The key of the recording as it was given, in the audio store.
    pub original: String,
    /// The key of the stretch that engines hear, in the audio store.
    pub reference: String,
    /// The length of the recording, in seconds.
    pub seconds: f64,
    /// The report, as JSON.
    pub report: serde_json::Value,
    /// When it was added.
    pub created_at: Timestamp,
}

impl NewSample {
    /// Describes a sample whose recording is in the audio store under these keys.
    pub fn new(
        name: impl Into<String>,
        sha256: impl Into<String>,
        original: impl Into<String>,
        reference: impl Into<String>,
        seconds: f64,
        report: serde_json::Value,
        created_at: Timestamp,
    ) -> Self {
        Self {
            name: name.into(),
            sha256: sha256.into(),
            original: original.into(),
            reference: reference.into(),
            seconds,
            report,
            created_at,
        }
    }

    /// The record that a store makes of it.
    pub fn with_id(self, id: i64) -> SampleRecord {
        SampleRecord {
            id,
            name: self.name,
            sha256: self.sha256,
            original: self.original,
            reference: self.reference,
            seconds: self.seconds,
            report: self.report,
            created_at: self.created_at,
        }
    }
}

/// Everything that is written down of a sample.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SampleRecord {
    /// Its number: positive, rising, unique in the store (S211).
    pub id: i64,
    /// What people call it.
    pub name: String,
    /// The SHA-256 of the recording as it was given, in hexadecimal.
    pub sha256: String,
    /// The key of the recording as it was given, in the audio store.
    pub original: String,
    /// The key of the stretch that engines hear, in the audio store.
    pub reference: String,
    /// The length of the recording, in seconds.
    pub seconds: f64,
    /// The report, as JSON.
    pub report: serde_json::Value,
    /// When it was added.
    pub created_at: Timestamp,
}
