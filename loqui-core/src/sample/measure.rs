//! Measures a recording, without judging it.

mod bandwidth;
mod clipping;
mod envelope;
#[cfg(feature = "analysis")]
mod networks;
mod noise;
mod reverberation;
mod speech;
mod window;

use std::ops::Range;

use clipping::Clipping;
use envelope::Envelope;
#[cfg(feature = "analysis")]
use networks::{PitchStatistics, SpeakerSplit};
use noise::Noise;
use speech::SpeechMask;
use window::Window;

use super::report::{Measures, rounded};
use super::thresholds;
use crate::audio::channels::{self, Reason};
use crate::audio::{Clip, Content, Decoded, Level, Part, Remark};

/// The measured values of a recording: everything that the checks judge.
#[derive(Clone, Debug)]
pub(super) struct Measured {
    /// The values that the report shows.
    pub(super) measures: Measures,
    /// The length of the whole recording, in seconds.
    pub(super) seconds: f64,
    /// The part that was analyzed, in seconds.
    pub(super) analyzed: Range<f64>,
    /// The sample rate of the file, in Hz.
    pub(super) sample_rate: u32,
    /// Samples that are not finite or far above full scale.
    pub(super) invalid_samples: usize,
    /// The file ends before the audio does.
    pub(super) truncated: bool,
    /// Decoding stopped at a limit before the end.
    pub(super) capped: bool,
    /// The length that the file declares, in seconds.
    pub(super) declared_seconds: Option<f64>,
    /// What is unusual about the file.
    pub(super) remarks: Vec<Remark>,
    /// The names of the channels that carry the voice.
    pub(super) voice_channels: Vec<String>,
    /// The reason why other channels are left out.
    pub(super) left_out: Reason,
    /// Clipped samples, as a share of all samples of the worst channel.
    pub(super) clipped_share: f64,
    /// The time that is louder than the noise, speech or not, in seconds.
    pub(super) sounding_seconds: f64,
}

/// A decoded recording with the intermediate results that several measures share.
#[derive(Debug)]
pub(super) struct Signal {
    pub(super) content: Content,
    pub(super) sample_rate: u32,
    pub(super) channels: u16,
    /// The channels that carry the voice, counted from 0.
    pub(super) voice_channels: Vec<u16>,
    left_out: Reason,
    mask: Option<u32>,
    remarks: Vec<Remark>,
    truncated: bool,
    capped: bool,
    declared_seconds: Option<f64>,
    invalid_samples: usize,
    /// The length of the whole recording, in seconds.
    pub(super) seconds: f64,
    /// The first frame of the part that was analyzed.
    pub(super) start: u64,
    /// The voice in the part that was analyzed, in mono and without DC offset.
    pub(super) mono: Clip,
    /// The DC offset that was removed, full scale is 1.0.
    pub(super) offset: f32,
    /// The level of the mono mix before the offset was removed.
    level: Level,
    pub(super) clipping: Clipping,
    /// The correlation of left and right. Absent for mono.
    stereo_correlation: Option<f64>,
    pub(super) envelope: Envelope,
    pub(super) speech: SpeechMask,
    sounding_seconds: f64,
    #[cfg(feature = "analysis")]
    pitch: Option<PitchStatistics>,
    #[cfg(feature = "analysis")]
    speakers: Option<SpeakerSplit>,
    /// The excerpt that engines receive.
    pub(super) window: Window,
}

/// The power below which the networks detect nothing (-80 dBFS).
#[cfg(feature = "analysis")]
const INAUDIBLE: f64 = 1e-8;

impl Signal {
    /// Computes the shared results.
    pub(super) fn of(part: Part) -> Self {
        let Part {
            mut decoded,
            start,
            frames,
        } = part;
        let seconds = frames as f64 / f64::from(decoded.sample_rate);
        let count = decoded.channels;
        let invalid_samples = silence_invalid(&mut decoded.samples);
        let choice = channels::choose(&decoded);
        decoded.keep(&choice.channels);
        let clipping = Clipping::of(&decoded);
        let all: Vec<u16> = (0..decoded.channels).collect();
        let mut mono = decoded.take_mono(&all);
        let level = Level::of(&mono);
        let offset = level.dc_offset as f32;
        remove_offset(&mut mono, offset);
        let envelope = Envelope::of(&mono);
        let energy = SpeechMask::by_energy(&envelope);
        let sounding_seconds = energy.seconds();
        #[cfg(feature = "analysis")]
        let (speech, pitch, speakers) = {
            let audible = envelope.powers().iter().any(|power| *power > INAUDIBLE);
            match audible.then(|| networks::run(&mono)).flatten() {
                Some(results) => {
                    let spans = results.speech.iter().map(|segment| segment.start..segment.end);
                    (
                        SpeechMask::by_network(spans, &envelope),
                        results.pitch,
                        results.speakers,
                    )
                }
                None => (energy, None, None),
            }
        };
        #[cfg(not(feature = "analysis"))]
        let speech = energy;
        let mut this = Self {
            content: decoded.content,
            sample_rate: decoded.sample_rate,
            channels: count,
            voice_channels: choice.channels,
            left_out: choice.reason,
            mask: decoded.mask,
            remarks: decoded.remarks,
            truncated: decoded.truncated,
            capped: decoded.capped,
            declared_seconds: decoded.declared_seconds,
            invalid_samples,
            seconds,
            start,
            mono,
            offset,
            level,
            clipping,
            stereo_correlation: choice.correlation,
            envelope,
            speech,
            sounding_seconds,
            #[cfg(feature = "analysis")]
            pitch,
            #[cfg(feature = "analysis")]
            speakers,
            window: Window::default(),
        };
        this.window = window::choose(&this);
        this
    }

    /// Returns the samples of `mono` that engines receive.
    pub(super) fn excerpt(&self) -> Range<usize> {
        self.envelope.span(self.window.blocks.clone())
    }

    /// Returns for each block of 10 ms whether it contains speech, and whether it certainly contains none.
    pub(super) fn pauses(&self) -> (Vec<bool>, Vec<bool>) {
        let mut quiet = vec![false; self.speech.mask().len()];
        self.speech.quiet_blocks().for_each(|block| quiet[block] = true);
        (self.speech.mask().to_vec(), quiet)
    }

    /// Measures the noise of a clip that has its words at the same times as this recording.
    pub(super) fn noise_of(&self, clip: &Clip) -> Option<Noise> {
        noise::measure(&Envelope::of(clip), &self.speech)
    }

    /// Returns the samples of the best excerpt of at most this length. It is empty without speech.
    pub(super) fn best_excerpt(&self, seconds: f64) -> Range<usize> {
        window::within(self, seconds)
    }

    /// Returns the start of the part that was analyzed, in seconds.
    pub(super) fn start_seconds(&self) -> f64 {
        self.start as f64 / f64::from(self.sample_rate)
    }

    /// Measures everything that the checks judge.
    pub(super) fn measure(&self) -> Measured {
        Measured {
            measures: self.measures(),
            seconds: self.seconds,
            analyzed: self.start_seconds()..self.start_seconds() + self.mono.seconds(),
            sample_rate: self.sample_rate,
            invalid_samples: self.invalid_samples,
            truncated: self.truncated,
            capped: self.capped,
            declared_seconds: self.declared_seconds,
            remarks: self.remarks.clone(),
            voice_channels: self
                .voice_channels
                .iter()
                .map(|channel| channels::name(*channel, self.channels, self.mask))
                .collect(),
            left_out: self.left_out,
            clipped_share: self.clipping.share,
            sounding_seconds: self.sounding_seconds,
        }
    }

    fn measures(&self) -> Measures {
        let Self { level, speech, .. } = self;
        let noise = noise::measure(&self.envelope, speech);
        let (window, start) = (self.window.seconds(), self.start_seconds());
        let mut measures = Measures {
            speech_seconds: rounded(speech.seconds(), 2),
            speech_ratio: rounded(speech.seconds() / self.mono.seconds(), 3),
            speech_by: Some(speech.by()),
            // The part of a long recording starts anywhere.
            leading_silence_seconds: (self.start == 0)
                .then(|| speech.leading_silence())
                .flatten()
                .and_then(|seconds| rounded(seconds, 2)),
            longest_pause_seconds: speech.longest_pause().and_then(|seconds| rounded(seconds, 2)),
            peak_dbfs: rounded(crate::audio::dbfs(self.clipping.peak.into()), 2),
            true_peak_dbtp: rounded(level.true_peak_dbtp, 2),
            rms_dbfs: rounded(level.rms_dbfs, 2),
            loudness_lufs: rounded(level.loudness_lufs, 2),
            dc_offset: rounded(level.dc_offset, 5),
            clipped_per_second: rounded(self.clipping.per_second, 2),
            snr_db: noise.and_then(|noise| rounded(noise.snr_db, 1)),
            noise_floor_dbfs: noise.and_then(|noise| rounded(noise.floor_dbfs, 1)),
            bandwidth_hz: bandwidth::measure(self).and_then(|hz| rounded(hz, 0)),
            stereo_correlation: self.stereo_correlation.and_then(|correlation| rounded(correlation, 3)),
            modulation_ratio: reverberation::measure(self).and_then(|ratio| rounded(ratio, 2)),
            reference_start_seconds: rounded(start + window.start, 2),
            reference_end_seconds: rounded(start + window.end.min(self.mono.seconds()), 2),
            reference_reason: Some(self.window.reason.clone()),
            ..Measures::default()
        };
        self.add_network_measures(&mut measures);
        measures
    }

    #[cfg(feature = "analysis")]
    fn add_network_measures(&self, measures: &mut Measures) {
        if let Some(pitch) = self.pitch {
            measures.voiced_seconds = rounded(pitch.voiced_seconds, 2);
            measures.pitch_step_semitones = rounded(pitch.step_semitones, 3);
            measures.held_note_share = rounded(pitch.plateau_share, 3);
        }
        if let Some(speakers) = &self.speakers {
            measures.speaker_similarity = rounded(speakers.similarity, 3);
            measures.second_speaker_share = rounded(speakers.minority_share, 3);
        }
    }

    #[cfg(not(feature = "analysis"))]
    #[expect(clippy::unused_self, reason = "without networks there is nothing to add")]
    fn add_network_measures(&self, _: &mut Measures) {}
}

/// Returns a part of a recording in mono as [`Signal::of`] makes it, from these channels and without this DC offset.
pub(super) fn mono_without_offset(mut decoded: Decoded, channels: &[u16], offset: f32) -> Clip {
    silence_invalid(&mut decoded.samples);
    let mut mono = decoded.take_mono(channels);
    remove_offset(&mut mono, offset);
    mono
}

fn remove_offset(mono: &mut Clip, offset: f32) {
    mono.samples_mut().iter_mut().for_each(|x| *x -= offset);
}

/// Sets invalid samples to zero and returns their number.
fn silence_invalid(samples: &mut [f32]) -> usize {
    // Comparisons with NaN are false.
    let valid = |sample: &f32| sample.abs() <= thresholds::LARGEST_AMPLITUDE;
    let invalid = samples.iter().filter(|sample| !valid(sample)).count();
    if invalid > 0 {
        samples
            .iter_mut()
            .filter(|sample| !valid(sample))
            .for_each(|sample| *sample = 0.0);
    }
    invalid
}
