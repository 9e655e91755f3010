//! The levels of several voices, so that they sound equally loud.
//!
//! Takes of one voice are matched by their RMS level. Between voices that is not enough: at the same RMS level a bright voice
//! sounds louder than a dark one. Voices are therefore matched by their loudness (ITU-R BS.1770).

use super::leveling::{CEILING_DBTP, Loudness, median_level_dbfs};
use super::trim::trimmed;
use crate::audio::{Clip, SPEECH_RATE, loudness_lufs};
use crate::error::Result;

/// The maximum reduction of all voices for takes with high peaks.
const MOST_HEADROOM_DB: f64 = 12.0;
/// The maximum change of a voice towards the others.
const MOST_SHIFT_DB: f64 = 24.0;

/// The level of the takes of one voice.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct VoiceLevel {
    /// The common level of the takes of the voice before the shift, in dBFS. `None` leaves each take as it is.
    pub level_dbfs: Option<f64>,
    /// The change of all its takes, in dB.
    pub shift_db: f64,
}

impl VoiceLevel {
    /// A level with a shift.
    pub const fn new(level_dbfs: Option<f64>, shift_db: f64) -> Self {
        Self { level_dbfs, shift_db }
    }

    /// Returns the gain of a take, in dB, with its peaks below the ceiling. Returns 0.0 for a silent take.
    pub(super) fn gain_db(&self, take: &Loudness) -> f64 {
        if !take.level_dbfs.is_finite() {
            return 0.0;
        }
        self.free_gain_db(take).min(CEILING_DBTP - take.peak_dbtp)
    }

    /// Returns the gain without regard to the peaks, in dB.
    fn free_gain_db(&self, take: &Loudness) -> f64 {
        let levelled = self.level_dbfs.map_or(0.0, |level| take.desired_gain_db(level));
        levelled + self.shift_db
    }
}

/// The measures of a take of one of several voices.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct VoiceTake {
    /// The voice, from 0.
    pub voice: usize,
    /// The number of samples after trimming.
    pub samples: usize,
    loudness: Loudness,
    /// The loudness of the trimmed take, in LUFS; minus infinity if it is too short or silent.
    lufs: f64,
}

impl VoiceTake {
    /// Measures a take of a voice, counted from 0.
    ///
    /// # Errors
    ///
    /// Those of [`Stitcher::push`](super::Stitcher::push).
    pub fn measure(voice: usize, take: &Clip) -> Result<Self> {
        let (samples, loudness) = trimmed(take)?;
        let count = samples.len();
        let lufs = loudness_lufs(&Clip::new(samples, SPEECH_RATE));
        // A word below 400 ms has no loudness of its own.
        let lufs = if lufs.is_finite() { lufs } else { loudness.level_dbfs };
        Ok(Self {
            voice,
            samples: count,
            loudness,
            lufs,
        })
    }
}

/// Returns the level of each voice: all have the same loudness, changed by `gains_db`, one for each voice. Voices without an
/// audible take have no level.
///
/// # Examples
///
/// ```
/// use loqui_core::audio::{Clip, SPEECH_RATE};
/// use loqui_core::speech::{VoiceTake, voice_levels};
///
/// let tone = |gain: f32| Clip::new((0..48_000).map(|n| (n as f32 * 0.05).sin() * gain).collect(), SPEECH_RATE);
/// let takes = [VoiceTake::measure(0, &tone(0.1))?, VoiceTake::measure(1, &tone(0.2))?];
/// let levels = voice_levels(&takes, &[0.0, 0.0]);
/// assert!((levels[0].shift_db - levels[1].shift_db - 6.0).abs() < 0.1);
/// # Ok::<(), loqui_core::Error>(())
/// ```
pub fn voice_levels(takes: &[VoiceTake], gains_db: &[f64]) -> Vec<VoiceLevel> {
    let mut by_voice: Vec<Vec<&VoiceTake>> = vec![Vec::new(); gains_db.len()];
    for take in takes.iter().filter(|take| take.lufs.is_finite()) {
        if let Some(of_voice) = by_voice.get_mut(take.voice) {
            of_voice.push(take);
        }
    }
    let mut levels: Vec<VoiceLevel> = by_voice
        .iter()
        .map(|takes| {
            VoiceLevel::new(
                median_level_dbfs(takes.iter().map(|take| take.loudness.level_dbfs)),
                0.0,
            )
        })
        .collect();
    // The loudness of each voice after its takes are levelled, and of all voices together.
    let powers: Vec<Option<f64>> = by_voice
        .iter()
        .zip(&levels)
        .map(|(takes, level)| mean_power(takes, level))
        .collect();
    let known: Vec<f64> = powers.iter().flatten().map(|power| 10.0 * power.log10()).collect();
    if known.is_empty() {
        return levels;
    }
    let common = known.iter().sum::<f64>() / known.len() as f64;
    for ((level, power), gain_db) in levels.iter_mut().zip(&powers).zip(gains_db) {
        let own = power.map_or(common, |power| 10.0 * power.log10());
        level.shift_db = (common - own).clamp(-MOST_SHIFT_DB, MOST_SHIFT_DB) + gain_db;
    }
    let excess = by_voice
        .iter()
        .zip(&levels)
        .flat_map(|(takes, level)| {
            takes
                .iter()
                .map(|take| take.loudness.peak_dbtp + level.free_gain_db(&take.loudness) - CEILING_DBTP)
        })
        .fold(0.0, f64::max);
    for level in &mut levels {
        level.shift_db -= excess.min(MOST_HEADROOM_DB);
    }
    levels
}

/// Returns the mean power of levelled takes, weighted by their length.
fn mean_power(takes: &[&VoiceTake], level: &VoiceLevel) -> Option<f64> {
    let mut sum = 0.0;
    let mut samples = 0.0;
    for take in takes {
        let lufs = take.lufs + level.free_gain_db(&take.loudness);
        sum += take.samples as f64 * 10_f64.powf(lufs / 10.0);
        samples += take.samples as f64;
    }
    (samples > 0.0 && sum > 0.0).then(|| sum / samples)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::testing::{babble, noise};
    use crate::speech::Stitcher;

    /// A bright and a dark voice at several levels.
    fn takes() -> Vec<(usize, Clip)> {
        let dark = babble(3.0, SPEECH_RATE).into_samples();
        let bright: Vec<f32> = noise(3 * SPEECH_RATE as usize, 7)
            .windows(2)
            .map(|pair| (pair[1] - pair[0]) * 0.1)
            .collect();
        let scaled = |samples: &[f32], db: f32| {
            let gain = 10_f32.powf(db / 20.0);
            Clip::new(samples.iter().map(|x| x * gain).collect(), SPEECH_RATE)
        };
        [0.0, -9.0, -4.0, 2.0]
            .into_iter()
            .flat_map(|db| [(0, scaled(&dark, db)), (1, scaled(&bright, db - 6.0))])
            .collect()
    }

    fn loudness_after(gains_db: &[f64]) -> Vec<f64> {
        let takes = takes();
        let measured: Vec<VoiceTake> = takes
            .iter()
            .map(|(voice, take)| VoiceTake::measure(*voice, take).unwrap())
            .collect();
        let levels = voice_levels(&measured, gains_db);
        let mut stitcher = Stitcher::new();
        let mut voices = [Vec::new(), Vec::new()];
        for (voice, take) in &takes {
            let samples = stitcher
                .push_at(take, std::time::Duration::ZERO, levels[*voice])
                .unwrap();
            assert!(samples.iter().all(|x| x.abs() < 0.9), "a peak above the ceiling");
            voices[*voice].extend(samples);
        }
        voices
            .map(|samples| loudness_lufs(&Clip::new(samples, SPEECH_RATE)))
            .to_vec()
    }

    #[test]
    fn voices_have_the_same_loudness_within_a_unit() {
        let loudness = loudness_after(&[0.0, 0.0]);
        assert!((loudness[0] - loudness[1]).abs() < 0.7, "{loudness:?}");
    }

    #[test]
    fn gain_of_a_voice_is_the_difference() {
        let loudness = loudness_after(&[0.0, -6.0]);
        assert!((loudness[0] - loudness[1] - 6.0).abs() < 0.7, "{loudness:?}");
    }

    #[test]
    fn silent_voices_change_nothing() {
        let silent = VoiceTake::measure(0, &Clip::new(vec![0.0; 24_000], SPEECH_RATE)).unwrap();
        let levels = voice_levels(&[silent], &[0.0, 0.0]);
        assert_eq!(levels, [VoiceLevel::new(None, 0.0); 2]);
    }
}
