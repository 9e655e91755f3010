//! Reverberant rooms.

use super::super::findings;
use super::super::report::Measures;
use super::super::thresholds::REVERBERANT_SECONDS;
use crate::finding::Finding;

pub(super) fn check(measures: &Measures, found: &mut Vec<Finding>) {
    let long = measures
        .reverberation_seconds
        .filter(|seconds| *seconds > REVERBERANT_SECONDS);
    found.extend(long.map(findings::reverberant));
}
