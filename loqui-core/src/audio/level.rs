//! The level of a clip: peak, RMS, DC offset, true peak and loudness.

use ebur128::{EbuR128, Mode};

use super::{Clip, dbfs, fold, loudness, power_dbfs};

/// The level of a clip.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Level {
    /// The largest sample, in dBFS; minus infinity for silence.
    pub peak_dbfs: f64,
    /// The root mean square, in dBFS; minus infinity for silence.
    pub rms_dbfs: f64,
    /// The mean of all samples, full scale is 1.0.
    pub dc_offset: f64,
    /// The true peak: that of the continuous signal, in dBTP (ITU-R BS.1770-5, annex 2,
    /// <https://www.itu.int/rec/R-REC-BS.1770>).
    pub true_peak_dbtp: f64,
    /// The integrated loudness, in LUFS (EBU R 128, <https://tech.ebu.ch/publications/r128>); minus infinity if nothing is
    /// above the gate.
    pub loudness_lufs: f64,
}

impl Level {
    /// Measures a clip. All samples must be finite.
    ///
    /// # Examples
    ///
    /// ```
    /// use loqui_core::audio::{Clip, Level};
    ///
    /// let tone = (0..48_000).map(|n| (n as f32 * 0.13).sin() * 0.5).collect();
    /// let level = Level::of(&Clip::new(tone, 48_000));
    /// assert!((level.peak_dbfs + 6.0).abs() < 0.1);
    /// assert!((level.rms_dbfs + 9.0).abs() < 0.1);
    /// ```
    pub fn of(clip: &Clip) -> Self {
        let samples = clip.samples();
        let count = samples.len().max(1) as f64;
        let peak = fold::peak(samples);
        // Short sums in single precision are exact enough, and fast.
        let total = |sum: fn(&[f32]) -> f32| samples.chunks(1024).map(|block| f64::from(sum(block))).sum::<f64>();
        let (sum, squares) = (total(fold::sum), total(fold::sum_of_squares));
        Self {
            peak_dbfs: dbfs(peak.into()),
            rms_dbfs: power_dbfs(squares / count),
            dc_offset: sum / count,
            true_peak_dbtp: dbfs(true_peak(samples, clip.sample_rate(), peak)),
            loudness_lufs: loudness::integrated(clip),
        }
    }
}

/// Returns only the integrated loudness, in LUFS; minus infinity if nothing is above the gate.
pub(crate) fn loudness_lufs(clip: &Clip) -> f64 {
    loudness::integrated(clip)
}

/// Returns only the true peak, in dBTP. Much faster than [`Level::of`].
pub(crate) fn true_peak_dbtp(clip: &Clip) -> f64 {
    let samples = clip.samples();
    dbfs(true_peak(samples, clip.sample_rate(), fold::peak(samples)))
}

/// Returns the true peak. Fourfold oversampling is slow, so only blocks within 3 dB of the sample peak are measured: the
/// continuous signal rises at most that far above its samples.
fn true_peak(samples: &[f32], sample_rate: u32, peak: f32) -> f64 {
    const BLOCK: usize = 256;
    let measure = || {
        let mut meter = EbuR128::new(1, sample_rate, Mode::TRUE_PEAK)?;
        let mut end = 0;
        for (index, block) in samples.chunks(BLOCK).enumerate() {
            if fold::peak(block) >= 0.7 * peak {
                // Include the neighbours on both sides as context of the filter.
                let start = (index * BLOCK).saturating_sub(BLOCK).max(end);
                end = ((index + 2) * BLOCK).min(samples.len());
                meter.add_frames_f32(&samples[start..end])?;
            }
        }
        meter.true_peak(0)
    };
    if peak > 0.0 {
        measure().unwrap_or_else(|_| peak.into())
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::testing::{babble, sine};

    #[test]
    fn the_calibration_tone_of_the_standard_reads_its_loudness() {
        // ITU-R BS.1770: 997 Hz at 0 dBFS in one channel reads -3.01 LKFS.
        let level = Level::of(&Clip::new(sine(997.0, 1.0, 5.0, 48_000), 48_000));
        assert!((level.loudness_lufs + 3.01).abs() < 0.05, "{level:?}");
        assert!((level.rms_dbfs + 3.01).abs() < 0.01, "{level:?}");
        assert!(
            level.peak_dbfs.abs() < 0.01 && level.dc_offset.abs() < 1e-4,
            "{level:?}"
        );
    }

    #[test]
    fn true_peak_exceeds_the_sample_peak() {
        // A sine at a quarter of the sample rate with a phase of 45 degrees: its peaks are 3 dB above the samples.
        let samples =
            (0..48_000).map(|n| (std::f32::consts::FRAC_PI_2 * n as f32 + std::f32::consts::FRAC_PI_4).sin() * 0.9);
        let level = Level::of(&Clip::new(samples.collect(), 48_000));
        assert!((level.true_peak_dbtp - level.peak_dbfs - 3.01).abs() < 0.3, "{level:?}");
    }

    #[test]
    fn measuring_only_loud_blocks_gives_the_same_true_peak() {
        let clip = babble(3.0, 24_000);
        let mut meter = EbuR128::new(1, 24_000, Mode::TRUE_PEAK).unwrap();
        meter.add_frames_f32(clip.samples()).unwrap();
        let whole = dbfs(meter.true_peak(0).unwrap());
        assert!((Level::of(&clip).true_peak_dbtp - whole).abs() < 0.01);
    }

    #[test]
    fn silence_and_an_empty_clip_have_levels_of_minus_infinity() {
        for length in [0, 48_000] {
            let level = Level::of(&Clip::new(vec![0.0; length], 48_000));
            for value in [level.rms_dbfs, level.true_peak_dbtp, level.loudness_lufs] {
                assert!(value.is_infinite() && value < 0.0, "{level:?}");
            }
        }
    }
}
