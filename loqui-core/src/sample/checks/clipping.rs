//! Clipped peaks.

use super::super::findings;
use super::super::measure::Measured;
use super::super::thresholds::{CLIPPED_ERROR_PER_SECOND, CLIPPED_ERROR_SHARE, CLIPPED_WARNING_PER_SECOND};
use crate::finding::Finding;

pub(super) fn check(measured: &Measured, found: &mut Vec<Finding>) {
    let Some(per_second) = measured.measures.clipped_per_second else {
        return;
    };
    if per_second <= CLIPPED_ERROR_PER_SECOND && measured.clipped_share > CLIPPED_ERROR_SHARE {
        found.push(findings::clipped_share(measured.clipped_share));
    } else if per_second > CLIPPED_WARNING_PER_SECOND {
        found.push(findings::clipped(per_second));
    }
}
