//! The rules of every store, as pure functions: the effect of a change on a generation, and the refused changes.
//!
//! A store reads the [`Head`] of a generation, asks these functions for the result of a call, and writes the result. All
//! stores therefore behave in the same way.

use std::time::Duration;

use jiff::Timestamp;
use thiserror::Error;

use super::ClaimRequest;
use super::spending::Share;
use crate::clock::later;
use crate::error::{self, code};
use crate::finding::Finding;
use crate::id::{GenerationId, SampleId};
use crate::ledger::transitions::{self, IllegalTransition};
use crate::ledger::{
    Ceiling, Change, ErrorRecord, Event, Fence, GenerationRecord, NewGeneration, SpeechRecord, Stage, StateKind,
    Status, TakeId, TakeRecord,
};

/// The highest progress before the speech is finished.
const MOST_UNFINISHED: u8 = 99;

/// Why a store refuses a call.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub(super) enum Refusal {
    #[error("sample {sample} is not in the store")]
    NoSample { sample: SampleId },
    #[error("generation {generation} is not in the store")]
    NoGeneration { generation: GenerationId },
    #[error("generation {generation} was claimed again: epoch {current} holds, {given} was given")]
    Overtaken {
        generation: GenerationId,
        current: i64,
        given: i64,
    },
    #[error("generation {generation} was released: it must be claimed before it is written")]
    NotHeld { generation: GenerationId },
    #[error("{ceiling} is used up")]
    OverBudget { generation: GenerationId, ceiling: String },
    #[error("sample {sample} is still in use by generation {generation}")]
    SampleInUse { sample: SampleId, generation: GenerationId },
    #[error("generation {generation} is {status}: it can be erased once it has ended")]
    NotEnded { generation: GenerationId, status: Status },
    #[error("generation {generation} has ended as {status}")]
    Ended { generation: GenerationId, status: Status },
    #[error("take {number} of segment {segment} of generation {generation} already exists")]
    TakeExists {
        generation: GenerationId,
        segment: u32,
        number: u32,
    },
    #[error("take {number} of segment {segment} of generation {generation} does not exist")]
    NoTake {
        generation: GenerationId,
        segment: u32,
        number: u32,
    },
    #[error(transparent)]
    IllegalTransition(#[from] IllegalTransition),
    #[error("a take of generation {take} cannot be written under the claim of generation {generation}")]
    ForeignTake {
        generation: GenerationId,
        take: GenerationId,
    },
}

impl Refusal {
    pub(super) fn exists(take: &TakeRecord) -> Self {
        Self::TakeExists {
            generation: take.generation,
            segment: take.segment,
            number: take.number,
        }
    }

    pub(super) fn over_budget(generation: GenerationId, ceiling: &Ceiling) -> Self {
        Self::OverBudget {
            generation,
            ceiling: ceiling.to_string(),
        }
    }

    pub(super) fn missing(take: &TakeRecord) -> Self {
        Self::NoTake {
            generation: take.generation,
            segment: take.segment,
            number: take.number,
        }
    }
}

impl From<Refusal> for error::Error {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            Refusal::NoSample { .. } => Self::new(&code::SAMPLE_NOT_FOUND, message),
            Refusal::OverBudget { generation, .. } => {
                Self::new(&code::GENERATION_BUDGET, message).with_generation(generation)
            }
            Refusal::SampleInUse { generation, .. } => {
                Self::new(&code::SAMPLE_IN_USE, message).with_generation(generation)
            }
            Refusal::NotEnded { generation, .. } => Self::new(&code::GENERATION_NOT_FINISHED, message)
                .with_generation(generation)
                .with_hint("Cancel it first, or wait for its end."),
            Refusal::NoGeneration { generation }
            | Refusal::Overtaken { generation, .. }
            | Refusal::NotHeld { generation }
            | Refusal::Ended { generation, .. }
            | Refusal::TakeExists { generation, .. }
            | Refusal::NoTake { generation, .. }
            | Refusal::ForeignTake { generation, .. }
            | Refusal::IllegalTransition(IllegalTransition {
                take: TakeId { generation, .. },
                ..
            }) => Self::new(&code::STORE_CONFLICT, message).with_generation(generation),
        }
    }
}

/// The part of a generation that decides which changes are allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) generation: GenerationId,
    pub(super) status: Status,
    pub(super) stage: Stage,
    pub(super) progress: u8,
    pub(super) epoch: i64,
    /// The worker that holds it.
    pub(super) worker: Option<String>,
    /// The number of the last event.
    pub(super) events: u64,
    /// An erased generation does not change any more.
    pub(super) erased: bool,
}

/// The result of a batch of changes.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) head: Head,
    /// In order: a take may be added and updated in one batch.
    pub(super) takes: Vec<TakeChange>,
    pub(super) events: Vec<Event>,
    pub(super) warnings: Vec<Finding>,
    /// The ceilings that the spending must stay within.
    pub(super) ceilings: Vec<Ceiling>,
    pub(super) end: Option<End>,
}

/// A change of one row of the ledger.
#[derive(Debug)]
pub(super) enum TakeChange {
    Add(TakeRecord),
    Update(TakeRecord),
}

impl TakeChange {
    /// The take after the change.
    pub(super) const fn take(&self) -> &TakeRecord {
        match self {
            Self::Add(take) | Self::Update(take) => take,
        }
    }

    /// Checks the change against the take as it is stored, and returns the take to store and what changes in the
    /// spending. A store that recognises a duplicate by its unique key may pass no current take for an addition.
    pub(super) fn settle(self, current: Option<&TakeRecord>) -> Result<(TakeRecord, Vec<Share>), Refusal> {
        let take = match (self, current) {
            (Self::Add(take), Some(_)) => return Err(Refusal::exists(&take)),
            (Self::Update(take), None) => return Err(Refusal::missing(&take)),
            (Self::Add(take) | Self::Update(take), _) => take,
        };
        transitions::check(current.map(TakeRecord::kind), &take)?;
        let shares = Share::moved(current.map(Share::of), Share::of(&take));
        Ok((take, shares))
    }
}

/// Returns the replacement of a take that counts as never created, and the change of the spending; none if the take is
/// in another state.
pub(super) fn late(
    current: Option<&TakeRecord>,
    take: TakeRecord,
) -> Result<Option<(TakeRecord, Vec<Share>)>, Refusal> {
    if current.is_none_or(|current| current.kind() != StateKind::NeverCreated) {
        return Ok(None);
    }
    TakeChange::Update(rounded(take)).settle(current).map(Some)
}

/// The end of a generation.
#[derive(Debug)]
pub(super) struct End {
    pub(super) at: Timestamp,
    pub(super) result: Result<SpeechRecord, ErrorRecord>,
}

/// The record of a new submission.
pub(super) fn pending(id: GenerationId, new: NewGeneration) -> GenerationRecord {
    let created_at = stored(new.created_at);
    GenerationRecord {
        id,
        owner: new.owner,
        idempotency_key: new.idempotency_key,
        sample: new.sample,
        engine: new.engine,
        model: new.model,
        script: new.script,
        options: new.options,
        segments: new.segments,
        voices: new.voices,
        lineage: new.lineage,
        status: Status::Pending,
        stage: Stage::Queued,
        progress: 0,
        cancel_requested: false,
        warnings: new.warnings,
        error: None,
        speech: None,
        created_at,
        opened_at: created_at,
        completed_at: None,
        epoch: 0,
    }
}

/// The first event of a new submission.
pub(super) fn first_event(record: &GenerationRecord) -> Event {
    Event {
        generation: record.id,
        number: 1,
        at: record.created_at,
        status: record.status,
        stage: record.stage,
        progress: record.progress,
        message: Stage::Queued.message().to_owned(),
    }
}

impl Head {
    /// Claims the generation for `worker` under a new epoch. False if another worker with a valid lease holds the claim, or
    /// if the generation has ended. `lease` is the end of the lease of the worker that holds the claim, if it has one.
    pub(super) fn claim(&mut self, request: &ClaimRequest, lease: Option<Timestamp>) -> bool {
        let worker = &request.worker;
        let free = request.may_claim(self.worker.as_deref(), lease);
        if self.status.is_terminal() || !free {
            return false;
        }
        self.epoch += 1;
        self.worker = Some(worker.to_owned());
        true
    }

    /// Releases the claim; false under an older epoch.
    pub(super) fn release(&mut self, fence: Fence) -> bool {
        self.epoch == fence.epoch && self.worker.take().is_some()
    }

    /// Reopens a failed generation and returns the event; none if it has not failed.
    pub(super) fn reopen(&mut self, now: Timestamp) -> Option<Event> {
        if self.status != Status::Failed || self.erased {
            return None;
        }
        self.status = Status::Pending;
        self.stage = Stage::Queued;
        Some(self.event(now, Stage::Queued.message().to_owned()))
    }

    /// The result of `changes` under the claim of `fence`.
    pub(super) fn write(self, fence: Fence, changes: Vec<Change>) -> Result<Outcome, Refusal> {
        if self.status.is_terminal() {
            return Err(self.ended());
        }
        if self.epoch != fence.epoch {
            return Err(Refusal::Overtaken {
                generation: self.generation,
                current: self.epoch,
                given: fence.epoch,
            });
        }
        if self.worker.is_none() {
            return Err(Refusal::NotHeld {
                generation: self.generation,
            });
        }
        let mut outcome = Outcome {
            head: self,
            takes: Vec::new(),
            events: Vec::new(),
            warnings: Vec::new(),
            ceilings: Vec::new(),
            end: None,
        };
        for change in changes {
            outcome.add(change)?;
        }
        Ok(outcome)
    }

    fn ended(&self) -> Refusal {
        Refusal::Ended {
            generation: self.generation,
            status: self.status,
        }
    }

    fn event(&mut self, at: Timestamp, message: String) -> Event {
        self.events += 1;
        Event {
            generation: self.generation,
            number: self.events,
            at: stored(at),
            status: self.status,
            stage: self.stage,
            progress: self.progress,
            message,
        }
    }
}

impl Outcome {
    fn add(&mut self, change: Change) -> Result<(), Refusal> {
        let head = &mut self.head;
        if head.status.is_terminal() {
            return Err(head.ended());
        }
        match change {
            Change::AddTake(take) => self.takes.push(TakeChange::Add(own(head, take)?)),
            Change::UpdateTake(take) => self.takes.push(TakeChange::Update(own(head, take)?)),
            Change::Progress {
                stage,
                progress,
                message,
                at,
            } => {
                head.status = Status::Processing;
                head.stage = stage;
                head.progress = head.progress.max(progress.min(MOST_UNFINISHED));
                self.events.push(head.event(at, message));
            }
            Change::Within(ceiling) => self.ceilings.push(ceiling),
            Change::Warn(finding) => self.warnings.push(finding),
            Change::Complete { speech, at } => {
                head.progress = 100;
                self.end(Status::Completed, Ok(speech), Stage::Done.message().to_owned(), at);
            }
            Change::Fail { error, at } => {
                let message = error.message.clone();
                self.end(Status::Failed, Err(error), message, at);
            }
        }
        Ok(())
    }

    fn end(&mut self, status: Status, result: Result<SpeechRecord, ErrorRecord>, message: String, at: Timestamp) {
        self.head.status = status;
        self.head.stage = Stage::Done;
        self.head.worker = None;
        self.events.push(self.head.event(at, message));
        self.end = Some(End { at: stored(at), result });
    }
}

/// Checks that a take belongs to the generation of the claim, and rounds its times to the stored precision.
fn own(head: &Head, take: TakeRecord) -> Result<TakeRecord, Refusal> {
    if take.generation != head.generation {
        return Err(Refusal::ForeignTake {
            generation: head.generation,
            take: take.generation,
        });
    }
    Ok(rounded(take))
}

/// A take with its times as they are stored.
fn rounded(take: TakeRecord) -> TakeRecord {
    take.map_times(stored)
}

/// The end of a lease that is granted now.
pub(super) fn lease_until(now: Timestamp, lease: Duration) -> Timestamp {
    stored(later(now, lease))
}

/// A time as it is stored: whole microseconds, so that a record is read back as it was written.
pub(super) fn stored(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}

/// The record of a new submission, for the tests of other modules.
#[cfg(test)]
pub(crate) fn pending_record(id: i64, new: NewGeneration) -> GenerationRecord {
    pending(GenerationId::new(id), new)
}
