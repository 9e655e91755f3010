//! The first layer of the speech network: the magnitudes of four overlapping frames of a window.
//!
//! The network computes them as a matrix product, which takes as long as the rest of it. A Fourier transform gives the same
//! values in a fraction of the time.

use std::f32::consts::PI;
use std::sync::Arc;

use realfft::num_complex::Complex32;
use realfft::{RealFftPlanner, RealToComplex};

/// The samples in a frame, and from one frame to the next.
const FRAME: usize = 256;
const HOP: usize = FRAME / 2;

/// The number of magnitudes of a frame.
pub(super) const BINS: usize = FRAME / 2 + 1;

/// The number of frames of a window with its context.
pub(super) const FRAMES: usize = 4;

/// Computes magnitude spectra in reusable buffers.
pub(super) struct Spectrum {
    fft: Arc<dyn RealToComplex<f32>>,
    /// A periodic Hann window.
    taper: [f32; FRAME],
    frame: Vec<f32>,
    bins: Vec<Complex32>,
    scratch: Vec<Complex32>,
}

impl Spectrum {
    pub(super) fn new() -> Self {
        let fft = RealFftPlanner::new().plan_fft_forward(FRAME);
        Self {
            taper: std::array::from_fn(|at| 0.5 - 0.5 * (2.0 * PI * at as f32 / FRAME as f32).cos()),
            frame: fft.make_input_vec(),
            bins: fft.make_output_vec(),
            scratch: fft.make_scratch_vec(),
            fft,
        }
    }

    /// Writes the magnitudes of the frames of `input`, bin by bin, with [`FRAMES`] values per bin. After its end the input
    /// is mirrored.
    pub(super) fn magnitudes(&mut self, input: &[f32], into: &mut [f32]) {
        let last = input.len() - 1;
        for frame in 0..FRAMES {
            for (at, (slot, taper)) in self.frame.iter_mut().zip(&self.taper).enumerate() {
                let position = frame * HOP + at;
                let position = if position > last { 2 * last - position } else { position };
                *slot = input[position] * taper;
            }
            self.fft
                .process_with_scratch(&mut self.frame, &mut self.bins, &mut self.scratch)
                .expect("the buffers have the planned lengths");
            for (bin, value) in self.bins.iter().enumerate() {
                into[bin * FRAMES + frame] = value.norm();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_is_in_its_bin_in_all_frames() {
        // Sixteen periods per frame. With the window, an amplitude of 1 has a quarter of the frame length as its magnitude.
        let tone: Vec<f32> = (0..576).map(|at| (2.0 * PI * at as f32 / 16.0).cos()).collect();
        let mut magnitudes = vec![0.0; BINS * FRAMES];
        Spectrum::new().magnitudes(&tone, &mut magnitudes);
        for frame in 0..FRAMES {
            assert!((magnitudes[16 * FRAMES + frame] - 64.0).abs() < 3.0, "{magnitudes:?}");
            assert!(magnitudes[40 * FRAMES + frame] < 1.0, "{magnitudes:?}");
        }
    }
}
