//! What was noticed about a recording, a script or a take: data, not text.

mod fault;

pub use fault::TakeFault;
use serde::{Deserialize, Serialize};

/// The code of the finding that reports how similar a matched voice is to the sample.
pub(crate) const VOICE_MATCHED: &str = "voice.matched";

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// It works, but the result suffers.
    Warning,
    /// It cannot be used: nothing is paid.
    Error,
}

/// One thing that was noticed, with the measured value, the limit, and what to do about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Finding {
    /// Stable, for instance `sample.too_short`.
    pub code: String,
    /// How bad it is.
    pub severity: Severity,
    /// What was measured, in `unit`.
    pub value: Option<f64>,
    /// What it was held against, in `unit`.
    pub limit: Option<f64>,
    /// The unit of `value` and `limit`, for instance `s` or `dBFS`.
    pub unit: Option<String>,
    /// One line that says what was found.
    pub message: String,
    /// What to do about it.
    pub hint: String,
    /// Where it begins in the script, in characters from 0; for findings of scripts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<usize>,
}

impl Finding {
    /// Builds a finding without a measure.
    pub fn new(severity: Severity, code: &str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            severity,
            value: None,
            limit: None,
            unit: None,
            message: message.into(),
            hint: hint.into(),
            position: None,
        }
    }

    /// Adds where it begins in the script, in characters from 0.
    #[must_use]
    pub fn at(mut self, position: usize) -> Self {
        self.position = Some(position);
        self
    }

    /// Adds what was measured and what it was held against.
    #[must_use]
    pub fn with_measure(mut self, value: f64, limit: f64, unit: &str) -> Self {
        self.value = Some(value);
        self.limit = Some(limit);
        self.unit = Some(unit.to_owned());
        self
    }
}
