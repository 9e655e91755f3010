//! Faults that the emulator produces on request.
//!
//! A [`Fault`] is one kind of failure, a [`Rule`] defines how often it occurs, and [`Faults`] arms rules while the emulator
//! runs. Each stage of the emulator (a create, a run, a download and so on) applies the first armed rule for that stage.

mod chance;
mod rule;
mod table;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use self::chance::Chance;
pub use self::rule::{FaultError, Rule, Times};
pub(crate) use self::table::Stage;
pub use self::table::{Fault, FaultInfo};

/// Arms and disarms faults while the emulator runs. Clones share the rules.
///
/// ```
/// use loqui_emulator::{Fault, Faults, Rule};
///
/// let faults = Faults::default();
/// faults.next(Fault::DropAfterAccept);
/// faults.times(Fault::CreateThrottled(5), 3);
/// faults.add(Rule::new(Fault::PaymentRequired).skipping(2).always());
/// assert_eq!(faults.armed().len(), 3);
/// faults.clear();
/// assert!(faults.armed().is_empty());
/// ```
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<Mutex<Armed>>);

#[derive(Debug)]
struct Armed {
    rules: Vec<Rule>,
    fired: BTreeMap<&'static str, u64>,
    chance: Chance,
}

impl Default for Armed {
    fn default() -> Self {
        Self {
            rules: Vec::new(),
            fired: BTreeMap::new(),
            chance: Chance::new(0),
        }
    }
}

impl Faults {
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(Armed {
            chance: Chance::new(seed),
            ..Armed::default()
        })))
    }

    /// Arms a fault for the next time its stage is reached.
    pub fn next(&self, fault: Fault) {
        self.add(Rule::new(fault));
    }

    /// Arms a fault for the next `count` times its stage is reached.
    pub fn times(&self, fault: Fault, count: u32) {
        self.add(Rule::new(fault).times(count));
    }

    /// Arms a fault until the rules are cleared.
    pub fn always(&self, fault: Fault) {
        self.add(Rule::new(fault).always());
    }

    /// Arms a rule. Rules of the same stage apply in the order they were added.
    pub fn add(&self, rule: Rule) {
        self.lock().rules.push(rule);
    }

    /// Disarms all rules.
    pub fn clear(&self) {
        self.lock().rules.clear();
    }

    /// Returns the armed rules with their remaining counts.
    #[must_use]
    pub fn armed(&self) -> Vec<Rule> {
        self.lock().rules.clone()
    }

    /// Returns how often each fault has occurred, by name.
    #[must_use]
    pub fn fired(&self) -> BTreeMap<String, u64> {
        self.lock()
            .fired
            .iter()
            .map(|(&name, &count)| (name.to_owned(), count))
            .collect()
    }

    pub(crate) fn reset(&self) {
        let mut armed = self.lock();
        armed.rules.clear();
        armed.fired.clear();
        armed.chance.reset();
    }

    /// Returns the fault for a subject at a stage, and counts it. A rule with a chance depends only on the seed, the stage, the
    /// subject and the number of its visits to the stage.
    pub(crate) fn draw(&self, stage: Stage, subject: &str) -> Option<Fault> {
        let Armed { rules, fired, chance } = &mut *self.lock();
        if !rules.iter().any(|rule| rule.fault().stage() == stage) {
            return None;
        }
        let mut rng = chance.rng(stage, subject);
        let index = rules
            .iter_mut()
            .position(|rule| rule.fault().stage() == stage && rule.applies(&mut rng))?;
        let fault = rules[index].fault().clone();
        if rules[index].is_spent() {
            rules.remove(index);
        }
        *fired.entry(fault.name()).or_default() += 1;
        tracing::debug!(fault = fault.name(), "fault");
        Some(fault)
    }

    fn lock(&self) -> MutexGuard<'_, Armed> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_occur_as_often_as_armed_and_are_counted() {
        let faults = Faults::default();
        faults.times(Fault::DropAfterAccept, 2);
        assert_eq!(faults.draw(Stage::Run, "a"), None);
        assert_eq!(faults.draw(Stage::Create, "a"), Some(Fault::DropAfterAccept));
        assert_eq!(faults.draw(Stage::Create, "a"), Some(Fault::DropAfterAccept));
        assert_eq!(faults.draw(Stage::Create, "a"), None);
        assert_eq!(faults.fired()["drop_after_accept"], 2);
    }

    #[test]
    fn skipped_occurrences_have_no_fault() {
        let faults = Faults::default();
        faults.add(Rule::new(Fault::PaymentRequired).skipping(2).always());
        let draws: Vec<bool> = (0..4).map(|_| faults.draw(Stage::Create, "a").is_some()).collect();
        assert_eq!(draws, [false, false, true, true]);
    }

    #[test]
    fn random_faults_repeat_for_a_seed() {
        let draws = |seed| -> Vec<bool> {
            let faults = Faults::seeded(seed);
            faults.add(Rule::new(Fault::NullOutput).always().with_chance(0.2));
            (0..1000).map(|_| faults.draw(Stage::Output, "a").is_some()).collect()
        };
        let hits = draws(1).iter().filter(|&&hit| hit).count();
        assert!((150..250).contains(&hits), "{hits} of 1000 at 20 %");
        assert_eq!(draws(1), draws(1));
        assert_ne!(draws(1), draws(2));
    }
}
