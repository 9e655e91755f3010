//! The times and limits that the plan goes by, in one place.

use std::time::Duration;

use crate::engine::{ModelInfo, Price};
use crate::reconciliation::{self, Reconciliation};

/// The times and limits that the plan goes by.
///
/// The guarantee of never paying twice rests on `settle` being longer than `send_guard`, the time-out of a create and the
/// lag of the provider's listing together.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Policy {
    /// An intent older than this is not sent any more: a process that was frozen must not send late. The upload of a
    /// recording has to fit into it.
    pub send_guard: Duration,
    /// How old an unanswered intent must be before "not in the list" counts.
    pub settle: Duration,
    /// The pause between two looks for a lost prediction.
    pub look_gap: Duration,
    /// Two looks in vain, this many, decide that it was never created.
    pub looks: u32,
    /// Inputs vanish at the provider after about an hour; an intent older than this cannot be decided any more.
    pub undecidable: Duration,
    /// How often a segment is taken before the generation fails.
    pub max_takes: u32,
    /// How often a take that was certainly not created is sent before it fails.
    pub max_sends: u32,
    /// The pause before another take after the provider failed.
    pub take_gap: Duration,
    /// The pause before a running prediction that was asked to stop is asked again.
    pub stop_gap: Duration,
    /// How many segments are being spoken at a time.
    pub parallel: usize,
    /// The provider ends a prediction by itself after this long (`Cancel-After`).
    pub cancel_after: Duration,
    /// A prediction that has not ended after this long is stopped.
    pub patience: Duration,
    /// What a character costs; nothing if absent.
    pub price: Option<Price>,
}

impl Default for Policy {
    fn default() -> Self {
        let reconciliation = Reconciliation::default();
        Self {
            send_guard: reconciliation.send_guard,
            settle: reconciliation.settle,
            look_gap: reconciliation.look_gap,
            looks: reconciliation.looks,
            undecidable: reconciliation.undecidable,
            max_takes: 3,
            max_sends: 12,
            take_gap: Duration::from_secs(2),
            stop_gap: Duration::from_millis(500),
            parallel: 4,
            cancel_after: Duration::from_mins(15),
            patience: Duration::from_mins(16),
            price: None,
        }
    }
}

impl Policy {
    /// The policy for a model. Where nothing is paid, nothing can be paid twice: a take whose answer was lost is simply
    /// made again. Nor are more segments spoken at a time than the model gains from.
    #[must_use]
    pub fn for_model(&self, model: &ModelInfo) -> Self {
        let mut policy = Self {
            price: model.price.clone(),
            parallel: model.parallel.unwrap_or(usize::MAX).clamp(1, self.parallel.max(1)),
            ..self.clone()
        };
        if policy.price.is_none() {
            policy.settle = Duration::ZERO;
            policy.looks = 1;
            policy.undecidable = Duration::MAX;
        }
        policy
    }

    /// What it costs to have this text spoken once, in US dollars.
    pub fn cost(&self, text: &str) -> f64 {
        self.price.as_ref().map_or(0.0, |price| price.of(text.chars().count()))
    }

    /// Returns the pause before the next poll of a prediction that was accepted this long ago: 0.5 s to 5 s.
    pub fn poll_interval(age: Duration) -> Duration {
        reconciliation::poll_interval(age)
    }

    /// The pause before a take is sent again that was certainly not created, after that many sends.
    pub fn resend_interval(sends: u32) -> Duration {
        reconciliation::resend_interval(sends)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_that_gains_nothing_from_more_takes_at_once_gets_fewer() {
        let mut model = ModelInfo::new("small");
        let parallel = |model: &ModelInfo| Policy::default().for_model(model).parallel;
        assert_eq!(parallel(&model), 4);
        for (wanted, given) in [(2, 2), (100, 4), (0, 1)] {
            model.parallel = Some(wanted);
            assert_eq!(parallel(&model), given);
        }
    }
}
