//! Sums and peaks over many samples, in parallel lanes.
//!
//! Floating-point addition is not associative, so the compiler does not vectorize a plain sum.

const LANES: usize = 16;

/// Returns the sum of all samples.
pub(crate) fn sum(samples: &[f32]) -> f32 {
    fold(samples, |sum, x| sum + x, |a, b| a + b)
}

/// Returns the sum of all squares.
pub(crate) fn sum_of_squares(samples: &[f32]) -> f32 {
    fold(samples, |sum, x| sum + x * x, |a, b| a + b)
}

/// Returns the largest magnitude, 0.0 for no samples.
pub(crate) fn peak(samples: &[f32]) -> f32 {
    fold(samples, |peak, x| if x.abs() > peak { x.abs() } else { peak }, f32::max)
}

fn fold(samples: &[f32], step: impl Fn(f32, f32) -> f32, join: impl Fn(f32, f32) -> f32) -> f32 {
    let mut lanes = [0.0_f32; LANES];
    let (whole, rest) = samples.as_chunks::<LANES>();
    for block in whole {
        for (lane, x) in lanes.iter_mut().zip(block) {
            *lane = step(*lane, *x);
        }
    }
    for (lane, x) in lanes.iter_mut().zip(rest) {
        *lane = step(*lane, *x);
    }
    lanes.into_iter().fold(0.0, join)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sample_counts_once() {
        for length in [0, 1, 15, 16, 17, 100] {
            let samples: Vec<f32> = (1..=length)
                .map(|n| if n % 2 == 0 { n as f32 } else { -(n as f32) })
                .collect();
            let expected = |f: fn(f32) -> f32| samples.iter().copied().map(f).sum::<f32>();
            assert!((sum(&samples) - expected(|x| x)).abs() < 1e-3);
            assert!((sum_of_squares(&samples) - expected(|x| x * x)).abs() < 1.0);
            assert!((peak(&samples) - length as f32).abs() < 1e-6);
        }
    }
}
