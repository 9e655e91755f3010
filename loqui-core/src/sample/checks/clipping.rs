//! Were its peaks cut off?

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
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Clipping {
    /// The largest sample of any channel.
    pub(crate) peak: f32,
    /// Runs of samples stuck at the peak, per second, in the worst channel.
    pub(crate) per_second: f64,
    /// Samples in such runs, as a share of all, in the worst channel.
    pub(crate) share: f64,
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
        for block in decoded.samples.chunks(256 * channels) {
            // Nearly every block is far below the ceiling.
            if fold::peak(block) < ceiling {
                for tops in &mut tops {
                    tops.length = 0;
                }
                continue;
            }
            for (index, sample) in block.iter().enumerate() {
                tops[index % channels].push(*sample, ceiling);
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
        }
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
    fn push(&mut self, sample: f32, ceiling: f32) {
        if sample.abs() < ceiling {
            self.length = 0;
            return;
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
