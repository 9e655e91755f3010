//! The records of samples.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::apply;
use super::handle::{free_handle, handle_of};
use crate::audio::tidy_seconds;
use crate::id::SampleId;
use crate::sample::Report;

/// The speaker's consent to the cloning of their voice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Consent {
    /// The statement, for example `I am the speaker`.
    pub statement: String,
    /// When it was recorded.
    pub at: Timestamp,
}

impl Consent {
    /// A consent with this statement.
    pub fn new(statement: impl Into<String>, at: Timestamp) -> Self {
        Self {
            statement: statement.into(),
            at: apply::stored(at),
        }
    }
}

/// A sample to add. Its recording is in the audio store already.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NewSample {
    /// The owner, if several people share a store.
    pub owner: Option<String>,
    /// The display name.
    pub name: String,
    /// The SHA-256 of the original recording, in hexadecimal.
    pub sha256: String,
    /// The key of the original recording in the audio store.
    pub original: String,
    /// The key of the reference audio that engines receive, in the audio store.
    pub reference: String,
    /// The length of the recording, in seconds.
    pub seconds: f64,
    /// The length of the reference audio, in seconds; 0 if it was not measured.
    pub reference_seconds: f64,
    /// The report, as JSON.
    pub report: serde_json::Value,
    /// The speaker's consent.
    pub consent: Option<Consent>,
    /// Whether a sample of the same owner and recording that the store has takes this name.
    #[serde(default)]
    pub renames: bool,
    /// The handle that the store has chosen. By default it is made from the name.
    #[serde(default)]
    pub handle: Option<String>,
    /// When it was added.
    pub created_at: Timestamp,
}

impl NewSample {
    /// A sample whose recording is in the audio store under these keys.
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
            renames: false,
            handle: None,
            created_at,
        }
    }

    /// Chooses the handle. A store passes whether another sample of the owner has one.
    #[must_use]
    pub fn with_free_handle(mut self, is_taken: impl Fn(&str) -> bool) -> Self {
        self.handle = Some(free_handle(&self.name, is_taken));
        self
    }

    /// The record of this sample under an id.
    pub fn with_id(self, id: impl Into<SampleId>) -> SampleRecord {
        SampleRecord {
            id: id.into(),
            owner: self.owner,
            handle: self.handle.unwrap_or_else(|| handle_of(&self.name)),
            name: self.name,
            sha256: self.sha256,
            original: self.original,
            reference: self.reference,
            seconds: self.seconds,
            reference_seconds: self.reference_seconds,
            report: self.report,
            consent: self.consent,
            created_at: self.created_at,
            artefacts: Vec::new(),
        }
    }
}

/// A sample in JSON: the same in the command line, HTTP, Python and Node.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SampleInfo {
    /// The id.
    pub sample: SampleId,
    /// The owner, if several people share a store.
    pub owner: Option<String>,
    /// The display name. It may repeat.
    pub name: String,
    /// The name for command lines and other programs: unique for its owner.
    pub handle: String,
    /// The length of the recording, in seconds.
    pub duration_seconds: f64,
    /// The speaker's consent.
    pub consent: Option<Consent>,
    /// When it was added.
    pub created_at: Timestamp,
    /// The report of its checks.
    pub report: Report,
}

impl SampleRecord {
    /// The report of its checks; empty if an incompatible version wrote it.
    pub fn report(&self) -> Report {
        serde_json::from_value(self.report.clone()).unwrap_or_default()
    }

    /// The public view of the sample.
    pub fn info(&self) -> SampleInfo {
        SampleInfo {
            sample: self.id,
            owner: self.owner.clone(),
            name: self.name.clone(),
            handle: self.handle.clone(),
            duration_seconds: tidy_seconds(self.seconds),
            consent: self.consent.clone(),
            created_at: self.created_at,
            report: self.report(),
        }
    }
}

/// A stored sample.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SampleRecord {
    /// The id: positive, increasing, unique in the store.
    pub id: SampleId,
    /// The owner, if several people share a store.
    pub owner: Option<String>,
    /// The display name.
    pub name: String,
    /// The name for command lines and other programs: made from the name, and unique for its owner.
    #[serde(default)]
    pub handle: String,
    /// The SHA-256 of the original recording, in hexadecimal.
    pub sha256: String,
    /// The key of the original recording in the audio store.
    pub original: String,
    /// The key of the reference audio that engines receive, in the audio store.
    pub reference: String,
    /// The length of the recording, in seconds.
    pub seconds: f64,
    /// The length of the reference audio, in seconds; 0 if it was not measured.
    pub reference_seconds: f64,
    /// The report, as JSON.
    pub report: serde_json::Value,
    /// The speaker's consent.
    pub consent: Option<Consent>,
    /// When it was added.
    pub created_at: Timestamp,
    /// After its erasure: the keys in the audio store of the large artefacts that were removed with it, because no other
    /// sample has its recording. Otherwise empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub artefacts: Vec<String>,
}
