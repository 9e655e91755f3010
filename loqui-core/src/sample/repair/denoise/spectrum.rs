//! The short-time spectrum of a recording, and the way back.

use std::sync::Arc;

use realfft::num_complex::Complex32;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

/// The number of frames that overlap at each sample.
const OVERLAP: usize = 4;

/// The transformation between samples and spectra.
pub(super) struct Stft {
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
    window: Vec<f32>,
    hop: usize,
}

/// The spectra of the frames of a recording.
pub(super) struct Frames {
    bins: Vec<Complex32>,
    width: usize,
}

impl Frames {
    pub(super) fn count(&self) -> usize {
        self.bins.len() / self.width
    }

    pub(super) fn bins(&self, frame: usize) -> &[Complex32] {
        &self.bins[frame * self.width..(frame + 1) * self.width]
    }

    pub(super) fn bins_mut(&mut self, frame: usize) -> &mut [Complex32] {
        &mut self.bins[frame * self.width..(frame + 1) * self.width]
    }
}

impl Stft {
    /// Creates a transformation with frames of about `length` samples.
    pub(super) fn new(length: usize) -> Self {
        let hop = length.div_ceil(2 * OVERLAP).max(2) * 2;
        let length = hop * OVERLAP;
        let mut planner = RealFftPlanner::new();
        Self {
            forward: planner.plan_fft_forward(length),
            inverse: planner.plan_fft_inverse(length),
            // The square root of a Hann window, for both directions.
            window: (0..length)
                .map(|n| (std::f32::consts::PI * n as f32 / length as f32).sin())
                .collect(),
            hop,
        }
    }

    /// Returns the sample in the middle of a frame. The first frames start before the recording.
    pub(super) fn middle(&self, frame: usize) -> f64 {
        let middle = (frame * self.hop + self.window.len() / 2) as f64 - self.padding() as f64;
        middle.max(0.0)
    }

    /// Returns the number of frames of a recording.
    pub(super) fn count(&self, samples: usize) -> usize {
        (samples + self.padding()).div_ceil(self.hop)
    }

    /// Returns the number of frequencies.
    pub(super) fn width(&self) -> usize {
        self.window.len() / 2 + 1
    }

    fn padding(&self) -> usize {
        self.window.len() - self.hop
    }

    pub(super) fn analyze(&self, samples: &[f32]) -> Frames {
        let (length, padding) = (self.window.len(), self.padding());
        let count = self.count(samples.len());
        let (mut input, mut output) = (self.forward.make_input_vec(), self.forward.make_output_vec());
        let mut scratch = self.forward.make_scratch_vec();
        let mut bins = Vec::with_capacity(count * output.len());
        for frame in 0..count {
            for (n, slot) in (0..length).zip(&mut input) {
                let sample = (frame * self.hop + n).checked_sub(padding);
                let sample = sample.and_then(|index| samples.get(index)).copied().unwrap_or(0.0);
                *slot = sample * self.window[n];
            }
            self.forward
                .process_with_scratch(&mut input, &mut output, &mut scratch)
                .expect("all buffers come from the plan");
            bins.extend_from_slice(&output);
        }
        Frames {
            bins,
            width: output.len(),
        }
    }

    /// Returns the first `count` samples of a recording with these spectra.
    pub(super) fn synthesize(&self, frames: &Frames, count: usize) -> Vec<f32> {
        let (length, padding) = (self.window.len(), self.padding());
        let mut sum = vec![0.0; frames.count() * self.hop + length];
        let (mut input, mut output) = (self.inverse.make_input_vec(), self.inverse.make_output_vec());
        let mut scratch = self.inverse.make_scratch_vec();
        // The squares of the overlapping windows add up to half their number.
        let scale = 2.0 / (OVERLAP * length) as f32;
        for frame in 0..frames.count() {
            input.copy_from_slice(frames.bins(frame));
            // The first and the last bin of a real signal are real.
            let last = input.len() - 1;
            for edge in [0, last] {
                input[edge].im = 0.0;
            }
            self.inverse
                .process_with_scratch(&mut input, &mut output, &mut scratch)
                .expect("all buffers come from the plan, and the edges are real");
            for (n, x) in output.iter().enumerate() {
                sum[frame * self.hop + n] += x * self.window[n] * scale;
            }
        }
        sum.drain(..padding);
        sum.truncate(count);
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::testing::noise;

    #[test]
    fn spectra_give_the_recording_back() {
        for (length, count) in [(256, 5_000), (353, 1_000), (512, 10), (64, 0)] {
            let samples = noise(count, 3);
            let stft = Stft::new(length);
            let back = stft.synthesize(&stft.analyze(&samples), count);
            let worst = samples
                .iter()
                .zip(&back)
                .map(|(a, b)| (a - b).abs())
                .fold(0.0, f32::max);
            assert!(back.len() == count && worst < 1e-4, "{length}, {count}: {worst}");
        }
    }
}
