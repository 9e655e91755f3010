//! The body of an error answer: problem JSON, if it is JSON at all.

use reqwest::StatusCode;
use serde_json::Value;

use crate::replicate::http::Answer;
use crate::replicate::redact;

/// What an error answer says; any part may be missing (contract section 5.1).
#[derive(Debug, Default)]
pub(in crate::replicate) struct Problem {
    title: Option<String>,
    detail: Option<String>,
}

impl Problem {
    /// Reads a body; anything but a JSON object says nothing.
    pub(in crate::replicate) fn read(answer: &Answer) -> Self {
        let Ok(Value::Object(body)) = serde_json::from_slice(&answer.body) else {
            return Self::default();
        };
        let text = |name: &str| -> Option<String> {
            let text = match body.get(name)? {
                Value::String(text) => redact::line(text),
                Value::Null => return None,
                // A model container answers with a list of details.
                other => redact::line(&other.to_string()),
            };
            (!text.is_empty()).then_some(text)
        };
        Self {
            title: text("title"),
            detail: text("detail"),
        }
    }

    /// Its words on one line, without secrets.
    pub(in crate::replicate) fn words(&self) -> Option<String> {
        match (&self.title, &self.detail) {
            (Some(title), Some(detail)) => Some(format!("{title}: {detail}")),
            (Some(words), None) | (None, Some(words)) => Some(words.clone()),
            (None, None) => None,
        }
    }

    /// True if a refusal for too many requests is the one for little credit.
    pub(in crate::replicate) fn is_low_credit(&self) -> bool {
        self.detail.as_deref().is_some_and(|detail| detail.contains("credit"))
    }

    /// Advice that is better than the code's usual one.
    pub(in crate::replicate) fn hint(&self, status: StatusCode) -> Option<&'static str> {
        let title = self.title.as_deref().unwrap_or_default();
        match status {
            StatusCode::UNPROCESSABLE_ENTITY if title.starts_with("Invalid version") => {
                Some("Check the model's version, and that billing is set up at Replicate.")
            }
            StatusCode::UNPROCESSABLE_ENTITY if title.starts_with("Version disabled") => {
                Some("The model is down at Replicate: choose another, for instance chatterbox-turbo.")
            }
            StatusCode::FORBIDDEN => Some("This token may not do that: check its rights, or make a new one."),
            _ => None,
        }
    }
}
