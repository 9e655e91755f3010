//! The record of a generation.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::cast::VoiceRecord;
use super::lineage::Lineage;
use super::status::{Stage, Status};
use crate::clock::later;
use crate::error::{Code, Error, code};
use crate::finding::{Finding, FindingCode};
use crate::id::{GenerationId, SampleId};
use crate::options::SpeakOptions;
use crate::script::Segment;

/// A generation that is to be submitted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NewGeneration {
    /// The owner, where several owners share a store.
    pub owner: Option<String>,
    /// Submitting the same key of the same owner again returns the same generation.
    pub idempotency_key: Option<String>,
    /// The id of the sample.
    pub sample: SampleId,
    /// The engine's name.
    pub engine: String,
    /// The model's full name.
    pub model: String,
    /// The whole text.
    pub script: String,
    /// The options.
    pub options: SpeakOptions,
    /// The segments of the text.
    pub segments: Vec<Segment>,
    /// The voices that the segments name. Empty for a script in one voice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub voices: Vec<VoiceRecord>,
    /// The edit that made it, if it is an edited generation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lineage: Option<Lineage>,
    /// The warnings about sample and script.
    pub warnings: Vec<Finding>,
    /// When it was submitted.
    pub created_at: Timestamp,
}

impl NewGeneration {
    /// A generation with the required fields; set the others afterwards.
    pub fn new(
        sample: impl Into<SampleId>,
        engine: impl Into<String>,
        model: impl Into<String>,
        script: impl Into<String>,
        created_at: Timestamp,
    ) -> Self {
        Self {
            owner: None,
            idempotency_key: None,
            sample: sample.into(),
            engine: engine.into(),
            model: model.into(),
            script: script.into(),
            options: SpeakOptions::default(),
            segments: Vec::new(),
            voices: Vec::new(),
            lineage: None,
            warnings: Vec::new(),
            created_at,
        }
    }
}

/// The record of a generation, without its takes and events.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GenerationRecord {
    /// The id: positive, increasing, unique in the store.
    pub id: GenerationId,
    /// The owner, where several owners share a store.
    pub owner: Option<String>,
    /// The key it was submitted under.
    pub idempotency_key: Option<String>,
    /// The id of the sample that speaks text without a label. If all text has a label: of the first voice.
    pub sample: SampleId,
    /// The engine's name.
    pub engine: String,
    /// The model's full name.
    pub model: String,
    /// The whole text.
    pub script: String,
    /// The options.
    pub options: SpeakOptions,
    /// The segments of the text.
    pub segments: Vec<Segment>,
    /// The voices that the segments name. Empty for a script in one voice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub voices: Vec<VoiceRecord>,
    /// The edit that made it, if it is an edited generation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lineage: Option<Lineage>,
    /// The status.
    pub status: Status,
    /// The stage.
    pub stage: Stage,
    /// The progress in percent, 0 to 100.
    pub progress: u8,
    /// True once cancellation was requested.
    pub cancel_requested: bool,
    /// The warnings.
    pub warnings: Vec<Finding>,
    /// The error, if it failed.
    pub error: Option<ErrorRecord>,
    /// The finished speech.
    pub speech: Option<SpeechRecord>,
    /// When it was submitted.
    pub created_at: Timestamp,
    /// When it was submitted or last retried: takes and the deadline count from here.
    pub opened_at: Timestamp,
    /// When it ended.
    pub completed_at: Option<Timestamp>,
    /// Increases with every claim; a write under an older epoch is refused.
    pub epoch: i64,
}

impl GenerationRecord {
    /// The segment with this index.
    pub(crate) fn segment(&self, index: u32) -> Option<&Segment> {
        let at_its_place = self
            .segments
            .get(index as usize)
            .filter(|segment| segment.index == index);
        at_its_place.or_else(|| self.segments.iter().find(|segment| segment.index == index))
    }

    /// When it has to end, if it has a deadline.
    pub(crate) fn deadline(&self) -> Option<Timestamp> {
        let limit = self.options.limits.deadline?;
        Some(later(self.opened_at, limit))
    }

    /// What the licence of the model requires to be named with the speech.
    pub(crate) fn attribution(&self) -> Option<&str> {
        let mut warnings = self.warnings.iter();
        let found = warnings.find(|finding| finding.code == FindingCode::ModelAttribution)?;
        Some(&found.message)
    }
}

/// The finished speech.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SpeechRecord {
    /// The key of the WAV in the audio store.
    pub audio: String,
    /// The length, in seconds.
    pub seconds: f64,
    /// Start and end of each segment in seconds, in order.
    pub times: Vec<(f64, f64)>,
}

impl SpeechRecord {
    /// Describes finished speech.
    pub fn new(audio: impl Into<String>, seconds: f64, times: Vec<(f64, f64)>) -> Self {
        Self {
            audio: audio.into(),
            seconds,
            times,
        }
    }
}

/// An error as it is recorded and as JSON shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ErrorRecord {
    /// The stable code.
    pub code: String,
    /// One line for users.
    pub message: String,
    /// The hint: what the user can do.
    pub hint: String,
    /// Whether trying again can help.
    pub retryable: bool,
}

impl From<&Error> for ErrorRecord {
    fn from(error: &Error) -> Self {
        Self {
            code: error.code().to_owned(),
            message: error.message().to_owned(),
            hint: error.hint().unwrap_or_default().to_owned(),
            retryable: error.retryable(),
        }
    }
}

impl ErrorRecord {
    /// Converts it back to an error. A code that this version does not know becomes `internal`; the message stays.
    pub fn to_error(&self) -> Error {
        let code = Code::by_name(&self.code).unwrap_or(&code::INTERNAL);
        Error::new(code, self.message.clone()).with_hint(self.hint.clone())
    }
}
