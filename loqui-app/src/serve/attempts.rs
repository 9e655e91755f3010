//! Limits failed sign-ins by client and by user name, in a sliding window.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use loqui_core::{Error, Retry};

use crate::code;

/// The length of the window.
const WINDOW: Duration = Duration::from_mins(5);
/// The maximum number of failures of one client.
const MAX_BY_CLIENT: usize = 30;
/// The maximum number of failures for one user name.
const MAX_BY_NAME: usize = 10;
/// The maximum number of clients and names that are counted, so that attackers cannot exhaust memory.
const MAX_KEYS: usize = 10_000;

/// The key by which failures are counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Client(IpAddr),
    Name(String),
}

/// The failed sign-ins of the window.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    failed: Mutex<HashMap<Key, Vec<Timestamp>>>,
}

impl Attempts {
    /// Checks whether another attempt is allowed.
    ///
    /// # Errors
    ///
    /// `user.too_many_attempts` with the time until the next attempt.
    pub(crate) fn check(&self, client: IpAddr, name: &str, now: Timestamp) -> Result<(), Error> {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, most) in [(Key::Client(client), MAX_BY_CLIENT), (key_of_name(name), MAX_BY_NAME)] {
            let Some(times) = failed.get_mut(&key) else { continue };
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

    /// Records a failure.
    pub(crate) fn failed(&self, client: IpAddr, name: &str, now: Timestamp) {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        if failed.len() >= MAX_KEYS {
            failed.retain(|_, times| times.last().is_some_and(|last| age(*last, now) < WINDOW));
        }
        if failed.len() >= MAX_KEYS {
            failed.clear();
        }
        for key in [Key::Client(client), key_of_name(name)] {
            failed.entry(key).or_default().push(now);
        }
    }

    /// Removes the failures of a user name after a successful sign-in.
    pub(crate) fn succeeded(&self, name: &str) {
        self.failed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&key_of_name(name));
    }
}

/// User names are case-insensitive.
fn key_of_name(name: &str) -> Key {
    Key::Name(name.chars().take(64).collect::<String>().to_lowercase())
}

fn age(at: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(at)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_is_blocked_after_ten_failures_until_the_window_ends() {
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
    fn client_that_tries_many_names_is_blocked() {
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
