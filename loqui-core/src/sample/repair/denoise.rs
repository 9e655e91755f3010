//! Noise reduction: the amplitude of each frequency is estimated against the spectrum of the pauses (log-spectral amplitude
//! estimator of Ephraim and Malah, 1985, <https://doi.org/10.1109/TASSP.1985.1164550>).
//!
//! The whole recording is known, so the estimate runs forwards and backwards, and the pauses come from the speech detector.
//! Their level is lowered evenly, so that no tones remain in them.

mod gain;
mod spectrum;

use std::ops::Range;

use gain::LsaGain;
use spectrum::{Frames, Stft};

use crate::audio::Clip;

/// The length of a frame, in seconds.
const FRAME: f64 = 0.032;
/// The smoothing of the signal-to-noise ratio from frame to frame, 0 to 1. Less gives musical noise, more blurs onsets.
const SMOOTHING: f64 = 0.95;
/// The factor on the noise spectrum. The estimate is a mean, and single frames exceed it.
const OVERESTIMATION: f64 = 1.2;
/// The lowest gain within speech, in dB.
const LOWEST_GAIN_DB: f64 = -24.0;
/// The gain of pauses, in dB.
const PAUSE_GAIN_DB: f64 = -20.0;
/// A frame that is this far above the noise counts as speech even if the detector heard none, in dB.
const LOUD_DB: f64 = 12.0;
/// The frames before and after speech that count as speech: words fade in fast and fade out slowly.
const BEFORE: usize = 2;
const AFTER: usize = 6;
/// With fewer frames of noise the quietest frames of each frequency give the spectrum.
const LEAST_NOISE_FRAMES: usize = 20;
/// The share of frames that are quieter than the noise spectrum of such a recording, and the factor to the mean of the noise.
const QUIET_SHARE: f64 = 0.1;
const QUIET_TO_MEAN: f64 = 3.0;

/// The length of a piece and of the margins on both sides, in seconds.
const PIECE: f64 = 30.0;
const MARGIN: f64 = 0.5;

/// Which blocks of 10 ms contain speech, and which certainly none.
#[derive(Clone, Debug)]
pub(super) struct Pauses<'a> {
    pub(super) speech: &'a [bool],
    pub(super) quiet: Vec<bool>,
}

/// Reduces the noise of a recording.
pub(super) fn reduce(clip: &Clip, pauses: &Pauses<'_>) -> Clip {
    let rate = f64::from(clip.sample_rate());
    let stft = Stft::new((FRAME * rate) as usize);
    let noise = noise_spectrum(clip, pauses, &stft);
    let mut samples = Vec::with_capacity(clip.len());
    for piece in pieces(clip) {
        let frames = stft.analyze(&clip.samples()[piece.read.clone()]);
        let cleaned = reduce_piece(
            frames,
            &noise,
            &pauses.frames(&piece, &stft, clip.sample_rate()),
            &stft,
            piece.read.len(),
        );
        let start = piece.write.start - piece.read.start;
        samples.extend_from_slice(&cleaned[start..start + piece.write.len()]);
    }
    Clip::new(samples, clip.sample_rate())
}

/// A part of a recording. It bounds the memory: the spectra of a minute have 100 MB.
struct Piece {
    /// The samples that are analyzed.
    read: Range<usize>,
    /// The samples that are kept. The rest lets the estimate settle.
    write: Range<usize>,
}

fn pieces(clip: &Clip) -> impl Iterator<Item = Piece> {
    let (length, rate) = (clip.len(), f64::from(clip.sample_rate()));
    let (step, margin) = ((PIECE * rate) as usize, (MARGIN * rate) as usize);
    (0..length).step_by(step).map(move |start| {
        let end = (start + step).min(length);
        Piece {
            read: start.saturating_sub(margin)..(end + margin).min(length),
            write: start..end,
        }
    })
}

fn reduce_piece(mut frames: Frames, noise: &[f64], speech: &[bool], stft: &Stft, length: usize) -> Vec<f32> {
    let speech: Vec<bool> = (0..frames.count())
        .map(|frame| speech[frame] || is_loud(&frames, noise, frame))
        .collect();
    let gains = gains(&frames, noise);
    let (lowest, pause) = (from_db(LOWEST_GAIN_DB), from_db(PAUSE_GAIN_DB));
    for (frame, presence) in presence(&speech).into_iter().enumerate() {
        let floor = pause.powf(1.0 - presence);
        for (bin, gain) in frames.bins_mut(frame).iter_mut().zip(&gains[frame]) {
            *bin *= floor
                * if presence < 1.0 {
                    gain.max(lowest).powf(presence)
                } else {
                    gain.max(lowest)
                };
        }
    }
    stft.synthesize(&frames, length)
}

impl Pauses<'_> {
    /// Returns for each frame of a piece whether it is speech.
    fn frames(&self, piece: &Piece, stft: &Stft, rate: u32) -> Vec<bool> {
        let at = |frame| flag(self.speech, piece, stft.middle(frame), rate);
        (0..stft.count(piece.read.len())).map(at).collect()
    }
}

/// Returns the flag of the block that contains a sample of a piece.
fn flag(blocks: &[bool], piece: &Piece, sample: f64, rate: u32) -> bool {
    let block = (piece.read.start as f64 + sample) * 100.0 / f64::from(rate);
    blocks
        .get(block as usize)
        .or_else(|| blocks.last())
        .copied()
        .unwrap_or(false)
}

fn from_db(gain_db: f64) -> f32 {
    10_f64.powf(gain_db / 20.0) as f32
}

/// Returns the mean power of the noise at each frequency.
fn noise_spectrum(clip: &Clip, pauses: &Pauses<'_>, stft: &Stft) -> Vec<f64> {
    let (mut sum, mut count) = (vec![0.0; stft.width()], 0);
    for piece in pieces(clip) {
        let frames = stft.analyze(&clip.samples()[piece.read.clone()]);
        let is_quiet = |frame: &usize| flag(&pauses.quiet, &piece, stft.middle(*frame), clip.sample_rate());
        for frame in (0..frames.count()).filter(is_quiet) {
            let bins = frames.bins(frame).iter();
            sum.iter_mut()
                .zip(bins)
                .for_each(|(sum, bin)| *sum += f64::from(bin.norm_sqr()));
            count += 1;
        }
    }
    let noise: Vec<f64> = if count >= LEAST_NOISE_FRAMES {
        sum.iter().map(|sum| sum / count as f64).collect()
    } else {
        quietest(clip, stft)
    };
    // The floor keeps digital silence from a division by zero.
    noise.iter().map(|power| power.max(1e-12) * OVERESTIMATION).collect()
}

/// Estimates the noise of a recording without pauses from the quietest moments of each frequency.
fn quietest(clip: &Clip, stft: &Stft) -> Vec<f64> {
    let Some(piece) = pieces(clip).next() else {
        return vec![0.0; stft.width()];
    };
    let frames = stft.analyze(&clip.samples()[piece.read]);
    let index = (frames.count() as f64 * QUIET_SHARE) as usize;
    let at = |bin: usize| -> f64 {
        let mut powers: Vec<f32> = (0..frames.count())
            .map(|frame| frames.bins(frame)[bin].norm_sqr())
            .collect();
        f64::from(*powers.select_nth_unstable_by(index, f32::total_cmp).1) * QUIET_TO_MEAN
    };
    (0..stft.width()).map(at).collect()
}

/// Returns whether a frame is far above the noise.
fn is_loud(frames: &Frames, noise: &[f64], frame: usize) -> bool {
    let power: f64 = frames.bins(frame).iter().map(|bin| f64::from(bin.norm_sqr())).sum();
    power > noise.iter().sum::<f64>() * 10_f64.powf(LOUD_DB / 10.0)
}

/// Returns how much of each frame is speech, 0 to 1, with margins and soft edges.
fn presence(speech: &[bool]) -> Vec<f32> {
    let wide: Vec<f32> = (0..speech.len())
        .map(|frame| {
            let near = frame.saturating_sub(AFTER)..(frame + BEFORE + 1).min(speech.len());
            f32::from(u8::from(speech[near].contains(&true)))
        })
        .collect();
    (0..wide.len())
        .map(|frame| {
            let near = &wide[frame.saturating_sub(1)..(frame + 2).min(wide.len())];
            near.iter().sum::<f32>() / near.len() as f32
        })
        .collect()
}

/// Returns the gain of each frequency in each frame: the geometric mean of a forward and a backward estimate.
fn gains(frames: &Frames, noise: &[f64]) -> Vec<Vec<f32>> {
    let table = LsaGain::new();
    let estimate = |order: &mut dyn Iterator<Item = usize>, all: &mut Vec<Vec<f32>>| {
        let mut before = vec![0.0; noise.len()];
        for frame in order {
            for (bin, (noise, before)) in noise.iter().zip(&mut before).enumerate() {
                let posterior = f64::from(frames.bins(frame)[bin].norm_sqr()) / noise;
                let prior = SMOOTHING * *before + (1.0 - SMOOTHING) * (posterior - 1.0).max(0.0);
                let gain = table.of(prior, posterior);
                *before = gain * gain * posterior;
                all[frame][bin] *= gain.sqrt() as f32;
            }
        }
    };
    let mut all = vec![vec![1.0; noise.len()]; frames.count()];
    estimate(&mut (0..frames.count()), &mut all);
    estimate(&mut (0..frames.count()).rev(), &mut all);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::testing::{noise, voice};
    use crate::audio::wav;

    fn power(samples: &[f32]) -> f64 {
        samples.iter().map(|x| f64::from(x * x)).sum::<f64>() / samples.len() as f64
    }

    /// The ratio of the original in a recording to the rest, in dB, at the level that fits best (Le Roux and others, 2019,
    /// <https://arxiv.org/abs/1811.02508>).
    fn si_sdr(clip: &[f32], original: &[f32]) -> f64 {
        let dot: f64 = clip.iter().zip(original).map(|(a, b)| f64::from(a * b)).sum();
        let scale = dot / original.iter().map(|x| f64::from(x * x)).sum::<f64>();
        let error: Vec<f32> = clip.iter().zip(original).map(|(a, b)| a - b * scale as f32).collect();
        10.0 * (scale * scale * power(original) / power(&error)).log10()
    }

    #[test]
    fn noise_is_reduced_and_speech_comes_closer_to_the_original() {
        for name in ["heart.wav", "rms.wav", "slt.wav"] {
            let original = wav::read(&voice(name)).unwrap();
            let hiss = noise(original.len(), 9);
            let gain = (power(original.samples()) / power(&hiss) / 10.0).sqrt() as f32;
            let dirty: Vec<f32> = original
                .samples()
                .iter()
                .zip(&hiss)
                .map(|(x, n)| x + gain * n)
                .collect();
            let rate = original.sample_rate() as usize;
            let blocks = original.samples().chunks(rate / 100);
            let speech: Vec<bool> = blocks.map(|block| power(block) > 1e-6).collect();
            let pauses = Pauses {
                quiet: speech.iter().map(|speech| !speech).collect(),
                speech: &speech,
            };
            let dirty = Clip::new(dirty, original.sample_rate());
            let clean = reduce(&dirty, &pauses);
            assert_eq!(clean.len(), dirty.len());
            let [before, after] = [&dirty, &clean].map(|clip| si_sdr(clip.samples(), original.samples()));
            assert!(after > before + 4.0, "{name}: {before} to {after} dB");
        }
    }

    #[test]
    fn silence_and_very_short_recordings_stay_finite() {
        let pauses = Pauses {
            speech: &[],
            quiet: Vec::new(),
        };
        for length in [0, 1, 100, 5_000] {
            let clip = reduce(&Clip::new(vec![0.0; length], 8_000), &pauses);
            assert_eq!(clip.len(), length);
            assert!(clip.samples().iter().all(|x| x.is_finite()));
        }
    }
}
