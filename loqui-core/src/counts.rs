//! Counters of a process, for monitoring.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// The counters of a handle and its clones since it was built. They do not include other processes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Generations that are running now.
    pub in_hand: u32,
    /// Takes that were sent to an engine.
    pub takes_sent: u64,
    /// Sent takes of a segment whose earlier take failed or was rejected.
    pub takes_repeated: u64,
    /// Takes whose answer was lost and whose prediction was found.
    pub answers_found: u64,
    /// Takes that an engine finished.
    pub takes_answered: u64,
    /// The total time of the finished takes, from being accepted to being done.
    pub answer_time: Duration,
    /// Requests to the provider that were retried.
    pub requests_repeated: u64,
    /// The total time that requests to the provider waited for the rate limiter.
    pub pace_wait: Duration,
}

/// Counts what [`Counts`] reports.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    sent: AtomicU64,
    repeated: AtomicU64,
    found: AtomicU64,
    answered: AtomicU64,
    answer_micros: AtomicU64,
}

impl Tally {
    /// Counts a take that is about to be sent; `number` counts the takes of its segment, from 1.
    pub(crate) fn sent(&self, number: u32) {
        self.sent.fetch_add(1, Relaxed);
        if number > 1 {
            self.repeated.fetch_add(1, Relaxed);
        }
    }

    /// Counts a prediction that was found after its answer had been lost.
    pub(crate) fn found(&self) {
        self.found.fetch_add(1, Relaxed);
    }

    /// Counts a finished take and its duration.
    pub(crate) fn answered(&self, took: Duration) {
        self.answered.fetch_add(1, Relaxed);
        self.answer_micros.fetch_add(micros(took), Relaxed);
    }

    /// The counters so far; those that are counted elsewhere are zero.
    pub(crate) fn counts(&self) -> Counts {
        Counts {
            takes_sent: self.sent.load(Relaxed),
            takes_repeated: self.repeated.load(Relaxed),
            answers_found: self.found.load(Relaxed),
            takes_answered: self.answered.load(Relaxed),
            answer_time: Duration::from_micros(self.answer_micros.load(Relaxed)),
            ..Counts::default()
        }
    }
}

/// A duration in microseconds.
pub(crate) fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
