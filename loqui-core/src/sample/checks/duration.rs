//! Is there enough of it, and not too much?

use super::super::report::Measures;
use super::super::signal::Signal;
use super::super::thresholds::{GOOD_SECONDS, LONG_SECONDS, SHORT_SECONDS, TOO_LONG_SECONDS, TOO_SHORT_SECONDS};
use crate::error::code;
use crate::finding::{Finding, Severity};

pub(super) fn check(signal: &Signal, measures: &Measures, findings: &mut Vec<Finding>) {
    let value = (signal.seconds * 1e3).round() / 1e3;
    let speech = measures.speech_seconds.unwrap_or_default();
    findings.extend(if signal.seconds < TOO_SHORT_SECONDS {
        let message = format!("the recording lasts {value:.1} s; a voice needs at least {TOO_SHORT_SECONDS} s");
        Some(super::error(&code::SAMPLE_TOO_SHORT, message).with_measure(value, TOO_SHORT_SECONDS, "s"))
    } else if signal.seconds > TOO_LONG_SECONDS {
        let most = if signal.decoded.capped { "more than " } else { "" };
        let message = format!("the recording lasts {most}{value:.0} s; at most {TOO_LONG_SECONDS} s are taken");
        Some(super::error(&code::SAMPLE_TOO_LONG, message).with_measure(value, TOO_LONG_SECONDS, "s"))
    } else if signal.seconds < SHORT_SECONDS {
        let message = format!("the recording lasts only {value:.1} s");
        let hint = "Record 10 s of speech: the voice will be closer.";
        Some(Finding::new(Severity::Warning, "sample.short", message, hint).with_measure(value, SHORT_SECONDS, "s"))
    } else if speech < GOOD_SECONDS && speech > 0.0 {
        let message = format!("there are {speech:.1} s of speech");
        let hint = "It works; 10 s of speech bring the voice closer.";
        Some(Finding::new(Severity::Note, "sample.short", message, hint).with_measure(speech, GOOD_SECONDS, "s"))
    } else if signal.seconds > LONG_SECONDS {
        let message = format!("the recording lasts {value:.0} s, of which the model hears the best 15");
        let hint = "Nothing needs to be done; cut it yourself if you want to choose the 15 s.";
        Some(Finding::new(Severity::Warning, "sample.long", message, hint).with_measure(value, LONG_SECONDS, "s"))
    } else {
        None
    });
}
