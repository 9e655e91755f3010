//! Clipped peaks: runs of samples at the ceiling.

use std::ops::Range;

use super::super::thresholds::{CLIPPED_LEAST_PEAK, CLIPPED_RUN, CLIPPED_SHARE_OF_PEAK};
use super::envelope::BLOCKS_PER_SECOND;
use crate::audio::{Decoded, fold};

/// The amount of clipping.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::sample) struct Clipping {
    /// The largest sample of any channel.
    pub(in crate::sample) peak: f32,
    /// Runs of samples at the peak, per second, in the worst channel.
    pub(in crate::sample) per_second: f64,
    /// Samples in such runs, as a share of all samples, in the worst channel.
    pub(in crate::sample) share: f64,
    /// The blocks of the envelope that contain a run, in order.
    pub(in crate::sample) blocks: Vec<usize>,
}

impl Clipping {
    /// Counts the runs of each channel.
    pub(in crate::sample) fn of(decoded: &Decoded) -> Self {
        let peak = fold::peak(&decoded.samples);
        if peak < CLIPPED_LEAST_PEAK {
            return Self {
                peak,
                ..Self::default()
            };
        }
        // Decoders of lossy formats overshoot where the original was clipped, so samples above full scale count as well.
        let ceiling = (peak * CLIPPED_SHARE_OF_PEAK).min(1.0);
        let channels = usize::from(decoded.channels);
        let mut tops = vec![FlatTops::default(); channels];
        let mut blocks: Vec<usize> = Vec::new();
        for (number, chunk) in decoded.samples.chunks(256 * channels).enumerate() {
            // Fast path: almost every chunk is far below the ceiling.
            if fold::peak(chunk) < ceiling {
                for tops in &mut tops {
                    tops.length = 0;
                }
                continue;
            }
            for (index, sample) in chunk.iter().enumerate() {
                if tops[index % channels].push(*sample, ceiling) {
                    let frame = number * 256 + index / channels;
                    let block = frame * BLOCKS_PER_SECOND / decoded.sample_rate as usize;
                    if blocks.last() != Some(&block) {
                        blocks.push(block);
                    }
                }
            }
        }
        let worst = tops
            .iter()
            .max_by_key(|tops| (tops.runs, tops.samples))
            .copied()
            .unwrap_or_default();
        Self {
            peak,
            per_second: worst.runs as f64 / decoded.seconds(),
            share: worst.samples as f64 / decoded.frames() as f64,
            blocks,
        }
    }

    /// Returns the clipped time ranges, in seconds.
    pub(in crate::sample) fn spans(&self) -> Vec<Range<f64>> {
        let at = |block: usize| block as f64 / BLOCKS_PER_SECOND as f64;
        let joined = self.blocks.chunk_by(|a, b| b.saturating_sub(*a) <= 1);
        joined.map(|run| at(run[0])..at(run[run.len() - 1] + 1)).collect()
    }
}

/// The runs at the ceiling in one channel.
#[derive(Clone, Copy, Debug, Default)]
struct FlatTops {
    runs: usize,
    /// Samples in those runs.
    samples: usize,
    /// The length of the current run: samples at the ceiling on the same side.
    length: usize,
    above: bool,
}

impl FlatTops {
    /// Adds the next sample. Returns true if the run reaches [`CLIPPED_RUN`] with it.
    fn push(&mut self, sample: f32, ceiling: f32) -> bool {
        if sample.abs() < ceiling {
            self.length = 0;
            return false;
        }
        if self.above != (sample > 0.0) {
            (self.above, self.length) = (sample > 0.0, 0);
        }
        self.length += 1;
        if self.length == CLIPPED_RUN {
            self.runs += 1;
            self.samples += CLIPPED_RUN;
        } else if self.length > CLIPPED_RUN {
            self.samples += 1;
        }
        self.length == CLIPPED_RUN
    }
}
