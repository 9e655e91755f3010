//! The validation of samples, which all functions share.

use crate::Error;

/// The sample rate of all recordings, in Hz.
pub const SAMPLE_RATE: u32 = 16_000;

/// The maximum magnitude of a sample, full scale is 1.0.
///
/// 16 is 24 dB above full scale. Floating-point mixes overshoot by a few dB; larger values come from
/// a wrong scale and would overflow the sums of powers.
pub const MAX_MAGNITUDE: f32 = 16.0;

/// Samples that were validated: not empty, finite, and within the maximum magnitude.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Recording<'a>(&'a [f32]);

impl<'a> Recording<'a> {
    pub(crate) fn new(samples: &'a [f32]) -> Result<Self, Error> {
        if samples.is_empty() {
            return Err(Error::Empty);
        }
        for (index, &value) in samples.iter().enumerate() {
            if !value.is_finite() {
                return Err(Error::NotFinite { index, value });
            }
            if value.abs() > MAX_MAGNITUDE {
                return Err(Error::OutOfRange {
                    index,
                    value,
                    limit: MAX_MAGNITUDE,
                });
            }
        }
        Ok(Self(samples))
    }

    pub(crate) fn samples(self) -> &'a [f32] {
        self.0
    }
}

/// Converts a number of samples to seconds.
pub(crate) fn seconds(samples: usize) -> f64 {
    samples as f64 / f64::from(SAMPLE_RATE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finite_samples_are_accepted() {
        assert_eq!(Recording::new(&[0.0, -1.5]).unwrap().samples(), &[0.0, -1.5]);
    }

    #[test]
    fn an_empty_recording_is_rejected() {
        assert!(matches!(Recording::new(&[]), Err(Error::Empty)));
    }

    #[test]
    fn nan_and_infinity_are_rejected_with_their_index() {
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            assert!(matches!(
                Recording::new(&[0.0, 0.1, bad]),
                Err(Error::NotFinite { index: 2, .. })
            ));
        }
    }

    #[test]
    fn samples_in_integer_scale_are_rejected() {
        assert!(matches!(
            Recording::new(&[0.0, -3_000.0]),
            Err(Error::OutOfRange { index: 1, .. })
        ));
    }
}
