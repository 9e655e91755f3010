//! Noise that is close to the voice or audible in pauses.

use super::super::findings;
use super::super::report::Measures;
use super::super::thresholds::{NOISY_WARNING_FLOOR_DBFS, NOISY_WARNING_SNR_DB};
use crate::finding::Finding;

pub(super) fn check(measures: &Measures, found: &mut Vec<Finding>) {
    let (Some(snr), Some(floor)) = (measures.snr_db, measures.noise_floor_dbfs) else {
        return;
    };
    if snr < NOISY_WARNING_SNR_DB {
        found.push(findings::noisy(snr));
    } else if floor > NOISY_WARNING_FLOOR_DBFS {
        found.push(findings::noisy_pauses(floor));
    }
}
