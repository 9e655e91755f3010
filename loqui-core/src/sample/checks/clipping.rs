//! Were its peaks cut off?

use std::ops::Range;

use super::super::envelope::BLOCKS_PER_SECOND;
use super::super::report::Measures;
use super::super::signal::Signal;
use super::super::thresholds::{
    CLIPPED_ERROR_PER_SECOND, CLIPPED_ERROR_SHARE, CLIPPED_LEAST_PEAK, CLIPPED_RUN, CLIPPED_SHARE_OF_PEAK,
    CLIPPED_WARNING_PER_SECOND,
};
use crate::audio::{Decoded, fold};
use crate::error::code;
use crate::finding::Finding;

/// How much is cut off.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Clipping {
    /// The largest sample of any channel.
    pub(crate) peak: f32,
    /// Runs of samples stuck at the peak, per second, in the worst channel.
    pub(crate) per_second: f64,
    /// Samples in such runs, as a share of all, in the worst channel.
    pub(crate) share: f64,
    /// The blocks of an envelope in which a run lies, in order.
    pub(crate) blocks: Vec<usize>,
}

impl Clipping {
    /// Counts flat tops, channel by channel.
    pub(crate) fn of(decoded: &Decoded) -> Self {
        let peak = fold::peak(&decoded.samples);
        if peak < CLIPPED_LEAST_PEAK {
            return Self {
                peak,
                ..Self::default()
            };
        }
        // Decoders of lossy formats overshoot where the original was clipped, so full scale counts too.
        let ceiling = (peak * CLIPPED_SHARE_OF_PEAK).min(1.0);
        let channels = usize::from(decoded.channels);
        let mut tops = vec![FlatTops::default(); channels];
        let mut blocks: Vec<usize> = Vec::new();
        for (number, block) in decoded.samples.chunks(256 * channels).enumerate() {
            // Nearly every block is far below the ceiling.
            if fold::peak(block) < ceiling {
                for tops in &mut tops {
                    tops.length = 0;
                }
                continue;
            }
            for (index, sample) in block.iter().enumerate() {
                if tops[index % channels].push(*sample, ceiling) {
                    let frame = number * 256 + index / channels;
                    let place = frame * BLOCKS_PER_SECOND / decoded.sample_rate as usize;
                    if blocks.last() != Some(&place) {
                        blocks.push(place);
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
}

impl Clipping {
    /// Where it is cut off, in seconds.
    pub(crate) fn spans(&self) -> Vec<Range<f64>> {
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
    /// How many samples at the ceiling, on the same side, came just before.
    length: usize,
    above: bool,
}

impl FlatTops {
    /// Takes the next sample; true if a run begins to count with it.
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

pub(super) fn check(signal: &Signal, measures: &Measures, findings: &mut Vec<Finding>) {
    let Some(per_second) = measures.clipped_per_second else {
        return;
    };
    let share = signal.clipping.share;
    if per_second > CLIPPED_ERROR_PER_SECOND {
        let message = format!("its peaks are cut off {per_second:.0} times a second");
        findings.push(super::error(&code::SAMPLE_CLIPPED, message).with_measure(
            per_second,
            CLIPPED_ERROR_PER_SECOND,
            "1/s",
        ));
    } else if share > CLIPPED_ERROR_SHARE {
        let message = format!("{:.1} % of it is cut off", share * 100.0);
        findings.push(super::error(&code::SAMPLE_CLIPPED, message).with_measure(
            share * 100.0,
            CLIPPED_ERROR_SHARE * 100.0,
            "%",
        ));
    } else if per_second > CLIPPED_WARNING_PER_SECOND {
        let message = format!("its peaks are cut off {per_second:.1} times a second");
        findings.push(super::warning(&code::SAMPLE_CLIPPED, message).with_measure(
            per_second,
            CLIPPED_WARNING_PER_SECOND,
            "1/s",
        ));
    }
}
