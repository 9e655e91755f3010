//! The gain of each take, so that all takes sound like one recording.

use super::activity::{Activity, centred};
use crate::audio::{Clip, true_peak_dbtp};

/// The maximum true peak of finished speech (EBU R 128, <https://tech.ebu.ch/publications/r128>).
pub(super) const CEILING_DBTP: f64 = -1.0;
/// Differences from the common level up to this are removed completely.
const FREE_DB: f64 = 3.0;
/// The remaining difference after larger corrections. Two takes on both sides of the common level then differ by less than
/// 3 dB.
const RESIDUE_DB: f64 = 1.4;
/// The maximum correction. A larger one would mostly raise noise.
const MOST_DB: f64 = 12.0;
/// The maximum reduction of the common level for takes with high peaks. Beyond it only the take itself is reduced.
const MOST_HEADROOM_DB: f64 = 6.0;

/// The loudness of a take.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Loudness {
    /// The RMS level of the sounding parts, in dBFS; minus infinity for a silent take.
    pub level_dbfs: f64,
    /// The true peak, in dBTP; minus infinity for a silent take.
    pub peak_dbtp: f64,
}

impl Loudness {
    /// Measures a take.
    pub fn of(take: &Clip) -> Self {
        let centred = centred(take);
        Self::measured(&centred, &Activity::of(&centred))
    }

    /// Measures a take without DC offset.
    pub(super) fn measured(centred: &Clip, activity: &Activity) -> Self {
        Self {
            level_dbfs: activity.level_dbfs(),
            peak_dbtp: true_peak_dbtp(centred),
        }
    }

    /// Returns the gain towards `target_dbfs`, in dB, with the peaks below the ceiling. Returns 0.0 for a silent take.
    pub(super) fn gain_db(&self, target_dbfs: f64) -> f64 {
        if !self.level_dbfs.is_finite() || !target_dbfs.is_finite() {
            return 0.0;
        }
        self.desired_gain_db(target_dbfs).min(CEILING_DBTP - self.peak_dbtp)
    }

    /// Returns the gain without regard to the peaks, in dB.
    pub(super) fn desired_gain_db(&self, target_dbfs: f64) -> f64 {
        let distance = target_dbfs - self.level_dbfs;
        let moved = distance
            .abs()
            .min((distance.abs() - RESIDUE_DB).max(FREE_DB))
            .min(MOST_DB);
        moved.copysign(distance)
    }
}

/// Returns the common level of takes, in dBFS: their median, reduced if peaks would exceed -1 dBTP. Returns `None` if all
/// takes are silent.
pub fn common_level_dbfs(takes: &[Loudness]) -> Option<f64> {
    let median = median_level_dbfs(takes.iter().map(|take| take.level_dbfs))?;
    let excess = takes
        .iter()
        .filter(|take| take.level_dbfs.is_finite())
        .map(|take| take.peak_dbtp + take.desired_gain_db(median) - CEILING_DBTP)
        .fold(0.0, f64::max);
    Some(median - excess.min(MOST_HEADROOM_DB))
}

/// Returns the median of the finite levels, in dBFS; `None` if there are none.
pub(super) fn median_level_dbfs(levels: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut levels: Vec<f64> = levels.into_iter().filter(|level| level.is_finite()).collect();
    levels.sort_by(f64::total_cmp);
    levels.get(levels.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loudness(level_dbfs: f64) -> Loudness {
        Loudness {
            level_dbfs,
            peak_dbtp: level_dbfs + 12.0,
        }
    }

    #[test]
    fn levels_differ_by_less_than_three_decibels_after_correction() {
        let takes: Vec<_> = (-13..=13).map(|db| loudness(-24.0 + f64::from(db))).collect();
        let target = common_level_dbfs(&takes).unwrap();
        let after: Vec<_> = takes
            .iter()
            .map(|take| take.level_dbfs + take.gain_db(target))
            .collect();
        let (low, high) = after
            .iter()
            .fold((f64::MAX, f64::MIN), |(low, high), x| (low.min(*x), high.max(*x)));
        assert!(high - low < 3.0, "{after:?}");
    }

    #[test]
    fn high_peaks_reduce_the_common_level() {
        let peaky = Loudness {
            level_dbfs: -20.0,
            peak_dbtp: 1.0,
        };
        let target = common_level_dbfs(&[loudness(-20.0), loudness(-20.0), peaky]).unwrap();
        assert!((target + 22.0).abs() < 1e-9);
        assert!((peaky.gain_db(target) + 2.0).abs() < 1e-9);
        assert!((loudness(-20.0).gain_db(target) + 2.0).abs() < 1e-9);
    }

    #[test]
    fn silent_takes_have_no_gain_and_no_effect_on_the_level() {
        let silent = Loudness {
            level_dbfs: f64::NEG_INFINITY,
            peak_dbtp: f64::NEG_INFINITY,
        };
        assert_eq!(common_level_dbfs(&[silent]), None);
        assert!(silent.gain_db(-20.0).abs() < 1e-9);
        assert_eq!(common_level_dbfs(&[silent, loudness(-20.0)]), Some(-20.0));
    }
}
