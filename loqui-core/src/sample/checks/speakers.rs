//! Is it one person?

use super::super::report::Measures;
use super::super::thresholds::{SPEAKERS_MINORITY_SHARE, SPEAKERS_SIMILARITY};
use crate::finding::{Finding, Severity};

/// True if the recording falls into two voices.
pub(crate) fn are_several(similarity: f64, minority_share: f64) -> bool {
    similarity < SPEAKERS_SIMILARITY && minority_share >= SPEAKERS_MINORITY_SHARE
}

pub(super) fn check(measures: &Measures, findings: &mut Vec<Finding>) {
    let (Some(similarity), Some(share)) = (measures.speaker_similarity, measures.second_speaker_share) else {
        return;
    };
    if are_several(similarity, share) {
        let message = format!(
            "more than one person seems to speak: {:.0} % is another voice",
            share * 100.0
        );
        let hint = "Cut out everybody but one; otherwise the copy mixes them.";
        findings.push(
            Finding::new(Severity::Warning, "sample.several_speakers", message, hint).with_measure(
                similarity,
                SPEAKERS_SIMILARITY,
                "similarity",
            ),
        );
    }
}
