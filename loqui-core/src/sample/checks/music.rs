//! Singing and music: speech glides all the time, notes are held.

use super::super::findings;
use super::super::report::Measures;
use super::super::thresholds::{MUSIC_LEAST_VOICED_SECONDS, MUSIC_PLATEAU_SHARE, MUSIC_STEP_SEMITONES};
use crate::finding::Finding;

/// Returns true if the pitch moves from note to note.
pub(super) fn is_music(measures: &Measures) -> bool {
    let enough = measures
        .voiced_seconds
        .is_some_and(|seconds| seconds >= MUSIC_LEAST_VOICED_SECONDS);
    let notes = measures
        .held_note_share
        .is_some_and(|share| share > MUSIC_PLATEAU_SHARE);
    enough && (steady_step(measures).is_some() || notes)
}

/// The pitch step, if it is small enough for music.
fn steady_step(measures: &Measures) -> Option<f64> {
    measures
        .pitch_step_semitones
        .filter(|step| *step < MUSIC_STEP_SEMITONES)
}

pub(super) fn check(measures: &Measures, found: &mut Vec<Finding>) {
    if is_music(measures) {
        let held = measures.held_note_share.unwrap_or_default();
        found.push(findings::music(steady_step(measures), held));
    }
}
