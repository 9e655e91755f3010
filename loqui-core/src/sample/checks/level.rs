//! Silence, low and high level, DC offset.

use super::super::findings;
use super::super::report::Measures;
use super::super::thresholds::{DC_WARNING, LOUD_DBFS, LOUD_DBTP, QUIET_DBFS, SILENT_LUFS};
use crate::finding::Finding;

/// Returns true if there is nothing to hear. The RMS level decides where the recording is too short for a loudness.
pub(super) fn is_silent(measures: &Measures) -> bool {
    measures
        .loudness_lufs
        .or(measures.rms_dbfs)
        .is_none_or(|level| level < SILENT_LUFS)
}

pub(super) fn check(measures: &Measures, found: &mut Vec<Finding>) {
    if let Some(rms) = measures.rms_dbfs {
        if rms < QUIET_DBFS {
            found.push(findings::quiet(rms));
        } else if rms > LOUD_DBFS {
            found.push(findings::loud(rms));
        } else if let Some(peak) = measures.true_peak_dbtp
            && peak > LOUD_DBTP
        {
            found.push(findings::high_peak(peak));
        }
    }
    if let Some(offset) = measures.dc_offset.map(f64::abs)
        && offset > DC_WARNING
    {
        found.push(findings::dc_offset(offset));
    }
}
