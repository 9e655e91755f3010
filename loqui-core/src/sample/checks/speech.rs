//! Is it somebody speaking? Only a network can tell, so without one nothing is said.

use super::super::report::{Measures, SpeechBy};
use super::super::signal::Signal;
use super::super::thresholds::{LITTLE_SPEECH_SHARE, TOO_SHORT_SECONDS};
use crate::error::code;
use crate::finding::{Finding, Severity};

pub(super) fn check(signal: &Signal, measures: &Measures, findings: &mut Vec<Finding>) {
    let (Some(SpeechBy::Network), Some(speech)) = (measures.speech_by, measures.speech_seconds) else {
        return;
    };
    let share = speech / signal.mono.seconds();
    // What is too short has been said already.
    findings.extend(if speech < TOO_SHORT_SECONDS && signal.seconds >= TOO_SHORT_SECONDS {
        let message = format!("there are only {speech:.1} s of speech; a voice needs at least {TOO_SHORT_SECONDS} s");
        Some(super::error(&code::SAMPLE_NO_SPEECH, message).with_measure(speech, TOO_SHORT_SECONDS, "s"))
    } else if share < LITTLE_SPEECH_SHARE {
        let (percent, limit) = ((share * 1e3).round() / 10.0, LITTLE_SPEECH_SHARE * 100.0);
        let message = format!("only {percent:.0} % of it is speech");
        let hint = "Cut out music, noise and pauses.";
        Some(Finding::new(Severity::Warning, "sample.little_speech", message, hint).with_measure(percent, limit, "%"))
    } else {
        None
    });
}
