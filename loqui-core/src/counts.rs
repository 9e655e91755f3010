//! What a process has counted since it began, for those who watch it.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// What a handle and its clones have counted since it was built. What other processes did is not in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Generations that are being carried on right now.
    pub in_hand: u32,
    /// Takes that were sent to an engine.
    pub takes_sent: u64,
    /// Those of them that repeat a segment, because an earlier take failed or was not good.
    pub takes_repeated: u64,
    /// Takes whose answer was lost, and found again.
    pub answers_found: u64,
    /// Takes that an engine answered with audio.
    pub takes_answered: u64,
    /// How long all those took together, from being accepted to being done.
    pub answer_time: Duration,
    /// Requests to the provider that were repeated.
    pub requests_repeated: u64,
    /// How long requests to the provider waited for their turn, together.
    pub pace_wait: Duration,
}

/// Where it is counted.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    sent: AtomicU64,
    repeated: AtomicU64,
    found: AtomicU64,
    answered: AtomicU64,
    answer_micros: AtomicU64,
}

impl Tally {
    /// A take is about to be sent; `number` counts those of its segment, from 1.
    pub(crate) fn sent(&self, number: u32) {
        self.sent.fetch_add(1, Relaxed);
        if number > 1 {
            self.repeated.fetch_add(1, Relaxed);
        }
    }

    /// A lost answer was found.
    pub(crate) fn found(&self) {
        self.found.fetch_add(1, Relaxed);
    }

    /// An engine answered with audio, after this long.
    pub(crate) fn answered(&self, took: Duration) {
        self.answered.fetch_add(1, Relaxed);
        self.answer_micros.fetch_add(micros(took), Relaxed);
    }

    /// What was counted here; the rest is nothing.
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

/// A duration as it is added up.
pub(crate) fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
