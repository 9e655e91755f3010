//! Records in memory: for tests, and for those who want nothing on disk.

mod rows;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use rows::{Books, Kept, Row};

use super::apply::{self, End, Outcome, Refusal};
use super::spending;
use super::{Change, Fence, Filter, GenerationStore, NewSample, SampleFilter, SampleRecord, Spending, UsageFilter};
use crate::error::Result;
use crate::ledger::{Event, GenerationRecord, NewGeneration, StateKind, Status, TakeId, TakeRecord};
use crate::money;

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
    samples: BTreeMap<i64, Kept>,
    generations: BTreeMap<i64, Row>,
    /// Until when each worker's lease holds.
    workers: HashMap<String, Timestamp>,
    books: Books,
    hints: HashMap<TakeId, String>,
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

impl State {
    fn ended_before(&self, at: Timestamp, limit: u32, wanted: impl Fn(&Row) -> bool) -> Vec<i64> {
        let ended = |row: &&Row| !row.erased && row.record.completed_at.is_some_and(|ended| ended < at) && wanted(row);
        let mut ended: Vec<_> = self.generations.values().filter(ended).map(|row| &row.record).collect();
        ended.sort_by_key(|record| record.completed_at);
        ended.into_iter().take(limit as usize).map(|record| record.id).collect()
    }
}

#[async_trait]
impl GenerationStore for MemoryStore {
    fn location(&self) -> String {
        "memory".to_owned()
    }

    async fn add_sample(&self, sample: NewSample) -> Result<SampleRecord> {
        let mut state = self.state();
        let known = state
            .samples
            .values_mut()
            .find(|kept| !kept.erased && kept.is_of(sample.owner.as_deref(), &sample.sha256));
        if let Some(known) = known {
            known.sample.consent = known.sample.consent.take().or(sample.consent);
            return Ok(known.sample.clone());
        }
        let id = next_id(&state.samples);
        let mut record = sample.with_id(id);
        record.created_at = apply::stored(record.created_at);
        let kept = Kept {
            sample: record.clone(),
            erased: false,
        };
        state.samples.insert(id, kept);
        Ok(record)
    }

    async fn sample(&self, id: i64) -> Result<Option<SampleRecord>> {
        let state = self.state();
        let kept = state.samples.get(&id).filter(|kept| !kept.erased);
        Ok(kept.map(|kept| kept.sample.clone()))
    }

    async fn sample_of(&self, owner: Option<&str>, sha256: &str) -> Result<Option<SampleRecord>> {
        let state = self.state();
        let mut kept = state.samples.values().filter(|kept| !kept.erased);
        let kept = kept.find(|kept| kept.is_of(owner, sha256));
        Ok(kept.map(|kept| kept.sample.clone()))
    }

    async fn samples(&self, filter: &SampleFilter) -> Result<Vec<SampleRecord>> {
        let state = self.state();
        let wanted = state.samples.values().rev().filter(|kept| !kept.erased);
        let wanted = wanted.map(|kept| &kept.sample);
        let wanted = wanted.filter(|sample| filter.owner.is_none() || filter.owner == sample.owner);
        Ok(wanted.take(most(filter.limit)).cloned().collect())
    }

    async fn erase_sample(&self, id: i64, _now: Timestamp) -> Result<Option<SampleRecord>> {
        let mut state = self.state();
        let used = state
            .generations
            .values()
            .find(|row| row.record.sample == id && !row.record.status.is_terminal());
        if let Some(row) = used {
            let generation = row.record.id;
            return Err(Refusal::SampleInUse { sample: id, generation }.into());
        }
        Ok(state.samples.get_mut(&id).map(Kept::erase))
    }

    async fn submit(&self, new: NewGeneration) -> Result<GenerationRecord> {
        let mut state = self.state();
        let known = state.generations.values().map(|row| &row.record).find(|record| {
            record.idempotency_key.is_some()
                && record.idempotency_key == new.idempotency_key
                && record.owner == new.owner
        });
        if let Some(known) = known {
            return Ok(known.clone());
        }
        if state.samples.get(&new.sample).is_none_or(|kept| kept.erased) {
            return Err(Refusal::NoSample { sample: new.sample }.into());
        }
        let id = next_id(&state.generations);
        let record = apply::pending(id, new);
        let row = Row {
            record: record.clone(),
            erased: false,
            pruned: false,
            worker: None,
            takes: BTreeMap::new(),
            events: vec![apply::first_event(&record)],
        };
        state.generations.insert(id, row);
        Ok(record)
    }

    async fn generation(&self, id: i64) -> Result<Option<GenerationRecord>> {
        let state = self.state();
        let row = state.generations.get(&id).filter(|row| !row.erased);
        Ok(row.map(|row| row.record.clone()))
    }

    async fn generations(&self, filter: &Filter) -> Result<Vec<GenerationRecord>> {
        let state = self.state();
        let wanted = state.generations.values().rev().filter(|row| !row.erased);
        let wanted = wanted.map(|row| &row.record).filter(|record| {
            filter.status.is_none_or(|status| record.status == status)
                && (filter.owner.is_none() || filter.owner == record.owner)
                && filter.sample.is_none_or(|sample| record.sample == sample)
                && filter.before.is_none_or(|before| record.id < before)
        });
        Ok(wanted.take(most(filter.limit)).cloned().collect())
    }

    async fn takes(&self, generation: i64) -> Result<Vec<TakeRecord>> {
        let state = self.state();
        let row = state.generations.get(&generation);
        Ok(row.map_or_else(Vec::new, |row| row.takes.values().cloned().collect()))
    }

    async fn holds_remote(&self, remote: &str) -> Result<bool> {
        let state = self.state();
        let mut takes = state.generations.values().flat_map(|row| row.takes.values());
        Ok(takes.any(|take| take.prediction_id() == Some(remote)))
    }

    async fn events(&self, generation: i64, after: u64) -> Result<Vec<Event>> {
        let state = self.state();
        let events = state.generations.get(&generation).map_or(&[][..], |row| &row.events);
        let seen = events.partition_point(|event| event.number <= after);
        Ok(events[seen..].to_vec())
    }

    async fn last_events(&self, generations: &[i64]) -> Result<Vec<(i64, u64)>> {
        let state = self.state();
        let rows = generations.iter().filter_map(|id| state.generations.get(id));
        let there = rows.filter(|row| !row.erased);
        Ok(there.map(|row| (row.record.id, row.last_event())).collect())
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
        let lease_until = head.worker.as_ref().and_then(|holder| workers.get(holder)).copied();
        if !head.claim(worker, lease_until, now) {
            return Ok(None);
        }
        row.keep(head);
        workers.insert(worker.to_owned(), apply::lease_until(now, lease));
        Ok(Some(row.record.clone()))
    }

    async fn renew_lease(&self, worker: &str, now: Timestamp, lease: Duration) -> Result<()> {
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
        let State { generations, books, .. } = &mut *state;
        let row = generations.get_mut(&fence.generation).ok_or(Refusal::NoGeneration {
            generation: fence.generation,
        })?;
        let Outcome {
            head,
            takes,
            events,
            warnings,
            ceilings,
            end,
        } = row.head().write(fence, changes)?;
        let (takes, shares) = row.ledger(takes)?;
        for ceiling in &ceilings {
            let of = |owner: &str, day: i64| {
                ceiling.owner.as_deref().is_none_or(|wanted| wanted == owner)
                    && ceiling.day.is_none_or(|wanted| spending::day(wanted) == day)
            };
            let booked = books
                .iter()
                .filter(|((owner, day, ..), _)| of(owner, *day))
                .map(|(_, share)| *share);
            let owner = row.record.owner.as_deref().unwrap_or_default();
            let added = shares.iter().filter(|share| of(owner, share.day)).copied();
            let sum: i64 = booked.chain(added).map(|share| share.spent + share.reserved).sum();
            if sum > money::nanos(ceiling.usd) {
                return Err(Refusal::over_budget(fence.generation, ceiling).into());
            }
        }
        // Nothing is refused from here on.
        row.takes = takes;
        row.book(books, shares);
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
            .filter(|row| row.record.cancel_requested && row.worker.as_deref() == Some(worker));
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

    async fn erase_generation(&self, generation: i64, _now: Timestamp) -> Result<bool> {
        let mut state = self.state();
        let Some(row) = state.generations.get_mut(&generation) else {
            return Ok(false);
        };
        if !row.record.status.is_terminal() {
            let status = row.record.status;
            return Err(Refusal::NotEnded { generation, status }.into());
        }
        row.erase();
        state.hints.retain(|take, _| take.generation != generation);
        Ok(true)
    }

    async fn prune_generation(&self, generation: i64, _now: Timestamp) -> Result<bool> {
        let mut state = self.state();
        let row = state.generations.get_mut(&generation);
        let Some(row) = row.filter(|row| !row.erased && row.record.status == Status::Completed) else {
            return Ok(false);
        };
        row.thin();
        state.hints.retain(|take, _| take.generation != generation);
        Ok(true)
    }

    async fn claim_next(
        &self,
        worker: &str,
        now: Timestamp,
        lease: Duration,
        limit: u32,
    ) -> Result<Vec<GenerationRecord>> {
        let mut state = self.state();
        let State {
            generations, workers, ..
        } = &mut *state;
        let mut turns: HashMap<Option<String>, usize> = HashMap::new();
        let open = || generations.values().filter(|row| !row.record.status.is_terminal());
        for row in open().filter(|row| row.worker.is_some()) {
            *turns.entry(row.record.owner.clone()).or_default() += 1;
        }
        let mut free: Vec<(usize, i64)> = open()
            .filter(|row| {
                let lease = row.worker.as_ref().map(|holder| workers.get(holder));
                lease.is_none_or(|until| until.is_none_or(|until| *until <= now))
            })
            .map(|row| {
                let turn = turns.entry(row.record.owner.clone()).or_default();
                *turn += 1;
                (*turn, row.record.id)
            })
            .collect();
        free.sort_unstable();
        let mut claimed = Vec::new();
        for (_, id) in free.into_iter().take(limit as usize) {
            let Some(row) = generations.get_mut(&id) else { continue };
            let mut head = row.head();
            let until = head.worker.as_ref().and_then(|holder| workers.get(holder)).copied();
            if head.claim(worker, until, now) {
                row.keep(head);
                claimed.push(row.record.clone());
            }
        }
        if !claimed.is_empty() {
            workers.insert(worker.to_owned(), apply::lease_until(now, lease));
        }
        Ok(claimed)
    }

    async fn wait_for_work(&self) {
        std::future::pending::<()>().await;
    }

    async fn add_hint(&self, take: TakeId, remote: &str) -> Result<()> {
        self.state().hints.entry(take).or_insert_with(|| remote.to_owned());
        Ok(())
    }

    async fn hint(&self, take: TakeId) -> Result<Option<String>> {
        Ok(self.state().hints.get(&take).cloned())
    }

    async fn given_up(&self, from: Timestamp, to: Timestamp, limit: u32) -> Result<Vec<TakeRecord>> {
        let state = self.state();
        let takes = state.generations.values().flat_map(|row| row.takes.values());
        let looked_at = |take: &TakeRecord| take.state().lookups().looked_at;
        let looked = |take: &&TakeRecord| looked_at(take).is_some_and(|at| (from..=to).contains(&at));
        let given_up = |take: &&TakeRecord| take.kind() == StateKind::NeverCreated && take.state().lookups().misses > 0;
        let mut takes: Vec<_> = takes.filter(given_up).filter(looked).cloned().collect();
        takes.sort_by_key(looked_at);
        takes.truncate(limit as usize);
        Ok(takes)
    }

    async fn look_late(&self, take: TakeRecord) -> Result<bool> {
        let mut state = self.state();
        let State { generations, books, .. } = &mut *state;
        let Some(row) = generations.get_mut(&take.generation) else {
            return Ok(false);
        };
        let place = (take.segment, take.number);
        let Some((take, shares)) = apply::late(row.takes.get(&place), take)? else {
            return Ok(false);
        };
        row.book(books, shares);
        row.takes.insert(place, take);
        Ok(true)
    }

    async fn ended_before(&self, at: Timestamp, limit: u32) -> Result<Vec<i64>> {
        Ok(self.state().ended_before(at, limit, |_| true))
    }

    async fn completed_before(&self, at: Timestamp, limit: u32) -> Result<Vec<i64>> {
        let thick = |row: &Row| !row.pruned && row.record.status == Status::Completed;
        Ok(self.state().ended_before(at, limit, thick))
    }

    async fn spending(&self, filter: &UsageFilter) -> Result<Vec<Spending>> {
        let state = self.state();
        let days = filter.since.map_or(i64::MIN, spending::day)..=filter.until.map_or(i64::MAX, spending::day);
        let wanted = state.books.iter().filter(|((owner, day, ..), _)| {
            days.contains(day) && filter.owner.as_ref().is_none_or(|wanted| wanted == owner)
        });
        Ok(wanted
            .map(|((owner, day, engine, model), sum)| Spending {
                owner: Some(owner.clone()).filter(|owner| !owner.is_empty()),
                day: spending::date(*day),
                engine: engine.clone(),
                model: model.clone(),
                spent_nanos: sum.spent,
                reserved_nanos: sum.reserved,
                takes: sum.takes,
                characters: sum.characters,
            })
            .collect())
    }
}

fn most(limit: Option<u32>) -> usize {
    limit.map_or(usize::MAX, |limit| limit as usize)
}

fn next_id<T>(rows: &BTreeMap<i64, T>) -> i64 {
    rows.last_key_value().map_or(1, |(last, _)| last + 1)
}

#[cfg(test)]
mod tests {
    use super::MemoryStore;

    crate::store::conformance!(memory, MemoryStore::new());
}
