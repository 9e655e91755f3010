//! Mel power spectra as in librosa 0.11, the input of the speaker network.
//!
//! They equal `librosa.feature.melspectrogram(sr=16000, n_fft=400, hop_length=160, n_mels=40)` with
//! its defaults: power, centred frames over zero padding, a periodic Hann window, the mel scale of
//! Slaney, and area normalization.

use std::f64::consts::PI;
use std::ops::Range;
use std::sync::Arc;

use realfft::{RealFftPlanner, RealToComplex};

use crate::SAMPLE_RATE;

/// The samples from one frame to the next: 10 ms.
pub(super) const HOP: usize = 160;

/// The number of bands of a frame.
pub(super) const BANDS: usize = 40;

/// The samples of a frame: 25 ms.
const FRAME: usize = 400;

/// A triangular filter over the bins of the spectrum.
struct Filter {
    first_bin: usize,
    weights: Vec<f32>,
}

/// Computes mel spectra.
pub(super) struct Spectrum {
    fft: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    filters: Vec<Filter>,
}

impl Default for Spectrum {
    fn default() -> Self {
        Self {
            fft: RealFftPlanner::new().plan_fft_forward(FRAME),
            window: (0..FRAME)
                .map(|n| (0.5 - 0.5 * (2.0 * PI * n as f64 / FRAME as f64).cos()) as f32)
                .collect(),
            filters: filters(),
        }
    }
}

impl Spectrum {
    /// Returns the frames of a range. Frame `i` is centred on sample `i * HOP`.
    ///
    /// `read(from, into)` fills `into` with the samples from index `from` on, which may be negative.
    pub(super) fn frames(&self, range: Range<usize>, read: impl Fn(isize, &mut [f32])) -> Vec<[f32; BANDS]> {
        let Some(hops) = range.len().checked_sub(1) else {
            return Vec::new();
        };
        let mut samples = vec![0.0; hops * HOP + FRAME];
        read(
            (range.start * HOP).cast_signed() - (FRAME / 2).cast_signed(),
            &mut samples,
        );

        let mut windowed = self.fft.make_input_vec();
        let mut spectrum = self.fft.make_output_vec();
        let mut scratch = self.fft.make_scratch_vec();
        samples
            .windows(FRAME)
            .step_by(HOP)
            .map(|frame| {
                for ((slot, x), weight) in windowed.iter_mut().zip(frame).zip(&self.window) {
                    *slot = x * weight;
                }
                self.fft
                    .process_with_scratch(&mut windowed, &mut spectrum, &mut scratch)
                    .expect("the buffers have the planned lengths");
                std::array::from_fn(|band| {
                    let filter = &self.filters[band];
                    filter
                        .weights
                        .iter()
                        .zip(&spectrum[filter.first_bin..])
                        .map(|(weight, bin)| weight * bin.norm_sqr())
                        .sum()
                })
            })
            .collect()
    }
}

fn filters() -> Vec<Filter> {
    let top = hz_to_mel(f64::from(SAMPLE_RATE) / 2.0);
    let edge = |index: usize| mel_to_hz(top * index as f64 / (BANDS + 1) as f64);
    let bin_hz = f64::from(SAMPLE_RATE) / FRAME as f64;
    (0..BANDS)
        .map(|band| {
            let (low, middle, high) = (edge(band), edge(band + 1), edge(band + 2));
            let weight = |bin: usize| {
                let hz = bin as f64 * bin_hz;
                let slope = ((hz - low) / (middle - low))
                    .min((high - hz) / (high - middle))
                    .max(0.0);
                (slope * 2.0 / (high - low)) as f32
            };
            let first_bin = (low / bin_hz).floor() as usize;
            let end = ((high / bin_hz).ceil() as usize + 1).min(FRAME / 2 + 1);
            Filter {
                first_bin,
                weights: (first_bin..end).map(weight).collect(),
            }
        })
        .collect()
}

/// The mel scale of Slaney (Auditory Toolbox): linear up to 1 kHz, logarithmic above.
const LINEAR_HZ_PER_MEL: f64 = 200.0 / 3.0;
const KNEE_HZ: f64 = 1_000.0;
const KNEE_MEL: f64 = KNEE_HZ / LINEAR_HZ_PER_MEL;

/// 27 mels per factor of 6.4.
fn log_step() -> f64 {
    6.4_f64.ln() / 27.0
}

fn hz_to_mel(hz: f64) -> f64 {
    if hz < KNEE_HZ {
        hz / LINEAR_HZ_PER_MEL
    } else {
        KNEE_MEL + (hz / KNEE_HZ).ln() / log_step()
    }
}

fn mel_to_hz(mel: f64) -> f64 {
    if mel < KNEE_MEL {
        mel * LINEAR_HZ_PER_MEL
    } else {
        KNEE_HZ * ((mel - KNEE_MEL) * log_step()).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals;

    fn spectra(samples: &[f32], range: Range<usize>) -> Vec<[f32; BANDS]> {
        Spectrum::default().frames(range, |from, into| {
            for (index, slot) in into.iter_mut().enumerate() {
                let at = from + index.cast_signed();
                *slot = usize::try_from(at)
                    .ok()
                    .and_then(|at| samples.get(at))
                    .copied()
                    .unwrap_or(0.0);
            }
        })
    }

    #[test]
    fn mel_scale_is_invertible() {
        for hz in [0.0, 440.0, 999.0, 1_000.0, 3_500.0, 8_000.0] {
            assert!((mel_to_hz(hz_to_mel(hz)) - hz).abs() < 1e-9);
        }
        assert!((hz_to_mel(8_000.0) - 45.245_640_471_924_965).abs() < 1e-9); // librosa.hz_to_mel(8000)
    }

    #[test]
    fn a_tone_is_in_its_band() {
        let spectrum = spectra(&signals::tone(0.5, 1_000.0, 0.5), 20..21)[0];
        let loudest = (0..BANDS).max_by(|&a, &b| spectrum[a].total_cmp(&spectrum[b])).unwrap();
        assert_eq!(loudest, 13); // centre 1,031 Hz; the one below is at 956
    }

    #[test]
    fn frames_do_not_depend_on_the_requested_range() {
        let noise = signals::noise(1.0, 0.3, 3);
        let all = spectra(&noise, 0..101);
        assert_eq!(all[37..60], spectra(&noise, 37..60));
        assert!(spectra(&noise, 5..5).is_empty());
    }
}
