//! Maps Replicate's error responses and failed predictions to error codes. Keeps Replicate's messages.

mod prediction;
mod problem;

use std::time::Duration;

use jiff::Timestamp;
pub(super) use prediction::{from_prediction, is_missing_reference};
pub(super) use problem::Problem;
use reqwest::StatusCode;

use crate::error::{Code, Error, Retry, code};
use crate::http::{HttpResponse, TransportError, retry};

/// Returns the error for a response with an error status. `what` completes "replicate refused to ...".
pub(super) fn from_response(what: &str, response: &HttpResponse, now: Timestamp) -> Error {
    let problem = Problem::read(response);
    let code = code_of(response.status);
    let mut message = format!("replicate refused to {what} ({})", response.status.as_u16());
    if let Some(text) = problem.message() {
        message = format!("{message}: {text}");
    }
    let mut error = Error::new(code, message);
    if response.status == StatusCode::TOO_MANY_REQUESTS {
        error = error.with_retry(retry::hint(response, now).map_or(Retry::Later, Retry::After));
    }
    if let Some(hint) = problem.hint(response.status) {
        error = error.with_hint(hint);
    }
    match request_id(response) {
        Some(id) => error.with_request_id(id),
        None => error,
    }
}

fn code_of(status: StatusCode) -> &'static Code {
    match status.as_u16() {
        401 | 403 => &code::REPLICATE_UNAUTHORIZED,
        402 => &code::REPLICATE_INSUFFICIENT_CREDIT,
        404 | 410 => &code::REPLICATE_NOT_FOUND,
        413 => &code::REPLICATE_TOO_LARGE,
        400 | 422 => &code::REPLICATE_INVALID_INPUT,
        429 => &code::REPLICATE_RATE_LIMITED,
        408 | 500..=599 => &code::REPLICATE_UNAVAILABLE,
        _ => &code::REPLICATE_BAD_ANSWER,
    }
}

/// Returns the error for a failed transport. `what` completes "could not ...".
pub(super) fn from_transport(what: &str, source: TransportError) -> Error {
    match source {
        TransportError::NotSent(_) => Error::new(
            &code::REPLICATE_UNREACHABLE,
            format!("could not {what}: replicate cannot be reached"),
        ),
        TransportError::Lost(_) => Error::new(
            &code::REPLICATE_ANSWER_LOST,
            format!("could not {what}: replicate's response was lost"),
        ),
        TransportError::TooLong { .. } => Error::new(
            &code::REPLICATE_BAD_ANSWER,
            format!("could not {what}: replicate's response is too long"),
        ),
    }
    .with_source(source)
}

/// Returns the error for a success response that cannot be read. It is retryable, because a proxy may have damaged it.
pub(super) fn unreadable(what: &str, response: &HttpResponse, reason: impl Into<String>) -> Error {
    let error = Error::new(
        &code::REPLICATE_BAD_ANSWER,
        format!(
            "could not {what}: replicate's response ({}) {}",
            response.status.as_u16(),
            reason.into()
        ),
    )
    .with_retry(Retry::Later);
    match request_id(response) {
        Some(id) => error.with_request_id(id),
        None => error,
    }
}

/// Returns the error for a request that the client's own rate limiter refused.
pub(super) fn throttled(what: &str, wait: Duration) -> Error {
    Error::new(
        &code::REPLICATE_RATE_LIMITED,
        format!(
            "did not {what}: the rate limit allows the next request in {:.1} s",
            wait.as_secs_f64()
        ),
    )
    .with_retry(Retry::After(wait))
}

/// Returns the request id of Replicate or of the proxy in front of it.
fn request_id(response: &HttpResponse) -> Option<String> {
    ["x-request-id", "replicate-request-id", "cf-ray"]
        .iter()
        .find_map(|name| response.header(name))
        .map(|id| id.chars().take(100).collect())
}

#[cfg(test)]
mod tests;
