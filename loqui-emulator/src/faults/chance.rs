//! Randomness that does not depend on the order of requests.
//!
//! Concurrent requests arrive in a different order each time, so a single random stream would give each run different
//! faults. Here each subject (the content of a create, a prediction, a path) has its own stream at each stage.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use fastrand::Rng;

use super::Stage;

/// Random streams by subject and stage.
#[derive(Debug)]
pub(super) struct Chance {
    seed: u64,
    /// Number of visits of each subject to each stage.
    visits: HashMap<u64, u32>,
}

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            seed,
            visits: HashMap::new(),
        }
    }

    /// Returns the random stream for the next visit of a subject to a stage.
    pub(super) fn rng(&mut self, stage: Stage, subject: &str) -> Rng {
        let mut hasher = DefaultHasher::new();
        (self.seed, stage, subject).hash(&mut hasher);
        let key = hasher.finish();
        let visit = self.visits.entry(key).or_default();
        *visit += 1;
        (key, *visit).hash(&mut hasher);
        Rng::with_seed(hasher.finish())
    }

    /// Resets all visits.
    pub(super) fn reset(&mut self) {
        self.visits.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_do_not_depend_on_the_order_of_subjects() {
        let numbers = |order: &[&'static str]| {
            let mut chance = Chance::new(7);
            let mut drawn: Vec<(&str, u64)> = order
                .iter()
                .map(|&subject| (subject, chance.rng(Stage::Create, subject).u64(..)))
                .collect();
            drawn.sort_unstable();
            drawn
        };
        let once = numbers(&["a", "b", "a", "c", "a"]);
        assert_eq!(once, numbers(&["c", "a", "a", "a", "b"]));
        let different: std::collections::HashSet<u64> = once.iter().map(|&(_, number)| number).collect();
        assert_eq!(different.len(), once.len(), "each visit has its own number");
        let mut other = Chance::new(8);
        assert_ne!(
            other.rng(Stage::Create, "c").u64(..),
            Chance::new(7).rng(Stage::Create, "c").u64(..)
        );
    }
}
