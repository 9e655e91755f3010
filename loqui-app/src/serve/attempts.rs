//! Limits attempts to sign in: by client and by user name, in a window that slides.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use loqui_core::error::code;
use loqui_core::{Error, Retry};

/// Failures are remembered for so long.
const WINDOW: Duration = Duration::from_mins(5);
/// So many failures from one client, with whatever name.
const BY_CLIENT: usize = 30;
/// So many failures for one name, from wherever.
const BY_NAME: usize = 10;
/// More would be a way to fill the memory; the oldest are forgotten.
const REMEMBERED: usize = 10_000;

/// What is being counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Who {
    Client(IpAddr),
    Name(String),
}

/// Failed attempts of the last minutes.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    failed: Mutex<HashMap<Who, Vec<Timestamp>>>,
}

impl Attempts {
    /// Refuses the next attempt if there were too many.
    ///
    /// # Errors
    ///
    /// `user.too_many_attempts`, with the time to wait.
    pub(crate) fn check(&self, client: IpAddr, name: &str, now: Timestamp) -> Result<(), Error> {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        for (who, most) in [(Who::Client(client), BY_CLIENT), (named(name), BY_NAME)] {
            let Some(times) = failed.get_mut(&who) else { continue };
            times.retain(|at| age(*at, now) < WINDOW);
            if times.len() >= most {
                let wait = times
                    .first()
                    .map_or(WINDOW, |first| WINDOW.saturating_sub(age(*first, now)));
                return Err(
                    Error::new(&code::USER_TOO_MANY_ATTEMPTS, "Too many failed attempts to sign in")
                        .with_retry(Retry::After(wait)),
                );
            }
        }
        Ok(())
    }

    /// Remembers a failure.
    pub(crate) fn failed(&self, client: IpAddr, name: &str, now: Timestamp) {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        if failed.len() >= REMEMBERED {
            failed.retain(|_, times| times.last().is_some_and(|last| age(*last, now) < WINDOW));
        }
        if failed.len() >= REMEMBERED {
            failed.clear();
        }
        for who in [Who::Client(client), named(name)] {
            failed.entry(who).or_default().push(now);
        }
    }

    /// Forgets the failures of a name that came in.
    pub(crate) fn succeeded(&self, name: &str) {
        self.failed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&named(name));
    }
}

/// Names are counted as they are compared: without regard to case.
fn named(name: &str) -> Who {
    Who::Name(name.chars().take(64).collect::<String>().to_lowercase())
}

fn age(at: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(at)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_closed_after_ten_failures_until_they_are_old() {
        let attempts = Attempts::default();
        let now = Timestamp::now();
        let client = |last: u8| IpAddr::from([127, 0, 0, last]);
        for number in 0..10 {
            attempts.check(client(number), "Anna", now).unwrap();
            attempts.failed(client(number), "Anna", now);
        }
        let refused = attempts.check(client(99), "anna", now).unwrap_err();
        assert_eq!(refused.code(), "user.too_many_attempts");
        assert!(matches!(refused.retry(), Retry::After(wait) if wait == WINDOW));
        attempts.check(client(99), "bert", now).unwrap();
        let later = now + jiff::SignedDuration::from_mins(5);
        attempts.check(client(99), "anna", later).unwrap();
    }

    #[test]
    fn a_client_that_tries_many_names_is_refused() {
        let attempts = Attempts::default();
        let now = Timestamp::now();
        let client = IpAddr::from([10, 0, 0, 1]);
        for number in 0..30 {
            attempts.failed(client, &number.to_string(), now);
        }
        assert!(attempts.check(client, "anna", now).is_err());
        attempts.succeeded("0");
        assert!(attempts.check(client, "anna", now).is_err());
    }
}
