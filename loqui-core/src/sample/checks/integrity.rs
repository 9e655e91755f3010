//! Invalid samples, truncated files, headers that are wrong, and films.

use super::super::findings;
use super::super::measure::Measured;
use crate::audio::Remark;
use crate::finding::Finding;

pub(super) fn check(measured: &Measured, found: &mut Vec<Finding>) {
    if measured.invalid_samples > 0 {
        found.push(findings::not_finite(measured.invalid_samples));
    }
    if measured.truncated {
        found.push(findings::truncated(measured.seconds, measured.declared_seconds));
    }
    found.extend(measured.remarks.iter().map(|remark| match remark {
        Remark::Header(fault) => findings::wrong_header(*fault, measured.seconds),
        Remark::Video => findings::video(),
        Remark::Track { number, of } => findings::several_tracks(*number, *of),
    }));
}
