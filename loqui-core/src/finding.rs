//! Observations about a recording, a script or a take, as data.

mod code;

pub use code::FindingCode;
use serde::{Deserialize, Serialize};

/// The severity of a finding, from harmless to blocking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Severity {
    /// Information only.
    Note,
    /// Usable, but the result will be worse.
    Warning,
    /// Not usable. The library refuses it before anything is paid.
    Error,
}

/// One observation with its measured value, its limit and a suggested fix.
///
/// The JSON form has the keys `code`, `severity`, `value`, `limit`, `unit`, `message` and `hint`, and `position` for
/// findings about scripts.
///
/// # Examples
///
/// ```
/// use loqui_core::{Finding, FindingCode, Severity};
///
/// let finding = Finding::new(Severity::Warning, FindingCode::SampleQuiet, "the recording is quiet", "Move closer.")
///     .with_measure(-34.0, -30.0, "dBFS");
/// let json = serde_json::to_value(&finding)?;
/// assert_eq!(json["code"], "sample.quiet");
/// assert_eq!(json["value"], -34.0);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Finding {
    /// The stable code, for instance `sample.too_short`.
    pub code: FindingCode,
    /// The severity.
    pub severity: Severity,
    /// The measured value, in `unit`.
    pub value: Option<f64>,
    /// The limit that the value was compared with, in `unit`.
    pub limit: Option<f64>,
    /// The unit of `value` and `limit`, for instance `s` or `dBFS`.
    pub unit: Option<String>,
    /// One line that describes the observation.
    pub message: String,
    /// The suggested fix.
    pub hint: String,
    /// The position in the script, in characters from 0. Only findings about scripts have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<usize>,
}

impl Finding {
    /// Creates a finding without a measured value.
    ///
    /// `code` is a [`FindingCode`] or a string; a custom engine may use codes of its own.
    pub fn new(
        severity: Severity,
        code: impl Into<FindingCode>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            code: code.into(),
            severity,
            value: None,
            limit: None,
            unit: None,
            message: message.into(),
            hint: hint.into(),
            position: None,
        }
    }

    /// Sets the position in the script, in characters from 0.
    #[must_use]
    pub fn at(mut self, position: usize) -> Self {
        self.position = Some(position);
        self
    }

    /// Sets the measured value, the limit and the unit of both.
    #[must_use]
    pub fn with_measure(mut self, value: f64, limit: f64, unit: &str) -> Self {
        self.value = Some(value);
        self.limit = Some(limit);
        self.unit = Some(unit.to_owned());
        self
    }
}
