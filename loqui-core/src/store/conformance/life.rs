//! How generations end, are stopped and are opened again.

use super::fixtures::{
    ANN, BOB, NONE, at, claim, claimed, fail, failure, plain_take, progress, read, refused, request, submitted, write,
};
use crate::ledger::{SpeechRecord, Stage, Status};
use crate::store::{Change, Fence, Filter, GenerationStore, UsageFilter};

fn complete(second: i64) -> Change {
    Change::Complete {
        speech: SpeechRecord::new("speech/1.wav", 4.5, vec![(0.0, 2.25), (2.5, 4.5)]),
        at: at(second),
    }
}

/// A completed generation has its speech, progress 100 and the promised last event (S68).
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

/// A failed generation says why, and keeps the progress it had.
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

/// Neither a later write nor a later change of the same write touches what has ended.
pub async fn what_has_ended_never_changes(store: &dyn GenerationStore) {
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

/// A wish to stop is on the record, and its holder finds it without looking at every generation.
pub async fn a_wish_to_stop_reaches_the_holder(store: &dyn GenerationStore) {
    let queued = submitted(store).await.id;
    assert!(store.request_cancel(queued).await.expect("answered"));
    assert!(
        store.request_cancel(queued).await.expect("answered"),
        "twice is as good as once"
    );
    assert!(read(store, queued).await.cancel_requested);
    assert_eq!(
        store.cancel_requests(ANN).await.expect("answered"),
        NONE,
        "nobody holds it"
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
            .expect("nobody holds it")
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

/// A failed generation can be opened again, with its takes; nothing else can.
pub async fn only_what_failed_is_opened_again(store: &dyn GenerationStore) {
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
        "it is open already"
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

    let again = claim(store, failed.id, BOB, 60).await.expect("nobody holds it");
    write(store, Fence::of(&again), vec![complete(62)]).await;
    assert_eq!(read(store, failed.id).await.status, Status::Completed);
}

/// What was erased is gone, but nobody can adopt its predictions, and its key may be used again.
pub async fn an_erased_generation_is_gone(store: &dyn GenerationStore) {
    let (record, fence) = claimed(store).await;
    let error = store
        .erase_generation(record.id, at(3))
        .await
        .expect_err("it is running");
    assert_eq!(
        (error.code(), error.generation_id()),
        ("generation.not_finished", Some(record.id))
    );
    let mut take = plain_take(fence, 0, 1);
    take.remote = Some("prediction-9".to_owned());
    write(store, fence, vec![Change::AddTake(take), fail(4)]).await;
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
    let held = claim(store, first.id, ANN, 10).await.expect("nobody holds it");
    write(store, Fence::of(&held), vec![complete(11)]).await;
    assert!(store.erase_generation(first.id, at(12)).await.expect("erased"));
    assert!(keyed().await.expect("submitted").id > first.id);
}

/// What led to a completed generation can be dropped; what came of it stays, and so do the books.
pub async fn a_thinned_generation_keeps_its_speech_and_its_end(store: &dyn GenerationStore) {
    let (done, fence) = claimed(store).await;
    assert!(
        !store.prune_generation(done.id, at(3)).await.expect("answered"),
        "it is running"
    );
    let mut take = plain_take(fence, 0, 1);
    take.remote = Some("prediction-9".to_owned());
    take.audio = Some("take.wav".to_owned());
    take.output = Some("https://example.org/take.wav".to_owned());
    let changes = vec![
        Change::AddTake(take),
        progress(Stage::Speaking, 50, "speaking", 3),
        complete(4),
    ];
    write(store, fence, changes).await;
    let (failed, failed_fence) = claimed(store).await;
    write(store, failed_fence, vec![fail(4)]).await;

    assert_eq!(store.completed_before(at(4), 9).await.expect("read"), NONE, "not yet");
    assert_eq!(store.completed_before(at(5), 9).await.expect("read"), [done.id]);
    assert_eq!(store.completed_before(at(5), 0).await.expect("read"), NONE);
    let before = read(store, done.id).await;
    let books = store.spending(&UsageFilter::default()).await.expect("read");
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
    assert_eq!(store.spending(&UsageFilter::default()).await.expect("read"), books);
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
    assert_eq!((takes.len(), &takes[0].audio, &takes[0].output), (1, &None, &None));
    assert!(store.holds_remote("prediction-9").await.expect("answered"));
    assert_eq!(
        store.ended_before(at(9), 9).await.expect("read").len(),
        2,
        "it can still be erased"
    );
    assert!(store.erase_generation(done.id, at(9)).await.expect("erased"));
    assert!(!store.prune_generation(done.id, at(10)).await.expect("answered"));
}

/// Whoever ended a generation has no right to it once it is opened again.
pub async fn a_claim_from_before_a_retry_is_worth_nothing(store: &dyn GenerationStore) {
    let (record, fence) = claimed(store).await;
    write(store, fence, vec![fail(3)]).await;
    assert!(store.reopen(record.id, at(4)).await.expect("answered"));
    refused(store, fence, vec![fail(5)]).await;
}

/// A process that starts finds what has not ended, oldest first, whoever holds it.
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
