//! Values and helpers for the cases.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use crate::error::{Error, code};
use crate::finding::{Finding, Severity};
use crate::id::{GenerationId, SampleId};
use crate::ledger::testing::{in_state, path_to};
use crate::ledger::{ErrorRecord, GenerationRecord, NewGeneration, Stage, StateKind, TakeRecord, TakeRow};
use crate::script::{Boundary, Segment};
use crate::store::{Change, Fence, GenerationStore, GenerationStoreExt as _, NewSample};

/// The length of every lease.
pub(super) const LEASE: Duration = Duration::from_secs(20);
/// The workers.
pub(super) const ANN: &str = "worker-ann";
pub(super) const BOB: &str = "worker-bob";

/// An empty list of generations.
pub(super) const NONE: [GenerationId; 0] = [];

/// A time, in seconds after the start of the case.
pub(super) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_microsecond(1_767_225_600_123_456 + seconds * 1_000_000).expect("within the range of times")
}

pub(super) fn recording(name: &str, sha256: &str) -> NewSample {
    let report = json!({"duration": 12.5, "findings": [{"code": "sample.quiet", "value": -31.25}]});
    let original = format!("samples/{sha256}/original");
    let reference = format!("samples/{sha256}/reference.wav");
    NewSample::new(name, sha256, original, reference, 12.5, report, at(0))
}

pub(super) fn request(sample: SampleId, script: &str) -> NewGeneration {
    let mut new = NewGeneration::new(sample, "replicate", "resemble-ai/chatterbox", script, at(1));
    let end = script.len();
    let segment = Segment::new(0, script.to_owned(), script.to_owned(), 0..end, Boundary::End);
    new.segments = vec![segment];
    new
}

/// Adds a sample and submits a generation of it.
pub(super) async fn submitted(store: &dyn GenerationStore) -> GenerationRecord {
    let sample = store
        .add_sample(recording("Ann", "5a"))
        .await
        .expect("a sample can be added");
    store
        .submit(request(sample.id, "Hello there."))
        .await
        .expect("a generation can be submitted")
}

/// Submits a generation and claims it for [`ANN`] at second 2.
pub(super) async fn claimed(store: &dyn GenerationStore) -> (GenerationRecord, Fence) {
    let id = submitted(store).await.id;
    let record = claim(store, id, ANN, 2).await.expect("it is unclaimed");
    let fence = Fence::of(&record);
    (record, fence)
}

pub(super) async fn claim(
    store: &dyn GenerationStore,
    id: GenerationId,
    worker: &str,
    now: i64,
) -> Option<GenerationRecord> {
    store
        .claim(id, worker, at(now), LEASE)
        .await
        .expect("the call succeeds")
}

/// Submits a generation for an owner.
pub(super) async fn submit_for(store: &dyn GenerationStore, owner: &str) -> GenerationId {
    let sample = store.add_sample(recording("Ann", "5a")).await.expect("added").id;
    let mut new = request(sample, "Hello there.");
    new.owner = Some(owner.to_owned());
    store.submit(new).await.expect("submitted").id
}

pub(super) async fn read(store: &dyn GenerationStore, id: GenerationId) -> GenerationRecord {
    let record = store.generation(id).await.expect("the store can be read");
    record.expect("the generation exists")
}

/// A running take.
pub(super) fn full_take(fence: Fence, segment: u32, number: u32) -> TakeRecord {
    take_in(fence, segment, number, StateKind::Running)
}

/// A take in this state, with every field that the state has.
pub(super) fn take_in(fence: Fence, segment: u32, number: u32, kind: StateKind) -> TakeRecord {
    in_state(full_row(fence, segment, number), kind)
}

/// A row with every column set; a state keeps those that it has.
pub(super) fn full_row(fence: Fence, segment: u32, number: u32) -> TakeRow {
    let mut row = TakeRow::new(fence.generation, segment, number, u32::MAX, fence.epoch, at(3));
    row.retry_at = Some(at(4));
    row.sends = 2;
    row.misses = 3;
    row.looked_at = Some(at(5));
    row.remote = Some(format!("prediction-{}-{segment}-{number}", fence.generation));
    row.accepted_at = Some(at(6));
    row.output = Some("https://delivery.example/out.wav".to_owned());
    row.audio = Some(format!("takes/{}/{segment}-{number}.wav", fence.generation));
    row.seconds = Some(3.25);
    row.characters = 40;
    row.cost_usd = 0.0125;
    row.findings = vec![warning("take.silence")];
    row.error = Some(failure());
    row
}

/// The changes that add a take and bring it to its state by legal transitions.
pub(super) fn history(take: &TakeRecord) -> Vec<Change> {
    let mut row = TakeRow::new(
        take.generation,
        take.segment,
        take.number,
        take.seed,
        take.epoch,
        take.intended_at,
    );
    row.cost_usd = take.cost_usd;
    row.characters = take.characters;
    row.remote = take.prediction_id().map(str::to_owned);
    let mut takes: Vec<_> = path_to(take.kind())
        .into_iter()
        .map(|kind| in_state(row.clone(), kind))
        .collect();
    takes.pop();
    takes.push(take.clone());
    let mut takes = takes.into_iter();
    let first = takes.next().map(Change::AddTake);
    first.into_iter().chain(takes.map(Change::UpdateTake)).collect()
}

pub(super) fn plain_take(fence: Fence, segment: u32, number: u32) -> TakeRecord {
    TakeRecord::intend(fence.generation, segment, number, 7, fence.epoch, at(3))
}

pub(super) fn warning(code: &str) -> Finding {
    Finding::new(Severity::Warning, code, "too quiet", "come closer").with_measure(-31.5, -30.0, "dBFS")
}

pub(super) fn failure() -> ErrorRecord {
    ErrorRecord::from(&Error::new(
        &code::REPLICATE_PREDICTION_FAILED,
        "the model ran out of memory",
    ))
}

pub(super) fn progress(stage: Stage, progress: u8, message: &str, second: i64) -> Change {
    Change::Progress {
        stage,
        progress,
        message: message.to_owned(),
        at: at(second),
    }
}

pub(super) fn fail(second: i64) -> Change {
    Change::Fail {
        error: failure(),
        at: at(second),
    }
}

/// Makes a write that must be accepted.
pub(super) async fn write(store: &dyn GenerationStore, fence: Fence, changes: Vec<Change>) {
    store.write(fence, changes).await.expect("the claim holds");
}

/// Makes a write that must be refused, and checks that it changed nothing.
pub(super) async fn refused(store: &dyn GenerationStore, fence: Fence, changes: Vec<Change>) {
    let id = fence.generation;
    let before = whole(store, id).await;
    let error = store.write(fence, changes).await.expect_err("it must be refused");
    assert_eq!(error.code(), "store.conflict", "{error}");
    assert_eq!(error.generation_id(), Some(id), "the error names its generation");
    assert_eq!(whole(store, id).await, before, "a refused write changes nothing");
}

/// All that is stored of a generation.
async fn whole(store: &dyn GenerationStore, id: GenerationId) -> impl PartialEq + std::fmt::Debug {
    (
        store.generation(id).await.expect("the store can be read"),
        store.takes(id).await.expect("the store can be read"),
        store.events(id, 0).await.expect("the store can be read"),
    )
}
