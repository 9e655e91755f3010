//! Writes under a fence: takes, progress, warnings and events.

use super::fixtures::{
    at, claim, claimed, fail, full_row, full_take, history, plain_take, progress, read, refused, submitted, take_in,
    warning, write,
};
use crate::id::GenerationId;
use crate::ledger::testing::in_state;
use crate::ledger::{Stage, StateKind, Status};
use crate::store::{Change, Fence, GenerationStore, GenerationStoreExt as _};

/// Every field of a take is read back, in every state.
pub async fn take_is_read_back_with_all_fields(store: &dyn GenerationStore) {
    let (record, fence) = claimed(store).await;
    let mut takes = vec![plain_take(fence, 0, 1)];
    for (number, kind) in (1..).zip(StateKind::ALL) {
        let mut take = take_in(fence, 1, number, kind);
        take.similarity = Some(0.875);
        if kind == StateKind::Kept {
            take.reused = Some(GenerationId::new(7));
        }
        takes.push(take);
    }
    for take in &takes {
        write(store, fence, history(take)).await;
    }
    assert_eq!(store.takes(record.id).await.expect("read"), takes);
}

/// Takes are listed by segment and number, in whatever order they were written.
pub async fn takes_are_listed_by_segment_and_number(store: &dyn GenerationStore) {
    let (record, fence) = claimed(store).await;
    for (segment, number) in [(10, 1), (2, 2), (0, 1), (2, 10), (2, 1)] {
        write(store, fence, vec![Change::AddTake(plain_take(fence, segment, number))]).await;
    }
    let takes = store.takes(record.id).await.expect("read");
    let order: Vec<_> = takes.iter().map(|take| (take.segment, take.number)).collect();
    assert_eq!(order, [(0, 1), (2, 1), (2, 2), (2, 10), (10, 1)]);
}

/// A write with an outdated or future epoch is refused as a whole.
pub async fn outdated_fence_is_refused_and_changes_nothing(store: &dyn GenerationStore) {
    let (record, old) = claimed(store).await;
    let new = Fence::of(
        &claim(store, record.id, super::fixtures::ANN, 3)
            .await
            .expect("its own claim"),
    );
    let future = Fence {
        epoch: new.epoch + 1,
        ..new
    };
    for fence in [old, future] {
        refused(store, fence, vec![progress(Stage::Speaking, 10, "late", 4)]).await;
        refused(store, fence, vec![Change::AddTake(plain_take(fence, 0, 1))]).await;
        refused(store, fence, vec![]).await;
    }
    write(store, new, vec![Change::AddTake(plain_take(new, 0, 1))]).await;
}

/// A write to an unclaimed or unknown generation is refused, also with the right epoch.
pub async fn write_without_a_claim_is_refused(store: &dyn GenerationStore) {
    let record = submitted(store).await;
    let fence = Fence::of(&record);
    refused(store, fence, vec![fail(3)]).await;
    let nowhere = Fence {
        generation: GenerationId::new(record.id.get() + 1000),
        ..fence
    };
    refused(store, nowhere, vec![fail(3)]).await;
}

/// One refused change refuses the whole write, at whatever position it is.
pub async fn changes_are_atomic(store: &dyn GenerationStore) {
    let (_, fence) = claimed(store).await;
    write(store, fence, vec![Change::AddTake(plain_take(fence, 0, 1))]).await;
    let good = || {
        vec![
            Change::AddTake(plain_take(fence, 1, 1)),
            Change::UpdateTake(full_take(fence, 0, 1)),
            Change::Warn(warning("take.silence")),
            progress(Stage::Speaking, 50, "half", 4),
        ]
    };
    for bad in [
        Change::AddTake(plain_take(fence, 0, 1)),
        Change::UpdateTake(plain_take(fence, 9, 9)),
    ] {
        for place in 0..=good().len() {
            let mut changes = good();
            changes.insert(place, bad.clone());
            refused(store, fence, changes).await;
        }
    }
    write(store, fence, good()).await;
}

/// Segment and number are unique in a generation.
pub async fn segment_and_number_of_a_take_are_unique(store: &dyn GenerationStore) {
    let (_, one) = claimed(store).await;
    let (_, two) = claimed(store).await;
    write(store, one, vec![Change::AddTake(plain_take(one, 0, 1))]).await;
    write(store, two, vec![Change::AddTake(plain_take(two, 0, 1))]).await;
    refused(store, one, vec![Change::AddTake(full_take(one, 0, 1))]).await;
    let twice = vec![
        Change::AddTake(plain_take(one, 0, 2)),
        Change::AddTake(plain_take(one, 0, 2)),
    ];
    refused(store, one, twice).await;
}

/// An update of a take that does not exist is refused.
pub async fn missing_take_cannot_be_updated(store: &dyn GenerationStore) {
    let (_, fence) = claimed(store).await;
    let (_, other) = claimed(store).await;
    write(store, other, vec![Change::AddTake(plain_take(other, 0, 1))]).await;
    refused(store, fence, vec![Change::UpdateTake(plain_take(fence, 0, 1))]).await;
}

/// A fence covers the takes of its own generation only.
pub async fn take_of_another_generation_is_refused(store: &dyn GenerationStore) {
    let (_, one) = claimed(store).await;
    let (record, two) = claimed(store).await;
    write(store, two, vec![Change::AddTake(plain_take(two, 0, 1))]).await;
    refused(store, one, vec![Change::UpdateTake(full_take(two, 0, 1))]).await;
    refused(store, one, vec![Change::AddTake(plain_take(two, 0, 2))]).await;
    assert_eq!(store.takes(record.id).await.expect("read"), [plain_take(two, 0, 1)]);
}

/// Changes are made in order.
pub async fn take_can_be_added_and_updated_in_one_write(store: &dyn GenerationStore) {
    let (record, fence) = claimed(store).await;
    let last = full_take(fence, 0, 1);
    let changes = vec![
        Change::AddTake(plain_take(fence, 0, 1)),
        Change::UpdateTake(last.clone()),
    ];
    write(store, fence, changes).await;
    assert_eq!(store.takes(record.id).await.expect("read"), [last]);
}

/// Progress never decreases, and is below 100 until the generation is completed (S209).
pub async fn progress_never_decreases(store: &dyn GenerationStore) {
    let (record, fence) = claimed(store).await;
    for (given, expected) in [(10, 10), (40, 40), (5, 40), (40, 40), (100, 99), (255, 99), (98, 99)] {
        write(store, fence, vec![progress(Stage::Speaking, given, "going on", 3)]).await;
        let now = read(store, record.id).await;
        assert_eq!(now.progress, expected, "after {given}");
        assert_eq!(now.status, Status::Processing);
        assert_eq!(now.stage, Stage::Speaking);
    }
    let events = store.events(record.id, 0).await.expect("read");
    let reported: Vec<_> = events.iter().map(|event| event.progress).collect();
    assert_eq!(
        reported,
        [0, 10, 40, 40, 40, 99, 99, 99],
        "events carry the same progress"
    );
}

/// Warnings are appended to the existing ones.
pub async fn warnings_are_appended(store: &dyn GenerationStore) {
    let (record, fence) = claimed(store).await;
    write(store, fence, vec![Change::Warn(warning("take.silence"))]).await;
    let more = vec![Change::Warn(warning("take.fast")), Change::Warn(warning("take.slow"))];
    write(store, fence, more).await;
    let expected = ["take.silence", "take.fast", "take.slow"].map(warning);
    assert_eq!(read(store, record.id).await.warnings, expected);
}

/// Events are numbered from 1 without gaps, and can be read from any number.
pub async fn events_are_numbered_without_gaps(store: &dyn GenerationStore) {
    let (record, fence) = claimed(store).await;
    let two = vec![
        progress(Stage::Speaking, 20, "one", 3),
        progress(Stage::Speaking, 40, "two", 4),
    ];
    write(store, fence, two).await;
    let bad = vec![
        progress(Stage::Speaking, 60, "never", 5),
        Change::UpdateTake(plain_take(fence, 9, 9)),
    ];
    refused(store, fence, bad).await;
    write(store, fence, vec![progress(Stage::Stitching, 80, "three", 6)]).await;

    let events = store.events(record.id, 0).await.expect("read");
    let numbers: Vec<_> = events.iter().map(|event| event.number).collect();
    assert_eq!(numbers, [1, 2, 3, 4]);
    let messages: Vec<_> = events.iter().map(|event| event.message.as_str()).collect();
    assert_eq!(messages[1..], ["one", "two", "three"]);
    assert_eq!(events[3].at, at(6));
    assert_eq!(events[3].stage, Stage::Stitching);
    assert_eq!(events[3].generation, record.id);
    for after in 0..4 {
        let rest = store.events(record.id, after).await.expect("read");
        assert_eq!(rest, events[after as usize..], "after {after}");
    }
    for after in [4, 5, u64::MAX] {
        assert_eq!(store.events(record.id, after).await.expect("read"), [], "after {after}");
    }
}

/// A prediction id is found in every generation and state.
pub async fn prediction_id_is_found_in_all_generations(store: &dyn GenerationStore) {
    let (_, one) = claimed(store).await;
    let (_, two) = claimed(store).await;
    let mut row = full_row(two, 0, 1);
    row.remote = Some("prediction".to_owned());
    let take = in_state(row, StateKind::Running);
    write(store, one, vec![Change::AddTake(plain_take(one, 0, 1))]).await;
    write(store, two, history(&take)).await;
    assert!(store.holds_remote("prediction").await.expect("answered"));
    for other in ["predictio", "prediction2", "PREDICTION", "%", ""] {
        assert!(!store.holds_remote(other).await.expect("answered"), "{other:?}");
    }
    write(store, two, vec![fail(5)]).await;
    assert!(store.holds_remote("prediction").await.expect("answered"));
}
