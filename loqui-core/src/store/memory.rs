//! Records in memory: for tests, and for those who want nothing on disk.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use super::apply::{self, End, Head, Outcome, Refusal, TakeChange};
use super::{Change, Fence, Filter, GenerationStore, NewSample, SampleRecord};
use crate::error::Result;
use crate::generation::{Event, GenerationRecord, NewGeneration, TakeRecord};

/// Keeps records in memory, as long as the process lives.
///
/// What it gives up: after a crash nobody knows what was being spoken, so what a provider had begun is paid for and lost.
///
/// # Examples
///
/// ```
/// use loqui_core::store::{GenerationStore as _, MemoryStore};
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let store = MemoryStore::new();
/// assert!(store.unfinished().await?.is_empty());
/// # Ok::<(), loqui_core::Error>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct MemoryStore {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    samples: BTreeMap<i64, SampleRecord>,
    generations: BTreeMap<i64, Row>,
    /// Until when each worker's lease holds.
    workers: HashMap<String, Timestamp>,
}

#[derive(Debug)]
struct Row {
    record: GenerationRecord,
    owner: Option<String>,
    takes: BTreeMap<(u32, u32), TakeRecord>,
    events: Vec<Event>,
}

impl MemoryStore {
    /// Begins without any records.
    pub fn new() -> Self {
        Self::default()
    }

    /// Calls decide first and write last, so one that panicked leaves whole records behind.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Row {
    fn head(&self) -> Head {
        Head {
            generation: self.record.id,
            status: self.record.status,
            stage: self.record.stage,
            progress: self.record.progress,
            epoch: self.record.epoch,
            owner: self.owner.clone(),
            events: self.events.len() as u64,
        }
    }

    fn keep(&mut self, head: Head) {
        self.record.status = head.status;
        self.record.stage = head.stage;
        self.record.progress = head.progress;
        self.record.epoch = head.epoch;
        self.owner = head.owner;
    }

    /// The ledger after these changes.
    fn ledger(&self, changes: Vec<TakeChange>) -> Result<BTreeMap<(u32, u32), TakeRecord>, Refusal> {
        let mut takes = self.takes.clone();
        for change in changes {
            match change {
                TakeChange::Add(take) => match takes.entry((take.segment, take.number)) {
                    Entry::Occupied(_) => return Err(Refusal::exists(&take)),
                    Entry::Vacant(free) => drop(free.insert(take)),
                },
                TakeChange::Update(take) => match takes.get_mut(&(take.segment, take.number)) {
                    Some(old) => *old = take,
                    None => return Err(Refusal::missing(&take)),
                },
            }
        }
        Ok(takes)
    }
}

#[async_trait]
impl GenerationStore for MemoryStore {
    async fn add_sample(&self, sample: NewSample) -> Result<SampleRecord> {
        let mut state = self.state();
        if let Some(known) = state.samples.values().find(|known| known.sha256 == sample.sha256) {
            return Ok(known.clone());
        }
        let id = next_id(&state.samples);
        let mut record = sample.with_id(id);
        record.created_at = apply::stored(record.created_at);
        state.samples.insert(id, record.clone());
        Ok(record)
    }

    async fn sample(&self, id: i64) -> Result<Option<SampleRecord>> {
        Ok(self.state().samples.get(&id).cloned())
    }

    async fn samples(&self) -> Result<Vec<SampleRecord>> {
        Ok(self.state().samples.values().rev().cloned().collect())
    }

    async fn submit(&self, new: NewGeneration) -> Result<GenerationRecord> {
        let mut state = self.state();
        if !state.samples.contains_key(&new.sample) {
            return Err(Refusal::NoSample { sample: new.sample }.into());
        }
        let id = next_id(&state.generations);
        let record = apply::pending(id, new);
        let row = Row {
            record: record.clone(),
            owner: None,
            takes: BTreeMap::new(),
            events: vec![apply::first_event(&record)],
        };
        state.generations.insert(id, row);
        Ok(record)
    }

    async fn generation(&self, id: i64) -> Result<Option<GenerationRecord>> {
        Ok(self.state().generations.get(&id).map(|row| row.record.clone()))
    }

    async fn generations(&self, filter: &Filter) -> Result<Vec<GenerationRecord>> {
        let state = self.state();
        let wanted = state.generations.values().rev().map(|row| &row.record);
        let wanted = wanted.filter(|record| filter.status.is_none_or(|status| record.status == status));
        Ok(wanted
            .take(filter.limit.map_or(usize::MAX, |limit| limit as usize))
            .cloned()
            .collect())
    }

    async fn takes(&self, generation: i64) -> Result<Vec<TakeRecord>> {
        let state = self.state();
        let row = state.generations.get(&generation);
        Ok(row.map_or_else(Vec::new, |row| row.takes.values().cloned().collect()))
    }

    async fn holds_remote(&self, remote: &str) -> Result<bool> {
        let state = self.state();
        let mut takes = state.generations.values().flat_map(|row| row.takes.values());
        Ok(takes.any(|take| take.remote.as_deref() == Some(remote)))
    }

    async fn events(&self, generation: i64, after: u64) -> Result<Vec<Event>> {
        let state = self.state();
        let events = state.generations.get(&generation).map_or(&[][..], |row| &row.events);
        let seen = usize::try_from(after).unwrap_or(usize::MAX).min(events.len());
        Ok(events[seen..].to_vec())
    }

    async fn claim(
        &self,
        generation: i64,
        worker: &str,
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<GenerationRecord>> {
        let mut state = self.state();
        let State {
            generations, workers, ..
        } = &mut *state;
        let Some(row) = generations.get_mut(&generation) else {
            return Ok(None);
        };
        let mut head = row.head();
        let owner_lease = head.owner.as_ref().and_then(|owner| workers.get(owner)).copied();
        if !head.claim(worker, owner_lease, now) {
            return Ok(None);
        }
        row.keep(head);
        workers.insert(worker.to_owned(), apply::lease_until(now, lease));
        Ok(Some(row.record.clone()))
    }

    async fn beat(&self, worker: &str, now: Timestamp, lease: Duration) -> Result<()> {
        let until = apply::lease_until(now, lease);
        self.state().workers.insert(worker.to_owned(), until);
        Ok(())
    }

    async fn release(&self, fence: Fence) -> Result<()> {
        if let Some(row) = self.state().generations.get_mut(&fence.generation) {
            let mut head = row.head();
            if head.release(fence) {
                row.keep(head);
            }
        }
        Ok(())
    }

    async fn write(&self, fence: Fence, changes: Vec<Change>) -> Result<()> {
        let mut state = self.state();
        let row = state
            .generations
            .get_mut(&fence.generation)
            .ok_or(Refusal::NoGeneration {
                generation: fence.generation,
            })?;
        let Outcome {
            head,
            takes,
            events,
            warnings,
            end,
        } = row.head().write(fence, changes)?;
        row.takes = row.ledger(takes)?;
        // Nothing is refused from here on.
        row.keep(head);
        row.events.extend(events);
        row.record.warnings.extend(warnings);
        if let Some(End { at, result }) = end {
            row.record.completed_at = Some(at);
            match result {
                Ok(speech) => row.record.speech = Some(speech),
                Err(error) => row.record.error = Some(error),
            }
        }
        Ok(())
    }

    async fn cancel_requests(&self, worker: &str) -> Result<Vec<i64>> {
        let state = self.state();
        let wanted = state
            .generations
            .values()
            .filter(|row| row.record.cancel_requested && row.owner.as_deref() == Some(worker));
        Ok(wanted.map(|row| row.record.id).collect())
    }

    async fn request_cancel(&self, generation: i64) -> Result<bool> {
        match self.state().generations.get_mut(&generation) {
            Some(row) if !row.record.status.is_terminal() => {
                row.record.cancel_requested = true;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    async fn reopen(&self, generation: i64, now: Timestamp) -> Result<bool> {
        let mut state = self.state();
        let Some(row) = state.generations.get_mut(&generation) else {
            return Ok(false);
        };
        let mut head = row.head();
        let Some(event) = head.reopen(now) else {
            return Ok(false);
        };
        row.keep(head);
        row.record.error = None;
        row.record.cancel_requested = false;
        row.record.completed_at = None;
        row.record.opened_at = event.at;
        row.events.push(event);
        Ok(true)
    }

    async fn unfinished(&self) -> Result<Vec<i64>> {
        let state = self.state();
        let wanted = state
            .generations
            .values()
            .filter(|row| !row.record.status.is_terminal());
        Ok(wanted.map(|row| row.record.id).collect())
    }
}

fn next_id<T>(rows: &BTreeMap<i64, T>) -> i64 {
    rows.last_key_value().map_or(1, |(last, _)| last + 1)
}

#[cfg(test)]
mod tests {
    use super::MemoryStore;

    crate::store::conformance!(memory, MemoryStore::new());
}
