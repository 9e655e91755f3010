//! How long predictions usually take, so that somebody looks just when one has probably ended.

use std::collections::VecDeque;
use std::time::Duration;

use super::predictions::{Prediction, Status};
use crate::clock::since;

/// So many of the latest ends are remembered: what the provider does changes with the hour.
const REMEMBERED: usize = 16;
/// What an end needs to be visible.
const MARGIN: Duration = Duration::from_millis(20);
/// Looks after the usual end, as parts of the usual time: ever farther apart, for it may be an unusual one.
const LOOKS: [f64; 5] = [1.0, 1.1, 1.25, 1.5, 2.0];

/// How long the latest predictions took, from create to end by the provider's own clock.
#[derive(Debug, Default)]
pub(super) struct LatencyEstimator(VecDeque<Duration>);

impl LatencyEstimator {
    /// Remembers one that went well; how soon one fails says nothing.
    pub(super) fn ended(&mut self, prediction: &Prediction) {
        if let (Status::Succeeded, Some(created), Some(completed)) =
            (&prediction.status, prediction.created_at, prediction.completed_at)
        {
            self.0.push_back(since(created, completed));
            if self.0.len() > REMEMBERED {
                self.0.pop_front();
            }
        }
    }

    /// How long until a look is worth while at one of this age; nothing if nothing is known, or it is overdue.
    ///
    /// Three of four took longer than what is taken for usual: a look too early costs a request, one too late costs the
    /// user time.
    pub(super) fn due(&self, age: Duration) -> Option<Duration> {
        let usual = self.quick()?;
        let moments = LOOKS.iter().map(|part| usual.mul_f64(*part) + MARGIN);
        moments
            .filter_map(|moment| moment.checked_sub(age))
            .find(|pause| !pause.is_zero())
    }

    /// True at an age at which others have ended; never if nothing is known.
    pub(super) fn is_over(&self, age: Duration) -> bool {
        self.quick().is_some_and(|usual| age >= usual)
    }

    /// What three of four took longer than.
    fn quick(&self) -> Option<Duration> {
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
    fn looks_fall_behind_the_usual_end_and_then_apart() {
        let mut usual = LatencyEstimator::default();
        assert_eq!(usual.due(Duration::ZERO), None, "nothing is known yet");
        usual.ended(&ended("failed", 1));
        assert_eq!(usual.due(Duration::ZERO), None, "a failure says nothing");
        for seconds in [10, 20, 20, 20, 30] {
            usual.ended(&ended("succeeded", seconds));
        }
        let mut age = Duration::ZERO;
        let mut looks = Vec::new();
        while let Some(pause) = usual.due(age) {
            age += pause;
            looks.push(age.as_millis());
        }
        assert_eq!(looks, [20_020, 22_020, 25_020, 30_020, 40_020]);
    }

    #[test]
    fn only_the_latest_count() {
        let mut usual = LatencyEstimator::default();
        for seconds in [9; REMEMBERED].into_iter().chain([3; REMEMBERED]) {
            usual.ended(&ended("succeeded", seconds));
        }
        assert_eq!(usual.due(Duration::ZERO), Some(Duration::from_millis(3_020)));
    }
}
