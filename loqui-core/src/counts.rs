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
    /// Takes that were sent because an earlier take of their segment failed or was rejected.
    pub takes_repeated: u64,
    /// Takes whose create response was lost and whose prediction was found later.
    pub answers_found: u64,
    /// Takes that an engine finished.
    pub takes_answered: u64,
    /// The total duration of the finished takes, from acceptance to completion.
    pub answer_time: Duration,
    /// Requests to the provider that were retried.
    pub requests_repeated: u64,
    /// The total time that requests to the provider waited for the rate limiter.
    pub pace_wait: Duration,
    /// What was computed from recordings: judgements, voiceprints and voices of engines. Those that were stored before do
    /// not count.
    pub artefacts_made: u64,
}

/// The counters behind [`Counts`].
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

    /// Counts a prediction that was found after its create response was lost.
    pub(crate) fn found(&self) {
        self.found.fetch_add(1, Relaxed);
    }

    /// Counts a finished take and its duration.
    pub(crate) fn answered(&self, took: Duration) {
        self.answered.fetch_add(1, Relaxed);
        self.answer_micros.fetch_add(micros(took), Relaxed);
    }

    /// Returns the counters. Those that other modules count are zero.
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
