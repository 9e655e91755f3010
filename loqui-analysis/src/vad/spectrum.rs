//! What the speech network hears first: the magnitudes of four overlapping frames of a window.
//!
//! The network would work them out itself, as a product of matrices that costs as much as all the rest of it; a Fourier
//! transform gives the same numbers for a fraction.

use std::f32::consts::PI;
use std::sync::Arc;

use realfft::num_complex::Complex32;
use realfft::{RealFftPlanner, RealToComplex};

/// Samples in a frame, and from one frame to the next.
const FRAME: usize = 256;
const HOP: usize = FRAME / 2;

/// Magnitudes of a frame.
pub(super) const BINS: usize = FRAME / 2 + 1;

/// Frames of a window with what stands in front of it.
pub(super) const FRAMES: usize = 4;

/// Computes magnitude spectra in reusable buffers.
pub(super) struct Spectrum {
    fft: Arc<dyn RealToComplex<f32>>,
    /// Hann, periodic.
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

    /// Writes the magnitudes of the frames in `heard`, bin by bin with its [`FRAMES`] frames side by side. Behind its end
    /// `heard` goes on as it went before, mirrored.
    pub(super) fn magnitudes(&mut self, heard: &[f32], into: &mut [f32]) {
        let last = heard.len() - 1;
        for frame in 0..FRAMES {
            for (at, (slot, taper)) in self.frame.iter_mut().zip(&self.taper).enumerate() {
                let place = frame * HOP + at;
                let place = if place > last { 2 * last - place } else { place };
                *slot = heard[place] * taper;
            }
            self.fft
                .process_with_scratch(&mut self.frame, &mut self.bins, &mut self.scratch)
                .expect("the plan made these buffers to its own size");
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
    fn a_tone_stands_in_its_bin_in_every_frame() {
        // Sixteen periods in a frame; by the window, a quarter of the frame's length for an amplitude of one.
        let tone: Vec<f32> = (0..576).map(|at| (2.0 * PI * at as f32 / 16.0).cos()).collect();
        let mut magnitudes = vec![0.0; BINS * FRAMES];
        Spectrum::new().magnitudes(&tone, &mut magnitudes);
        for frame in 0..FRAMES {
            assert!((magnitudes[16 * FRAMES + frame] - 64.0).abs() < 3.0, "{magnitudes:?}");
            assert!(magnitudes[40 * FRAMES + frame] < 1.0, "{magnitudes:?}");
        }
    }
}
