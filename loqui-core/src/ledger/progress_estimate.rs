//! Progress of a generation, with the remaining time.

use std::fmt::Write as _;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::record::GenerationRecord;
use super::take::{TakeRecord, takes_by_segment};
use crate::clock::since;
use crate::script::Segment;

/// Progress of a generation: segments, seconds, cost and remaining time.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ProgressEstimate {
    /// The number of segments of the script.
    pub segments: usize,
    /// The number of spoken segments.
    pub segments_done: usize,
    /// The length of the spoken segments, in seconds.
    pub seconds_done: f64,
    /// The cost so far, in US dollars.
    pub cost_usd: f64,
    /// The remaining time at this pace, in seconds; absent before the first segment and after the last.
    pub seconds_left: Option<f64>,
}

impl ProgressEstimate {
    pub(crate) fn new(record: &GenerationRecord, takes: &[TakeRecord], now: Timestamp) -> Self {
        let kept = || takes.iter().filter(|take| take.is_kept());
        let of_segment = takes_by_segment(takes);
        let length = |segment: &&Segment| segment.spoken.len();
        let is_done = |segment: &&Segment| {
            let mut own = of_segment.get(&segment.index).into_iter().flatten();
            own.any(|take| take.is_kept())
        };
        let whole: usize = record.segments.iter().map(|segment| length(&segment)).sum();
        let done: usize = record
            .segments
            .iter()
            .filter(is_done)
            .map(|segment| length(&segment))
            .sum();
        let elapsed = since(record.opened_at, now).as_secs_f64();
        Self {
            segments: record.segments.len(),
            segments_done: kept().count(),
            seconds_done: kept().filter_map(TakeRecord::seconds).sum(),
            cost_usd: takes.iter().map(|take| take.cost_usd).sum(),
            seconds_left: (done > 0 && done < whole && !record.status.is_terminal())
                .then(|| elapsed * (whole - done) as f64 / done as f64),
        }
    }

    /// One line for users, for instance `12 of 21 segments, 3 min 10 s of speech, $0.0312, about 40 s left`.
    pub fn line(&self) -> String {
        let mut line = format!("{} of {} segments", self.segments_done, self.segments);
        if self.seconds_done > 0.0 {
            let _ = write!(line, ", {} of speech", spell(self.seconds_done));
        }
        if self.cost_usd > 0.0 {
            let _ = write!(line, ", {}", crate::money::dollars(self.cost_usd));
        }
        if let Some(left) = self.seconds_left {
            let _ = write!(line, ", about {} left", spell(left));
        }
        line
    }
}

fn spell(seconds: f64) -> String {
    let whole = Duration::from_secs_f64(seconds.max(1.0)).as_secs();
    match (whole / 3600, whole / 60 % 60, whole % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_contains_only_known_values() {
        let mut progress_estimate = ProgressEstimate {
            segments: 21,
            segments_done: 0,
            seconds_done: 0.0,
            cost_usd: 0.0,
            seconds_left: None,
        };
        assert_eq!(progress_estimate.line(), "0 of 21 segments");
        progress_estimate.segments_done = 12;
        progress_estimate.seconds_done = 190.2;
        progress_estimate.cost_usd = 0.0312;
        progress_estimate.seconds_left = Some(3_700.0);
        assert_eq!(
            progress_estimate.line(),
            "12 of 21 segments, 3 min 10 s of speech, $0.0312, about 1 h 1 min left"
        );
    }
}
