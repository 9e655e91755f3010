//! Recent durations of predictions, so that polls are sent when a prediction has probably ended.

use std::collections::VecDeque;
use std::time::Duration;

use super::predictions::{Prediction, Status};
use crate::clock::since;

/// Number of recent durations that are kept. Durations change with the load of the provider.
const WINDOW: usize = 16;
/// Time until the API shows that a prediction has ended.
const MARGIN: Duration = Duration::from_millis(20);
/// Times of additional polls as multiples of the expected duration. The gaps grow because the prediction may be unusually
/// long.
const POLL_TIMES: [f64; 5] = [1.0, 1.1, 1.25, 1.5, 2.0];

/// Durations of recent predictions, from creation to completion by the provider's clock.
#[derive(Debug, Default)]
pub(super) struct LatencyEstimator(VecDeque<Duration>);

impl LatencyEstimator {
    /// Records the duration of a successful prediction. Failures are ignored.
    pub(super) fn record(&mut self, prediction: &Prediction) {
        if let (Status::Succeeded, Some(created), Some(completed)) =
            (&prediction.status, prediction.created_at, prediction.completed_at)
        {
            self.0.push_back(since(created, completed));
            if self.0.len() > WINDOW {
                self.0.pop_front();
            }
        }
    }

    /// Returns the time until the next poll of a prediction of this age. Returns nothing without recorded durations, or if
    /// the prediction takes much longer than expected.
    ///
    /// The expected duration is the first quartile: an early poll costs a request, a late one costs the user time.
    pub(super) fn next_poll(&self, age: Duration) -> Option<Duration> {
        let expected = self.expected()?;
        let times = POLL_TIMES.iter().map(|factor| expected.mul_f64(*factor) + MARGIN);
        times
            .filter_map(|time| time.checked_sub(age))
            .find(|pause| !pause.is_zero())
    }

    /// Returns true if a prediction of this age has probably ended.
    pub(super) fn is_due(&self, age: Duration) -> bool {
        self.expected().is_some_and(|expected| age >= expected)
    }

    /// Returns the first quartile of the recorded durations.
    fn expected(&self) -> Option<Duration> {
        let mut latest: Vec<_> = self.0.iter().copied().collect();
        latest.sort_unstable();
        latest.get(latest.len() / 4).copied()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ended(status: &str, seconds: u32) -> Prediction {
        let value = json!({
            "id": "prediction1", "status": status, "created_at": "2026-01-01T00:00:00Z",
            "completed_at": format!("2026-01-01T00:00:{seconds:02}Z"),
        });
        Prediction::from_value(value).unwrap()
    }

    #[test]
    fn polls_start_at_the_expected_end_with_growing_gaps() {
        let mut latency = LatencyEstimator::default();
        assert_eq!(latency.next_poll(Duration::ZERO), None, "no durations");
        latency.record(&ended("failed", 1));
        assert_eq!(latency.next_poll(Duration::ZERO), None, "failures are ignored");
        for seconds in [10, 20, 20, 20, 30] {
            latency.record(&ended("succeeded", seconds));
        }
        let mut age = Duration::ZERO;
        let mut polls = Vec::new();
        while let Some(pause) = latency.next_poll(age) {
            age += pause;
            polls.push(age.as_millis());
        }
        assert_eq!(polls, [20_020, 22_020, 25_020, 30_020, 40_020]);
    }

    #[test]
    fn only_recent_durations_count() {
        let mut latency = LatencyEstimator::default();
        for seconds in [9; WINDOW].into_iter().chain([3; WINDOW]) {
            latency.record(&ended("succeeded", seconds));
        }
        assert_eq!(latency.next_poll(Duration::ZERO), Some(Duration::from_millis(3_020)));
    }
}
