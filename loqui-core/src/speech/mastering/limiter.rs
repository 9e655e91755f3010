//! A limiter for true peaks with look-ahead: the gain falls before a peak and rises slowly after it.

use std::collections::VecDeque;

use crate::audio::SPEECH_RATE;

/// The look-ahead, in samples: 5 ms.
const AHEAD: usize = SPEECH_RATE as usize / 200;
/// How long the gain takes to recover from a peak, in seconds.
const RELEASE_SECONDS: f64 = 0.08;
/// Positions between two samples at which the signal is estimated (ITU-R BS.1770 uses four times the rate).
const PHASES: usize = 4;
/// Samples on each side that the estimate uses.
const REACH: usize = 6;
/// What the estimate may miss, in dB.
const MARGIN_DB: f64 = 0.15;

/// A limiter.
pub(super) struct Limiter {
    ceiling: f32,
    release: f32,
    /// Weights of the samples around a position, for each position between two samples.
    kernel: [[f32; 2 * REACH]; PHASES],
    /// The last samples, for the estimate.
    recent: VecDeque<f32>,
    /// Samples that wait for the gains of later ones.
    delayed: VecDeque<f32>,
    /// Candidates of the smallest gain in the window, with their positions.
    smallest: VecDeque<(u64, f32)>,
    /// Gains in the window of the average, and their sum.
    averaged: VecDeque<f32>,
    sum: f64,
    released: f32,
    position: u64,
}

impl Limiter {
    pub(super) fn new(ceiling_dbtp: f64) -> Self {
        Self {
            ceiling: 10_f64.powf((ceiling_dbtp - MARGIN_DB) / 20.0) as f32,
            release: (1.0 - (-1.0 / (RELEASE_SECONDS * f64::from(SPEECH_RATE))).exp()) as f32,
            kernel: kernel(),
            recent: VecDeque::from(vec![0.0; 2 * REACH]),
            delayed: VecDeque::new(),
            smallest: VecDeque::new(),
            averaged: VecDeque::from(vec![1.0; AHEAD]),
            sum: AHEAD as f64,
            released: 1.0,
            position: 0,
        }
    }

    /// Limits the next samples. The output is delayed until the limiter knows what follows.
    pub(super) fn push(&mut self, samples: &[f32]) -> Vec<f32> {
        let mut out = Vec::with_capacity(samples.len());
        for sample in samples {
            self.step(*sample);
            if self.delayed.len() > 2 * AHEAD + REACH {
                out.extend(self.next());
            }
        }
        out
    }

    /// Returns the rest.
    pub(super) fn finish(mut self) -> Vec<f32> {
        let mut out = Vec::new();
        let waiting = self.delayed.len();
        for _ in 0..waiting {
            self.step(0.0);
            out.extend(self.next());
        }
        out.truncate(waiting);
        out
    }

    /// Takes a sample, and computes the gain of the window that ends with it.
    fn step(&mut self, sample: f32) {
        self.delayed.push_back(sample);
        self.recent.push_back(sample);
        self.recent.pop_front();
        let peak = self.peak();
        let needed = if peak > self.ceiling { self.ceiling / peak } else { 1.0 };
        while self.smallest.back().is_some_and(|(_, gain)| *gain >= needed) {
            self.smallest.pop_back();
        }
        self.smallest.push_back((self.position, needed));
        if self
            .smallest
            .front()
            .is_some_and(|(at, _)| at + (AHEAD as u64) < self.position)
        {
            self.smallest.pop_front();
        }
        self.position += 1;
        let smallest = self.smallest.front().map_or(1.0, |(_, gain)| *gain);
        // The gain falls at once and rises slowly; the average makes the fall smooth.
        self.released = if smallest < self.released {
            smallest
        } else {
            self.released + (smallest - self.released) * self.release
        };
        self.averaged.push_back(self.released);
        self.sum += f64::from(self.released);
        if let Some(oldest) = self.averaged.pop_front() {
            self.sum -= f64::from(oldest);
        }
    }

    /// Returns the oldest sample with its gain.
    fn next(&mut self) -> Option<f32> {
        let gain = (self.sum / AHEAD as f64) as f32;
        Some(self.delayed.pop_front()? * gain.min(1.0))
    }

    /// Estimates the largest magnitude around the middle of the recent samples.
    fn peak(&self) -> f32 {
        let (head, tail) = self.recent.as_slices();
        let middle = self.recent[REACH - 1].abs();
        let between = self.kernel.iter().map(|weights| {
            let (first, second) = weights.split_at(head.len());
            let sum =
                |weights: &[f32], samples: &[f32]| -> f32 { weights.iter().zip(samples).map(|(w, x)| w * x).sum() };
            (sum(first, head) + sum(second, tail)).abs()
        });
        between.fold(middle, f32::max)
    }
}

/// Returns a windowed sinc for each position between two samples.
fn kernel() -> [[f32; 2 * REACH]; PHASES] {
    std::array::from_fn(|phase| {
        let at = phase as f64 / PHASES as f64;
        std::array::from_fn(|index| {
            let x = index as f64 - (REACH as f64 - 1.0) - at;
            let sinc = if x.abs() < 1e-9 {
                1.0
            } else {
                (std::f64::consts::PI * x).sin() / (std::f64::consts::PI * x)
            };
            let window = (std::f64::consts::PI * x / (2.0 * REACH as f64)).cos();
            (sinc * window) as f32
        })
    })
}
