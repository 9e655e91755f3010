//! The rows that the store in memory keeps.

use std::collections::BTreeMap;

use crate::ledger::{Event, GenerationRecord, TakeRecord};
use crate::options::SpeakOptions;
use crate::store::SampleRecord;
use crate::store::apply::{self, Head, Refusal, TakeChange};
use crate::store::spending::Share;

/// Spending by owner (empty for none), day, engine and model.
pub(super) type SpendingRows = BTreeMap<(String, i64, String, String), Share>;

/// Takes by segment and number.
pub(super) type Takes = BTreeMap<(u32, u32), TakeRecord>;

#[derive(Debug)]
pub(super) struct Sample {
    pub(super) record: SampleRecord,
    pub(super) erased: bool,
}

impl Sample {
    /// Erases all but the id, the owner and the keys of the audio.
    pub(super) fn erase(&mut self) -> SampleRecord {
        self.erased = true;
        self.record.name.clear();
        self.record.handle.clear();
        self.record.sha256.clear();
        self.record.report = serde_json::Value::Null;
        self.record.consent = None;
        self.record.clone()
    }
}

/// A generation with its takes and events.
#[derive(Debug)]
pub(super) struct Generation {
    pub(super) record: GenerationRecord,
    pub(super) erased: bool,
    pub(super) pruned: bool,
    /// The worker that has claimed it.
    pub(super) worker: Option<String>,
    pub(super) takes: Takes,
    pub(super) events: Vec<Event>,
}

impl Generation {
    pub(super) fn new(record: GenerationRecord) -> Self {
        Self {
            erased: false,
            pruned: false,
            worker: None,
            takes: Takes::new(),
            events: vec![apply::first_event(&record)],
            record,
        }
    }

    /// The number of the last event.
    pub(super) fn last_event(&self) -> u64 {
        self.events.last().map_or(0, |event| event.number)
    }

    pub(super) fn head(&self) -> Head {
        Head {
            generation: self.record.id,
            status: self.record.status,
            stage: self.record.stage,
            progress: self.record.progress,
            epoch: self.record.epoch,
            worker: self.worker.clone(),
            events: self.last_event(),
            erased: self.erased,
        }
    }

    pub(super) fn set_head(&mut self, head: Head) {
        self.record.status = head.status;
        self.record.stage = head.stage;
        self.record.progress = head.progress;
        self.record.epoch = head.epoch;
        self.worker = head.worker;
    }

    /// Adds to the spending of its owner and model.
    pub(super) fn book(&self, spending: &mut SpendingRows, shares: Vec<Share>) {
        for share in shares {
            let owner = self.record.owner.clone().unwrap_or_default();
            let key = (owner, share.day, self.record.engine.clone(), self.record.model.clone());
            let sum = spending.entry(key).or_default();
            *sum = sum.plus(share);
        }
    }

    /// Returns the takes that these changes add or replace, and the change of the spending.
    pub(super) fn changed_takes(&self, changes: Vec<TakeChange>) -> Result<(Takes, Vec<Share>), Refusal> {
        let mut takes = Takes::new();
        let mut shares = Vec::new();
        for change in changes {
            let key = (change.take().segment, change.take().number);
            let current = takes.get(&key).or_else(|| self.takes.get(&key));
            let (take, moved) = change.settle(current)?;
            shares.extend(moved);
            takes.insert(key, take);
        }
        Ok((takes, shares))
    }

    /// Deletes all events but the last, and the references to the audio of the takes.
    pub(super) fn prune(&mut self) {
        self.pruned = true;
        self.events.drain(..self.events.len().saturating_sub(1));
        self.change_takes(TakeRecord::pruned);
    }

    /// Erases all but the prediction ids of the takes, so that no other take ever adopts one of these predictions.
    pub(super) fn erase(&mut self) {
        self.erased = true;
        self.record.script.clear();
        self.record.options = SpeakOptions::default();
        self.record.segments.clear();
        self.record.voices.clear();
        self.record.lineage = None;
        self.record.warnings.clear();
        self.record.error = None;
        self.record.speech = None;
        self.record.idempotency_key = None;
        self.events.clear();
        self.change_takes(TakeRecord::erased);
    }

    fn change_takes(&mut self, change: impl Fn(TakeRecord) -> TakeRecord) {
        let takes = std::mem::take(&mut self.takes);
        self.takes = takes.into_iter().map(|(key, take)| (key, change(take))).collect();
    }
}
