//! The one gate that samples pass before anything listens to them.

use crate::Error;

/// Samples per second of everything in this crate.
pub const SAMPLE_RATE: u32 = 16_000;

/// Largest magnitude of a sample that is accepted, where 1 is full scale.
///
/// 16 is 24 dB above full scale: floating-point mixes overshoot by a few dB, but values beyond this
/// come from a wrong scale and would overflow the power sums.
pub const MAX_MAGNITUDE: f32 = 16.0;

/// Samples that are known to be there, finite and sanely scaled.
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

/// Converts a count of samples to seconds.
pub(crate) fn seconds(samples: usize) -> f64 {
    samples as f64 / f64::from(SAMPLE_RATE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finite_samples_pass() {
        assert_eq!(Recording::new(&[0.0, -1.5]).unwrap().samples(), &[0.0, -1.5]);
    }

    #[test]
    fn no_samples_are_refused() {
        assert!(matches!(Recording::new(&[]), Err(Error::Empty)));
    }

    #[test]
    fn nan_and_infinity_are_refused_with_their_place() {
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            assert!(matches!(
                Recording::new(&[0.0, 0.1, bad]),
                Err(Error::NotFinite { index: 2, .. })
            ));
        }
    }

    #[test]
    fn integer_scale_is_refused() {
        assert!(matches!(
            Recording::new(&[0.0, -3_000.0]),
            Err(Error::OutOfRange { index: 1, .. })
        ));
    }
}
