//! The time of a claim, which does not jump when the clock of the machine is set.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use crate::clock::{SharedClock, later, since};
use crate::ledger::TakeRecord;

/// A time of an earlier claim that is further ahead than this was recorded by a clock that has been set back since.
const FURTHEST_AHEAD: Duration = Duration::from_mins(1);
/// How far the clock of the machine may run ahead of the steady time between the intent and the send of a take.
const LEAP: Duration = Duration::from_secs(5);

/// Steady time: the clock of the machine when the generation was claimed, plus the time that has passed since.
///
/// All times of a claim are compared in it. If the clock of the machine is set, a running take is neither given up nor
/// waited for longer.
#[derive(Debug)]
pub(super) struct SteadyTime {
    clock: SharedClock,
    claimed_at: Timestamp,
    started: Duration,
    /// How far the clock of the machine was ahead when the intent of a segment was recorded.
    intents: Mutex<HashMap<u32, Duration>>,
}

impl SteadyTime {
    /// Starts with a claim.
    pub(super) fn start(clock: SharedClock) -> Self {
        Self {
            claimed_at: clock.now(),
            started: clock.elapsed(),
            clock,
            intents: Mutex::default(),
        }
    }

    /// When the generation was claimed.
    pub(super) fn claimed_at(&self) -> Timestamp {
        self.claimed_at
    }

    /// The present time.
    pub(super) fn now(&self) -> Timestamp {
        later(self.claimed_at, self.clock.elapsed().saturating_sub(self.started))
    }

    /// The take of an earlier claim, without times in the future.
    pub(super) fn adopted(&self, take: TakeRecord) -> TakeRecord {
        let latest = later(self.claimed_at, FURTHEST_AHEAD);
        take.map_times(|at| if at > latest { self.claimed_at } else { at })
    }

    /// Remembers when the intent of a segment is recorded.
    pub(super) fn intends(&self, segment: u32) {
        let ahead = self.ahead();
        self.intents
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(segment, ahead);
    }

    /// True if the clock of the machine has advanced further than the steady time since the intent of a segment. The
    /// clock was set, or the machine was suspended: then another process may have taken the generation over.
    pub(super) fn leapt_since_intent(&self, segment: u32) -> bool {
        let intents = self.intents.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(before) = intents.get(&segment).copied() else {
            return true;
        };
        self.ahead().saturating_sub(before) > LEAP
    }

    /// How far the clock of the machine is ahead of the steady time.
    fn ahead(&self) -> Duration {
        since(self.now(), self.clock.now())
    }
}
