//! The budget of a session. What a generation may cost is reserved before it is submitted.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use loqui_core::Error;
use loqui_core::estimate::dollars;

use crate::code;

/// The number of takes of each segment that a generation may pay by default.
const TAKES: u32 = 3;

/// What all generations of a session may cost together. Cheap to clone; clones share it.
#[derive(Clone, Debug)]
pub(super) struct SessionBudget {
    limit_usd: Option<f64>,
    /// The default budget of one generation.
    generation_usd: Option<f64>,
    /// Spent or reserved, in US dollars.
    used: Arc<Mutex<f64>>,
}

/// What was reserved for a generation. It counts as spent unless it is [settled](Self::settle).
#[derive(Debug)]
#[must_use = "an unsettled reservation counts as spent"]
pub(super) struct Reservation {
    budget: SessionBudget,
    usd: f64,
}

impl SessionBudget {
    pub(super) fn new(limit_usd: Option<f64>, generation_usd: Option<f64>) -> Self {
        Self {
            limit_usd,
            generation_usd,
            used: Arc::default(),
        }
    }

    /// Returns what is neither spent nor reserved, in US dollars; `None` without a budget.
    pub(super) fn remaining_usd(&self) -> Option<f64> {
        let left = self.limit_usd? - *self.used();
        // Without the rounding errors of floating point.
        Some((left.max(0.0) * 1e9).round() / 1e9)
    }

    /// Reserves money for a generation with this estimate. `requested` is the budget that the client asks for. By default,
    /// each segment may be paid three times, or as often as `max_takes` says.
    ///
    /// # Errors
    ///
    /// `generation.budget` without a budget, or if less remains than the estimate.
    pub(super) fn reserve(
        &self,
        estimate_usd: f64,
        requested: Option<f64>,
        max_takes: Option<u32>,
    ) -> Result<Reservation, Error> {
        let refused = |message: String, hint: &str| Err(Error::new(&code::GENERATION_BUDGET, message).with_hint(hint));
        let Some(remaining) = self.remaining_usd() else {
            return refused(
                format!(
                    "this speech costs about {}, and the session has no budget",
                    dollars(estimate_usd)
                ),
                "Ask the user to start `loqui mcp` with `--budget USD`, or with an engine without a price.",
            );
        };
        let requested = match (requested, self.generation_usd) {
            (Some(requested), Some(most)) => requested.min(most),
            (Some(usd), None) | (None, Some(usd)) => usd,
            (None, None) => estimate_usd * f64::from(max_takes.unwrap_or(TAKES)),
        };
        if estimate_usd > remaining {
            return refused(
                format!(
                    "this speech costs about {}, and {} remain of the session's budget",
                    dollars(estimate_usd),
                    dollars(remaining)
                ),
                "Speak a shorter text, or ask the user to restart `loqui mcp` with a larger `--budget`.",
            );
        }
        let usd = requested.min(remaining);
        *self.used() += usd;
        Ok(Reservation {
            budget: self.clone(),
            usd,
        })
    }

    fn used(&self) -> MutexGuard<'_, f64> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reservation {
    /// Returns the reserved amount, in US dollars.
    pub(super) fn usd(&self) -> f64 {
        self.usd
    }

    /// Replaces the reserved amount by what was spent, in US dollars.
    pub(super) fn settle(self, cost_usd: f64) {
        *self.budget.used() += cost_usd - self.usd;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_needs_a_budget() {
        let error = SessionBudget::new(None, None).reserve(0.01, None, None).unwrap_err();
        assert!(error.is(&code::GENERATION_BUDGET));
        assert!(error.hint().unwrap().contains("--budget"), "{error:?}");
    }

    #[test]
    fn reservations_and_costs_stay_within_the_budget() {
        let budget = SessionBudget::new(Some(1.0), None);
        let first = budget.reserve(0.2, None, None).unwrap();
        let second = budget.reserve(0.2, None, None).unwrap();
        assert!((first.usd() - 0.6).abs() < 1e-9 && (second.usd() - 0.4).abs() < 1e-9);
        assert_eq!(budget.remaining_usd(), Some(0.0));
        budget.reserve(0.01, None, None).unwrap_err();
        first.settle(0.2);
        assert_eq!(budget.remaining_usd(), Some(0.4));
        // A generation whose cost is unknown counts with all that was reserved.
        drop(second);
        assert_eq!(budget.remaining_usd(), Some(0.4));
    }

    #[test]
    fn smaller_budgets_of_a_generation_apply() {
        let budget = SessionBudget::new(Some(1.0), Some(0.3));
        let usd = |requested| {
            let reserved = budget.reserve(0.2, requested, None).unwrap();
            let usd = reserved.usd();
            reserved.settle(0.0);
            usd
        };
        assert_eq!((usd(None), usd(Some(0.25)), usd(Some(0.9))), (0.3, 0.25, 0.3));
        assert_eq!(budget.remaining_usd(), Some(1.0));
    }
}
