//! Stops creates for a while after the provider said that credit is missing; what is paid for is still collected.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use crate::clock::{later, since};

/// How long nothing is created. Short: whoever has just paid wants to go on.
const OPEN_FOR: Duration = Duration::from_mins(1);

/// Open after a 402.
#[derive(Debug, Default)]
pub(super) struct Breaker(Mutex<Option<Timestamp>>);

impl Breaker {
    /// Opens it.
    pub(super) fn open(&self, now: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(later(now, OPEN_FOR));
    }

    /// How long it stays open; nothing if creates may pass.
    pub(super) fn open_for(&self, now: Timestamp) -> Option<Duration> {
        let until = (*self.0.lock().unwrap_or_else(PoisonError::into_inner))?;
        (until > now).then(|| since(now, until))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_closes_by_itself() {
        let breaker = Breaker::default();
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(breaker.open_for(now), None);
        breaker.open(now);
        assert_eq!(
            breaker.open_for(later(now, Duration::from_secs(59))),
            Some(Duration::from_secs(1))
        );
        assert_eq!(breaker.open_for(later(now, OPEN_FOR)), None);
    }
}
