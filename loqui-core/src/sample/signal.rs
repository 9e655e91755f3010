//! A recording with what all checks need, worked out once.

use super::checks::clipping::Clipping;
use super::envelope::Envelope;
#[cfg(feature = "analysis")]
use super::hearing::{self, Melody, Voices};
use super::report::{Measures, Report, rounded};
use super::speech::Speech;
use super::window::{self, Window};
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
    /// How much of it is louder than its own noise, in seconds, speech or not.
    pub(super) sounding_seconds: f64,
    #[cfg(feature = "analysis")]
    melody: Option<Melody>,
    #[cfg(feature = "analysis")]
    pub(super) voices: Option<Voices>,
    /// The stretch that engines hear.
    pub(super) window: Window,
}

/// Quieter blocks hold nothing that a network could hear (-80 dBFS).
#[cfg(feature = "analysis")]
const INAUDIBLE: f64 = 1e-8;

impl Signal {
    /// RunningPredictions out what all checks need. Of what is too long only the beginning is looked at.
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
        let energy = Speech::by_energy(&envelope);
        let sounding_seconds = energy.seconds();
        #[cfg(feature = "analysis")]
        let (speech, melody, voices) = {
            let audible = envelope.powers().iter().any(|power| *power > INAUDIBLE);
            match audible.then(|| hearing::listen(&mono)).flatten() {
                Some(heard) => {
                    let words = heard.words.iter().map(|word| word.start..word.end);
                    (Speech::by_network(words, &envelope), heard.melody, heard.voices)
                }
                None => (energy, None, None),
            }
        };
        #[cfg(not(feature = "analysis"))]
        let speech = energy;
        let mut this = Self {
            decoded,
            broken_samples,
            seconds,
            mono,
            level,
            clipping,
            stereo_correlation,
            envelope,
            speech,
            sounding_seconds,
            #[cfg(feature = "analysis")]
            melody,
            #[cfg(feature = "analysis")]
            voices,
            window: Window::default(),
        };
        this.window = window::choose(&this);
        this
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
        let window = self.window.seconds();
        let mut measures = Measures {
            speech_seconds: rounded(speech.seconds(), 2),
            speech_ratio: rounded(speech.seconds() / self.mono.seconds(), 3),
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
            reverberation_seconds: noise
                .and_then(|noise| checks::reverb::measure(self, noise.floor_dbfs))
                .and_then(|seconds| rounded(seconds, 2)),
            reference_start_seconds: rounded(window.start, 2),
            reference_end_seconds: rounded(window.end.min(self.mono.seconds()), 2),
            reference_reason: Some(self.window.reason.clone()),
            ..Measures::default()
        };
        self.measure_hearing(&mut measures);
        measures
    }

    #[cfg(feature = "analysis")]
    fn measure_hearing(&self, measures: &mut Measures) {
        if let Some(melody) = self.melody {
            measures.voiced_seconds = rounded(melody.voiced_seconds, 2);
            measures.pitch_step_semitones = rounded(melody.step_semitones, 3);
            measures.held_note_share = rounded(melody.plateau_share, 3);
        }
        if let Some(voices) = &self.voices {
            measures.speaker_similarity = rounded(voices.similarity, 3);
            measures.second_speaker_share = rounded(voices.minority_share, 3);
        }
    }

    #[cfg(not(feature = "analysis"))]
    #[expect(clippy::unused_self, reason = "without networks there is nothing to add")]
    fn measure_hearing(&self, _: &mut Measures) {}
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
