//! Reverberant rooms.

use super::super::findings;
use super::super::report::Measures;
use super::super::thresholds::REVERBERANT_RATIO;
use crate::finding::Finding;

pub(super) fn check(measures: &Measures, found: &mut Vec<Finding>) {
    let low = measures.modulation_ratio.filter(|ratio| *ratio < REVERBERANT_RATIO);
    found.extend(low.map(findings::reverberant));
}
