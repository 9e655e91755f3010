//! Is it somebody speaking? Only a network can tell, so without one nothing is said.

use super::super::report::{Measures, SpeechBy};
use super::super::signal::Signal;
use super::super::thresholds::{LITTLE_SPEECH_SHARE, NOT_SPEECH_SHARE, TOO_SHORT_SECONDS};
use super::music;
use crate::error::code;
use crate::finding::{Finding, Severity};

pub(super) fn check(signal: &Signal, measures: &Measures, findings: &mut Vec<Finding>) {
    let (Some(SpeechBy::Network), Some(speech)) = (measures.speech_by, measures.speech_seconds) else {
        return;
    };
    // What is too short has been said already.
    if signal.seconds < TOO_SHORT_SECONDS {
        return;
    }
    let share = speech / signal.mono.seconds();
    let percent = |share: f64| (share * 1e3).round() / 10.0;
    let sounding = speech / signal.sounding_seconds.max(speech);
    findings.extend(if speech < TOO_SHORT_SECONDS {
        let like = if music::is_music(measures) {
            ": it sounds like music"
        } else {
            ""
        };
        let message =
            format!("there are only {speech:.1} s of speech; a voice needs at least {TOO_SHORT_SECONDS} s{like}");
        Some(super::error(&code::SAMPLE_NO_SPEECH, message).with_measure(speech, TOO_SHORT_SECONDS, "s"))
    } else if sounding < NOT_SPEECH_SHARE {
        // Silence is no reason to refuse; something else that fills the recording is.
        let message = format!("only {:.0} % of what sounds is speech", percent(sounding));
        Some(super::error(&code::SAMPLE_NO_SPEECH, message).with_measure(
            percent(sounding),
            percent(NOT_SPEECH_SHARE),
            "%",
        ))
    } else if share < LITTLE_SPEECH_SHARE {
        let message = format!("only {:.0} % of it is speech", percent(share));
        let hint = "Cut out music, noise and pauses.";
        Some(
            Finding::new(Severity::Warning, "sample.little_speech", message, hint).with_measure(
                percent(share),
                percent(LITTLE_SPEECH_SHARE),
                "%",
            ),
        )
    } else {
        None
    });
}
