//! Too short or too long.

use super::super::findings;
use super::super::measure::Measured;
use super::super::thresholds::LENGTH;
use crate::finding::Finding;

pub(super) fn check(measured: &Measured, found: &mut Vec<Finding>) {
    let seconds = measured.seconds;
    let speech = measured.measures.speech_seconds.unwrap_or_default();
    if seconds < LENGTH.minimum {
        found.push(findings::too_short(seconds));
    } else if seconds < LENGTH.recommended {
        found.push(findings::short(seconds));
    } else if speech < LENGTH.good && speech > 0.0 {
        found.push(findings::short_speech(speech));
    } else if seconds > LENGTH.useful {
        found.push(findings::long(seconds, &measured.analyzed, measured.capped));
    }
}
