//! Budgets that generations share: in total, per day and per owner.

use jiff::tz::TimeZone;

use super::change::Ceiling;
use super::record::GenerationRecord;
use super::take::TakeRecord;

/// Limits of spending, in US dollars: for all owners and for each owner, in total and per day (UTC).
///
/// The cost of a take is reserved before it is sent, in the transaction that compares the sums with these limits. Several
/// processes on one store therefore cannot exceed them together.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Budgets {
    /// For all owners, in total.
    pub total_usd: Option<f64>,
    /// For all owners, per day.
    pub day_usd: Option<f64>,
    /// For each owner, in total.
    pub owner_usd: Option<f64>,
    /// For each owner, per day.
    pub owner_day_usd: Option<f64>,
}

impl Budgets {
    /// The ceilings that the spending must stay within when this take is reserved.
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
        // A free take is never refused, not even above a ceiling that was lowered.
        all.into_iter().flatten().filter(|_| take.cost_usd > 0.0).collect()
    }
}
