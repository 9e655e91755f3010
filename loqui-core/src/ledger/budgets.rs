//! What may be spent beside the budget of a single generation.

use jiff::tz::TimeZone;

use super::change::Ceiling;
use super::record::GenerationRecord;
use super::take::TakeRecord;

/// What may be spent by everybody and by each owner, in all and on one day (UTC), in US dollars. The cost of a take is set
/// aside in the books before it is sent, in the same transaction that looks at these, so that no number of processes
/// together exceeds them.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Budgets {
    /// By everybody, in all.
    pub total_usd: Option<f64>,
    /// By everybody, on one day.
    pub day_usd: Option<f64>,
    /// By each owner, in all.
    pub owner_usd: Option<f64>,
    /// By each owner, on one day.
    pub owner_day_usd: Option<f64>,
}

impl Budgets {
    /// What the books must stay within when this take is about to be sent.
    pub(crate) fn ceilings(&self, generation: &GenerationRecord, take: &TakeRecord) -> Vec<Ceiling> {
        let day = TimeZone::UTC.to_datetime(take.intended_at).date();
        let owner = generation.owner.as_deref().unwrap_or_default();
        let all = [
            self.total_usd.map(Ceiling::new),
            self.day_usd.map(|usd| Ceiling::new(usd).with_day(day)),
            self.owner_usd.map(|usd| Ceiling::new(usd).with_owner(owner)),
            self.owner_day_usd
                .map(|usd| Ceiling::new(usd).with_owner(owner).with_day(day)),
        ];
        // What is free is never refused, not even above a ceiling that was lowered.
        all.into_iter().flatten().filter(|_| take.cost_usd > 0.0).collect()
    }
}
