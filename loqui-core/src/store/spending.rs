//! Spending by owner, day and model, updated in the transaction that changes a take.
//!
//! The sums remain when generations are erased or pruned. They are whole nano-dollars, so that no rounding error
//! accumulates.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::ledger::TakeRecord;
use crate::money;

const SECONDS_A_DAY: i64 = 86_400;

/// Which part of the spending to read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct UsageFilter {
    /// Only the spending of this owner.
    pub owner: Option<String>,
    /// Only from this day on (UTC).
    pub since: Option<Date>,
    /// Only up to and including this day (UTC).
    pub until: Option<Date>,
}

impl UsageFilter {
    /// Only the spending of this owner.
    #[must_use]
    pub fn with_owner(mut self, owner: impl Into<String>) -> Self {
        self.owner = Some(owner.into());
        self
    }

    /// Only from this day on (UTC).
    #[must_use]
    pub fn with_since(mut self, day: Date) -> Self {
        self.since = Some(day);
        self
    }

    /// Only up to and including this day (UTC).
    #[must_use]
    pub fn with_until(mut self, day: Date) -> Self {
        self.until = Some(day);
        self
    }
}

/// Spending of one owner on one day for one model.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Spending {
    /// The owner.
    pub owner: Option<String>,
    /// The day on which the takes were intended (UTC).
    pub day: Date,
    /// The engine's name.
    pub engine: String,
    /// The model's full name.
    pub model: String,
    /// The amount that is certain to be paid, in nano-dollars.
    pub spent_nanos: i64,
    /// The amount reserved for takes that may turn out never to have been created, in nano-dollars.
    pub reserved_nanos: i64,
    /// The number of takes.
    pub takes: i64,
    /// The number of characters in the takes.
    pub characters: i64,
}

/// The share of a take in the spending.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Share {
    /// Days since 1970 in UTC.
    pub(super) day: i64,
    pub(super) spent: i64,
    pub(super) reserved: i64,
    pub(super) takes: i64,
    pub(super) characters: i64,
}

impl Share {
    /// Returns the share of this take.
    pub(super) fn of(take: &TakeRecord) -> Self {
        let open = take.kind().is_unsettled();
        let made = take.prediction().is_some() || take.audio().is_some();
        let nanos = money::nanos(take.cost_usd);
        Self {
            day: take.intended_at.as_second().div_euclid(SECONDS_A_DAY),
            spent: if open { 0 } else { nanos },
            reserved: if open { nanos } else { 0 },
            takes: i64::from(made),
            characters: if made { i64::from(take.characters) } else { 0 },
        }
    }

    /// Returns the rows to add to the spending when a take changes: none, one, or two if the take moved to another day.
    pub(super) fn moved(old: Option<Self>, new: Self) -> Vec<Self> {
        let Some(old) = old else { return vec![new] };
        let less = Self {
            day: old.day,
            spent: -old.spent,
            reserved: -old.reserved,
            takes: -old.takes,
            characters: -old.characters,
        };
        let moved = if old.day == new.day {
            vec![less.plus(new)]
        } else {
            vec![less, new]
        };
        moved.into_iter().filter(|share| !share.is_nothing()).collect()
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            day: other.day,
            spent: self.spent + other.spent,
            reserved: self.reserved + other.reserved,
            takes: self.takes + other.takes,
            characters: self.characters + other.characters,
        }
    }

    fn is_nothing(&self) -> bool {
        Self { day: 0, ..*self } == Self::default()
    }
}

/// The date of a day number, counted from 1970.
pub(super) fn date(day: i64) -> Date {
    let at = Timestamp::from_second(day.saturating_mul(SECONDS_A_DAY)).unwrap_or(Timestamp::UNIX_EPOCH);
    TimeZone::UTC.to_datetime(at).date()
}

/// The day number of a date, counted from 1970.
pub(super) fn day(date: Date) -> i64 {
    let midnight = TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0));
    midnight.map_or(0, |at| at.as_second().div_euclid(SECONDS_A_DAY))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::testing::in_state;
    use crate::ledger::{StateKind, TakeRow};

    #[test]
    fn days_count_from_1970_and_back() {
        for (text, number) in [("1970-01-01", 0), ("1969-12-31", -1), ("2026-11-24", 20_781)] {
            let parsed: Date = text.parse().unwrap();
            assert_eq!((day(parsed), date(number)), (number, parsed));
        }
    }

    #[test]
    fn take_that_moves_to_another_day_is_removed_from_the_first() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let mut row = TakeRow::new(1, 0, 1, 7, 1, at(86_399));
        row.cost_usd = 0.025;
        row.characters = 10;
        let old = Share::of(&in_state(row.clone(), StateKind::Intended));
        assert_eq!((old.day, old.spent, old.reserved, old.takes), (0, 0, 25_000_000, 0));
        assert_eq!(Share::moved(Some(old), old), []);

        row.intended_at = at(86_400);
        let take = in_state(row, StateKind::Running);
        let [less, more] = Share::moved(Some(old), Share::of(&take))[..] else {
            panic!("two days");
        };
        assert_eq!((less.day, less.reserved, less.spent), (0, -25_000_000, 0));
        assert_eq!((more.day, more.reserved, more.spent), (1, 0, 25_000_000));
        assert_eq!((more.takes, more.characters), (1, 10));
    }
}
