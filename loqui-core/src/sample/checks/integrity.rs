//! Is the file whole, and are its samples numbers?

use super::super::signal::Signal;
use crate::error::code;
use crate::finding::{Finding, Severity};

pub(super) fn check(signal: &Signal, findings: &mut Vec<Finding>) {
    if signal.broken_samples > 0 {
        let count = signal.broken_samples;
        let message = format!("{count} samples are not numbers or far beyond full scale");
        findings.push(super::error(&code::SAMPLE_NOT_FINITE, message).with_measure(count as f64, 0.0, "samples"));
    }
    if signal.decoded.truncated {
        let hint = "Copy or download the recording again; what is there can be used.";
        findings.push(match signal.decoded.declared_seconds {
            Some(declared) if declared > signal.seconds => {
                let message = format!("the file ends after {:.1} s of {declared:.1} s", signal.seconds);
                Finding::new(Severity::Warning, "sample.truncated", message, hint).with_measure(
                    (signal.seconds * 1e3).round() / 1e3,
                    (declared * 1e3).round() / 1e3,
                    "s",
                )
            }
            _ => Finding::new(
                Severity::Warning,
                "sample.truncated",
                "the file ends in the middle of the sound",
                hint,
            ),
        });
    }
}
