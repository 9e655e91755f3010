//! Compares the records of the store with those of the provider.

use std::collections::HashMap;
use std::fmt;

use loqui_core::ledger::Status;
use loqui_core::store::{Filter, GenerationStoreExt as _, UsageFilter};

use crate::world::World;

#[derive(Debug, Default)]
pub(crate) struct Audit {
    completed: usize,
    failed: Vec<String>,
    unfinished: usize,
    /// Predictions at the provider.
    predictions: usize,
    /// Predictions that belong to no take.
    pub(crate) outside_the_ledger: usize,
    /// Takes with several predictions.
    made_twice: usize,
    /// Completed generations with a segment that does not have exactly one kept take.
    torn: usize,
    over_budget: usize,
    /// Whether the recorded spending is the sum of the takes.
    books_agree: bool,
    spent_usd: f64,
}

impl Audit {
    pub(crate) async fn of(world: &World) -> Self {
        let mut audit = Self::default();
        let mut holders: HashMap<String, usize> = HashMap::new();
        let mut seeds: HashMap<i64, usize> = HashMap::new();
        let mut total = 0.0;
        for record in world.records.generations(&Filter::default()).await.unwrap() {
            let takes = world.records.takes(record.id).await.unwrap();
            match record.status {
                Status::Completed => audit.completed += 1,
                Status::Failed => audit.failed.push(format!("{}: {:?}", record.id, record.error)),
                Status::Pending | Status::Processing => audit.unfinished += 1,
            }
            let kept = |segment: u32| {
                let kept = takes.iter().filter(|take| take.segment == segment && take.is_kept());
                kept.count()
            };
            if record.status == Status::Completed && record.segments.iter().any(|segment| kept(segment.index) != 1) {
                audit.torn += 1;
            }
            let cost: f64 = takes.iter().map(|take| take.cost_usd).sum();
            total += cost;
            if record
                .options
                .limits
                .budget_usd
                .is_some_and(|budget| cost > budget + 1e-9)
            {
                audit.over_budget += 1;
            }
            for take in &takes {
                *seeds.entry(i64::from(take.seed)).or_default() += 0;
                if let Some(remote) = take.prediction_id() {
                    *holders.entry(remote.to_owned()).or_default() += 1;
                }
            }
        }
        for create in world.emulator.ledger().creates {
            audit.predictions += 1;
            if !holders.contains_key(&create.prediction) {
                audit.outside_the_ledger += 1;
            }
            *seeds.entry(create.seed.unwrap_or_default()).or_default() += 1;
        }
        audit.made_twice =
            seeds.values().filter(|times| **times > 1).count() + holders.values().filter(|times| **times > 1).count();
        let books = world.records.spending(&UsageFilter::default()).await.unwrap();
        let booked: i64 = books.iter().map(|row| row.spent_nanos + row.reserved_nanos).sum();
        audit.spent_usd = booked as f64 / 1e9;
        audit.books_agree = (audit.spent_usd - total).abs() < 1e-6;
        audit
    }

    pub(crate) fn assert_sound(&self) {
        assert_eq!(self.unfinished, 0, "stuck: {self}");
        assert!(self.failed.is_empty(), "{self}: {:?}", self.failed);
        let paid_wrongly = (self.outside_the_ledger, self.made_twice, self.torn);
        assert_eq!(paid_wrongly, (0, 0, 0), "{self}");
        assert_eq!(self.over_budget, 0, "{self}");
        assert!(self.books_agree, "{self}");
    }
}

impl fmt::Display for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} completed, {} failed, {} unfinished; {} predictions, {} outside the ledger, {} made twice, {} torn; ${:.4}, \
             {} over budget, books agree: {}",
            self.completed,
            self.failed.len(),
            self.unfinished,
            self.predictions,
            self.outside_the_ledger,
            self.made_twice,
            self.torn,
            self.spent_usd,
            self.over_budget,
            self.books_agree
        )
    }
}
