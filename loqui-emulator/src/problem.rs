//! Error responses: problem details (RFC 9457) with the messages of the platform.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::clock::later;
use crate::settings::RetryHint;

/// An error response.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    status: StatusCode,
    members: Map<String, Value>,
    retry_after: Option<HeaderValue>,
}

/// An invalid field of a request body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InvalidField {
    /// The type, such as `required` or `number_lte`.
    pub(crate) kind: &'static str,
    /// The path, such as `input.seed`; empty for the body itself.
    pub(crate) field: String,
    pub(crate) description: String,
}

impl Problem {
    fn new(status: StatusCode, title: Option<&str>, detail: &str) -> Self {
        let mut members = Map::new();
        if let Some(title) = title {
            members.insert("title".to_owned(), json!(title));
        }
        members.insert("detail".to_owned(), json!(detail));
        members.insert("status".to_owned(), json!(status.as_u16()));
        Self {
            status,
            members,
            retry_after: None,
        }
    }

    /// Returns an error with a status and a detail only.
    pub(crate) fn plain(status: StatusCode, detail: &str) -> Self {
        Self::new(status, None, detail)
    }

    pub(crate) fn no_token() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            Some("Unauthenticated"),
            "You did not pass an authentication token",
        )
    }

    pub(crate) fn wrong_token() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            Some("Unauthenticated"),
            "You did not pass a valid authentication token",
        )
    }

    /// Returns the error for a revoked token, which has neither title nor status.
    pub(crate) fn revoked_token() -> Self {
        let mut problem = Self::new(StatusCode::UNAUTHORIZED, None, "Invalid or expired API token.");
        problem.members.remove("status");
        problem
    }

    pub(crate) fn insufficient_credit() -> Self {
        Self::new(
            StatusCode::PAYMENT_REQUIRED,
            Some("Insufficient credit"),
            "You have insufficient credit to run this model. Go to https://replicate.com/account/billing#billing to purchase credit. Once you purchase credit, please wait a few minutes before trying again.",
        )
    }

    pub(crate) fn billing_required() -> Self {
        Self::new(
            StatusCode::PAYMENT_REQUIRED,
            Some("Billing required"),
            "You need to set up billing to run this model. Go to https://replicate.com/account/billing#billing to set it up. If you have recently set up billing, please wait a few minutes before trying again.",
        )
    }

    pub(crate) fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            None,
            "The requested resource could not be found.",
        )
    }

    pub(crate) fn file_not_found() -> Self {
        let mut problem = Self::new(StatusCode::NOT_FOUND, None, "File not found");
        problem.members.remove("status");
        problem
    }

    pub(crate) fn file_too_large() -> Self {
        let mut problem = Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            None,
            "Files must be less than 100MB in size",
        );
        problem.members.remove("status");
        problem
    }

    pub(crate) fn invalid_version() -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            Some("Invalid version or not permitted"),
            "The specified version does not exist (or perhaps you don't have permission to use it?)",
        )
    }

    pub(crate) fn version_disabled() -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            Some("Version disabled"),
            "This version has been disabled because it consistently fails to complete setup.",
        )
    }

    pub(crate) fn invalid(fields: &[InvalidField]) -> Self {
        use std::fmt::Write as _;

        let mut detail = String::new();
        for InvalidField { field, description, .. } in fields {
            let separator = if field.is_empty() { "" } else { ": " };
            // Writing to a String cannot fail.
            let _ = writeln!(detail, "- {field}{separator}{description}");
        }
        let mut problem = Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            Some("Input validation failed"),
            &detail,
        );
        let fields: Vec<Value> = fields
            .iter()
            .map(|field| json!({"type": field.kind, "field": field.field, "description": field.description}))
            .collect();
        problem.members.insert("invalid_fields".to_owned(), fields.into());
        problem
    }

    /// Returns the error for an invalid header.
    pub(crate) fn invalid_header(name: &str, reason: &dyn std::error::Error) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            Some("Invalid header"),
            &format!("{name}: {reason}"),
        )
    }

    pub(crate) fn invalid_parameter(name: &str, value: &str) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            Some("Invalid parameter"),
            &format!("{name} is invalid: {value:?}"),
        )
    }

    /// Returns a 429. `now` is the emulator's time, for a delay stated as a date.
    pub(crate) fn throttled(wait: Duration, low_credit: bool, hint: RetryHint, now: Timestamp) -> Self {
        let seconds = (wait.as_secs_f64().ceil() as u64).max(1);
        let reduced = if low_credit {
            " Your rate limit for creating predictions is reduced to 6 requests per minute with a burst of 1 requests while you have less than $5.0 in credit."
        } else {
            ""
        };
        let mut problem = Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            None,
            &format!("Request was throttled.{reduced} Your rate limit resets in ~{seconds}s."),
        );
        match hint {
            RetryHint::Body => {
                problem.members.insert("retry_after".to_owned(), json!(seconds));
            }
            RetryHint::Header => problem.retry_after = Some(seconds.into()),
            RetryHint::Date => {
                let date = later(now, Duration::from_secs(seconds));
                problem.retry_after = jiff::fmt::rfc2822::DateTimePrinter::new()
                    .timestamp_to_rfc9110_string(&date)
                    .ok()
                    .and_then(|date| date.parse().ok());
            }
            RetryHint::Sentence => {}
        }
        problem
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (
            self.status,
            [(header::CONTENT_TYPE, "application/problem+json")],
            Value::Object(self.members).to_string(),
        )
            .into_response();
        if let Some(retry_after) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, retry_after);
        }
        response
    }
}

/// Returns truncated JSON.
pub(crate) fn truncated_json(status: StatusCode) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json; charset=utf-8")];
    (status, headers, r#"{"id":"hdwst0bb05rgp0cf0p29mzk2am","mod"#).into_response()
}

/// Returns an HTML error page, as the proxy in front of the platform does.
pub(crate) fn html(status: StatusCode) -> Response {
    let reason = status.canonical_reason().unwrap_or("Error");
    let code = status.as_u16();
    let page = format!(
        "<html>\r\n<head><title>{code} {reason}</title></head>\r\n<body>\r\n<center><h1>{code} {reason}</h1></center>\r\n</body>\r\n</html>\r\n"
    );
    (status, [(header::CONTENT_TYPE, "text/html")], page).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_fields_have_the_recorded_format() {
        let field = |kind, field: &str, description: &str| InvalidField {
            kind,
            field: field.to_owned(),
            description: description.to_owned(),
        };
        let problem = Problem::invalid(&[
            field("required", "", "version is required"),
            field("number_lte", "input.seed", "Must be less than or equal to 4"),
        ]);
        assert_eq!(
            problem.members["detail"],
            "- version is required\n- input.seed: Must be less than or equal to 4\n"
        );
        assert_eq!(problem.members["invalid_fields"][1]["type"], "number_lte");
    }

    #[test]
    fn delay_of_a_429_is_stated_where_configured() {
        let throttled = |hint| Problem::throttled(Duration::from_millis(4200), false, hint, Timestamp::UNIX_EPOCH);
        let body = throttled(RetryHint::Body);
        assert_eq!(body.members["retry_after"], 5);
        assert_eq!(
            body.members["detail"],
            "Request was throttled. Your rate limit resets in ~5s."
        );
        assert_eq!(throttled(RetryHint::Header).retry_after.unwrap(), "5");
        assert_eq!(
            throttled(RetryHint::Date).retry_after.unwrap(),
            "Thu, 01 Jan 1970 00:00:05 GMT"
        );
        assert!(throttled(RetryHint::Sentence).retry_after.is_none());
    }
}
