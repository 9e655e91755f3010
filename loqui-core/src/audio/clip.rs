//! Mono sound in memory.

use std::fmt;
use std::time::Duration;

/// A stretch of mono sound: samples from -1 to 1 at a rate in Hz.
#[derive(Clone, PartialEq)]
pub struct Clip {
    samples: Vec<f32>,
    sample_rate: u32,
}

impl Clip {
    /// Wraps samples (full scale is 1.0) taken at `sample_rate` Hz.
    ///
    /// # Panics
    ///
    /// If `sample_rate` is zero.
    pub fn new(samples: Vec<f32>, sample_rate: u32) -> Self {
        assert!(sample_rate > 0, "a sample rate of zero has no duration");
        Self { samples, sample_rate }
    }

    /// The samples.
    pub fn samples(&self) -> &[f32] {
        &self.samples
    }

    /// The samples, to be changed in place.
    pub fn samples_mut(&mut self) -> &mut Vec<f32> {
        &mut self.samples
    }

    /// Gives the samples away.
    pub fn into_samples(self) -> Vec<f32> {
        self.samples
    }

    /// The rate, in Hz.
    pub fn sample_rate(&self) -> u32 {
        self.sample_rate
    }

    /// How many samples there are.
    pub fn len(&self) -> usize {
        self.samples.len()
    }

    /// True if there is no sample.
    pub fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }

    /// How long it sounds.
    pub fn duration(&self) -> Duration {
        Duration::from_secs_f64(self.seconds())
    }

    /// How long it sounds, in seconds.
    pub fn seconds(&self) -> f64 {
        self.samples.len() as f64 / f64::from(self.sample_rate)
    }
}

impl fmt::Debug for Clip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clip({:.3} s at {} Hz)", self.seconds(), self.sample_rate)
    }
}
