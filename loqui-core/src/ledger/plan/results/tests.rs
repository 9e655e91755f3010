use super::*;
use crate::engine::Price;
use crate::id::GenerationId;
use crate::ledger::StateKind;
use crate::ledger::row::TakeRow;
use crate::ledger::testing::in_state;
use crate::reconciliation::Reconciliation;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn policy() -> Policy {
    Policy {
        reconciliation: Reconciliation::default().with_settle(Duration::from_secs(45)),
        price: Some(Price::new(1.0, "2026-11-23")),
        ..Policy::default()
    }
}

fn take(kind: StateKind) -> TakeRecord {
    let mut row = TakeRow::new(1, 0, 1, 7, 1, at(0));
    row.cost_usd = 0.01;
    in_state(row, kind)
}

fn unreachable() -> Error {
    Error::new(&code::REPLICATE_UNREACHABLE, "the connection broke")
}

fn failing() -> Error {
    Error::new(&code::ENGINE_FAILED, "the engine failed")
}

#[test]
fn miss_counts_only_after_the_prediction_must_have_been_listed() {
    let policy = policy();
    let lost = take(StateKind::Unanswered);
    let misses = |take: &TakeRecord| (take.state().lookups().misses, take.kind());
    let early = after_miss(lost.clone(), &policy, at(0), at(10)).unwrap();
    assert_eq!(misses(&early), (0, StateKind::Unanswered));
    let once = after_miss(early, &policy, at(0), at(50)).unwrap();
    assert_eq!(misses(&once), (1, StateKind::Unanswered));
    let twice = after_miss(once, &policy, at(0), at(55)).unwrap();
    assert_eq!((twice.kind(), twice.cost_usd), (StateKind::NeverCreated, 0.0));
    let claimed_late = after_miss(lost.clone(), &policy, at(100), at(120)).unwrap();
    assert_eq!(
        misses(&claimed_late),
        (0, StateKind::Unanswered),
        "the clock may have been set"
    );
    let late = after_miss(lost, &policy, at(0), at(3_100)).unwrap();
    assert_eq!(late.kind(), StateKind::Held, "the provider no longer has the inputs");
}

#[test]
fn failed_lookup_is_repeated_until_the_take_is_held() {
    let lost = take(StateKind::Unanswered);
    let early = after_failed_lookup(lost.clone(), &unreachable(), &policy(), at(100)).unwrap();
    assert_eq!(
        (early.kind(), early.state().lookups()),
        (
            StateKind::Unanswered,
            Lookups {
                misses: 0,
                looked_at: Some(at(100))
            }
        )
    );
    let late = after_failed_lookup(lost, &unreachable(), &policy(), at(3_100)).unwrap();
    assert_eq!(late.kind(), StateKind::Held);
}

#[test]
fn unsent_take_is_sent_again_after_growing_pauses_until_it_fails() {
    let policy = policy();
    let mut take = take(StateKind::Intended);
    let mut pauses = Vec::new();
    loop {
        take = after_create(take, CreateAnswer::NotCreated(failing()), &policy, at(0)).unwrap();
        let TakeState::Unsent(unsent) = take.state() else { break };
        pauses.push(since(at(0), unsent.retry_at));
        take = resend(take, 1, at(0)).unwrap();
    }
    assert_eq!(pauses.len(), policy.max_sends as usize - 1);
    assert!(pauses.is_sorted() && pauses[0] < pauses[5], "{pauses:?}");
    assert_eq!((take.kind(), take.cost_usd), (StateKind::Failed, 0.0));
}

#[test]
fn outage_never_gives_up_a_take_that_was_not_created() {
    let policy = policy();
    let mut take = take(StateKind::Intended);
    for _ in 0..3 * policy.max_sends {
        take = after_create(take, CreateAnswer::NotCreated(unreachable()), &policy, at(0)).unwrap();
        take = resend(take, 1, at(0)).unwrap();
    }
}

#[test]
fn rate_limited_take_waits_as_long_as_the_provider_asks_and_never_fails() {
    let policy = policy();
    let mut take = take(StateKind::Intended);
    for _ in 0..3 * policy.max_sends {
        let limited = Error::new(&code::REPLICATE_RATE_LIMITED, "too many requests")
            .with_retry(Retry::After(Duration::from_secs(11)));
        take = after_create(take, CreateAnswer::NotCreated(limited), &policy, at(0)).unwrap();
        assert_eq!(take.state().retry_at(), Some(at(11)));
        take = resend(take, 1, at(0)).unwrap();
    }
}

#[test]
fn intent_older_than_the_send_guard_is_not_sent() {
    let policy = policy();
    let intended = take(StateKind::Intended);
    let guard = policy.reconciliation.send_guard.as_secs().cast_signed();
    assert_eq!(too_late_to_send(&intended, &policy, at(guard - 1)).unwrap(), None);
    let late = too_late_to_send(&intended, &policy, at(guard)).unwrap().unwrap();
    assert_eq!(
        (late.kind(), late.sends),
        (StateKind::Unsent, 0),
        "it was not sent at all"
    );
}

#[test]
fn failed_poll_ends_a_take_only_if_the_error_is_about_the_take() {
    let running = take(StateKind::Running);
    let poll = |error| after_failed_poll(running.clone(), error);
    assert_eq!(poll(unreachable()).unwrap(), running);
    let refused = Error::new(&code::REPLICATE_UNAUTHORIZED, "wrong token");
    assert_eq!(poll(refused).unwrap_err().code(), "replicate.unauthorized");
    let gone = Error::new(&code::REPLICATE_NOT_FOUND, "gone");
    assert_eq!(poll(gone).unwrap().kind(), StateKind::Failed);
}

#[test]
fn stop_request_is_repeated_after_growing_pauses_until_the_take_fails() {
    let policy = policy();
    let mut take = take(StateKind::Running);
    let mut pauses = Vec::new();
    loop {
        let next = after_failed_stop(take, failing(), &policy).unwrap();
        take = next.take;
        let Some(pause) = next.pause else { break };
        pauses.push(pause);
    }
    assert_eq!(pauses.len(), policy.max_sends as usize - 1);
    assert!(pauses.is_sorted(), "{pauses:?}");
    assert_eq!(take.kind(), StateKind::Failed);
    assert!((take.cost_usd - 0.01).abs() < 1e-12, "it may have been paid");
}

#[test]
fn stop_is_asked_for_until_the_provider_can_be_reached() {
    let policy = policy();
    let mut take = take(StateKind::Running);
    for _ in 0..3 * policy.max_sends {
        let next = after_failed_stop(take, unreachable(), &policy).unwrap();
        assert!(next.pause.is_some_and(|pause| pause <= Duration::from_secs(32)));
        take = next.take;
    }
    assert_eq!(take.kind(), StateKind::Running);
}

#[test]
fn download_is_repeated_while_only_the_network_fails() {
    let policy = policy();
    let succeeded = take(StateKind::Succeeded);
    let again = after_failed_download(succeeded.clone(), &unreachable(), &policy, at(9)).unwrap();
    assert_eq!((again.take, again.pause), (succeeded.clone(), Some(policy.take_gap)));
    let late = at(policy.patience.as_secs().cast_signed());
    let over = after_failed_download(succeeded.clone(), &unreachable(), &policy, late).unwrap();
    assert_eq!(over.take.kind(), StateKind::Succeeded, "it is paid for");
    let broken = Error::new(&code::REPLICATE_OUTPUT_BROKEN, "not audio");
    let failed = after_failed_download(succeeded, &broken, &policy, at(9)).unwrap().take;
    assert_eq!(failed.kind(), StateKind::Failed);
    assert_eq!(failed.state().retry_at(), Some(later(at(9), policy.take_gap)));
}

#[test]
fn prediction_found_late_is_paid_for_and_recorded_as_failed() {
    let found = after_late_answer(take(StateKind::NeverCreated), "p9".to_owned(), 0.02, at(900)).unwrap();
    assert_eq!((found.kind(), found.prediction_id()), (StateKind::Failed, Some("p9")));
    assert_eq!(
        found.error().map(|error| error.code.as_str()),
        Some("generation.late_answer")
    );
    assert!((found.cost_usd - 0.02).abs() < 1e-12);
}

#[test]
fn result_that_does_not_fit_the_state_is_an_internal_error() {
    let error = after_download(take(StateKind::Running), "a.wav".to_owned()).unwrap_err();
    assert_eq!(
        (error.code(), error.generation_id()),
        ("internal", Some(GenerationId::new(1)))
    );
}
