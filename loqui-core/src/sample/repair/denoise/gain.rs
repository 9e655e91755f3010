//! The gain of the log-spectral amplitude estimator.

/// The lowest ratio of speech to noise before the frame, as a power. It bounds the gain from below.
const LEAST_PRIOR: f64 = 0.01;
/// The highest value for which the exponential integral matters.
const HIGHEST: f64 = 12.0;
const STEPS_PER_UNIT: f64 = 64.0;

/// Computes gains, with a table of the exponential integral.
pub(super) struct LsaGain {
    /// exp(E1(v) / 2) for v at equal distances of the square root.
    table: Vec<f64>,
}

impl LsaGain {
    pub(super) fn new() -> Self {
        let last = (HIGHEST.sqrt() * STEPS_PER_UNIT) as usize + 1;
        let table = (0..=last)
            .map(|index| {
                let root = (index as f64 / STEPS_PER_UNIT).max(1e-3);
                (0.5 * exponential_integral(root * root)).exp()
            })
            .collect();
        Self { table }
    }

    /// Returns the gain for these ratios of speech to noise (prior) and of the frame to the noise (posterior).
    pub(super) fn of(&self, prior: f64, posterior: f64) -> f64 {
        let prior = prior.max(LEAST_PRIOR);
        let wiener = prior / (1.0 + prior);
        let place = (wiener * posterior).sqrt() * STEPS_PER_UNIT;
        let index = place as usize;
        let factor = match (self.table.get(index), self.table.get(index + 1)) {
            (Some(low), Some(high)) => low + (high - low) * (place - index as f64),
            _ => 1.0,
        };
        (wiener * factor).min(1.0)
    }
}

/// Returns the integral of exp(-t) / t from `x` to infinity (Abramowitz and Stegun, 5.1.11 and 5.1.22).
fn exponential_integral(x: f64) -> f64 {
    const EULER: f64 = 0.577_215_664_901_532_9;
    if x < 1.0 {
        let mut term = 1.0;
        let series: f64 = (1..30)
            .map(|n| {
                let n = f64::from(n);
                term *= -x / n;
                term / n
            })
            .sum();
        return -EULER - x.ln() - series;
    }
    let fraction = (1..=60).rev().fold(0.0, |rest, n| {
        let n = f64::from(n);
        n / (1.0 + n / (x + rest))
    });
    (-x).exp() / (x + fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The values are those of table 5.1 of Abramowitz and Stegun.
    #[test]
    fn exponential_integral_has_the_values_of_the_table() {
        for (x, expected) in [
            (0.1, 1.822_924),
            (0.5, 0.559_774),
            (1.0, 0.219_384),
            (2.0, 0.048_900_5),
            (5.0, 0.001_148_3),
        ] {
            let found = exponential_integral(x);
            assert!((found - expected).abs() < 1e-5, "{x}: {found}");
        }
    }

    #[test]
    fn gain_grows_with_the_ratio_and_stays_below_one() {
        let gain = LsaGain::new();
        assert!(gain.of(0.0, 1.0) < 0.2);
        assert!((gain.of(100.0, 100.0) - 100.0 / 101.0).abs() < 1e-3);
        assert!(gain.of(1.0, 0.0) <= 1.0);
        let exact = 0.5 * (0.5 * exponential_integral(1.0)).exp();
        assert!((gain.of(1.0, 2.0) - exact).abs() < 1e-3);
    }
}
