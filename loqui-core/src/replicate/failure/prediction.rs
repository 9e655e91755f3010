//! Errors of failed predictions, and whether another prediction may succeed.

use std::time::Duration;

use crate::error::{Error, Retry, code};
use crate::http::redact;

/// Platform failures that are temporary (<https://replicate.com/docs/reference/error-codes>). Out of memory (E1001), a
/// failed upload (E9825) and errors of the model itself are not.
const TRANSIENT: [&str; 7] = [
    "(code: PA)",
    "(E1000)",
    "(E6716)",
    "(E8367)",
    "(E8765)",
    "(E9243)",
    "(E9828)",
];

/// Delay after a CUDA device-side assert. All later runs of the same process fail
/// (<https://github.com/resemble-ai/chatterbox/issues/148>), so the retry waits until another worker is likely.
pub(super) const CUDA_ASSERT_DELAY: Duration = Duration::from_secs(30);

/// Returns the error of a failed prediction, with Replicate's message.
pub(in crate::replicate) fn from_prediction(id: &str, message: Option<&str>) -> Error {
    let reason = redact::line(message.unwrap_or_default());
    let retry = if reason.contains("CUDA") && reason.contains("assert") {
        Retry::After(CUDA_ASSERT_DELAY)
    } else if TRANSIENT.iter().any(|mark| reason.contains(mark)) || is_missing_reference(&reason) {
        Retry::Later
    } else {
        Retry::Never
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
    message
        .contains("(E1001)")
        .then_some("The model ran out of memory: shorten the text or choose another model.")
}
