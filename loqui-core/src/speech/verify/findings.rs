//! The findings about takes: code, severity, unit, message and hint of each.

use crate::finding::{Finding, FindingCode, Severity};

/// A fault: the take is rejected.
fn fault(code: FindingCode, message: String, (value, limit, unit): (f64, f64, &str)) -> Finding {
    let hint = "The take is repeated with another seed while takes and budget allow it.";
    Finding::new(Severity::Error, code, message, hint).with_measure(value, limit, unit)
}

/// A possible fault: the take is kept.
fn doubt(code: FindingCode, message: String, (value, limit, unit): (f64, f64, &str)) -> Finding {
    let hint = "Listen to the take. Another seed may give a better one.";
    Finding::new(Severity::Warning, code, message, hint).with_measure(value, limit, unit)
}

pub(super) fn not_finite(samples: usize) -> Finding {
    let message = format!("{samples} samples are not finite");
    fault(FindingCode::TakeNotFinite, message, (samples as f64, 0.0, "samples"))
}

pub(super) fn silent(peak_dbfs: f64, limit: f64) -> Finding {
    let message = "the take is silent".to_owned();
    fault(FindingCode::TakeSilent, message, (peak_dbfs, limit, "dBFS"))
}

pub(super) fn truncated(seconds: f64, limit: f64) -> Finding {
    let message = format!("the model cut the take off after {seconds:.1} s");
    fault(FindingCode::TakeTruncated, message, (seconds, limit, "s"))
}

pub(super) fn too_slow(speech_seconds: f64, characters: usize, longest: f64) -> Finding {
    let message = format!("{speech_seconds:.1} s of speech for {characters} characters: something was added");
    fault(FindingCode::TakeTooSlow, message, (speech_seconds, longest, "s"))
}

pub(super) fn too_fast(speech_seconds: f64, characters: usize, shortest: f64) -> Finding {
    let message = format!("{speech_seconds:.1} s of speech for {characters} characters: something is missing");
    fault(FindingCode::TakeTooFast, message, (speech_seconds, shortest, "s"))
}

pub(super) fn tail(sound: f64, gap: f64, needed: f64) -> Finding {
    let message = format!("{sound:.1} s of sound follow {gap:.1} s after the last word");
    fault(FindingCode::TakeTail, message, (sound, needed, "s"))
}

pub(super) fn long_silence(gap: f64, limit: f64) -> Finding {
    let message = format!("there is a silence of {gap:.1} s between two words");
    fault(FindingCode::TakeLongSilence, message, (gap, limit, "s"))
}

/// A fault above `error`, otherwise a doubt.
pub(super) fn clipped(per_second: f64, warning: f64, error: f64) -> Finding {
    let message = format!("the peaks are clipped {per_second:.1} times per second");
    if per_second > error {
        fault(FindingCode::TakeClipped, message, (per_second, error, "1/s"))
    } else {
        doubt(FindingCode::TakeClipped, message, (per_second, warning, "1/s"))
    }
}

/// A fault below `error`, otherwise a doubt.
pub(super) fn unlike(similarity: f64, warning: f64, error: f64) -> Finding {
    let message = format!("the voice does not sound like the sample ({similarity:.2})");
    if similarity < error {
        fault(FindingCode::TakeUnlike, message, (similarity, error, ""))
    } else {
        doubt(FindingCode::TakeUnlike, message, (similarity, warning, ""))
    }
}

/// The word error rate: a fault above `limit`, otherwise a note.
pub(super) fn words(error_rate: f64, heard: &str, limit: f64) -> Finding {
    let measure = (error_rate, limit, "");
    if error_rate > limit {
        let message = format!(
            "{:.0} % of the words are wrong: {heard:?} was heard",
            100.0 * error_rate
        );
        fault(FindingCode::TakeWrongWords, message, measure)
    } else {
        Finding::new(
            Severity::Note,
            FindingCode::TakeWords,
            "the words were compared with the text",
            "No action needed.",
        )
        .with_measure(error_rate, limit, "")
    }
}
