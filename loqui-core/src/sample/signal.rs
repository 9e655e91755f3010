//! A recording with what all checks need, worked out once.

use super::checks::clipping::Clipping;
use super::envelope::Envelope;
use super::report::{Measures, Report, rounded};
use super::speech::Speech;
use super::{checks, thresholds};
use crate::audio::{Clip, Decoded, Level};

/// A recording as the checks see it.
#[derive(Debug)]
pub(super) struct Signal {
    /// What the decoder said. Its samples are gone: everything about single channels has been measured.
    pub(super) decoded: Decoded,
    /// How many samples were not numbers, or numbers that no sound has.
    pub(super) broken_samples: usize,
    /// The length of the whole recording, in seconds.
    pub(super) seconds: f64,
    /// The mono mix without its offset.
    pub(super) mono: Clip,
    /// The level of the mono mix before the offset was removed.
    pub(super) level: Level,
    pub(super) clipping: Clipping,
    /// How alike left and right are; absent for mono.
    pub(super) stereo_correlation: Option<f64>,
    pub(super) envelope: Envelope,
    pub(super) speech: Speech,
}

impl Signal {
    /// Works out what all checks need. Of what is too long only the beginning is looked at.
    pub(super) fn of(mut decoded: Decoded) -> Self {
        let seconds = decoded.seconds();
        let most =
            (thresholds::TOO_LONG_SECONDS * f64::from(decoded.sample_rate)) as usize * usize::from(decoded.channels);
        decoded.samples.truncate(most);
        let broken_samples = mend(&mut decoded.samples);
        let clipping = Clipping::of(&decoded);
        let stereo_correlation = checks::stereo::measure(&decoded);
        let mut mono = decoded.take_mono();
        let level = Level::of(&mono);
        let offset = level.dc_offset as f32;
        mono.samples_mut().iter_mut().for_each(|x| *x -= offset);
        let envelope = Envelope::of(&mono);
        let speech = Speech::find(&mono, &envelope);
        Self {
            decoded,
            broken_samples,
            seconds,
            mono,
            level,
            clipping,
            stereo_correlation,
            envelope,
            speech,
        }
    }

    /// Measures, judges and concludes.
    pub(super) fn report(&self) -> Report {
        let measures = self.measures();
        let findings = checks::all(self, &measures);
        Report {
            format: self.decoded.content.name().to_owned(),
            duration_seconds: rounded(self.seconds, 3),
            sample_rate: Some(self.decoded.sample_rate),
            channels: Some(self.decoded.channels),
            measures,
            ..Report::default()
        }
        .conclude(findings)
    }

    fn measures(&self) -> Measures {
        let Self { level, speech, .. } = self;
        let noise = checks::noise::measure(self);
        Measures {
            speech_seconds: rounded(speech.seconds(), 2),
            speech_by: Some(speech.by()),
            leading_silence_seconds: speech.leading_silence().and_then(|seconds| rounded(seconds, 2)),
            longest_pause_seconds: speech.longest_pause().and_then(|seconds| rounded(seconds, 2)),
            peak_dbfs: rounded(crate::audio::dbfs(self.clipping.peak.into()), 2),
            true_peak_dbtp: rounded(level.true_peak_dbtp, 2),
            rms_dbfs: rounded(level.rms_dbfs, 2),
            loudness_lufs: rounded(level.loudness_lufs, 2),
            dc_offset: rounded(level.dc_offset, 5),
            clipped_per_second: rounded(self.clipping.per_second, 2),
            snr_db: noise.and_then(|noise| rounded(noise.snr_db, 1)),
            noise_floor_dbfs: noise.and_then(|noise| rounded(noise.floor_dbfs, 1)),
            bandwidth_hz: checks::bandwidth::measure(self).and_then(|hz| rounded(hz, 0)),
            stereo_correlation: self.stereo_correlation.and_then(|correlation| rounded(correlation, 3)),
        }
    }
}

/// Silences what is not a number or as loud as no sound is; answers how many there were.
fn mend(samples: &mut [f32]) -> usize {
    // Not a number is not below anything.
    let sound = |sample: &f32| sample.abs() <= thresholds::LARGEST_AMPLITUDE;
    let broken = samples.iter().filter(|sample| !sound(sample)).count();
    if broken > 0 {
        samples
            .iter_mut()
            .filter(|sample| !sound(sample))
            .for_each(|sample| *sample = 0.0);
    }
    broken
}
