//! More than one speaker.

use super::super::findings;
use super::super::report::Measures;
use super::super::thresholds::are_two_speakers;
use crate::finding::Finding;

pub(super) fn check(measures: &Measures, found: &mut Vec<Finding>) {
    if let (Some(similarity), Some(share)) = (measures.speaker_similarity, measures.second_speaker_share)
        && are_two_speakers(similarity, share)
    {
        found.push(findings::several_speakers(similarity, share));
    }
}
