//! How loud each take becomes, so that one recording comes of them.

use super::activity::{Activity, centred};
use crate::audio::{Clip, true_peak_dbtp};

/// The true peak of finished speech is at most this.
pub(super) const CEILING_DBTP: f64 = -1.0;
/// Takes are moved by this much without hesitation (audio.md C.2).
const FREE_DB: f64 = 3.0;
/// Takes further away are moved until only this is left, so that no two neighbours ever differ by 3 dB.
const RESIDUE_DB: f64 = 1.4;
/// Nothing is moved further: it would raise noise, not a voice.
const MOST_DB: f64 = 12.0;
/// One take with high peaks may hush the whole by this much; beyond it is turned down alone.
const MOST_HEADROOM_DB: f64 = 6.0;

/// How loud a take is.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Loudness {
    /// The root of the mean square where it sounds, in dBFS; minus infinity for a silent take.
    pub level_dbfs: f64,
    /// Its true peak, in dBTP; minus infinity for a silent take.
    pub peak_dbtp: f64,
}

impl Loudness {
    /// Measures a take.
    pub fn of(take: &Clip) -> Self {
        let centred = centred(take);
        Self::measured(&centred, &Activity::of(&centred))
    }

    /// Measures a take without offset.
    pub(super) fn measured(centred: &Clip, activity: &Activity) -> Self {
        Self {
            level_dbfs: activity.level_dbfs(),
            peak_dbtp: true_peak_dbtp(centred),
        }
    }

    /// The gain that brings it to `target_dbfs`, in dB, with its peaks below the ceiling. A silent take is left alone.
    pub(super) fn gain_db(&self, target_dbfs: f64) -> f64 {
        if !self.level_dbfs.is_finite() || !target_dbfs.is_finite() {
            return 0.0;
        }
        self.wish_db(target_dbfs).min(CEILING_DBTP - self.peak_dbtp)
    }

    fn wish_db(&self, target_dbfs: f64) -> f64 {
        let distance = target_dbfs - self.level_dbfs;
        let moved = distance
            .abs()
            .min((distance.abs() - RESIDUE_DB).max(FREE_DB))
            .min(MOST_DB);
        moved.copysign(distance)
    }
}

/// The level that all takes are brought to: their median, lowered where peaks would not fit below -1 dBTP. `None` if all
/// are silent.
pub fn common_level_dbfs(takes: &[Loudness]) -> Option<f64> {
    let mut levels: Vec<f64> = takes
        .iter()
        .map(|take| take.level_dbfs)
        .filter(|level| level.is_finite())
        .collect();
    levels.sort_by(f64::total_cmp);
    let median = *levels.get(levels.len() / 2)?;
    let excess = takes
        .iter()
        .filter(|take| take.level_dbfs.is_finite())
        .map(|take| take.peak_dbtp + take.wish_db(median) - CEILING_DBTP)
        .fold(0.0, f64::max);
    Some(median - excess.min(MOST_HEADROOM_DB))
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
    fn no_two_takes_stay_three_decibels_apart() {
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
    fn peaks_lower_the_whole_rather_than_one_take() {
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
    fn silence_is_left_alone() {
        let silent = Loudness {
            level_dbfs: f64::NEG_INFINITY,
            peak_dbtp: f64::NEG_INFINITY,
        };
        assert_eq!(common_level_dbfs(&[silent]), None);
        assert!(silent.gain_db(-20.0).abs() < 1e-9);
        assert_eq!(common_level_dbfs(&[silent, loudness(-20.0)]), Some(-20.0));
    }
}
