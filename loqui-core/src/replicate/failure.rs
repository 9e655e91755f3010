//! What Replicate refuses or fails with, turned into this crate's errors: stable codes, its own words kept.

mod prediction;
mod problem;

use std::time::Duration;

use jiff::Timestamp;
pub(super) use prediction::{from_prediction, is_unfetched};
pub(super) use problem::Problem;
use reqwest::StatusCode;

use super::http::{Answer, TransportError};
use super::retry;
use crate::error::{Code, Error, Retry, code};

/// What an answer with an error status means. `what` completes "replicate refused to ...".
pub(super) fn from_answer(what: &str, answer: &Answer, now: Timestamp) -> Error {
    let problem = Problem::read(answer);
    let code = code_of(answer.status);
    let mut message = format!("replicate refused to {what} ({})", answer.status.as_u16());
    if let Some(words) = problem.words() {
        message = format!("{message}: {words}");
    }
    let mut error = Error::new(code, message);
    if answer.status == StatusCode::TOO_MANY_REQUESTS {
        error = error.with_retry(retry::hint(answer, now).map_or(Retry::Later, Retry::After));
    }
    if let Some(hint) = problem.hint(answer.status) {
        error = error.with_hint(hint);
    }
    match request_id(answer) {
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

/// What a failure of the wire means. `what` completes "could not ...".
pub(super) fn from_trouble(what: &str, trouble: TransportError) -> Error {
    match trouble {
        TransportError::NotSent(_) => Error::new(
            &code::REPLICATE_UNREACHABLE,
            format!("could not {what}: replicate cannot be reached"),
        ),
        TransportError::Lost(_) => Error::new(
            &code::REPLICATE_ANSWER_LOST,
            format!("could not {what}: replicate's answer was lost"),
        ),
        TransportError::TooLong { .. } => Error::new(
            &code::REPLICATE_BAD_ANSWER,
            format!("could not {what}: replicate's answer is too long"),
        ),
    }
    .with_source(trouble)
}

/// An answer with a good status that cannot be read. Something on the way may have cut it: asking again may help.
pub(super) fn unreadable(what: &str, answer: &Answer, reason: impl Into<String>) -> Error {
    let error = Error::new(
        &code::REPLICATE_BAD_ANSWER,
        format!(
            "could not {what}: replicate's answer ({}) {}",
            answer.status.as_u16(),
            reason.into()
        ),
    )
    .with_retry(Retry::Later);
    match request_id(answer) {
        Some(id) => error.with_request_id(id),
        None => error,
    }
}

/// Too many requests, as found out by ourselves.
pub(super) fn throttled(what: &str, wait: Duration) -> Error {
    Error::new(
        &code::REPLICATE_RATE_LIMITED,
        format!(
            "did not {what}: the next turn within the rate limit comes in {:.1} s",
            wait.as_secs_f64()
        ),
    )
    .with_retry(Retry::After(wait))
}

/// The number under which Replicate, or the edge in front of it, knows the request.
fn request_id(answer: &Answer) -> Option<String> {
    ["x-request-id", "replicate-request-id", "cf-ray"]
        .iter()
        .find_map(|name| answer.header(name))
        .map(|id| id.chars().take(100).collect())
}

#[cfg(test)]
mod tests;
