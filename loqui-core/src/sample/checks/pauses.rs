//! Where is nobody speaking?

use super::super::report::Measures;
use super::super::thresholds::{LEADING_SILENCE_SECONDS, LONG_PAUSE_SECONDS};
use crate::finding::{Finding, Severity};

pub(super) fn check(measures: &Measures, findings: &mut Vec<Finding>) {
    if let Some(seconds) = measures
        .leading_silence_seconds
        .filter(|seconds| *seconds > LEADING_SILENCE_SECONDS)
    {
        let message = format!("it starts with {seconds:.1} s of silence, which is trimmed");
        let hint = "Nothing needs to be done now; start speaking right away the next time.";
        findings.push(
            Finding::new(Severity::Warning, "sample.leading_silence", message, hint).with_measure(
                seconds,
                LEADING_SILENCE_SECONDS,
                "s",
            ),
        );
    }
    if let Some(seconds) = measures
        .longest_pause_seconds
        .filter(|seconds| *seconds > LONG_PAUSE_SECONDS)
    {
        let message = format!("it holds a pause of {seconds:.1} s");
        let hint = "Speak without long pauses, or cut them out: the model learns them too.";
        findings.push(
            Finding::new(Severity::Warning, "sample.long_pause", message, hint).with_measure(
                seconds,
                LONG_PAUSE_SECONDS,
                "s",
            ),
        );
    }
}
