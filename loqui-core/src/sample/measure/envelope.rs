//! The power of a clip over time.

use std::ops::Range;

use crate::audio::{Clip, fold};

/// The number of blocks in a second.
pub(super) const BLOCKS_PER_SECOND: usize = 100;

/// The power of each block of 10 ms, averaged with its neighbours. A low voice has fewer than one period in a block, so
/// the power of a single block fluctuates.
#[derive(Debug)]
pub(in crate::sample) struct Envelope {
    powers: Vec<f64>,
    samples: usize,
    rate: usize,
}

impl Envelope {
    /// Measures a clip without DC offset.
    pub(super) fn of(clip: &Clip) -> Self {
        let (samples, rate) = (clip.samples(), clip.sample_rate() as usize);
        let blocks = (samples.len() * BLOCKS_PER_SECOND).div_ceil(rate);
        let mut this = Self {
            powers: Vec::new(),
            samples: samples.len(),
            rate,
        };
        let raw: Vec<f64> = (0..blocks)
            .map(|block| power(&samples[this.span(block..block + 1)]))
            .collect();
        this.powers = (0..blocks)
            .map(|block| {
                let near = &raw[block.saturating_sub(1)..(block + 2).min(blocks)];
                near.iter().sum::<f64>() / near.len() as f64
            })
            .collect();
        this
    }

    /// Returns the power of each block.
    pub(super) fn powers(&self) -> &[f64] {
        &self.powers
    }

    /// Returns the samples of these blocks.
    pub(in crate::sample) fn span(&self, blocks: Range<usize>) -> Range<usize> {
        let sample = |block: usize| (block * self.rate / BLOCKS_PER_SECOND).min(self.samples);
        sample(blocks.start)..sample(blocks.end)
    }
}

fn power(samples: &[f32]) -> f64 {
    f64::from(fold::sum_of_squares(samples)) / samples.len().max(1) as f64
}

/// Returns the value below which `share` of all values lie, 0.0 for no values. Reorders `values`.
pub(super) fn percentile(values: &mut [f64], share: f64) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    let index = ((values.len() - 1) as f64 * share).round() as usize;
    *values.select_nth_unstable_by(index, f64::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_cover_each_sample_once() {
        for (length, rate) in [
            (1, 8_000),
            (44_100, 44_100),
            (12_345, 11_025),
            (1_000, 1_000),
            (0, 8_000),
        ] {
            let envelope = Envelope::of(&Clip::new(vec![0.5; length], rate));
            let blocks = envelope.powers().len();
            assert_eq!(envelope.span(0..blocks), 0..length, "{length} at {rate}");
            assert!(envelope.powers().iter().all(|power| (power - 0.25).abs() < 1e-6));
        }
    }

    #[test]
    fn percentile_returns_one_of_the_values() {
        let mut values: Vec<f64> = (0..=100).rev().map(f64::from).collect();
        assert!((percentile(&mut values, 0.05) - 5.0).abs() < 1e-9);
        assert!((percentile(&mut values, 1.0) - 100.0).abs() < 1e-9);
        assert!(percentile(&mut [], 0.5).abs() < 1e-9);
    }
}
