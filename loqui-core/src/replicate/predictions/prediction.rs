//! The prediction object. Only `id` and `status` are required; all other fields are read leniently.

use std::fmt;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::status::Status;
use crate::error::{Error, Result, code};
use crate::http::redact;
use crate::replicate::failure;
use crate::replicate::progress::progress;

/// A run of a model at Replicate (<https://replicate.com/docs/reference/http#predictions.get>). `Debug` omits input,
/// output and logs.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Prediction {
    /// The id: 10 to 64 lower-case letters and digits.
    pub id: String,
    /// The status.
    pub status: Status,
    /// The model that runs. It may differ from the requested model.
    pub model: Option<String>,
    /// The input as Replicate returns it. Do not log it: URLs of files are replaced by signed URLs. Absent after Replicate
    /// has deleted it.
    pub input: Option<Map<String, Value>>,
    /// The output as received.
    pub output: Value,
    /// True after Replicate has deleted input, output and logs, one hour after the end
    /// (<https://replicate.com/docs/topics/predictions/data-retention>).
    pub data_removed: bool,
    /// The error message of a failed prediction.
    pub error: Option<String>,
    /// The output that the model printed.
    pub logs: Option<String>,
    /// The running time in seconds, which is billed for models that are billed by time.
    pub predict_time: Option<f64>,
    /// Creation time.
    pub created_at: Option<Timestamp>,
    /// Time at which it started to run.
    pub started_at: Option<Timestamp>,
    /// Time at which it ended.
    pub completed_at: Option<Timestamp>,
    /// URL of its web page.
    pub web: Option<String>,
    /// The webhook URL, if the response has it.
    pub webhook: Option<String>,
}

/// Why a JSON document is not a prediction.
#[derive(Debug, thiserror::Error)]
pub(in crate::replicate) enum NotAPrediction {
    #[error("is not JSON")]
    NotJson(#[from] serde_json::Error),
    #[error("is not a JSON object")]
    NotAnObject,
    #[error("lacks a usable id (10 to 64 lower-case letters and digits)")]
    NoId,
    #[error("lacks a status")]
    NoStatus,
}

impl Prediction {
    pub(in crate::replicate) fn parse(body: &[u8]) -> Result<Self, NotAPrediction> {
        Self::from_value(serde_json::from_slice(body)?)
    }

    pub(in crate::replicate) fn from_value(value: Value) -> Result<Self, NotAPrediction> {
        let Value::Object(mut object) = value else {
            return Err(NotAPrediction::NotAnObject);
        };
        let id = text(&object, "id").filter(|id| is_id(id)).ok_or(NotAPrediction::NoId)?;
        let status = text(&object, "status").ok_or(NotAPrediction::NoStatus)?;
        let data_removed = object.get("data_removed").and_then(Value::as_bool).unwrap_or_default();
        let time = |name: &str| object.get(name)?.as_str()?.parse().ok();
        Ok(Self {
            // An unknown status is shown in errors, so secrets are removed.
            status: Status::from(redact::line(&status).as_str()),
            model: text(&object, "model"),
            data_removed,
            predict_time: object
                .get("metrics")
                .and_then(|metrics| metrics.get("predict_time")?.as_f64()),
            created_at: time("created_at"),
            started_at: time("started_at"),
            completed_at: time("completed_at"),
            webhook: text(&object, "webhook"),
            web: object
                .get("urls")
                .and_then(|urls| urls.get("web")?.as_str())
                .map(str::to_owned),
            error: object.remove("error").and_then(text_or_json),
            logs: object.remove("logs").and_then(text_or_json),
            output: object.remove("output").unwrap_or_default(),
            input: match object.remove("input") {
                Some(Value::Object(input)) if !data_removed => Some(input),
                _ => None,
            },
            id,
        })
    }

    /// Returns true if the prediction has an output or a terminal status. The output may be present while the status is
    /// still `processing`.
    pub fn is_done(&self) -> bool {
        !self.output.is_null() || self.status.is_terminal()
    }

    /// Returns the URL of the output, for [`Client::download`](crate::replicate::Client::download).
    ///
    /// # Errors
    ///
    /// * `replicate.prediction_failed`: with Replicate's message. `retry()` tells whether another prediction may succeed.
    /// * `replicate.prediction_cancelled`: it was cancelled or exceeded its deadline.
    /// * `replicate.output_expired`: it succeeded, but Replicate has deleted the output.
    /// * `replicate.bad_answer`: it has not ended, or the output is not the URL of one file.
    pub fn output_url(&self) -> Result<&str> {
        match &self.output {
            Value::String(url) => return Ok(url),
            Value::Array(parts) => {
                if let [Value::String(url)] = parts.as_slice() {
                    return Ok(url);
                }
            }
            _ => {}
        }
        let error = match self.status {
            Status::Failed => return Err(failure::from_prediction(&self.id, self.error.as_deref())),
            Status::Canceled | Status::Aborted => Error::new(
                &code::REPLICATE_PREDICTION_CANCELLED,
                format!("the prediction was {}", self.status),
            ),
            Status::Succeeded if self.output.is_null() => Error::new(
                &code::REPLICATE_OUTPUT_EXPIRED,
                "replicate has deleted the output of the prediction",
            ),
            _ if self.output.is_null() => Error::new(
                &code::REPLICATE_BAD_ANSWER,
                format!("the prediction has not ended; its status is {}", self.status),
            ),
            _ => Error::new(
                &code::REPLICATE_BAD_ANSWER,
                "the prediction's output is not the URL of one file",
            ),
        };
        Err(error.with_request_id(&self.id))
    }

    /// Returns true if it failed because Replicate could not fetch the reference recording.
    pub(crate) fn lost_its_reference(&self) -> bool {
        self.status == Status::Failed && self.error.as_deref().is_some_and(failure::is_missing_reference)
    }

    /// Returns the progress from 0 to 1, as a lower bound, or nothing if the logs do not show it.
    pub fn progress(&self) -> Option<f64> {
        self.logs.as_deref().and_then(progress)
    }
}

impl fmt::Debug for Prediction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prediction")
            .field("id", &self.id)
            .field("status", &self.status)
            .field("model", &self.model)
            .field("created_at", &self.created_at)
            .field("predict_time", &self.predict_time)
            .finish_non_exhaustive()
    }
}

/// Returns true if an id can be part of a URL path. Current ids have 26 of these characters.
pub(in crate::replicate) fn is_id(id: &str) -> bool {
    (10..=64).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

fn text(object: &Map<String, Value>, name: &str) -> Option<String> {
    object.get(name)?.as_str().map(str::to_owned)
}

/// Returns a text, or other values as JSON. Returns nothing for null and an empty text.
fn text_or_json(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => (!text.is_empty()).then_some(text),
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests;
