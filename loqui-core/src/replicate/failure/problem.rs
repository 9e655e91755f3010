//! The body of an error response: problem details (RFC 9457), if it is JSON.

use reqwest::StatusCode;
use serde_json::Value;

use crate::http::{HttpResponse, redact};

/// The title and detail of an error response. Each may be missing.
#[derive(Debug, Default)]
pub(in crate::replicate) struct Problem {
    title: Option<String>,
    detail: Option<String>,
}

impl Problem {
    /// Reads a body. Both parts are missing if it is not a JSON object.
    pub(in crate::replicate) fn read(response: &HttpResponse) -> Self {
        let Ok(Value::Object(body)) = serde_json::from_slice(&response.body) else {
            return Self::default();
        };
        let text = |name: &str| -> Option<String> {
            let text = match body.get(name)? {
                Value::String(text) => redact::line(text),
                Value::Null => return None,
                // Cog containers send a list of details.
                other => redact::line(&other.to_string()),
            };
            (!text.is_empty()).then_some(text)
        };
        Self {
            title: text("title"),
            detail: text("detail"),
        }
    }

    /// Returns title and detail on one line, without secrets.
    pub(in crate::replicate) fn message(&self) -> Option<String> {
        match (&self.title, &self.detail) {
            (Some(title), Some(detail)) => Some(format!("{title}: {detail}")),
            (Some(text), None) | (None, Some(text)) => Some(text.clone()),
            (None, None) => None,
        }
    }

    /// Returns true if a 429 is due to low credit.
    pub(in crate::replicate) fn is_low_credit(&self) -> bool {
        self.detail.as_deref().is_some_and(|detail| detail.contains("credit"))
    }

    /// Returns a hint that is more specific than that of the error code.
    pub(in crate::replicate) fn hint(&self, status: StatusCode) -> Option<&'static str> {
        let title = self.title.as_deref().unwrap_or_default();
        match status {
            StatusCode::UNPROCESSABLE_ENTITY if title.starts_with("Invalid version") => {
                Some("Check the model's version, and that billing is set up at Replicate.")
            }
            StatusCode::UNPROCESSABLE_ENTITY if title.starts_with("Version disabled") => {
                Some("Replicate has disabled the model: choose another, for instance chatterbox-turbo.")
            }
            StatusCode::FORBIDDEN => {
                Some("The token has no permission for this: check its permissions, or create a new one.")
            }
            _ => None,
        }
    }
}
