//! Invalid samples and truncated files.

use super::super::findings;
use super::super::measure::Measured;
use crate::finding::Finding;

pub(super) fn check(measured: &Measured, found: &mut Vec<Finding>) {
    if measured.invalid_samples > 0 {
        found.push(findings::not_finite(measured.invalid_samples));
    }
    if measured.truncated {
        found.push(findings::truncated(measured.seconds, measured.declared_seconds));
    }
}
