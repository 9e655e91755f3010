//! Reads from memory.

use jiff::Timestamp;

use super::rows::{Generation, Sample};
use super::state::State;
use crate::id::GenerationId;
use crate::ledger::{Event, GenerationRecord, StateKind, TakeId, TakeRecord};
use crate::store::{Filter, SampleFilter, SampleRecord, Spending, TakeFilter, UsageFilter, spending};

impl State {
    pub(super) fn samples(&self, filter: &SampleFilter) -> Vec<SampleRecord> {
        let matches = |sample: &&Sample| {
            let record = &sample.record;
            !sample.erased
                && filter.id.is_none_or(|id| record.id == id)
                && is_of(filter.owner.as_deref(), record.owner.as_deref())
                && filter.sha256.as_ref().is_none_or(|sha256| record.sha256 == *sha256)
                && filter
                    .audio
                    .as_ref()
                    .is_none_or(|key| record.original == *key || record.reference == *key)
        };
        let found = self.samples.values().rev().filter(matches);
        found
            .take(up_to(filter.limit))
            .map(|sample| sample.record.clone())
            .collect()
    }

    pub(super) fn generations(&self, filter: &Filter) -> Vec<GenerationRecord> {
        let found = self.matching(filter).into_iter();
        found.map(|row| row.record.clone()).collect()
    }

    pub(super) fn generation_ids(&self, filter: &Filter) -> Vec<GenerationId> {
        self.matching(filter).into_iter().map(|row| row.record.id).collect()
    }

    fn matching(&self, filter: &Filter) -> Vec<&Generation> {
        // By id first: it is the most frequent query.
        let candidates = match filter.id {
            Some(id) => self.generations.range(id..=id),
            None => self.generations.range(..),
        };
        let mut found: Vec<_> = candidates
            .rev()
            .map(|(_, row)| row)
            .filter(|row| matches(row, filter))
            .collect();
        if filter.ended_before.is_some() {
            found.reverse();
            found.sort_by_key(|row| row.record.completed_at);
        }
        found.truncate(up_to(filter.limit));
        found
    }

    pub(super) fn takes(&self, filter: &TakeFilter) -> Vec<TakeRecord> {
        let rows = match filter.generation {
            Some(id) => self.generations.range(id..=id),
            None => self.generations.range(..),
        };
        let takes = rows.flat_map(|(_, row)| row.takes.values());
        let mut found: Vec<_> = takes
            .filter(|take| filter.remote.is_none() || filter.remote.as_deref() == take.prediction_id())
            .filter(|take| {
                filter.unreconciled.is_none_or(|(from, to)| {
                    take.kind() == StateKind::NeverCreated
                        && take.state().lookups().misses > 0
                        && looked_at(take).is_some_and(|at| (from..=to).contains(&at))
                })
            })
            .collect();
        if filter.unreconciled.is_some() {
            found.sort_by_key(|take| looked_at(take));
        }
        found.into_iter().take(up_to(filter.limit)).cloned().collect()
    }

    pub(super) fn remote_hint(&self, take: TakeId) -> Option<String> {
        self.hints.get(&take).cloned()
    }

    pub(super) fn events(&self, generation: GenerationId, after: u64) -> Vec<Event> {
        let events = self.generations.get(&generation).map_or(&[][..], |row| &row.events);
        let seen = events.partition_point(|event| event.number <= after);
        events[seen..].to_vec()
    }

    pub(super) fn last_events(&self, generations: &[GenerationId]) -> Vec<(GenerationId, u64)> {
        let rows = generations.iter().filter_map(|id| self.generations.get(id));
        let present = rows.filter(|row| !row.erased);
        present.map(|row| (row.record.id, row.last_event())).collect()
    }

    pub(super) fn spending(&self, filter: &UsageFilter) -> Vec<Spending> {
        let days = filter.since.map_or(i64::MIN, spending::day)..=filter.until.map_or(i64::MAX, spending::day);
        let found = self.spending.iter().filter(|((owner, day, ..), _)| {
            days.contains(day) && filter.owner.as_ref().is_none_or(|wanted| wanted == owner)
        });
        found
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
            .collect()
    }
}

fn matches(row: &Generation, filter: &Filter) -> bool {
    let record = &row.record;
    !row.erased
        && filter.status.is_none_or(|status| record.status == status)
        && is_of(filter.owner.as_deref(), record.owner.as_deref())
        && filter.sample.is_none_or(|sample| record.samples().contains(&sample))
        && filter.before.is_none_or(|before| record.id < before)
        && (!filter.unfinished || !record.status.is_terminal())
        && (filter.held_by.is_none() || filter.held_by == row.worker)
        && (!filter.cancel_requested || record.cancel_requested)
        && filter
            .ended_before
            .is_none_or(|at| record.completed_at.is_some_and(|ended| ended < at))
        && (!filter.unpruned || !row.pruned)
}

fn looked_at(take: &TakeRecord) -> Option<Timestamp> {
    take.state().lookups().looked_at
}

/// An empty owner in a filter matches records without one.
fn is_of(wanted: Option<&str>, owner: Option<&str>) -> bool {
    wanted.is_none_or(|wanted| wanted == owner.unwrap_or_default())
}

fn up_to(limit: Option<u32>) -> usize {
    limit.map_or(usize::MAX, |limit| limit as usize)
}
