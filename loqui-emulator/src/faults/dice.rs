//! Chance that does not depend on the order in which requests arrive.
//!
//! Requests of many tasks meet the platform in another order each time, so one stream of throws for all of them would
//! give each run other faults. Here every subject (what a create asks for, a prediction, a path) has throws of its own,
//! counted for each place.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use fastrand::Rng;

use super::Stage;

/// The throws of one run.
#[derive(Debug)]
pub(super) struct Dice {
    seed: u64,
    /// How often each subject has come to a place.
    visits: HashMap<u64, u32>,
}

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            seed,
            visits: HashMap::new(),
        }
    }

    /// The throws for one more visit of a subject to a place.
    pub(super) fn throw(&mut self, stage: Stage, subject: &str) -> Rng {
        let mut hasher = DefaultHasher::new();
        (self.seed, stage, subject).hash(&mut hasher);
        let place = hasher.finish();
        let visit = self.visits.entry(place).or_default();
        *visit += 1;
        (place, *visit).hash(&mut hasher);
        Rng::with_seed(hasher.finish())
    }

    /// Forgets who has come where.
    pub(super) fn forget(&mut self) {
        self.visits.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fall_the_same_for_a_subject_in_any_order() {
        let throws = |order: &[&'static str]| {
            let mut dice = Dice::new(7);
            let mut thrown: Vec<(&str, u64)> = order
                .iter()
                .map(|&subject| (subject, dice.throw(Stage::Create, subject).u64(..)))
                .collect();
            thrown.sort_unstable();
            thrown
        };
        let once = throws(&["a", "b", "a", "c", "a"]);
        assert_eq!(once, throws(&["c", "a", "a", "a", "b"]));
        let different: std::collections::HashSet<u64> = once.iter().map(|&(_, throw)| throw).collect();
        assert_eq!(different.len(), once.len(), "each visit has a throw of its own");
        let mut other = Dice::new(8);
        assert_ne!(
            other.throw(Stage::Create, "c").u64(..),
            Dice::new(7).throw(Stage::Create, "c").u64(..)
        );
    }
}
