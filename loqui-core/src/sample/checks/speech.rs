//! Too little speech. Only a network can tell speech from other sound, so without one there is no finding.

use super::super::findings;
use super::super::measure::Measured;
use super::super::report::SpeechBy;
use super::super::thresholds::{LENGTH, LITTLE_SPEECH_SHARE, NOT_SPEECH_SHARE};
use super::music;
use crate::finding::Finding;

pub(super) fn check(measured: &Measured, found: &mut Vec<Finding>) {
    let (Some(SpeechBy::Network), Some(speech)) = (measured.measures.speech_by, measured.measures.speech_seconds)
    else {
        return;
    };
    // The check of the duration reports such a recording.
    if measured.seconds < LENGTH.minimum {
        return;
    }
    let share = speech / (measured.analyzed.end - measured.analyzed.start);
    let share_of_sound = speech / measured.sounding_seconds.max(speech);
    if speech < LENGTH.minimum {
        found.push(findings::no_speech(speech, music::is_music(&measured.measures)));
    } else if share_of_sound < NOT_SPEECH_SHARE {
        // Silence between words is no reason to refuse a recording; other sound is.
        found.push(findings::mostly_other_sound(share_of_sound));
    } else if share < LITTLE_SPEECH_SHARE {
        found.push(findings::little_speech(share));
    }
}
