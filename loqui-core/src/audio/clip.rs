//! Mono audio in memory.

use std::fmt;
use std::time::Duration;

/// Mono audio: samples from -1 to 1 and a sample rate in Hz.
///
/// # Examples
///
/// ```
/// use loqui_core::audio::Clip;
///
/// let clip = Clip::new(vec![0.0; 12_000], 24_000);
/// assert_eq!(clip.seconds(), 0.5);
/// ```
#[derive(Clone, PartialEq)]
pub struct Clip {
    samples: Vec<f32>,
    sample_rate: u32,
}

impl Clip {
    /// Wraps samples (full scale is 1.0) at `sample_rate` Hz.
    ///
    /// # Panics
    ///
    /// If `sample_rate` is zero.
    pub fn new(samples: Vec<f32>, sample_rate: u32) -> Self {
        assert!(sample_rate > 0, "the sample rate is zero");
        Self { samples, sample_rate }
    }

    /// Returns the samples.
    pub fn samples(&self) -> &[f32] {
        &self.samples
    }

    /// Returns the samples for changes in place.
    pub fn samples_mut(&mut self) -> &mut Vec<f32> {
        &mut self.samples
    }

    /// Returns the samples and drops the clip.
    pub fn into_samples(self) -> Vec<f32> {
        self.samples
    }

    /// Returns the sample rate in Hz.
    pub fn sample_rate(&self) -> u32 {
        self.sample_rate
    }

    /// Returns the number of samples.
    pub fn len(&self) -> usize {
        self.samples.len()
    }

    /// Returns true if there are no samples.
    pub fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }

    /// Returns the length.
    pub fn duration(&self) -> Duration {
        Duration::from_secs_f64(self.seconds())
    }

    /// Returns the length in seconds.
    pub fn seconds(&self) -> f64 {
        self.samples.len() as f64 / f64::from(self.sample_rate)
    }
}

impl fmt::Debug for Clip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clip({:.3} s at {} Hz)", self.seconds(), self.sample_rate)
    }
}
