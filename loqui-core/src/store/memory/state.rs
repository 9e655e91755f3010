//! Changes in memory. Each method decides first and changes last, so that a refused call changes nothing.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use jiff::Timestamp;

use super::rows::{Generation, Sample, SpendingRows};
use crate::id::{GenerationId, SampleId};
use crate::ledger::{GenerationRecord, NewGeneration, Status, TakeId, TakeRecord};
use crate::money;
use crate::store::apply::{self, End, Outcome, Refusal};
use crate::store::spending::{self, Share};
use crate::store::{
    Ceiling, Change, ClaimRequest, ClaimTarget, Fence, NewSample, SampleArtefact, SampleRecord, Update,
};

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) samples: BTreeMap<SampleId, Sample>,
    /// By the SHA-256 of the recording, and kind.
    pub(super) artefacts: BTreeMap<(String, String), SampleArtefact>,
    pub(super) generations: BTreeMap<GenerationId, Generation>,
    /// The end of each worker's lease.
    pub(super) leases: HashMap<String, Timestamp>,
    pub(super) spending: SpendingRows,
    pub(super) hints: HashMap<TakeId, String>,
}

impl State {
    pub(super) fn add_sample(&mut self, new: NewSample) -> SampleRecord {
        let others = self
            .samples
            .values()
            .filter(|other| !other.erased)
            .map(|other| &other.record);
        let others = others.filter(|other| other.owner == new.owner && other.sha256 != new.sha256);
        let taken: Vec<String> = others.map(|other| other.handle.clone()).collect();
        let new = new.with_free_handle(|handle| taken.iter().any(|taken| taken == handle));
        let known = self
            .samples
            .values_mut()
            .find(|known| !known.erased && known.record.owner == new.owner && known.record.sha256 == new.sha256);
        if let Some(Sample { record, .. }) = known {
            record.consent = record.consent.take().or(new.consent);
            if new.renames {
                record.name = new.name;
                record.handle = new.handle.unwrap_or_default();
            }
            return record.clone();
        }
        let id = SampleId::new(next_id(self.samples.last_key_value().map(|(id, _)| id.get())));
        let mut record = new.with_id(id);
        record.created_at = apply::stored(record.created_at);
        self.samples.insert(
            id,
            Sample {
                record: record.clone(),
                erased: false,
            },
        );
        record
    }

    pub(super) fn erase_sample(&mut self, id: SampleId) -> Result<Option<SampleRecord>, Refusal> {
        let mut rows = self.generations.values().map(|row| &row.record);
        if let Some(using) = rows.find(|record| !record.status.is_terminal() && record.samples().contains(&id)) {
            return Err(Refusal::SampleInUse {
                sample: id,
                generation: using.id,
            });
        }
        if self.samples.get(&id).is_some_and(|sample| !sample.erased) {
            let artefacts = self.erase_artefacts(id);
            if let Some(sample) = self.samples.get_mut(&id) {
                sample.record.artefacts = artefacts;
            }
        }
        Ok(self.samples.get_mut(&id).map(Sample::erase))
    }

    pub(super) fn submit(&mut self, new: NewGeneration) -> Result<GenerationRecord, Refusal> {
        let known = self.generations.values().map(|row| &row.record).find(|record| {
            record.idempotency_key.is_some()
                && record.idempotency_key == new.idempotency_key
                && record.owner == new.owner
        });
        if let Some(known) = known {
            return Ok(known.clone());
        }
        let is_missing = |id: &SampleId| self.samples.get(id).is_none_or(|sample| sample.erased);
        if let Some(sample) = new.samples().into_iter().find(is_missing) {
            return Err(Refusal::NoSample { sample });
        }
        let id = GenerationId::new(next_id(self.generations.last_key_value().map(|(id, _)| id.get())));
        let record = apply::pending(id, new);
        self.generations.insert(id, Generation::new(record.clone()));
        Ok(record)
    }

    pub(super) fn acquire(&mut self, request: &ClaimRequest) -> Vec<GenerationRecord> {
        let candidates = match request.target {
            ClaimTarget::One(generation) => vec![generation],
            ClaimTarget::Next(limit) => self.queue(request, limit),
        };
        let mut claimed = Vec::new();
        for id in candidates {
            let Some(row) = self.generations.get_mut(&id) else {
                continue;
            };
            let mut head = row.head();
            let lease_until = head.worker.as_ref().and_then(|holder| self.leases.get(holder)).copied();
            if head.claim(request, lease_until) {
                row.set_head(head);
                claimed.push(row.record.clone());
            }
        }
        if !claimed.is_empty() {
            self.renew_lease(&request.worker, request.now, request.lease);
        }
        claimed
    }

    /// Unclaimed generations in the order of turns.
    fn queue(&self, request: &ClaimRequest, limit: u32) -> Vec<GenerationId> {
        let unfinished = || self.generations.values().filter(|row| !row.record.status.is_terminal());
        let mut turns: HashMap<Option<&str>, usize> = HashMap::new();
        for row in unfinished().filter(|row| row.worker.is_some()) {
            *turns.entry(row.record.owner.as_deref()).or_default() += 1;
        }
        let is_free = |row: &&Generation| {
            let until = row.worker.as_ref().and_then(|holder| self.leases.get(holder));
            request.may_claim(row.worker.as_deref(), until.copied())
        };
        let mut queue: Vec<_> = unfinished()
            .filter(is_free)
            .filter(|row| request.wants(row.record.id, &row.record.engine))
            .map(|row| {
                let turn = turns.entry(row.record.owner.as_deref()).or_default();
                *turn += 1;
                (*turn, row.record.id)
            })
            .collect();
        queue.sort_unstable();
        queue.into_iter().take(limit as usize).map(|(_, id)| id).collect()
    }

    pub(super) fn renew_lease(&mut self, worker: &str, now: Timestamp, lease: Duration) {
        self.leases.insert(worker.to_owned(), apply::lease_until(now, lease));
    }

    pub(super) fn release(&mut self, fence: Fence) {
        if let Some(row) = self.generations.get_mut(&fence.generation) {
            let mut head = row.head();
            if head.release(fence) {
                row.set_head(head);
            }
        }
    }

    pub(super) fn write(&mut self, fence: Fence, changes: Vec<Change>) -> Result<(), Refusal> {
        let generation = fence.generation;
        let row = self.generations.get_mut(&generation);
        let row = row.ok_or(Refusal::NoGeneration { generation })?;
        let Outcome {
            head,
            takes,
            events,
            warnings,
            ceilings,
            end,
        } = row.head().write(fence, changes)?;
        let (takes, shares) = row.changed_takes(takes)?;
        let owner = row.record.owner.as_deref().unwrap_or_default();
        for ceiling in &ceilings {
            if total(&self.spending, ceiling, owner, &shares) > money::nanos(ceiling.usd) {
                return Err(Refusal::over_budget(generation, ceiling));
            }
        }
        // Nothing is refused from here on.
        row.takes.extend(takes);
        row.book(&mut self.spending, shares);
        row.set_head(head);
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

    pub(super) fn update(&mut self, update: Update) -> Result<bool, Refusal> {
        match update {
            Update::RequestCancel { generation } => Ok(self.request_cancel(generation)),
            Update::Reopen { generation, now } => Ok(self.reopen(generation, now)),
            Update::EraseGeneration { generation, .. } => self.erase_generation(generation),
            Update::PruneGeneration { generation, .. } => Ok(self.prune_generation(generation)),
            Update::RecordRemoteHint { take, remote } => Ok(self.record_remote_hint(take, remote)),
            Update::UnreconciledTake(take) => self.update_unreconciled_take(*take),
        }
    }

    fn request_cancel(&mut self, generation: GenerationId) -> bool {
        let row = self.generations.get_mut(&generation);
        let Some(row) = row.filter(|row| !row.record.status.is_terminal()) else {
            return false;
        };
        row.record.cancel_requested = true;
        true
    }

    fn reopen(&mut self, generation: GenerationId, now: Timestamp) -> bool {
        let Some(row) = self.generations.get_mut(&generation) else {
            return false;
        };
        let mut head = row.head();
        let Some(event) = head.reopen(now) else {
            return false;
        };
        row.set_head(head);
        row.record.error = None;
        row.record.cancel_requested = false;
        row.record.completed_at = None;
        row.record.opened_at = event.at;
        row.events.push(event);
        true
    }

    fn erase_generation(&mut self, generation: GenerationId) -> Result<bool, Refusal> {
        let Some(row) = self.generations.get_mut(&generation) else {
            return Ok(false);
        };
        if !row.record.status.is_terminal() {
            let status = row.record.status;
            return Err(Refusal::NotEnded { generation, status });
        }
        row.erase();
        self.hints.retain(|take, _| take.generation != generation);
        Ok(true)
    }

    fn prune_generation(&mut self, generation: GenerationId) -> bool {
        let row = self.generations.get_mut(&generation);
        let Some(row) = row.filter(|row| !row.erased && row.record.status == Status::Completed) else {
            return false;
        };
        row.prune();
        self.hints.retain(|take, _| take.generation != generation);
        true
    }

    fn record_remote_hint(&mut self, take: TakeId, remote: String) -> bool {
        if self.hints.contains_key(&take) {
            return false;
        }
        self.hints.insert(take, remote);
        true
    }

    fn update_unreconciled_take(&mut self, take: TakeRecord) -> Result<bool, Refusal> {
        let Some(row) = self.generations.get_mut(&take.generation) else {
            return Ok(false);
        };
        let key = (take.segment, take.number);
        let Some((take, shares)) = apply::late(row.takes.get(&key), take)? else {
            return Ok(false);
        };
        row.book(&mut self.spending, shares);
        row.takes.insert(key, take);
        Ok(true)
    }
}

/// The sum of spending and reservations under a ceiling after `added` is booked for `owner`.
fn total(spending: &SpendingRows, ceiling: &Ceiling, owner: &str, added: &[Share]) -> i64 {
    let counts = |owner: &str, day: i64| {
        ceiling.owner.as_deref().is_none_or(|wanted| wanted == owner)
            && ceiling.day.is_none_or(|wanted| spending::day(wanted) == day)
    };
    let booked = spending.iter().filter(|((owner, day, ..), _)| counts(owner, *day));
    let booked = booked.map(|(_, share)| *share);
    let added = added.iter().filter(|share| counts(owner, share.day)).copied();
    booked.chain(added).map(|share| share.spent + share.reserved).sum()
}

fn next_id(last: Option<i64>) -> i64 {
    last.map_or(1, |last| last + 1)
}
