use std::time::Duration;

use super::*;
use crate::engine::Price;
use crate::ledger::{NewGeneration, Stage, Status};
use crate::options::SpeakOptions;
use crate::script::{Boundary, Segment};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn policy() -> Policy {
    Policy {
        send_guard: Duration::from_secs(5),
        settle: Duration::from_secs(45),
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
        id: 1,
        owner: None,
        idempotency_key: None,
        sample: new.sample,
        engine: new.engine,
        model: new.model,
        script: new.script,
        options: SpeakOptions::default(),
        segments,
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

fn take(segment: u32, number: u32, state: TakeState) -> TakeRecord {
    TakeRecord {
        state,
        cost_usd: 0.01,
        ..TakeRecord::intend(1, segment, number, 7, 1, at(0))
    }
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
fn the_intent_comes_before_the_create() {
    let generation = generation(1);
    assert_eq!(
        steps(plan(&generation, &[], &policy(), at(0))),
        [Step::Intend { segment: 0, number: 1 }]
    );
    let intended = take(0, 1, TakeState::Intended);
    assert_eq!(
        steps(plan(&generation, std::slice::from_ref(&intended), &policy(), at(1))),
        [Step::Create(intended.clone())]
    );
}

#[test]
fn an_intent_of_another_claim_is_looked_for_and_never_sent() {
    let generation = GenerationRecord {
        epoch: 2,
        ..generation(1)
    };
    let intended = take(0, 1, TakeState::Intended);
    assert_eq!(
        steps(plan(&generation, std::slice::from_ref(&intended), &policy(), at(1))),
        [Step::Reconcile(intended)]
    );
}

#[test]
fn an_intent_older_than_the_send_guard_is_looked_for_and_never_sent() {
    let intended = take(0, 1, TakeState::Intended);
    assert_eq!(
        steps(plan(&generation(1), std::slice::from_ref(&intended), &policy(), at(5))),
        [Step::Reconcile(intended)]
    );
}

#[test]
fn from_a_lost_answer_only_reconciliation_leads_on() {
    for seconds in [0, 10, 100, 10_000] {
        let lost = take(0, 1, TakeState::Unanswered);
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
fn a_look_in_vain_counts_only_after_the_answer_must_have_come() {
    let policy = policy();
    let lost = take(0, 1, TakeState::Unanswered);
    let early = after_miss(lost.clone(), &policy, at(10));
    assert_eq!((early.misses, early.state), (0, TakeState::Unanswered));
    let once = after_miss(early, &policy, at(50));
    assert_eq!((once.misses, once.state), (1, TakeState::Unanswered));
    let twice = after_miss(once, &policy, at(55));
    assert_eq!((twice.state, twice.cost_usd), (TakeState::NeverCreated, 0.0));
    let late = after_miss(lost, &policy, at(3_100));
    assert_eq!(
        late.state,
        TakeState::Held,
        "inputs are gone at the provider: nobody may decide by machine"
    );
}

#[test]
fn a_take_that_could_not_be_decided_ends_the_generation_and_is_not_repeated() {
    let held = take(0, 1, TakeState::Held);
    assert_eq!(
        failure(plan(&generation(1), &[held], &policy(), at(9))).code,
        "generation.answer_unknown"
    );
}

#[test]
fn a_take_that_was_never_created_is_followed_by_another() {
    let gone = take(0, 1, TakeState::NeverCreated);
    assert_eq!(
        steps(plan(&generation(1), &[gone], &policy(), at(60))),
        [Step::Intend { segment: 0, number: 2 }]
    );
}

#[test]
fn an_unsent_take_waits_for_its_time_and_is_written_down_again_before_it_is_sent() {
    let unsent = TakeRecord {
        retry_at: Some(at(30)),
        ..take(0, 1, TakeState::Unsent)
    };
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
fn segments_are_spoken_side_by_side_up_to_the_limit() {
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
    let takes = [take(0, 1, TakeState::Kept), take(1, 1, TakeState::Running)];
    let next = steps(plan(&generation, &takes, &policy, at(0)));
    assert_eq!(
        next,
        [Step::Poll(takes[1].clone()), Step::Intend { segment: 2, number: 1 }]
    );
}

#[test]
fn takes_run_out() {
    let takes: Vec<_> = (1..=3).map(|number| take(0, number, TakeState::Rejected)).collect();
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
        "a retry counts anew"
    );
}

#[test]
fn the_best_take_is_kept_if_none_is_good() {
    let takes: Vec<_> = (1..=3)
        .map(|number| TakeRecord {
            audio: Some(format!("take-{number}.wav")),
            ..take(0, number, TakeState::Rejected)
        })
        .collect();
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
fn an_error_that_no_other_take_can_mend_ends_it_at_once() {
    let error = Error::new(&code::REPLICATE_UNAUTHORIZED, "wrong token");
    let failed = TakeRecord {
        error: Some((&error).into()),
        ..take(0, 1, TakeState::Failed)
    };
    assert_eq!(
        failure(plan(&generation(1), &[failed], &policy(), at(9))).code,
        "replicate.unauthorized"
    );
}

#[test]
fn the_budget_counts_every_take_that_may_have_to_be_paid() {
    let mut generation = generation(2);
    generation.options.limits.budget_usd = Some(0.02);
    let takes = [take(0, 1, TakeState::Rejected), take(0, 2, TakeState::Kept)];
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
fn what_is_only_set_aside_neither_ends_a_generation_nor_is_given_out_twice() {
    let mut generation = generation(3);
    generation.options.limits.budget_usd = Some(0.02);
    assert_eq!(
        steps(plan(&generation, &[], &policy(), at(0))),
        [
            Step::Intend { segment: 0, number: 1 },
            Step::Intend { segment: 1, number: 1 }
        ],
        "side by side, but no more than the budget holds"
    );
    // The third segment waits: the first may turn out never to have been created.
    let takes = [take(0, 1, TakeState::Intended), take(1, 1, TakeState::Unanswered)];
    assert_eq!(
        steps(plan(&generation, &takes, &policy(), at(1))),
        [Step::Create(takes[0].clone()), Step::Reconcile(takes[1].clone())]
    );
    // Now it never will: what runs is stopped, since nobody gets a speech of two thirds.
    let takes = [take(0, 1, TakeState::Running), take(1, 1, TakeState::Failed)];
    assert_eq!(
        steps(plan(&generation, &takes, &policy(), at(1))),
        [Step::Stop(takes[0].clone())]
    );
}

#[test]
fn cancelling_stops_what_runs_gives_up_what_was_not_sent_and_keeps_what_is_paid() {
    let generation = GenerationRecord {
        cancel_requested: true,
        ..generation(4)
    };
    let takes = [
        take(0, 1, TakeState::Running),
        take(1, 1, TakeState::Unsent),
        take(2, 1, TakeState::Succeeded),
        take(3, 1, TakeState::Unanswered),
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
    let over = [take(0, 1, TakeState::Failed), take(2, 1, TakeState::Kept)];
    assert_eq!(
        failure(plan(&generation, &over, &policy(), at(9))).code,
        "generation.cancelled"
    );
}

#[test]
fn a_deadline_ends_it() {
    let mut generation = generation(1);
    generation.options.limits.deadline = Some(Duration::from_mins(1));
    let running = take(0, 1, TakeState::Running);
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
fn a_prediction_that_never_ends_is_stopped() {
    let running = TakeRecord {
        accepted_at: Some(at(0)),
        ..take(0, 1, TakeState::Running)
    };
    let late = at(policy().patience.as_secs().cast_signed() + 1);
    assert_eq!(
        steps(plan(&generation(1), std::slice::from_ref(&running), &policy(), late)),
        [Step::Stop(running)]
    );
}

#[test]
fn when_every_segment_is_kept_it_is_stitched_even_if_somebody_cancelled_too_late() {
    let generation = GenerationRecord {
        cancel_requested: true,
        ..generation(2)
    };
    let takes = [take(0, 1, TakeState::Kept), take(1, 2, TakeState::Kept)];
    assert_eq!(plan(&generation, &takes, &policy(), at(9)), Plan::Stitch);
}

#[test]
fn a_terminal_generation_has_nothing_to_do() {
    let done = GenerationRecord {
        status: Status::Completed,
        ..generation(1)
    };
    assert_eq!(plan(&done, &[], &policy(), at(0)), Plan::Over);
}
