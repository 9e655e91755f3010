//! What is written down of a generation.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::status::{Stage, Status};
use crate::error::{Code, Error, code};
use crate::finding::Finding;
use crate::options::SpeakOptions;
use crate::script::Segment;

/// What is needed to begin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NewGeneration {
    /// Whose it is, where several people share a store.
    pub owner: Option<String>,
    /// The same key of the same owner again is the same generation.
    pub idempotency_key: Option<String>,
    /// The sample's number in the store.
    pub sample: i64,
    /// The engine's name.
    pub engine: String,
    /// The model's full name.
    pub model: String,
    /// The whole text.
    pub script: String,
    /// How to speak it.
    pub options: SpeakOptions,
    /// The text, cut up.
    pub segments: Vec<Segment>,
    /// What was noticed about sample and script.
    pub warnings: Vec<Finding>,
    /// When it was asked for.
    pub created_at: Timestamp,
}

impl NewGeneration {
    /// Begins with what every generation has; set the other fields afterwards.
    pub fn new(
        sample: i64,
        engine: impl Into<String>,
        model: impl Into<String>,
        script: impl Into<String>,
        created_at: Timestamp,
    ) -> Self {
        Self {
            owner: None,
            idempotency_key: None,
            sample,
            engine: engine.into(),
            model: model.into(),
            script: script.into(),
            options: SpeakOptions::default(),
            segments: Vec::new(),
            warnings: Vec::new(),
            created_at,
        }
    }
}

/// Everything that is written down of a generation, but its takes and events.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GenerationRecord {
    /// Its number: positive, rising, unique in the store (S211).
    pub id: i64,
    /// Whose it is, where several people share a store.
    pub owner: Option<String>,
    /// The key it was submitted under.
    pub idempotency_key: Option<String>,
    /// The sample's number.
    pub sample: i64,
    /// The engine's name.
    pub engine: String,
    /// The model's full name.
    pub model: String,
    /// The whole text.
    pub script: String,
    /// How to speak it.
    pub options: SpeakOptions,
    /// The text, cut up.
    pub segments: Vec<Segment>,
    /// Where it stands.
    pub status: Status,
    /// What is being done.
    pub stage: Stage,
    /// How much is done, 0 to 100.
    pub progress: u8,
    /// True once somebody asked to stop it.
    pub cancel_requested: bool,
    /// What was noticed.
    pub warnings: Vec<Finding>,
    /// Why it failed.
    pub error: Option<ErrorRecord>,
    /// The finished speech.
    pub speech: Option<SpeechRecord>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it was asked for, or retried last: takes and time count from here.
    pub opened_at: Timestamp,
    /// When it ended.
    pub completed_at: Option<Timestamp>,
    /// Rises with every claim; a write under an older one is refused.
    pub epoch: i64,
}

/// Where the finished speech is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SpeechRecord {
    /// The key of the WAV in the audio store.
    pub audio: String,
    /// How long it is, in seconds.
    pub seconds: f64,
    /// When each segment sounds: start and end in seconds, in order.
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

/// An error as it is written down and as JSON shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ErrorRecord {
    /// The stable code.
    pub code: String,
    /// One line for people.
    pub message: String,
    /// What to do about it.
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
    /// Makes an error of it again; a code of a later version becomes `internal` with the message kept.
    pub fn to_error(&self) -> Error {
        let code = Code::by_name(&self.code).unwrap_or(&code::INTERNAL);
        Error::new(code, self.message.clone()).with_hint(self.hint.clone())
    }
}
