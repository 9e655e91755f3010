//! Stops creates for a while after the provider said that credit is missing; what is paid for is still collected.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use crate::clock::{later, since};

/// How long nothing is created after the first refusal. Short: whoever has just paid wants to go on.
const FIRST: Duration = Duration::from_secs(5);
/// How long at most, after refusals in a row.
const LONGEST: Duration = Duration::from_mins(1);

/// Open after a 402; each one in a row keeps it open for twice as long.
#[derive(Debug, Default)]
pub(super) struct Breaker(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    until: Option<Timestamp>,
    in_a_row: u32,
}

impl Breaker {
    /// Opens it.
    pub(super) fn open(&self, now: Timestamp) {
        let mut state = self.lock();
        // Those who were on their way when it opened say nothing new.
        if state.until.is_some_and(|until| until > now) {
            return;
        }
        let pause = (FIRST * (1 << state.in_a_row.min(10))).min(LONGEST);
        state.in_a_row += 1;
        state.until = Some(later(now, pause));
    }

    /// Closes it: something was created.
    pub(super) fn close(&self) {
        *self.lock() = State::default();
    }

    /// How long it stays open; nothing if creates may pass.
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
    fn it_closes_by_itself_and_stays_open_longer_each_time() {
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
