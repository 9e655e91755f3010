//! Errors of failed predictions, and whether another prediction may succeed.

use std::time::Duration;

use crate::error::{Error, Retry, code};
use crate::http::redact;

/// Words of failures that are about the input: the model or the platform refused it, and refuses it again
/// (<https://replicate.com/docs/reference/error-codes>). Every other failure may be that of one worker: out of memory,
/// interrupted, an exception of the model.
const REFUSED: [&str; 8] = [
    "input validation",
    "validation error",
    "invalid input",
    "must be longer than",
    "content policy",
    "flagged as sensitive",
    "(e005)",
    "nsfw",
];

/// Delay after a CUDA device-side assert. All later runs of the same process fail
/// (<https://github.com/resemble-ai/chatterbox/issues/148>), so the retry waits until another worker is likely.
pub(super) const CUDA_ASSERT_DELAY: Duration = Duration::from_secs(30);

/// Returns the error of a failed prediction, with Replicate's message.
pub(in crate::replicate) fn from_prediction(id: &str, message: Option<&str>) -> Error {
    let reason = redact::line(message.unwrap_or_default());
    let retry = if reason.contains("CUDA") && reason.contains("assert") {
        Retry::After(CUDA_ASSERT_DELAY)
    } else if is_refused(&reason) {
        Retry::Never
    } else {
        Retry::Later
    };
    let message = if reason.is_empty() {
        "the prediction failed at replicate without a reason".to_owned()
    } else {
        format!("the prediction failed at replicate: {reason}")
    };
    let error = Error::new(&code::REPLICATE_PREDICTION_FAILED, message)
        .with_retry(retry)
        .with_request_id(id);
    match hint(&reason) {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}

/// Returns true if the model or the platform refused the input itself.
fn is_refused(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    !is_missing_reference(&message) && REFUSED.iter().any(|mark| message.contains(mark))
}

/// Returns true if Replicate could not fetch the reference recording because the upload expired or was deleted.
pub(in crate::replicate) fn is_missing_reference(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    let about_a_file = ["download", "fetch", "input file", "reference", "audio_prompt"];
    let gone = [
        "404",
        "403",
        "410",
        "not found",
        "could not be fetched",
        "failed to download",
        "failed to fetch",
    ];
    about_a_file.iter().any(|part| message.contains(part)) && gone.iter().any(|part| message.contains(part))
}

fn hint(message: &str) -> Option<&'static str> {
    if message.contains("longer than 5 seconds") {
        return Some("Use a recording of more than 5 seconds.");
    }
    if is_refused(message) {
        return Some("Change the text or the recording: the model refused the input.");
    }
    message
        .contains("(E1001)")
        .then_some("The model ran out of memory: try again, shorten the text, or choose another model.")
}
