//! A circuit breaker that blocks creates after the API reports missing credit. Other calls continue.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use crate::clock::{later, since};

/// How long creates are blocked after the first 402. Short, because a user who has just paid wants to continue.
const FIRST: Duration = Duration::from_secs(5);
/// Maximum time that creates are blocked.
const LONGEST: Duration = Duration::from_mins(1);

/// Opens after a 402. Each consecutive 402 doubles the time it stays open.
#[derive(Debug, Default)]
pub(super) struct Breaker(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    until: Option<Timestamp>,
    consecutive: u32,
}

impl Breaker {
    /// Opens the breaker.
    pub(super) fn open(&self, now: Timestamp) {
        let mut state = self.lock();
        // Requests that were in flight when the breaker opened do not extend it.
        if state.until.is_some_and(|until| until > now) {
            return;
        }
        let pause = (FIRST * (1 << state.consecutive.min(10))).min(LONGEST);
        state.consecutive += 1;
        state.until = Some(later(now, pause));
    }

    /// Closes the breaker after a successful create.
    pub(super) fn close(&self) {
        *self.lock() = State::default();
    }

    /// Returns how long the breaker stays open, or nothing if creates are allowed.
    pub(super) fn open_for(&self, now: Timestamp) -> Option<Duration> {
        let until = self.lock().until?;
        (until > now).then(|| since(now, until))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaker_reopens_for_twice_as_long_after_each_402() {
        let breaker = Breaker::default();
        let mut now = Timestamp::UNIX_EPOCH;
        assert_eq!(breaker.open_for(now), None);
        for seconds in [5, 10, 20, 40, 60, 60] {
            breaker.open(now);
            breaker.open(now);
            assert_eq!(breaker.open_for(now), Some(Duration::from_secs(seconds)));
            now = later(now, Duration::from_secs(seconds));
            assert_eq!(breaker.open_for(now), None);
        }
        breaker.close();
        breaker.open(now);
        assert_eq!(breaker.open_for(now), Some(FIRST));
    }
}
