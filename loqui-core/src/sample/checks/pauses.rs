//! Leading silence and long pauses.

use super::super::findings;
use super::super::report::Measures;
use super::super::thresholds::{LEADING_SILENCE_SECONDS, LONG_PAUSE_SECONDS};
use crate::finding::Finding;

pub(super) fn check(measures: &Measures, found: &mut Vec<Finding>) {
    let above = |value: Option<f64>, limit: f64| value.filter(|seconds| *seconds > limit);
    found.extend(above(measures.leading_silence_seconds, LEADING_SILENCE_SECONDS).map(findings::leading_silence));
    found.extend(above(measures.longest_pause_seconds, LONG_PAUSE_SECONDS).map(findings::long_pause));
}
