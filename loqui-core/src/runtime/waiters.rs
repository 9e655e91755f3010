//! Counts the callers that wait for the speech of each generation, so that speech that nobody waits for is not paid for.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::id::GenerationId;

/// The generations that callers of this process wait for, or have just stopped waiting for.
#[derive(Debug, Default)]
pub(crate) struct Waiters(Mutex<HashMap<GenerationId, Waiting>>);

#[derive(Clone, Copy, Debug, Default)]
struct Waiting {
    callers: u32,
    /// How often the last caller has left.
    departures: u64,
}

impl Waiters {
    fn locked(&self) -> MutexGuard<'_, HashMap<GenerationId, Waiting>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A caller begins to wait.
    pub(crate) fn join(&self, generation: GenerationId) {
        self.locked().entry(generation).or_default().callers += 1;
    }

    /// A caller begins to wait for a generation that its last caller has left. False if there is no such generation.
    pub(crate) fn rejoin(&self, generation: GenerationId) -> bool {
        match self.locked().get_mut(&generation) {
            Some(waiting) if waiting.callers == 0 => {
                waiting.callers = 1;
                true
            }
            _ => false,
        }
    }

    /// A caller does not need the generation to be cancelled any more.
    pub(crate) fn finish(&self, generation: GenerationId) {
        let mut all = self.locked();
        if let Some(waiting) = all.get_mut(&generation) {
            waiting.callers = waiting.callers.saturating_sub(1);
            if waiting.callers == 0 {
                all.remove(&generation);
            }
        }
    }

    /// A caller has left. Returns the number of the departure if it was the last one.
    pub(crate) fn leave(&self, generation: GenerationId) -> Option<u64> {
        let mut all = self.locked();
        let waiting = all.entry(generation).or_default();
        waiting.callers = waiting.callers.saturating_sub(1);
        if waiting.callers > 0 {
            return None;
        }
        waiting.departures += 1;
        Some(waiting.departures)
    }

    /// True if no caller has come back since this departure. The generation is forgotten then.
    pub(crate) fn is_abandoned(&self, generation: GenerationId, departure: u64) -> bool {
        let mut all = self.locked();
        let abandoned = all
            .get(&generation)
            .is_some_and(|waiting| (waiting.callers, waiting.departures) == (0, departure));
        if abandoned {
            all.remove(&generation);
        }
        abandoned
    }

    /// The generations that their last caller has left, and that are not cancelled yet.
    pub(crate) fn left(&self) -> Vec<GenerationId> {
        let all = self.locked();
        let left = all.iter().filter(|(_, waiting)| waiting.callers == 0);
        left.map(|(generation, _)| *generation).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generation_is_abandoned_when_its_last_caller_does_not_come_back() {
        let waiters = Waiters::default();
        let id = GenerationId::new(7);
        assert!(!waiters.rejoin(id), "nobody has waited for it");
        waiters.join(id);
        waiters.join(id);
        assert_eq!(waiters.leave(id), None, "another caller waits");
        assert!(!waiters.rejoin(id), "another caller waits");
        let first = waiters.leave(id).unwrap();
        assert_eq!(waiters.left(), [id]);
        assert!(waiters.rejoin(id));
        assert!(!waiters.is_abandoned(id, first), "a caller has come back");
        let second = waiters.leave(id).unwrap();
        assert!(!waiters.is_abandoned(id, first), "that was an earlier departure");
        assert!(waiters.is_abandoned(id, second));
        assert!(waiters.left().is_empty());
        waiters.join(id);
        waiters.finish(id);
        assert!(!waiters.rejoin(id), "it is not needed any more");
    }
}
