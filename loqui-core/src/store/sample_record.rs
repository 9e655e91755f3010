//! What is written down of a sample.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::apply;
use crate::sample::Report;

/// That the speaker has agreed to be cloned: who said so, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Consent {
    /// Who agreed and how, in words, for instance `I am the speaker`.
    pub statement: String,
    /// When it was written down.
    pub at: Timestamp,
}

impl Consent {
    /// A consent in these words.
    pub fn new(statement: impl Into<String>, at: Timestamp) -> Self {
        Self {
            statement: statement.into(),
            at: apply::stored(at),
        }
    }
}

/// What is needed to keep a sample. The recording itself is in the audio store already.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NewSample {
    /// Whose it is, where several people share a store; empty for nobody's in particular.
    pub owner: Option<String>,
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
    /// How long the stretch is that engines hear, in seconds; 0 if it was not measured.
    pub reference_seconds: f64,
    /// The report, as JSON.
    pub report: serde_json::Value,
    /// That the speaker has agreed.
    pub consent: Option<Consent>,
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
            owner: None,
            name: name.into(),
            sha256: sha256.into(),
            original: original.into(),
            reference: reference.into(),
            seconds,
            reference_seconds: 0.0,
            report,
            consent: None,
            created_at,
        }
    }

    /// The record that a store makes of it.
    pub fn with_id(self, id: i64) -> SampleRecord {
        SampleRecord {
            id,
            owner: self.owner,
            name: self.name,
            sha256: self.sha256,
            original: self.original,
            reference: self.reference,
            seconds: self.seconds,
            reference_seconds: self.reference_seconds,
            report: self.report,
            consent: self.consent,
            created_at: self.created_at,
        }
    }
}

/// A sample as JSON shows it: the same for shell, HTTP, Python and Node.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SampleInfo {
    /// Its number.
    pub sample: i64,
    /// Whose it is, where several people share a store.
    pub owner: Option<String>,
    /// What people call it.
    pub name: String,
    /// How long the recording is, in seconds.
    pub duration_seconds: f64,
    /// That the speaker has agreed.
    pub consent: Option<Consent>,
    /// When it was added.
    pub created_at: Timestamp,
    /// What was found out about it.
    pub report: Report,
}

impl SampleRecord {
    /// What was found out about it; nothing if an earlier version wrote it in another way.
    pub fn report(&self) -> Report {
        serde_json::from_value(self.report.clone()).unwrap_or_default()
    }

    /// What people see of it.
    pub fn info(&self) -> SampleInfo {
        SampleInfo {
            sample: self.id,
            owner: self.owner.clone(),
            name: self.name.clone(),
            duration_seconds: self.seconds,
            consent: self.consent.clone(),
            created_at: self.created_at,
            report: self.report(),
        }
    }
}

/// Everything that is written down of a sample.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SampleRecord {
    /// Its number: positive, rising, unique in the store (S211).
    pub id: i64,
    /// Whose it is, where several people share a store.
    pub owner: Option<String>,
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
    /// How long the stretch is that engines hear, in seconds; 0 if it was not measured.
    pub reference_seconds: f64,
    /// The report, as JSON.
    pub report: serde_json::Value,
    /// That the speaker has agreed.
    pub consent: Option<Consent>,
    /// When it was added.
    pub created_at: Timestamp,
}
