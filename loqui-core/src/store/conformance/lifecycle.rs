//! How generations end, are cancelled, reopened, pruned and erased.

use super::fixtures::{
    ANN, BOB, NONE, at, claim, claimed, fail, failure, full_row, history, plain_take, progress, read, refused, request,
    submitted, write,
};
use crate::ledger::testing::in_state;
use crate::ledger::{SpeechRecord, Stage, StateKind, Status};
use crate::store::{Change, Fence, Filter, GenerationStore, GenerationStoreExt as _, UsageFilter};

fn complete(second: i64) -> Change {
    Change::Complete {
        speech: SpeechRecord::new("speech/1.wav", 4.5, vec![(0.0, 2.25), (2.5, 4.5)]),
        at: at(second),
    }
}

/// A completed generation has its speech, progress 100 and the last event that the guide defines (S68).
pub async fn completion_is_recorded_once(store: &dyn GenerationStore) {
    let (record, fence) = claimed(store).await;
    write(
        store,
        fence,
        vec![progress(Stage::Stitching, 90, "joining", 3), complete(4)],
    )
    .await;
    let ended = read(store, record.id).await;
    assert_eq!(ended.status, Status::Completed);
    assert_eq!(ended.stage, Stage::Done);
    assert_eq!(ended.progress, 100);
    assert_eq!(ended.completed_at, Some(at(4)));
    assert_eq!(ended.error, None);
    let speech = SpeechRecord::new("speech/1.wav", 4.5, vec![(0.0, 2.25), (2.5, 4.5)]);
    assert_eq!(ended.speech, Some(speech));

    let events = store.events(record.id, 2).await.expect("read");
    let [last] = &events[..] else {
        panic!("one event after the second, got {events:?}");
    };
    assert_eq!(last.message, "the speech is complete");
    assert_eq!(
        (last.status, last.stage, last.progress),
        (Status::Completed, Stage::Done, 100)
    );
    assert_eq!(last.at, at(4));
    refused(store, fence, vec![complete(5)]).await;
}

/// A failed generation has its error, and keeps its progress.
pub async fn failure_is_recorded_once(store: &dyn GenerationStore) {
    let (record, fence) = claimed(store).await;
    write(store, fence, vec![progress(Stage::Speaking, 45, "speaking", 3)]).await;
    write(store, fence, vec![fail(4)]).await;
    let ended = read(store, record.id).await;
    assert_eq!(ended.status, Status::Failed);
    assert_eq!(ended.stage, Stage::Done);
    assert_eq!(ended.progress, 45);
    assert_eq!(ended.completed_at, Some(at(4)));
    assert_eq!(ended.error, Some(failure()));
    assert_eq!(ended.speech, None);

    let events = store.events(record.id, 2).await.expect("read");
    let [last] = &events[..] else {
        panic!("one event after the second, got {events:?}");
    };
    assert_eq!(last.message, failure().message);
    assert_eq!(
        (last.status, last.stage, last.progress),
        (Status::Failed, Stage::Done, 45)
    );
    refused(store, fence, vec![fail(5)]).await;
}

/// Neither a later write nor a later change of the same write changes a generation that has ended.
pub async fn ended_generation_never_changes(store: &dyn GenerationStore) {
    for end in [complete(4), fail(4)] {
        let (record, fence) = claimed(store).await;
        for after in [complete(5), fail(5), progress(Stage::Speaking, 50, "late", 5)] {
            refused(store, fence, vec![end.clone(), after]).await;
        }
        write(store, fence, vec![Change::AddTake(plain_take(fence, 0, 1)), end]).await;
        for after in [
            complete(5),
            fail(5),
            progress(Stage::Speaking, 50, "late", 5),
            Change::UpdateTake(plain_take(fence, 0, 1)),
            Change::AddTake(plain_take(fence, 0, 2)),
        ] {
            refused(store, fence, vec![after]).await;
        }
        assert!(!store.request_cancel(record.id).await.expect("answered"));
        assert!(!read(store, record.id).await.cancel_requested);
    }
}

/// A cancellation request is recorded, and its holder finds it.
pub async fn cancel_request_reaches_the_holder(store: &dyn GenerationStore) {
    let queued = submitted(store).await.id;
    assert!(store.request_cancel(queued).await.expect("answered"));
    assert!(
        store.request_cancel(queued).await.expect("answered"),
        "a second request has no further effect"
    );
    assert!(read(store, queued).await.cancel_requested);
    assert_eq!(
        store.cancel_requests(ANN).await.expect("answered"),
        NONE,
        "it is unclaimed"
    );

    let (held, fence) = claimed(store).await;
    let (other, _) = claimed(store).await;
    assert!(store.request_cancel(held.id).await.expect("answered"));
    assert_eq!(store.cancel_requests(ANN).await.expect("answered"), [held.id]);
    assert_eq!(store.cancel_requests(BOB).await.expect("answered"), NONE);
    assert!(!read(store, other.id).await.cancel_requested);

    assert!(
        claim(store, queued, ANN, 3)
            .await
            .expect("it is unclaimed")
            .cancel_requested
    );
    assert_eq!(store.cancel_requests(ANN).await.expect("answered"), [queued, held.id]);
    write(store, fence, vec![fail(4)]).await;
    assert_eq!(
        store.cancel_requests(ANN).await.expect("answered"),
        [queued],
        "the other has ended"
    );
    assert!(read(store, held.id).await.cancel_requested, "the record keeps it");
}

/// A failed generation can be reopened and keeps its takes; others cannot be reopened.
pub async fn only_failed_generations_can_be_reopened(store: &dyn GenerationStore) {
    let (completed, fence) = claimed(store).await;
    assert!(
        !store.reopen(completed.id, at(3)).await.expect("answered"),
        "it is running"
    );
    write(store, fence, vec![complete(4)]).await;
    assert!(
        !store.reopen(completed.id, at(5)).await.expect("answered"),
        "it is complete"
    );
    let queued = submitted(store).await.id;
    assert!(!store.reopen(queued, at(5)).await.expect("answered"), "it is queued");

    let (failed, fence) = claimed(store).await;
    let take = plain_take(fence, 0, 1);
    let changes = vec![
        Change::AddTake(take.clone()),
        progress(Stage::Speaking, 45, "speaking", 3),
    ];
    write(store, fence, changes).await;
    assert!(store.request_cancel(failed.id).await.expect("answered"));
    write(store, fence, vec![fail(4)]).await;
    assert!(store.reopen(failed.id, at(60)).await.expect("answered"));
    assert!(
        !store.reopen(failed.id, at(61)).await.expect("answered"),
        "it is reopened already"
    );

    let open = read(store, failed.id).await;
    assert_eq!(
        (open.status, open.stage, open.progress),
        (Status::Pending, Stage::Queued, 45)
    );
    assert_eq!(open.error, None);
    assert_eq!(open.completed_at, None);
    assert!(!open.cancel_requested);
    assert_eq!(open.created_at, failed.created_at);
    assert_eq!(open.opened_at, at(60));
    assert_eq!(store.takes(failed.id).await.expect("read"), [take]);
    let events = store.events(failed.id, 3).await.expect("read");
    let [last] = &events[..] else {
        panic!("one event after the failure, got {events:?}");
    };
    assert_eq!((last.number, last.status, last.progress), (4, Status::Pending, 45));
    assert_eq!(last.at, at(60));

    let again = claim(store, failed.id, BOB, 60).await.expect("it is unclaimed");
    write(store, Fence::of(&again), vec![complete(62)]).await;
    assert_eq!(read(store, failed.id).await.status, Status::Completed);
}

/// An erased generation is not returned, its predictions stay known, and its idempotency key can be used again.
pub async fn erased_generation_is_not_returned(store: &dyn GenerationStore) {
    let (record, fence) = claimed(store).await;
    let error = store
        .erase_generation(record.id, at(3))
        .await
        .expect_err("it is running");
    assert_eq!(
        (error.code(), error.generation_id()),
        ("generation.not_finished", Some(record.id))
    );
    let mut row = full_row(fence, 0, 1);
    row.remote = Some("prediction-9".to_owned());
    let mut changes = history(&in_state(row, StateKind::Kept));
    changes.push(fail(4));
    write(store, fence, changes).await;
    for second in [5, 6] {
        assert!(store.erase_generation(record.id, at(second)).await.expect("erased"));
    }
    assert_eq!(store.generation(record.id).await.expect("read"), None);
    assert_eq!(store.events(record.id, 0).await.expect("read"), []);
    assert_eq!(store.generations(&Filter::default()).await.expect("listed"), []);
    assert!(store.holds_remote("prediction-9").await.expect("answered"));
    assert!(!store.reopen(record.id, at(7)).await.expect("answered"));
    assert_eq!(claim(store, record.id, BOB, 8).await, None);
    refused(store, fence, vec![fail(9)]).await;

    let keyed = || {
        let mut new = request(record.sample, "Hello.");
        new.idempotency_key = Some("k".to_owned());
        store.submit(new)
    };
    let first = keyed().await.expect("submitted");
    let held = claim(store, first.id, ANN, 10).await.expect("it is unclaimed");
    write(store, Fence::of(&held), vec![complete(11)]).await;
    assert!(store.erase_generation(first.id, at(12)).await.expect("erased"));
    assert!(keyed().await.expect("submitted").id > first.id);
}

/// Pruning deletes the history of a completed generation, and keeps its speech, last event and spending.
pub async fn pruned_generation_keeps_speech_and_last_event(store: &dyn GenerationStore) {
    let (done, fence) = claimed(store).await;
    assert!(
        !store.prune_generation(done.id, at(3)).await.expect("answered"),
        "it is running"
    );
    let mut row = full_row(fence, 0, 1);
    row.remote = Some("prediction-9".to_owned());
    let mut changes = history(&in_state(row, StateKind::Kept));
    changes.extend([progress(Stage::Speaking, 50, "speaking", 3), complete(4)]);
    write(store, fence, changes).await;
    let (failed, failed_fence) = claimed(store).await;
    write(store, failed_fence, vec![fail(4)]).await;

    assert_eq!(store.completed_before(at(4), 9).await.expect("read"), NONE, "not yet");
    assert_eq!(store.completed_before(at(5), 9).await.expect("read"), [done.id]);
    assert_eq!(store.completed_before(at(5), 0).await.expect("read"), NONE);
    let before = read(store, done.id).await;
    let spending = store.spending(&UsageFilter::default()).await.expect("read");
    let last = store.events(done.id, 0).await.expect("read").pop().expect("an event");
    for second in [6, 7] {
        assert!(store.prune_generation(done.id, at(second)).await.expect("pruned"));
    }
    assert!(
        !store.prune_generation(failed.id, at(6)).await.expect("answered"),
        "a retry needs its takes"
    );
    assert_eq!(store.completed_before(at(9), 9).await.expect("read"), NONE);
    assert_eq!(read(store, done.id).await, before);
    assert_eq!(store.spending(&UsageFilter::default()).await.expect("read"), spending);
    assert_eq!(
        store.events(done.id, 0).await.expect("read"),
        std::slice::from_ref(&last)
    );
    assert_eq!(store.events(done.id, last.number).await.expect("read"), []);
    assert_eq!(
        store.last_events(&[done.id]).await.expect("read"),
        [(done.id, last.number)]
    );
    let takes = store.takes(done.id).await.expect("read");
    assert_eq!((takes.len(), takes[0].audio()), (1, None));
    assert!(store.holds_remote("prediction-9").await.expect("answered"));
    assert_eq!(
        store.ended_before(at(9), 9).await.expect("read").len(),
        2,
        "it can still be erased"
    );
    assert!(store.erase_generation(done.id, at(9)).await.expect("erased"));
    assert!(!store.prune_generation(done.id, at(10)).await.expect("answered"));
}

/// A fence from before a generation was reopened is refused.
pub async fn fence_from_before_a_reopening_is_refused(store: &dyn GenerationStore) {
    let (record, fence) = claimed(store).await;
    write(store, fence, vec![fail(3)]).await;
    assert!(store.reopen(record.id, at(4)).await.expect("answered"));
    refused(store, fence, vec![fail(5)]).await;
}

/// Generations that have not ended are listed oldest first, whether claimed or not.
pub async fn unfinished_generations_are_listed_oldest_first(store: &dyn GenerationStore) {
    assert_eq!(store.unfinished().await.expect("listed"), NONE);
    let queued = submitted(store).await.id;
    let (done, fence) = claimed(store).await;
    let (running, running_fence) = claimed(store).await;
    let (failed, failed_fence) = claimed(store).await;
    write(store, fence, vec![complete(3)]).await;
    write(store, running_fence, vec![progress(Stage::Speaking, 10, "speaking", 3)]).await;
    write(store, failed_fence, vec![fail(3)]).await;
    assert_eq!(store.unfinished().await.expect("listed"), [queued, running.id]);
    assert!(store.reopen(failed.id, at(4)).await.expect("answered"));
    assert_eq!(
        store.unfinished().await.expect("listed"),
        [queued, running.id, failed.id]
    );
    assert!(!store.unfinished().await.expect("listed").contains(&done.id));
}
