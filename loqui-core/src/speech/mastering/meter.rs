//! Measures the levels of speech as it arrives.

use ebur128::{EbuR128, Mode};
use serde::Serialize;

use crate::audio::{SPEECH_RATE, dbfs, power_dbfs};

/// The length of a stretch in which the noise floor is measured, in samples: half a second.
const STRETCH: usize = SPEECH_RATE as usize / 2;

/// The levels of speech.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SpeechLevels {
    /// The integrated loudness, in LUFS (ITU-R BS.1770); minus infinity for silence.
    #[serde(serialize_with = "finite")]
    pub loudness_lufs: f64,
    /// The true peak, in dBTP; minus infinity for silence.
    #[serde(serialize_with = "finite")]
    pub true_peak_dbtp: f64,
    /// The largest sample, in dBFS; minus infinity for silence.
    #[serde(serialize_with = "finite")]
    pub peak_dbfs: f64,
    /// The RMS level of the whole file, in dBFS; minus infinity for silence.
    #[serde(serialize_with = "finite")]
    pub rms_dbfs: f64,
    /// The RMS level of the quietest half second, in dBFS; minus infinity for digital silence.
    #[serde(serialize_with = "finite")]
    pub noise_floor_dbfs: f64,
}

/// JSON has no infinity: silence is written as the least value of 32-bit samples.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
fn finite<S: serde::Serializer>(level: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64((level.max(-192.0) * 100.0).round() / 100.0)
}

/// Measures samples.
pub(super) struct Meter {
    loudness: Option<EbuR128>,
    sum: f64,
    samples: u64,
    peak: f32,
    stretch: (f64, usize),
    quietest: f64,
}

impl Meter {
    pub(super) fn new() -> Self {
        // The histogram keeps the memory constant for any length.
        let mode = Mode::I | Mode::TRUE_PEAK | Mode::HISTOGRAM;
        Self {
            loudness: EbuR128::new(1, SPEECH_RATE, mode).ok(),
            sum: 0.0,
            samples: 0,
            peak: 0.0,
            stretch: (0.0, 0),
            quietest: f64::INFINITY,
        }
    }

    pub(super) fn push(&mut self, samples: &[f32]) {
        if let Some(loudness) = &mut self.loudness {
            // It fails only for a wrong number of channels.
            let _ = loudness.add_frames_f32(samples);
        }
        for sample in samples {
            let power = f64::from(*sample) * f64::from(*sample);
            self.sum += power;
            self.peak = self.peak.max(sample.abs());
            self.stretch.0 += power;
            self.stretch.1 += 1;
            if self.stretch.1 == STRETCH {
                self.quietest = self.quietest.min(self.stretch.0 / STRETCH as f64);
                self.stretch = (0.0, 0);
            }
        }
        self.samples += samples.len() as u64;
    }

    pub(super) fn finish(self) -> SpeechLevels {
        let mean = self.sum / self.samples.max(1) as f64;
        let quietest = if self.quietest.is_finite() { self.quietest } else { mean };
        let loudness = self.loudness.as_ref();
        let integrated = loudness.and_then(|meter| meter.loudness_global().ok());
        let true_peak = loudness.and_then(|meter| meter.true_peak(0).ok()).unwrap_or_default();
        SpeechLevels {
            loudness_lufs: integrated.unwrap_or(f64::NEG_INFINITY),
            true_peak_dbtp: dbfs(true_peak.max(f64::from(self.peak))),
            peak_dbfs: dbfs(f64::from(self.peak)),
            rms_dbfs: power_dbfs(mean),
            noise_floor_dbfs: power_dbfs(quietest),
        }
    }
}
