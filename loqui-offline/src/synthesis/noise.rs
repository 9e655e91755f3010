//! Breath noise: complex Gaussian noise from a seed.

use std::f32::consts::TAU;

/// A generator of complex numbers with independent standard normal parts.
#[derive(Debug)]
pub(super) struct Noise {
    uniform: fastrand::Rng,
}

impl Noise {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            uniform: fastrand::Rng::with_seed(seed),
        }
    }

    /// Returns the real and the imaginary part of the next number (Box-Muller transform).
    pub(super) fn draw(&mut self) -> (f32, f32) {
        // 1 - u is in (0, 1], so the logarithm is finite.
        let radius = (-2.0 * (1.0 - self.uniform.f32()).ln()).sqrt();
        let (sin, cos) = (TAU * self.uniform.f32()).sin_cos();
        (radius * cos, radius * sin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_has_mean_zero_and_variance_one_and_depends_on_the_seed() {
        let draw = |seed| {
            let mut noise = Noise::new(seed);
            (0..20_000).map(|_| noise.draw()).collect::<Vec<_>>()
        };
        let first = draw(3);
        let count = first.len() as f32;
        let mean = first.iter().map(|(re, _)| re).sum::<f32>() / count;
        let variance = first.iter().map(|(_, im)| im * im).sum::<f32>() / count;
        assert!(mean.abs() < 0.03, "{mean}");
        assert!((variance - 1.0).abs() < 0.05, "{variance}");
        assert_eq!(first, draw(3));
        assert_ne!(first, draw(4));
    }
}
