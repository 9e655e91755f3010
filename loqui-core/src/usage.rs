//! Spending by day and by model.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::money;
use crate::store::Spending;

/// Spending, in total, by day and by model. Serializes to the JSON of `loqui usage`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Usage {
    /// The amount spent, in US dollars.
    pub total_usd: f64,
    /// The amount reserved for takes whose result is not known yet, in US dollars.
    pub reserved_usd: f64,
    /// Spending by day (UTC), oldest first. Days without takes are left out.
    pub by_day: Vec<DayUsage>,
    /// Spending by engine and model, sorted by name.
    pub by_model: Vec<ModelUsage>,
    /// The number of takes.
    pub takes: i64,
    /// The number of characters in the takes.
    pub characters: i64,
}

/// Spending of one day.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct DayUsage {
    /// The day (UTC).
    pub day: Date,
    /// The amount spent, in US dollars.
    pub total_usd: f64,
    /// The number of takes.
    pub takes: i64,
    /// The number of characters in the takes.
    pub characters: i64,
}

/// Spending of one model.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ModelUsage {
    /// The engine's name.
    pub engine: String,
    /// The model's full name.
    pub model: String,
    /// The amount spent, in US dollars.
    pub total_usd: f64,
    /// The number of takes.
    pub takes: i64,
    /// The number of characters in the takes.
    pub characters: i64,
}

#[derive(Clone, Copy, Default)]
struct Sum {
    nanos: i64,
    takes: i64,
    characters: i64,
}

impl Sum {
    fn add(&mut self, row: &Spending) {
        self.nanos += row.spent_nanos;
        self.takes += row.takes;
        self.characters += row.characters;
    }

    fn is_nothing(self) -> bool {
        (self.nanos, self.takes) == (0, 0)
    }
}

impl Usage {
    /// Sums up the spending.
    pub(crate) fn of(rows: &[Spending]) -> Self {
        let mut total = Sum::default();
        let mut days: BTreeMap<Date, Sum> = BTreeMap::new();
        let mut models: BTreeMap<(&str, &str), Sum> = BTreeMap::new();
        for row in rows {
            total.add(row);
            days.entry(row.day).or_default().add(row);
            models.entry((&row.engine, &row.model)).or_default().add(row);
        }
        Self {
            total_usd: money::usd(total.nanos),
            reserved_usd: money::usd(rows.iter().map(|row| row.reserved_nanos).sum()),
            by_day: days
                .into_iter()
                .filter(|(_, sum)| !sum.is_nothing())
                .map(|(day, sum)| DayUsage {
                    day,
                    total_usd: money::usd(sum.nanos),
                    takes: sum.takes,
                    characters: sum.characters,
                })
                .collect(),
            by_model: models
                .into_iter()
                .filter(|(_, sum)| !sum.is_nothing())
                .map(|((engine, model), sum)| ModelUsage {
                    engine: engine.to_owned(),
                    model: model.to_owned(),
                    total_usd: money::usd(sum.nanos),
                    takes: sum.takes,
                    characters: sum.characters,
                })
                .collect(),
            takes: total.takes,
            characters: total.characters,
        }
    }
}
