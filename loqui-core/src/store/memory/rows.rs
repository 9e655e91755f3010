//! What the store in memory keeps of each sample and each generation.

use std::collections::BTreeMap;

use crate::ledger::{Event, GenerationRecord, TakeRecord};
use crate::options::SpeakOptions;
use crate::store::SampleRecord;
use crate::store::apply::{Head, Refusal, TakeChange};
use crate::store::spending::Share;

/// By owner, day, engine and model.
pub(super) type Books = BTreeMap<(String, i64, String, String), Share>;

/// Takes by segment and number.
pub(super) type Takes = BTreeMap<(u32, u32), TakeRecord>;

/// A sample.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) sample: SampleRecord,
    pub(super) erased: bool,
}

impl Kept {
    pub(super) fn is_of(&self, owner: Option<&str>, sha256: &str) -> bool {
        self.sample.owner.as_deref() == owner && self.sample.sha256 == sha256
    }

    /// Forgets it, but for where its audio is.
    pub(super) fn erase(&mut self) -> SampleRecord {
        self.erased = true;
        self.sample.name.clear();
        self.sample.sha256.clear();
        self.sample.report = serde_json::Value::Null;
        self.sample.consent = None;
        self.sample.clone()
    }
}

/// A generation, with its takes and events.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) record: GenerationRecord,
    pub(super) erased: bool,
    pub(super) pruned: bool,
    pub(super) worker: Option<String>,
    pub(super) takes: BTreeMap<(u32, u32), TakeRecord>,
    pub(super) events: Vec<Event>,
}

impl Row {
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

    pub(super) fn keep(&mut self, head: Head) {
        self.record.status = head.status;
        self.record.stage = head.stage;
        self.record.progress = head.progress;
        self.record.epoch = head.epoch;
        self.worker = head.worker;
    }

    /// Adds to the books of its owner and model.
    pub(super) fn book(&self, books: &mut Books, shares: Vec<Share>) {
        for share in shares {
            let owner = self.record.owner.clone().unwrap_or_default();
            let place = (owner, share.day, self.record.engine.clone(), self.record.model.clone());
            let sum = books.entry(place).or_default();
            *sum = sum.plus(share);
        }
    }

    /// The ledger after these changes, and what they add to the books.
    pub(super) fn ledger(&self, changes: Vec<TakeChange>) -> Result<(Takes, Vec<Share>), Refusal> {
        let mut takes = self.takes.clone();
        let mut shares = Vec::new();
        for change in changes {
            let place = (change.take().segment, change.take().number);
            let (take, moved) = change.settle(takes.get(&place))?;
            shares.extend(moved);
            takes.insert(place, take);
        }
        Ok((takes, shares))
    }

    /// Forgets all events but the last, and where the audio of takes was.
    pub(super) fn thin(&mut self) {
        self.pruned = true;
        self.events.drain(..self.events.len().saturating_sub(1));
        self.change_takes(TakeRecord::pruned);
    }

    /// Forgets everything but the ids at the provider, which must never be adopted again.
    pub(super) fn erase(&mut self) {
        self.erased = true;
        self.record.script.clear();
        self.record.options = SpeakOptions::default();
        self.record.segments.clear();
        self.record.warnings.clear();
        self.record.error = None;
        self.record.speech = None;
        self.record.idempotency_key = None;
        self.events.clear();
        self.change_takes(TakeRecord::erased);
    }

    fn change_takes(&mut self, change: impl Fn(TakeRecord) -> TakeRecord) {
        let takes = std::mem::take(&mut self.takes);
        self.takes = takes.into_iter().map(|(place, take)| (place, change(take))).collect();
    }
}
