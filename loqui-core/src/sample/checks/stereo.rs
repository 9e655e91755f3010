//! Channels that cancel each other in mono.

use super::super::findings;
use super::super::report::Measures;
use super::super::thresholds::OUT_OF_PHASE_CORRELATION;
use crate::finding::Finding;

pub(super) fn check(measures: &Measures, found: &mut Vec<Finding>) {
    let opposite = measures
        .stereo_correlation
        .filter(|correlation| *correlation < OUT_OF_PHASE_CORRELATION);
    found.extend(opposite.map(findings::out_of_phase));
}
