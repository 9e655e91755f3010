use std::time::Duration;

use super::*;
use crate::engine::Price;
use crate::id::GenerationId;
use crate::ledger::row::TakeRow;
use crate::ledger::testing::in_state;
use crate::ledger::{NewGeneration, Stage, Status};
use crate::options::SpeakOptions;
use crate::reconciliation::Reconciliation;
use crate::script::Boundary;

mod growth;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn policy() -> Policy {
    Policy {
        reconciliation: Reconciliation {
            send_guard: Duration::from_secs(5),
            settle: Duration::from_secs(45),
            ..Reconciliation::default()
        },
        price: Some(Price::new(1.0, "2026-11-23")),
        ..Policy::default()
    }
}

/// A generation of that many segments of 10 characters ($0.01 each), claimed under epoch 1.
fn generation(segments: u32) -> GenerationRecord {
    let new = NewGeneration::new(1, "replicate", "resemble-ai/chatterbox", "", at(0));
    let segments = (0..segments)
        .map(|index| {
            Segment::new(
                index,
                "0123456789".into(),
                "0123456789".into(),
                0..10,
                Boundary::Sentence,
            )
        })
        .collect();
    GenerationRecord {
        id: GenerationId::new(1),
        owner: None,
        idempotency_key: None,
        sample: new.sample,
        engine: new.engine,
        model: new.model,
        script: new.script,
        options: SpeakOptions::default(),
        segments,
        voices: Vec::new(),
        lineage: None,
        status: Status::Pending,
        stage: Stage::Queued,
        progress: 0,
        cancel_requested: false,
        warnings: Vec::new(),
        error: None,
        speech: None,
        created_at: at(0),
        opened_at: at(0),
        completed_at: None,
        epoch: 1,
    }
}

fn row(segment: u32, number: u32) -> TakeRow {
    let mut row = TakeRow::new(1, segment, number, 7, 1, at(0));
    row.cost_usd = 0.01;
    row
}

fn take(segment: u32, number: u32, kind: StateKind) -> TakeRecord {
    in_state(row(segment, number), kind)
}

/// The plan without a refused reservation.
fn plan(generation: &GenerationRecord, takes: &[TakeRecord], policy: &Policy, now: Timestamp) -> Plan {
    super::plan(generation, takes, &ClaimState::new(at(0)), policy, now)
}

fn steps(plan: Plan) -> Vec<Step> {
    match plan {
        Plan::Work { steps, .. } => steps,
        other => panic!("expected work, got {other:?}"),
    }
}

fn failure(plan: Plan) -> ErrorRecord {
    match plan {
        Plan::Fail(error) => error,
        other => panic!("expected a failure, got {other:?}"),
    }
}

#[test]
fn intent_is_recorded_before_the_create() {
    let generation = generation(1);
    assert_eq!(
        steps(plan(&generation, &[], &policy(), at(0))),
        [Step::Intend { segment: 0, number: 1 }]
    );
    let intended = take(0, 1, StateKind::Intended);
    assert_eq!(
        steps(plan(&generation, std::slice::from_ref(&intended), &policy(), at(1))),
        [Step::Create(intended.clone())]
    );
}

#[test]
fn intent_of_another_claim_is_reconciled_and_never_sent() {
    let generation = GenerationRecord {
        epoch: 2,
        ..generation(1)
    };
    let intended = take(0, 1, StateKind::Intended);
    assert_eq!(
        steps(plan(&generation, std::slice::from_ref(&intended), &policy(), at(1))),
        [Step::Reconcile(intended)]
    );
}

#[test]
fn intent_older_than_the_send_guard_is_reconciled_and_never_sent() {
    let intended = take(0, 1, StateKind::Intended);
    assert_eq!(
        steps(plan(&generation(1), std::slice::from_ref(&intended), &policy(), at(5))),
        [Step::Reconcile(intended)]
    );
}

#[test]
fn lost_answer_is_only_reconciled() {
    for seconds in [0, 10, 100, 10_000] {
        let lost = take(0, 1, StateKind::Unanswered);
        let next = steps(plan(
            &generation(1),
            std::slice::from_ref(&lost),
            &policy(),
            at(seconds),
        ));
        assert_eq!(next, [Step::Reconcile(lost)]);
    }
}

#[test]
fn held_take_ends_the_generation_and_is_not_repeated() {
    let held = take(0, 1, StateKind::Held);
    assert_eq!(
        failure(plan(&generation(1), &[held], &policy(), at(9))).code,
        "generation.answer_unknown"
    );
}

#[test]
fn never_created_take_is_followed_by_another() {
    let gone = take(0, 1, StateKind::NeverCreated);
    assert_eq!(
        steps(plan(&generation(1), &[gone], &policy(), at(60))),
        [Step::Intend { segment: 0, number: 2 }]
    );
}

#[test]
fn unsent_take_waits_for_its_time_and_is_recorded_again_before_it_is_sent() {
    let mut row = row(0, 1);
    row.retry_at = Some(at(30));
    let unsent = in_state(row, StateKind::Unsent);
    assert_eq!(
        plan(&generation(1), std::slice::from_ref(&unsent), &policy(), at(1)),
        Plan::Work {
            steps: vec![],
            wake: Some(at(30))
        }
    );
    assert_eq!(
        steps(plan(&generation(1), std::slice::from_ref(&unsent), &policy(), at(30))),
        [Step::Resend(unsent)]
    );
}

#[test]
fn segments_are_spoken_concurrently_up_to_the_limit() {
    let policy = Policy {
        parallel: 2,
        ..policy()
    };
    let generation = generation(4);
    let next = steps(plan(&generation, &[], &policy, at(0)));
    assert_eq!(
        next,
        [
            Step::Intend { segment: 0, number: 1 },
            Step::Intend { segment: 1, number: 1 }
        ]
    );
    let takes = [take(0, 1, StateKind::Kept), take(1, 1, StateKind::Running)];
    let next = steps(plan(&generation, &takes, &policy, at(0)));
    assert_eq!(
        next,
        [Step::Poll(takes[1].clone()), Step::Intend { segment: 2, number: 1 }]
    );
}

#[test]
fn generation_fails_when_a_segment_has_no_takes_left() {
    let mut takes: Vec<_> = (1..=3).map(|number| take(0, number, StateKind::Rejected)).collect();
    takes = takes.into_iter().map(TakeRecord::pruned).collect();
    assert_eq!(
        failure(plan(&generation(1), &takes, &policy(), at(9))).code,
        "generation.takes_exhausted"
    );
    let reopened = GenerationRecord {
        opened_at: at(100),
        ..generation(1)
    };
    assert_eq!(
        steps(plan(&reopened, &takes, &policy(), at(101))),
        [Step::Intend { segment: 0, number: 4 }],
        "a retry starts a new count"
    );
}

#[test]
fn best_rejected_take_is_kept_when_no_other_can_follow() {
    let takes: Vec<_> = (1..=3).map(|number| take(0, number, StateKind::Rejected)).collect();
    let next = |generation: &GenerationRecord, takes: &[TakeRecord]| steps(plan(generation, takes, &policy(), at(9)));
    assert_eq!(next(&generation(1), &takes), [Step::Accept(takes[0].clone())]);
    assert_eq!(
        next(&generation(1), &takes[..2]),
        [Step::Intend { segment: 0, number: 3 }]
    );
    let mut poor = generation(1);
    poor.options.limits.budget_usd = Some(0.025);
    assert_eq!(
        next(&poor, &takes[..2]),
        [Step::Accept(takes[0].clone())],
        "no money is left for a third"
    );
}

#[test]
fn error_that_is_not_retryable_ends_the_generation_at_once() {
    let error = Error::new(&code::REPLICATE_UNAUTHORIZED, "wrong token");
    let mut row = row(0, 1);
    row.error = Some((&error).into());
    let failed = in_state(row, StateKind::Failed);
    assert_eq!(
        failure(plan(&generation(1), &[failed], &policy(), at(9))).code,
        "replicate.unauthorized"
    );
}

#[test]
fn budget_counts_every_take_that_may_have_to_be_paid() {
    let mut generation = generation(2);
    generation.options.limits.budget_usd = Some(0.02);
    let takes = [take(0, 1, StateKind::Rejected).pruned(), take(0, 2, StateKind::Kept)];
    assert_eq!(
        failure(plan(&generation, &takes, &policy(), at(9))).code,
        "generation.budget"
    );
    generation.options.limits.budget_usd = Some(0.03);
    assert_eq!(
        steps(plan(&generation, &takes, &policy(), at(9))),
        [Step::Intend { segment: 1, number: 1 }]
    );
}

#[test]
fn reserved_amounts_neither_end_a_generation_nor_are_reserved_twice() {
    let mut generation = generation(3);
    generation.options.limits.budget_usd = Some(0.02);
    assert_eq!(
        steps(plan(&generation, &[], &policy(), at(0))),
        [
            Step::Intend { segment: 0, number: 1 },
            Step::Intend { segment: 1, number: 1 }
        ],
        "concurrently, but within the budget"
    );
    // The third segment waits: the first may turn out never to have been created.
    let takes = [take(0, 1, StateKind::Intended), take(1, 1, StateKind::Unanswered)];
    assert_eq!(
        steps(plan(&generation, &takes, &policy(), at(1))),
        [Step::Create(takes[0].clone()), Step::Reconcile(takes[1].clone())]
    );
    // It cannot complete any more, so running takes are stopped.
    let takes = [take(0, 1, StateKind::Running), take(1, 1, StateKind::Failed)];
    assert_eq!(
        steps(plan(&generation, &takes, &policy(), at(1))),
        [Step::Stop(takes[0].clone())]
    );
}

#[test]
fn cancellation_stops_running_takes_abandons_unsent_ones_and_keeps_paid_audio() {
    let generation = GenerationRecord {
        cancel_requested: true,
        ..generation(4)
    };
    let takes = [
        take(0, 1, StateKind::Running),
        take(1, 1, StateKind::Unsent),
        take(2, 1, StateKind::Succeeded),
        take(3, 1, StateKind::Unanswered),
    ];
    assert_eq!(
        steps(plan(&generation, &takes, &policy(), at(9))),
        [
            Step::Stop(takes[0].clone()),
            Step::Abandon(takes[1].clone()),
            Step::Download(takes[2].clone()),
            Step::Reconcile(takes[3].clone()),
        ]
    );
    let over = [take(0, 1, StateKind::Failed), take(2, 1, StateKind::Kept)];
    assert_eq!(
        failure(plan(&generation, &over, &policy(), at(9))).code,
        "generation.cancelled"
    );
}

#[test]
fn deadline_ends_the_generation() {
    let mut generation = generation(1);
    generation.options.limits.deadline = Some(Duration::from_mins(1));
    let running = take(0, 1, StateKind::Running);
    match plan(&generation, std::slice::from_ref(&running), &policy(), at(1)) {
        Plan::Work { wake, .. } => assert_eq!(wake, Some(at(60))),
        other => panic!("{other:?}"),
    }
    assert_eq!(
        steps(plan(&generation, std::slice::from_ref(&running), &policy(), at(60))),
        [Step::Stop(running)]
    );
    assert_eq!(
        failure(plan(&generation, &[], &policy(), at(60))).code,
        "generation.deadline"
    );
}

#[test]
fn prediction_that_exceeds_the_patience_is_stopped() {
    let running = take(0, 1, StateKind::Running);
    let late = at(policy().patience.as_secs().cast_signed() + 1);
    assert_eq!(
        steps(plan(&generation(1), std::slice::from_ref(&running), &policy(), late)),
        [Step::Stop(running)]
    );
}

#[test]
fn complete_generation_is_stitched_even_after_a_cancellation() {
    let generation = GenerationRecord {
        cancel_requested: true,
        ..generation(2)
    };
    let takes = [take(0, 1, StateKind::Kept), take(1, 2, StateKind::Kept)];
    assert_eq!(plan(&generation, &takes, &policy(), at(9)), Plan::Stitch);
}

#[test]
fn terminal_generation_has_no_steps() {
    let done = GenerationRecord {
        status: Status::Completed,
        ..generation(1)
    };
    assert_eq!(plan(&done, &[], &policy(), at(0)), Plan::Over);
}

#[test]
fn refused_reservation_stops_the_takes_and_fails_with_its_own_error() {
    let error: ErrorRecord = (&Error::new(&code::GENERATION_BUDGET, "the budget of $1 is used up")).into();
    let generation = generation(3);
    let refused = ClaimState {
        over_budget: Some(error),
        ..ClaimState::new(at(0))
    };
    let takes = [take(0, 1, StateKind::Running), take(1, 1, StateKind::Unsent)];
    assert_eq!(
        steps(super::plan(&generation, &takes, &refused, &policy(), at(9))),
        [Step::Stop(takes[0].clone()), Step::Abandon(takes[1].clone())],
        "no take of the third segment starts"
    );
    let over = [take(0, 1, StateKind::Failed)];
    assert_eq!(
        failure(super::plan(&generation, &over, &refused, &policy(), at(9))).code,
        "generation.budget"
    );
}

fn failed(segment: u32, number: u32, message: &str) -> TakeRecord {
    let mut row = row(segment, number);
    row.error = Some((&Error::new(&code::REPLICATE_PREDICTION_FAILED, message)).into());
    in_state(row, StateKind::Failed)
}

#[test]
fn failed_run_is_followed_by_another_take() {
    let takes = [failed(0, 1, "CUDA out of memory"), take(1, 1, StateKind::Kept)];
    assert_eq!(
        steps(plan(&generation(2), &takes, &policy(), at(99))),
        [Step::Intend { segment: 0, number: 2 }]
    );
}

#[test]
fn same_failure_ends_a_generation_early_only_while_no_segment_has_audio() {
    let same: Vec<_> = (0..3)
        .map(|segment| failed(segment, 1, "the model is broken"))
        .collect();
    let ended = failure(plan(&generation(9), &same, &policy(), at(99)));
    assert_eq!(
        (ended.code.as_str(), ended.message.as_str()),
        ("replicate.prediction_failed", "the model is broken")
    );
    assert!(
        matches!(plan(&generation(9), &same[..2], &policy(), at(99)), Plan::Work { .. }),
        "two are too few"
    );
    let mut patient = generation(9);
    patient.options.limits.max_takes = Some(5);
    assert!(matches!(plan(&patient, &same, &policy(), at(99)), Plan::Work { .. }));
    let mut waiting = same.clone();
    waiting.push(take(4, 1, StateKind::Running));
    assert_eq!(
        steps(plan(&generation(9), &waiting, &policy(), at(99))),
        [Step::Poll(waiting[3].clone())],
        "nothing new is begun before the last one has ended"
    );
    for kind in [StateKind::Kept, StateKind::Rejected] {
        let mut takes = same.clone();
        takes.push(take(4, 1, kind));
        assert!(
            matches!(plan(&generation(9), &takes, &policy(), at(99)), Plan::Work { .. }),
            "{kind:?}"
        );
    }
    let mut different = same;
    different[1] = failed(1, 1, "CUDA out of memory");
    assert!(matches!(
        plan(&generation(9), &different, &policy(), at(99)),
        Plan::Work { .. }
    ));
}

#[test]
fn running_take_of_an_earlier_claim_is_watched_from_the_claim_on() {
    let running = take(0, 1, StateKind::Running);
    let claimed_at = later(at(0), Duration::from_hours(2));
    let next = |after: Duration| {
        let now = later(claimed_at, after);
        steps(super::plan(
            &generation(1),
            std::slice::from_ref(&running),
            &ClaimState::new(claimed_at),
            &policy(),
            now,
        ))
    };
    assert_eq!(next(Duration::from_mins(15)), [Step::Poll(running.clone())]);
    assert_eq!(next(Duration::from_mins(17)), [Step::Stop(running.clone())]);
}

#[test]
fn error_of_the_deadline_says_what_was_waited_for() {
    let mut generation = generation(2);
    generation.options.limits.deadline = Some(Duration::from_mins(1));
    let away: ErrorRecord = (&Error::new(&code::REPLICATE_UNREACHABLE, "the network is away")).into();
    let claim = ClaimState {
        outage: Some(away),
        ..ClaimState::new(at(0))
    };
    let ended = failure(super::plan(&generation, &[], &claim, &policy(), at(60)));
    assert_eq!(ended.code, "generation.deadline");
    assert!(ended.message.ends_with("waited: the network is away"), "{ended:?}");
}
