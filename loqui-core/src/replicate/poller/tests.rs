use futures::future::FutureExt as _;
use serde_json::json;

use super::*;

fn prediction(id: &str, status: &str) -> Prediction {
    let value = json!({ "id": id, "status": status, "created_at": "2026-01-01T00:00:00Z" });
    Prediction::from_value(value).unwrap()
}

#[test]
fn few_predictions_are_polled_singly_and_many_in_pages() {
    let poller = PredictionPoller::default();
    let now = Timestamp::UNIX_EPOCH;
    for n in 0..PAGE_THRESHOLD - 1 {
        let id = format!("prediction{n:03}");
        assert!(matches!(poller.route(&id, now), PollRoute::Single));
        poller.observe(&prediction(&id, "starting"), now);
    }
    assert!(matches!(poller.route("prediction000", now), PollRoute::Single));
    assert!(
        matches!(poller.route("prediction999", now), PollRoute::Single),
        "not observed yet"
    );
    assert!(matches!(
        poller.route("prediction000", now),
        PollRoute::Batch { starts_task: true, .. }
    ));
    assert!(matches!(
        poller.route("prediction001", now),
        PollRoute::Batch { starts_task: false, .. }
    ));
    let (waiting, oldest) = poller.take_batch().unwrap();
    assert_eq!(waiting.len(), 2);
    assert_eq!(oldest, "2026-01-01T00:00:00Z".parse().unwrap());
    assert!(poller.take_batch().is_none(), "no poll waits");

    let PollRoute::Batch {
        answer,
        starts_task: true,
    } = poller.route("prediction000", now)
    else {
        panic!("the next poll starts a task")
    };
    poller.deliver(prediction("prediction000", "succeeded"));
    assert!(poller.take_batch().is_none(), "the only prediction has ended");
    assert!(answer.blocking_recv().is_err(), "so it is polled singly");
    assert!(matches!(
        poller.route("prediction001", now),
        PollRoute::Single | PollRoute::Batch { starts_task: true, .. }
    ));
}

/// Ages are counted from the first observation by this machine's clock, because the provider's clock may differ.
#[test]
fn expected_end_follows_recent_durations() {
    let poller = PredictionPoller::default();
    let start = Timestamp::UNIX_EPOCH;
    let at = |seconds| later(start, Duration::from_secs(seconds));
    assert_eq!(poller.until_expected_end("prediction000", start), None);
    let mut earlier = prediction("prediction001", "succeeded");
    earlier.completed_at = Some("2026-01-01T00:00:10Z".parse().unwrap());
    poller.observe(&earlier, start);
    assert_eq!(
        poller.until_expected_end("prediction000", start),
        Some(Duration::from_millis(10_020))
    );
    poller.observe(&prediction("prediction000", "processing"), at(3));
    assert_eq!(
        poller.until_expected_end("prediction000", at(4)),
        Some(Duration::from_millis(6_020))
    );
    assert_eq!(
        poller.until_expected_end("prediction000", at(21)),
        None,
        "much longer than expected"
    );
}

#[test]
fn batches_are_delayed_with_many_predictions_unless_one_is_due() {
    let delays = [100, 250, 300, 1_000, 10_000].map(|watched| batch_delay(watched).as_millis());
    assert_eq!(delays, [0, 300, 400, 1_800, 2_000]);

    let poller = PredictionPoller::default();
    let start = Timestamp::UNIX_EPOCH;
    let at = |seconds| later(start, Duration::from_secs(seconds));
    for n in 0..PAGE_THRESHOLD {
        poller.observe(&prediction(&format!("prediction{n:03}"), "starting"), start);
    }
    let due = |poller: &PredictionPoller| poller.due.notified().now_or_never().is_some();
    poller.route("prediction000", at(15));
    assert!(!due(&poller), "no recent durations");
    let mut earlier = prediction("prediction999", "succeeded");
    earlier.completed_at = Some("2026-01-01T00:00:10Z".parse().unwrap());
    poller.observe(&earlier, start);
    poller.route("prediction000", at(5));
    assert!(!due(&poller));
    poller.route("prediction000", at(11));
    assert!(due(&poller));
}

#[test]
fn predictions_that_are_not_polled_are_removed() {
    let poller = PredictionPoller::default();
    for n in 0..100 {
        poller.observe(
            &prediction(&format!("prediction{n:03}"), "starting"),
            Timestamp::UNIX_EPOCH,
        );
    }
    poller.route("prediction000", later(Timestamp::UNIX_EPOCH, WATCH_TIMEOUT));
    assert_eq!(poller.lock().watched.len(), 1);
}

#[tokio::test]
async fn first_delivered_end_wakes_waiters_and_is_kept() {
    let poller = PredictionPoller::default();
    let waiter = poller.subscribe("prediction000");
    poller.deliver(prediction("prediction000", "succeeded"));
    waiter.await.unwrap();
    poller.deliver(prediction("prediction000", "failed"));
    poller.subscribe("prediction000").await.unwrap();
    let PollRoute::Delivered(delivered) = poller.route("prediction000", Timestamp::UNIX_EPOCH) else {
        panic!("the end was delivered")
    };
    assert_eq!(delivered.status.name(), "succeeded");
    for n in 0..=MAX_DELIVERED {
        poller.deliver(prediction(&format!("prediction{n:05}"), "failed"));
    }
    assert_eq!(poller.lock().delivered.len(), MAX_DELIVERED);
}
