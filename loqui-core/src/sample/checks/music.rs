//! Is somebody singing, or is music playing? Speech glides all the time, notes are held.

use super::super::report::Measures;
use super::super::thresholds::{MUSIC_LEAST_VOICED_SECONDS, MUSIC_PLATEAU_SHARE, MUSIC_STEP_SEMITONES};
use crate::finding::{Finding, Severity};

/// True if what has a pitch moves from note to note.
pub(super) fn is_music(measures: &Measures) -> bool {
    let enough = measures
        .voiced_seconds
        .is_some_and(|seconds| seconds >= MUSIC_LEAST_VOICED_SECONDS);
    let steady = measures
        .pitch_step_semitones
        .is_some_and(|step| step < MUSIC_STEP_SEMITONES);
    let notes = measures
        .held_note_share
        .is_some_and(|share| share > MUSIC_PLATEAU_SHARE);
    enough && (steady || notes)
}

pub(super) fn check(measures: &Measures, findings: &mut Vec<Finding>) {
    if !is_music(measures) {
        return;
    }
    let message = "it sounds like singing or music: the pitch holds notes instead of gliding";
    let hint = "Use plain speech without music; if it is plain speech, go on.";
    let finding = Finding::new(Severity::Warning, "sample.music", message, hint);
    findings.push(match measures.pitch_step_semitones {
        Some(step) if step < MUSIC_STEP_SEMITONES => {
            finding.with_measure(step, MUSIC_STEP_SEMITONES, "semitones in 10 ms")
        }
        _ => finding.with_measure(
            measures.held_note_share.unwrap_or_default(),
            MUSIC_PLATEAU_SHARE,
            "share of held notes",
        ),
    });
}
