//! Missing high frequencies.

use super::super::findings;
use super::super::measure::Measured;
use super::super::thresholds::{NARROW_WARNING_BAND_HZ, NARROW_WARNING_RATE_HZ};
use crate::finding::Finding;

pub(super) fn check(measured: &Measured, found: &mut Vec<Finding>) {
    let rate = f64::from(measured.sample_rate);
    if rate < NARROW_WARNING_RATE_HZ {
        found.push(findings::low_sample_rate(rate));
    } else if let Some(hz) = measured.measures.bandwidth_hz
        && hz < NARROW_WARNING_BAND_HZ
    {
        found.push(findings::narrow_band(hz));
    }
}
