//! The pitch of one frame by YIN, computed with FFTs (de Cheveigné and Kawahara, 2002,
//! <https://doi.org/10.1121/1.1458024>).

use std::sync::Arc;

use realfft::num_complex::Complex32;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

use crate::SAMPLE_RATE;

/// The samples that are compared with shifted ones: 32 ms, about two periods of the lowest voice.
const COMPARED: usize = 512;

/// The shortest and the longest period in samples: 600 Hz and 60 Hz, [`super::PITCH_RANGE_HZ`].
const SHORTEST: usize = SAMPLE_RATE as usize / 600;
const LONGEST: usize = SAMPLE_RATE as usize / 60 + 1;

/// The samples of a frame, 49 ms, with one lag more than the longest for interpolation.
pub(super) const REACH: usize = COMPARED + LONGEST + 1;

/// A power of two above `REACH`, so that the circular correlation does not wrap.
const FFT: usize = 1024;

/// A dip within this distance of the deepest one is chosen if its period is shorter.
///
/// A sound with the period T also repeats every 2T, often slightly better, but the perceived period
/// is T.
const OCTAVE_TOLERANCE: f32 = 0.08;

/// The estimate for one frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct Estimate {
    /// The most likely fundamental frequency in Hz.
    pub(super) hz: f32,
    /// The value of the dip: 0 for perfect repetition, about 1 for none.
    pub(super) aperiodicity: f32,
    /// The mean power without the DC offset.
    pub(super) power: f32,
}

/// Estimates the pitch of frames with reusable buffers.
pub(super) struct Yin {
    forward: Arc<dyn RealToComplex<f32>>,
    backward: Arc<dyn ComplexToReal<f32>>,
    centred: Vec<f32>,
    time: Vec<f32>,
    head: Vec<Complex32>,
    whole: Vec<Complex32>,
    scratch: Vec<Complex32>,
    dips: Vec<f32>,
}

impl Default for Yin {
    fn default() -> Self {
        let mut planner = RealFftPlanner::new();
        let (forward, backward) = (planner.plan_fft_forward(FFT), planner.plan_fft_inverse(FFT));
        Self {
            centred: vec![0.0; REACH],
            time: forward.make_input_vec(),
            head: forward.make_output_vec(),
            whole: forward.make_output_vec(),
            scratch: vec![Complex32::default(); forward.get_scratch_len().max(backward.get_scratch_len())],
            dips: vec![0.0; LONGEST + 2],
            forward,
            backward,
        }
    }
}

impl Yin {
    /// Estimates the pitch of one frame of [`REACH`] samples.
    pub(super) fn estimate(&mut self, frame: &[f32]) -> Estimate {
        // A DC offset repeats at every lag and would look like a perfect pitch.
        let mean = frame.iter().sum::<f32>() / frame.len() as f32;
        for (slot, x) in self.centred.iter_mut().zip(frame) {
            *slot = x - mean;
        }
        let power = self.centred.iter().map(|x| x * x).sum::<f32>() / REACH as f32;
        self.correlate();
        self.find_dips();
        let (lag, aperiodicity) = self.choose();
        Estimate {
            hz: SAMPLE_RATE as f32 / lag,
            aperiodicity,
            power,
        }
    }

    /// Computes in `time[lag]` the product of the first [`COMPARED`] samples with those `lag` later.
    fn correlate(&mut self) {
        const FITS: &str = "the buffers have the planned lengths";
        self.time.fill(0.0);
        self.time[..COMPARED].copy_from_slice(&self.centred[..COMPARED]);
        self.forward
            .process_with_scratch(&mut self.time, &mut self.head, &mut self.scratch)
            .expect(FITS);
        self.time.fill(0.0);
        self.time[..REACH].copy_from_slice(&self.centred);
        self.forward
            .process_with_scratch(&mut self.time, &mut self.whole, &mut self.scratch)
            .expect(FITS);
        for (head, whole) in self.head.iter_mut().zip(&self.whole) {
            *head = head.conj() * whole / FFT as f32;
        }
        // The product of two spectra of real signals is real at both ends up to rounding, and the
        // inverse transform requires exactly real values.
        for end in [0, FFT / 2] {
            self.head[end].im = 0.0;
        }
        self.backward
            .process_with_scratch(&mut self.head, &mut self.time, &mut self.scratch)
            .expect(FITS);
    }

    /// Computes in `dips[lag]` the cumulative mean normalized difference, equation 8 of the paper.
    fn find_dips(&mut self) {
        let square = |x: f32| f64::from(x) * f64::from(x);
        let first: f64 = self.centred[..COMPARED].iter().map(|&x| square(x)).sum();
        let mut shifted = first;
        let mut sum = 0.0;
        self.dips[0] = 1.0;
        for lag in 1..self.dips.len() {
            shifted += square(self.centred[lag + COMPARED - 1]) - square(self.centred[lag - 1]);
            let difference = (first + shifted - 2.0 * f64::from(self.time[lag])).max(0.0);
            sum += difference;
            self.dips[lag] = if sum > 0.0 {
                (difference * lag as f64 / sum) as f32
            } else {
                1.0
            };
        }
    }

    /// Returns the period in samples and the value of its dip.
    fn choose(&self) -> (f32, f32) {
        let deepest = self.dips[SHORTEST..=LONGEST]
            .iter()
            .copied()
            .fold(f32::INFINITY, f32::min);
        let is_dip = |lag: usize| self.dips[lag] <= self.dips[lag - 1] && self.dips[lag] <= self.dips[lag + 1];
        let lag = (SHORTEST..=LONGEST)
            .find(|&lag| self.dips[lag] <= deepest + OCTAVE_TOLERANCE && is_dip(lag))
            .unwrap_or(LONGEST);
        let (before, here, after) = (self.dips[lag - 1], self.dips[lag], self.dips[lag + 1]);
        // The minimum of the parabola through the three points is within half a sample of a dip.
        let bend = before - 2.0 * here + after;
        let shift = if bend > 0.0 {
            (0.5 * (before - after) / bend).clamp(-0.5, 0.5)
        } else {
            0.0
        };
        (lag as f32 + shift, here.clamp(0.0, 1.0))
    }
}
