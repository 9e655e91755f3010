//! The times and limits of the plan.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::engine::{ModelInfo, Price};
use crate::reconciliation::{self, Reconciliation};
use crate::script::Segment;

/// The longest pause before another take of a segment, unless the first pause is longer.
const LONGEST_TAKE_GAP: Duration = Duration::from_mins(1);

/// The times and limits of the plan.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Policy {
    /// When a take may be sent, and when a take whose answer was lost counts as never created.
    pub reconciliation: Reconciliation,
    /// The most takes of a segment before the generation fails.
    pub max_takes: u32,
    /// The most sends of a take that was certainly not created before it fails.
    pub max_sends: u32,
    /// The pause before another take after the provider failed. It grows with each take of the segment.
    pub take_gap: Duration,
    /// The pause between two requests to cancel a running prediction.
    pub stop_gap: Duration,
    /// How many segments of a generation are spoken at once.
    pub parallel: usize,
    /// The time after which the provider cancels a prediction (`Cancel-After`).
    pub cancel_after: Duration,
    /// A prediction that has not ended after this time is stopped.
    pub patience: Duration,
    /// The price; free if absent.
    pub price: Option<Price>,
    /// The prices of the voices that have a model of their own, by label; free if absent there.
    pub voice_prices: BTreeMap<String, Option<Price>>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            reconciliation: Reconciliation::default(),
            max_takes: 3,
            max_sends: 12,
            take_gap: Duration::from_secs(2),
            stop_gap: Duration::from_millis(500),
            parallel: 4,
            cancel_after: Duration::from_mins(15),
            patience: Duration::from_mins(16),
            price: None,
            voice_prices: BTreeMap::new(),
        }
    }
}

impl Policy {
    /// The policy for a model. A free model cannot be paid twice, so a take whose answer was lost is made again at once.
    /// If the engine cannot look up a take of a model with a price, a lost answer is undecidable at once.
    /// No more segments are spoken at once than the model benefits from.
    #[must_use]
    pub fn for_model(&self, model: &ModelInfo) -> Self {
        self.for_models(model, [])
    }

    /// The policy for a generation with several voices: the model of text without a label, and the model of each label.
    #[must_use]
    pub fn for_models<'a>(
        &self,
        model: &ModelInfo,
        voices: impl IntoIterator<Item = (&'a str, &'a ModelInfo)>,
    ) -> Self {
        let most = |model: &ModelInfo| model.parallel.unwrap_or(usize::MAX);
        let mut parallel = most(model);
        let mut voice_prices = BTreeMap::new();
        for (label, voice) in voices {
            parallel = parallel.min(most(voice));
            voice_prices.insert(label.to_owned(), voice.price.clone());
        }
        let mut policy = Self {
            price: model.price.clone(),
            parallel: parallel.clamp(1, self.parallel.max(1)),
            voice_prices,
            ..self.clone()
        };
        let is_free = policy.price.is_none() && policy.voice_prices.values().all(Option::is_none);
        if is_free {
            policy.reconciliation.settle = Duration::ZERO;
            policy.reconciliation.looks = 1;
            policy.reconciliation.undecidable = Duration::MAX;
        } else if !model.finds_lost_takes {
            policy.reconciliation.undecidable = Duration::ZERO;
        }
        policy
    }

    /// The cost of speaking this text once, in US dollars.
    pub fn cost(&self, text: &str) -> f64 {
        self.price.as_ref().map_or(0.0, |price| price.of(text.chars().count()))
    }

    /// The cost of speaking a segment once in its voice, in US dollars.
    pub fn cost_of(&self, segment: &Segment) -> f64 {
        let own = segment.voice.as_ref().and_then(|label| self.voice_prices.get(label));
        let price = own.unwrap_or(&self.price);
        let characters = segment.spoken.chars().count();
        price.as_ref().map_or(0.0, |price| price.of(characters))
    }

    /// Returns the pause after a failed take with this number: `take_gap`, four times as long with each further one, up to
    /// a minute. A failure may be that of one worker of the provider, and another take soon afterwards may meet it again.
    pub fn pause_after_take(&self, number: u32) -> Duration {
        let factor = 4_u32.saturating_pow(number.saturating_sub(1));
        self.take_gap
            .saturating_mul(factor)
            .min(LONGEST_TAKE_GAP.max(self.take_gap))
    }

    /// Returns the pause before the next poll of a prediction that was accepted this long ago: 0.5 s to 5 s.
    pub fn poll_interval(age: Duration) -> Duration {
        reconciliation::poll_interval(age)
    }

    /// Returns the pause before a take that was certainly not created is sent again, after this many sends.
    pub fn resend_interval(sends: u32) -> Duration {
        reconciliation::resend_interval(sends)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pause_after_a_failed_take_grows_up_to_a_minute() {
        let pauses = [1, 2, 3, 4, 100].map(|number| Policy::default().pause_after_take(number).as_secs());
        assert_eq!(pauses, [2, 8, 32, 60, 60]);
    }

    #[test]
    fn each_voice_has_the_price_of_its_model() {
        let mut paid = ModelInfo::new("paid");
        paid.price = Some(Price::new(0.025, "2026-01-01"));
        let free = ModelInfo::new("free");
        let segment = |voice: Option<&str>| {
            let mut segment = Segment::new(0, String::new(), "x".repeat(1000), 0..0, crate::script::Boundary::End);
            segment.voice = voice.map(str::to_owned);
            segment
        };
        let policy = Policy::default().for_models(&free, [("anna", &paid), ("bob", &free)]);
        let costs = [None, Some("anna"), Some("bob")].map(|voice| policy.cost_of(&segment(voice)));
        assert_eq!(costs.map(|cost| (cost * 1e6).round() as i64), [0, 25_000, 0]);
        assert!(policy.reconciliation.settle > Duration::ZERO, "a take may be paid");
        let all_free = Policy::default().for_models(&free, [("bob", &free)]);
        assert_eq!(all_free.reconciliation.settle, Duration::ZERO);
    }

    #[test]
    fn model_limits_how_many_segments_are_spoken_at_once() {
        let mut model = ModelInfo::new("small");
        let parallel = |model: &ModelInfo| Policy::default().for_model(model).parallel;
        assert_eq!(parallel(&model), 4);
        for (wanted, given) in [(2, 2), (100, 4), (0, 1)] {
            model.parallel = Some(wanted);
            assert_eq!(parallel(&model), given);
        }
    }
}
