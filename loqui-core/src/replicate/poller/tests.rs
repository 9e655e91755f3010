use futures::future::FutureExt as _;
use serde_json::json;

use super::*;

fn prediction(id: &str, status: &str) -> Prediction {
    let value = json!({ "id": id, "status": status, "created_at": "2026-01-01T00:00:00Z" });
    Prediction::from_value(value).unwrap()
}

#[test]
fn few_are_looked_at_alone_and_many_together() {
    let poller = PredictionPoller::default();
    let now = Timestamp::UNIX_EPOCH;
    for n in 0..MANY - 1 {
        let id = format!("prediction{n:03}");
        assert!(matches!(poller.way(&id, now), Way::Alone));
        poller.seen(&prediction(&id, "starting"), now);
    }
    assert!(matches!(poller.way("prediction000", now), Way::Alone));
    assert!(matches!(poller.way("prediction999", now), Way::Alone), "not seen yet");
    assert!(matches!(
        poller.way("prediction000", now),
        Way::Together { first: true, .. }
    ));
    assert!(matches!(
        poller.way("prediction001", now),
        Way::Together { first: false, .. }
    ));
    let (waiting, oldest) = poller.gathered().unwrap();
    assert_eq!(waiting.len(), 2);
    assert_eq!(oldest, "2026-01-01T00:00:00Z".parse().unwrap());
    assert!(poller.gathered().is_none(), "nobody waits any more");

    let Way::Together { answer, first: true } = poller.way("prediction000", now) else {
        panic!("it gathers anew")
    };
    poller.told(prediction("prediction000", "succeeded"));
    assert!(poller.gathered().is_none(), "the only one has ended");
    assert!(answer.blocking_recv().is_err(), "so it looks alone");
    assert!(matches!(
        poller.way("prediction001", now),
        Way::Alone | Way::Together { first: true, .. }
    ));
}

/// It is counted from when it was first watched, by this machine's clock: the provider's may be wrong.
#[test]
fn a_look_is_due_when_others_have_taken_so_long() {
    let poller = PredictionPoller::default();
    let start = Timestamp::UNIX_EPOCH;
    let at = |seconds| later(start, Duration::from_secs(seconds));
    assert_eq!(poller.due("prediction000", start), None);
    let mut earlier = prediction("prediction001", "succeeded");
    earlier.completed_at = Some("2026-01-01T00:00:10Z".parse().unwrap());
    poller.seen(&earlier, start);
    assert_eq!(poller.due("prediction000", start), Some(Duration::from_millis(10_020)));
    poller.seen(&prediction("prediction000", "processing"), at(3));
    assert_eq!(poller.due("prediction000", at(4)), Some(Duration::from_millis(6_020)));
    assert_eq!(poller.due("prediction000", at(21)), None, "long overdue");
}

/// Each sweep reads the pages of all that run.
#[test]
fn the_more_run_the_rarer_are_sweeps_unless_one_is_due() {
    let patience = [100, 250, 300, 1_000, 10_000].map(|watched| patience(watched).as_millis());
    assert_eq!(patience, [0, 300, 400, 1_800, 2_000]);

    let poller = PredictionPoller::default();
    let start = Timestamp::UNIX_EPOCH;
    let at = |seconds| later(start, Duration::from_secs(seconds));
    for n in 0..MANY {
        poller.seen(&prediction(&format!("prediction{n:03}"), "starting"), start);
    }
    let due = |poller: &PredictionPoller| poller.due.notified().now_or_never().is_some();
    poller.way("prediction000", at(15));
    assert!(!due(&poller), "nobody knows how long it takes");
    let mut earlier = prediction("prediction999", "succeeded");
    earlier.completed_at = Some("2026-01-01T00:00:10Z".parse().unwrap());
    poller.seen(&earlier, start);
    poller.way("prediction000", at(5));
    assert!(!due(&poller));
    poller.way("prediction000", at(11));
    assert!(due(&poller));
}

#[test]
fn what_nobody_looks_at_is_forgotten() {
    let poller = PredictionPoller::default();
    for n in 0..100 {
        poller.seen(
            &prediction(&format!("prediction{n:03}"), "starting"),
            Timestamp::UNIX_EPOCH,
        );
    }
    poller.way("prediction000", later(Timestamp::UNIX_EPOCH, FORGOTTEN));
    assert_eq!(poller.lock().watched.len(), 1);
}

#[tokio::test]
async fn an_end_that_is_told_wakes_and_stays() {
    let poller = PredictionPoller::default();
    let sleeper = poller.sleep("prediction000");
    poller.told(prediction("prediction000", "succeeded"));
    sleeper.await.unwrap();
    poller.told(prediction("prediction000", "failed"));
    poller.sleep("prediction000").await.unwrap();
    let Way::Known(told) = poller.way("prediction000", Timestamp::UNIX_EPOCH) else {
        panic!("it was told")
    };
    assert_eq!(told.status.name(), "succeeded");
    for n in 0..=MOST_NEWS {
        poller.told(prediction(&format!("prediction{n:05}"), "failed"));
    }
    assert_eq!(poller.lock().news.len(), MOST_NEWS);
}
