//! How loud a clip is from moment to moment.

use std::ops::Range;

use crate::audio::{Clip, fold};

/// How many blocks there are in a second.
pub(super) const BLOCKS_PER_SECOND: usize = 100;

/// The power of every hundredth of a second, each averaged with its neighbours so that a low voice does not flicker.
#[derive(Debug)]
pub(super) struct Envelope {
    powers: Vec<f64>,
    samples: usize,
    rate: usize,
}

impl Envelope {
    /// Measures a clip whose offset was removed.
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

    /// The power of every block.
    pub(super) fn powers(&self) -> &[f64] {
        &self.powers
    }

    /// Which samples these blocks are.
    pub(super) fn span(&self, blocks: Range<usize>) -> Range<usize> {
        let sample = |block: usize| (block * self.rate / BLOCKS_PER_SECOND).min(self.samples);
        sample(blocks.start)..sample(blocks.end)
    }
}

fn power(samples: &[f32]) -> f64 {
    f64::from(fold::sum_of_squares(samples)) / samples.len().max(1) as f64
}

/// The value that this share of all values lies below; `values` are put in another order. Zero if there are none.
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
    fn blocks_cover_every_sample_once() {
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
    fn percentiles_are_values_that_occur() {
        let mut values: Vec<f64> = (0..=100).rev().map(f64::from).collect();
        assert!((percentile(&mut values, 0.05) - 5.0).abs() < 1e-9);
        assert!((percentile(&mut values, 1.0) - 100.0).abs() < 1e-9);
        assert!(percentile(&mut [], 0.5).abs() < 1e-9);
    }
}
