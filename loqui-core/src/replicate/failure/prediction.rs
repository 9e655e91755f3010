//! Why a prediction failed, and whether another one may fare better.

use std::time::Duration;

use crate::error::{Error, Retry, code};
use crate::replicate::redact;

/// Failures of the platform that come and go (contract section 5.1). Out of memory (E1001), an upload that failed
/// (E9825) and everything that the model itself says stay as they are.
const TRANSIENT: [&str; 7] = [
    "(code: PA)",
    "(E1000)",
    "(E6716)",
    "(E8367)",
    "(E8765)",
    "(E9243)",
    "(E9828)",
];

/// After a device-side assert every later run on the same worker fails: wait until another one is likely.
const POISONED_WORKER: Duration = Duration::from_secs(30);

/// The error of a failed prediction, in the provider's words.
pub(in crate::replicate) fn from_prediction(id: &str, words: Option<&str>) -> Error {
    let words = redact::line(words.unwrap_or_default());
    let retry = if words.contains("CUDA") && words.contains("assert") {
        Retry::After(POISONED_WORKER)
    } else if TRANSIENT.iter().any(|mark| words.contains(mark)) || is_unfetched(&words) {
        Retry::Later
    } else {
        Retry::Never
    };
    let message = if words.is_empty() {
        "the prediction failed at replicate without a reason".to_owned()
    } else {
        format!("the prediction failed at replicate: {words}")
    };
    let error = Error::new(&code::REPLICATE_PREDICTION_FAILED, message)
        .with_retry(retry)
        .with_request_id(id);
    match hint(&words) {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}

/// True if the provider could not fetch the reference recording: an upload that has expired or was deleted.
pub(in crate::replicate) fn is_unfetched(words: &str) -> bool {
    let words = words.to_ascii_lowercase();
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
    about_a_file.iter().any(|part| words.contains(part)) && gone.iter().any(|part| words.contains(part))
}

fn hint(words: &str) -> Option<&'static str> {
    if words.contains("longer than 5 seconds") {
        return Some("Use a recording of more than 5 seconds.");
    }
    words
        .contains("(E1001)")
        .then_some("The model ran out of memory: shorten the text or choose another model.")
}
