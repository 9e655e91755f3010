//! The prediction object, read leniently: only `id` and `status` must be there.

use std::fmt;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::status::Status;
use crate::error::{Error, Result, code};
use crate::replicate::failure;
use crate::replicate::progress::progress;
use crate::replicate::redact;

/// A run of a model at Replicate (contract section 2.3). `Debug` leaves out input, output and log.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Prediction {
    /// Its id: 10 to 64 lower-case letters and digits.
    pub id: String,
    /// Where it stands.
    pub status: Status,
    /// The model that runs; may differ from the one that was asked for.
    pub model: Option<String>,
    /// The input as Replicate gives it back: addresses of files are rewritten and signed. Do not log it. Absent once it
    /// was deleted.
    pub input: Option<Map<String, Value>>,
    /// The output as it came.
    pub output: Value,
    /// True once Replicate has deleted input, output and log, about an hour after the end.
    pub data_removed: bool,
    /// Why it failed.
    pub error: Option<String>,
    /// What the model printed.
    pub logs: Option<String>,
    /// How long it ran, in seconds: what is billed where a model is billed by time.
    pub predict_time: Option<f64>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When it began to run.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub completed_at: Option<Timestamp>,
    /// Its page for people.
    pub web: Option<String>,
    /// The address that is told of its end, where the answer says so.
    pub webhook: Option<String>,
}

/// Why something is not a prediction.
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
            // A word that nobody knows is shown in errors.
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
            error: object.remove("error").and_then(words),
            logs: object.remove("logs").and_then(words),
            output: object.remove("output").unwrap_or_default(),
            input: match object.remove("input") {
                Some(Value::Object(input)) if !data_removed => Some(input),
                _ => None,
            },
            id,
        })
    }

    /// True once there is an output or nothing follows any more: a status of `processing` may come with its output.
    pub fn is_done(&self) -> bool {
        !self.output.is_null() || self.status.is_terminal()
    }

    /// The address of the output: what [`Client::download`](crate::replicate::Client::download) takes.
    ///
    /// # Errors
    ///
    /// * `replicate.prediction_failed`, with the provider's words; `retry()` says if another try may help.
    /// * `replicate.prediction_cancelled`: it was stopped, by somebody or by a time limit.
    /// * `replicate.output_expired`: it went well, but Replicate has deleted the output.
    /// * `replicate.bad_answer`: it is not done yet, or the output is no address.
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
                format!("the prediction is not done, but {}", self.status),
            ),
            _ => Error::new(
                &code::REPLICATE_BAD_ANSWER,
                "the prediction's output is not the address of one file",
            ),
        };
        Err(error.with_request_id(&self.id))
    }

    /// True if it failed because Replicate could not fetch the reference recording.
    pub(crate) fn lost_its_reference(&self) -> bool {
        self.status == Status::Failed && self.error.as_deref().is_some_and(failure::is_unfetched)
    }

    /// The share done, from 0 to 1, as a lower bound; nothing if the log does not say.
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

/// True for what may be put into a path: every id that was ever seen has 26 of these characters.
pub(in crate::replicate) fn is_id(id: &str) -> bool {
    (10..=64).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

fn text(object: &Map<String, Value>, name: &str) -> Option<String> {
    object.get(name)?.as_str().map(str::to_owned)
}

/// A text; anything else but null and "" as JSON, so that nothing said is lost.
fn words(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => (!text.is_empty()).then_some(text),
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests;
