//! The short-time Fourier transform and its inverse, both with a Hann window of 50 ms every 12.5 ms.

use std::f32::consts::TAU;
use std::sync::Arc;

use realfft::num_complex::Complex32;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

use crate::spectra::{BINS, FRAME, HOP};

/// Half a frame. Frames are centred on multiples of the hop, so half a frame precedes the first sample.
const HALF: usize = FRAME / 2;

/// Transforms frames in both directions with reusable buffers.
pub(crate) struct Transform {
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
    window: Vec<f32>,
    frame: Vec<f32>,
    scratch: Vec<Complex32>,
}

impl Transform {
    pub(crate) fn new() -> Self {
        let mut planner = RealFftPlanner::new();
        let forward = planner.plan_fft_forward(FRAME);
        let inverse = planner.plan_fft_inverse(FRAME);
        let scratch = forward.get_scratch_len().max(inverse.get_scratch_len());
        Self {
            forward,
            inverse,
            window: hann(),
            frame: vec![0.0; FRAME],
            scratch: vec![Complex32::default(); scratch],
        }
    }

    /// Writes the spectrum of the frame centred on sample `index * HOP` into `bins`, scaled so that a cosine of
    /// amplitude 1 has magnitude 1. The signal is mirrored at its ends.
    pub(crate) fn analyse(&mut self, signal: &[f32], index: usize, bins: &mut [Complex32]) {
        const SCALE: f32 = 4.0 / FRAME as f32;
        for (offset, (sample, weight)) in self.frame.iter_mut().zip(&self.window).enumerate() {
            *sample = mirrored(signal, index * HOP + offset) * weight * SCALE;
        }
        self.forward
            .process_with_scratch(&mut self.frame, bins, &mut self.scratch)
            .expect("the buffers have the planned lengths");
    }

    /// Adds the frame with spectrum `bins` to `padded`, where frame `index` starts at sample `index * HOP`.
    pub(super) fn add(&mut self, bins: &mut [Complex32], index: usize, padded: &mut [f32]) {
        // The first and the last bin of a real signal are real.
        bins[0].im = 0.0;
        bins[BINS - 1].im = 0.0;
        self.inverse
            .process_with_scratch(bins, &mut self.frame, &mut self.scratch)
            .expect("the buffers have the planned lengths and the end bins are real");
        let place = &mut padded[index * HOP..index * HOP + FRAME];
        for ((sum, sample), weight) in place.iter_mut().zip(&self.frame).zip(&self.window) {
            *sum += sample * weight / FRAME as f32;
        }
    }

    /// Divides by the sum of the overlapping windows and drops half a frame at both ends.
    pub(super) fn finish(&self, mut padded: Vec<f32>, frames: usize) -> Vec<f32> {
        padded.truncate(HALF + frames * HOP);
        for (place, sample) in padded.iter_mut().enumerate().skip(HALF) {
            // The frames that contain this sample, the earliest first.
            let reaching = (place + 1).saturating_sub(FRAME).div_ceil(HOP)..(place / HOP + 1).min(frames);
            let weight = reaching
                .map(|index| self.window[place - index * HOP].powi(2))
                .sum::<f32>();
            *sample /= weight.max(1e-11);
        }
        padded.drain(..HALF);
        padded
    }

    /// Returns the length of the buffer for [`Transform::add`], in samples.
    pub(super) const fn padded_len(frames: usize) -> usize {
        frames * HOP + FRAME
    }
}

/// Returns a periodic Hann window.
fn hann() -> Vec<f32> {
    (0..FRAME)
        .map(|index| 0.5 - 0.5 * (TAU * index as f32 / FRAME as f32).cos())
        .collect()
}

/// Reads the signal with half a frame of its mirror image before and after it, and zeros beyond.
fn mirrored(signal: &[f32], padded_index: usize) -> f32 {
    let index = padded_index.abs_diff(HALF);
    let index = if padded_index >= HALF && index >= signal.len() {
        (2 * signal.len()).wrapping_sub(index + 2)
    } else {
        index
    };
    signal.get(index).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn synthesis_inverts_analysis() {
        let frames = 12;
        let signal: Vec<f32> = (0..frames * HOP)
            .map(|sample| (sample as f32 * 0.05).sin() + 0.3 * (sample as f32 * 0.31).cos())
            .collect();
        let mut transform = Transform::new();
        let mut bins = vec![Complex32::default(); BINS];
        let mut padded = vec![0.0; Transform::padded_len(frames)];
        for index in 0..frames {
            transform.analyse(&signal, index, &mut bins);
            for bin in &mut bins {
                *bin *= FRAME as f32 / 4.0;
            }
            transform.add(&mut bins, index, &mut padded);
        }
        let back = transform.finish(padded, frames);
        assert_eq!(back.len(), signal.len());
        for (index, (a, b)) in signal.iter().zip(&back).enumerate() {
            assert!((a - b).abs() < 1e-4, "sample {index}: {a} became {b}");
        }
    }

    #[test]
    fn mirroring_does_not_repeat_the_edge() {
        let signal = [1.0, 2.0, 3.0, 4.0];
        let around: Vec<f32> = (HALF - 2..HALF + 6).map(|index| mirrored(&signal, index)).collect();
        assert_eq!(around, [3.0, 2.0, 1.0, 2.0, 3.0, 4.0, 3.0, 2.0]);
        assert_eq!(mirrored(&signal, 0).to_bits(), 0.0_f32.to_bits());
        assert_eq!(mirrored(&signal, HALF + 7).to_bits(), 0.0_f32.to_bits());
    }
}
