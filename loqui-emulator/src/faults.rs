//! Faults: what goes wrong, when, and how often.
//!
//! A [`Fault`] names one thing that goes wrong; a [`Rule`] says how often; [`Faults`] is the handle
//! that arms rules while the emulator runs. Each place of the platform (a create, a run, a
//! download...) asks for its own stage, and the first armed rule of that stage answers.

mod dice;
mod rule;
mod table;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use self::dice::Dice;
pub use self::rule::{FaultError, Rule, Times};
pub(crate) use self::table::Stage;
pub use self::table::{Fault, FaultInfo};

/// Arms and disarms faults at run time; clones share one set of rules.
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
    dice: Dice,
}

impl Default for Armed {
    fn default() -> Self {
        Self {
            rules: Vec::new(),
            fired: BTreeMap::new(),
            dice: Dice::new(0),
        }
    }
}

impl Faults {
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(Armed {
            dice: Dice::new(seed),
            ..Armed::default()
        })))
    }

    /// Arms a fault for the next time its place is reached.
    pub fn next(&self, fault: Fault) {
        self.add(Rule::new(fault));
    }

    /// Arms a fault for the next `count` times its place is reached.
    pub fn times(&self, fault: Fault, count: u32) {
        self.add(Rule::new(fault).times(count));
    }

    /// Arms a fault until it is cleared.
    pub fn always(&self, fault: Fault) {
        self.add(Rule::new(fault).always());
    }

    /// Arms a rule. Rules of the same place answer in the order they were added.
    pub fn add(&self, rule: Rule) {
        self.lock().rules.push(rule);
    }

    /// Disarms all rules.
    pub fn clear(&self) {
        self.lock().rules.clear();
    }

    /// Returns the rules that are still armed, with the counts they have left.
    #[must_use]
    pub fn armed(&self) -> Vec<Rule> {
        self.lock().rules.clone()
    }

    /// Returns how often each fault has happened, by name.
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
        armed.dice.forget();
    }

    /// Returns what goes wrong at a place this time for a subject, and uses it up. Whether a rule with a chance applies
    /// depends on the seed, the place, the subject and how often it has come there, and on nobody else.
    pub(crate) fn draw(&self, stage: Stage, subject: &str) -> Option<Fault> {
        let Armed { rules, fired, dice } = &mut *self.lock();
        if !rules.iter().any(|rule| rule.fault().stage() == stage) {
            return None;
        }
        let mut throws = dice.throw(stage, subject);
        let index = rules
            .iter_mut()
            .position(|rule| rule.fault().stage() == stage && rule.happens(&mut throws))?;
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
    fn happen_as_often_as_armed_and_leave_a_trace() {
        let faults = Faults::default();
        faults.times(Fault::DropAfterAccept, 2);
        assert_eq!(faults.draw(Stage::Run, "a"), None);
        assert_eq!(faults.draw(Stage::Create, "a"), Some(Fault::DropAfterAccept));
        assert_eq!(faults.draw(Stage::Create, "a"), Some(Fault::DropAfterAccept));
        assert_eq!(faults.draw(Stage::Create, "a"), None);
        assert_eq!(faults.fired()["drop_after_accept"], 2);
    }

    #[test]
    fn skip_the_first_ones() {
        let faults = Faults::default();
        faults.add(Rule::new(Fault::PaymentRequired).skipping(2).always());
        let draws: Vec<bool> = (0..4).map(|_| faults.draw(Stage::Create, "a").is_some()).collect();
        assert_eq!(draws, [false, false, true, true]);
    }

    #[test]
    fn happen_by_chance_and_repeat_for_a_seed() {
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
