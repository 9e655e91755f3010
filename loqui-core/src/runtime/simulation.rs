//! The whole protocol in virtual time, with a provider that loses answers and processes that die or freeze.
//!
//! Invariants of every schedule: each generation ends; each segment of a completed one has exactly one kept take; each
//! prediction of the provider is in the ledger; no take has two predictions; the budget is kept. The negative controls break
//! one rule of the protocol and check that the simulation detects it.

mod away;
mod outages;
mod process;
mod provider;
mod run_failures;
mod world;

use std::time::Duration;

use process::Bugs;
use provider::spoken;
use world::World;

use crate::clock::Clock as _;
use crate::ledger::testing::in_state;
use crate::ledger::{Budgets, Change, Fence, StateKind, Status, TakeRow};
use crate::store::{GenerationStore as _, GenerationStoreExt as _};

fn run<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(future)
}

#[test]
fn nothing_is_lost_or_paid_twice_under_lost_answers_and_crashes() {
    for seed in 0..300 {
        run(async {
            let world = World::new(seed, 15);
            let segments = 1 + (seed % 4) as u32;
            let id = world.submit(segments, None).await;
            let status = world.run_with_crashes(id, seed % 5).await;
            world.audit(id, seed).await;
            assert_eq!(status, Status::Completed, "seed {seed}");
        });
    }
}

#[test]
fn each_segment_is_paid_once_without_faults() {
    run(async {
        let world = World::new(1, 0);
        let id = world.submit(5, Some(0.05)).await;
        assert_eq!(world.run_with_crashes(id, 0).await, Status::Completed);
        assert_eq!(world.audit(id, 1).await, 5);
    });
}

#[test]
fn budget_is_kept_under_faults() {
    for seed in 0..100 {
        run(async {
            let world = World::new(seed, 30);
            let id = world.submit(3, Some(0.05)).await;
            world.run_with_crashes(id, seed % 3).await;
            world.audit(id, seed).await;
        });
    }
}

#[test]
fn cancelled_generation_leaves_no_prediction_running() {
    for seed in 0..100 {
        run(async {
            let world = World::new(seed, 15);
            let id = world.submit(3, None).await;
            let process = world.process();
            let generation = process.generation(id).await.unwrap();
            let _ = tokio::time::timeout(Duration::from_millis(world.dice.roll(20_000)), generation.wait()).await;
            generation.cancel().await.unwrap();
            let _ = generation.wait().await;
            let status = generation.status().await.unwrap();
            assert!(status.is_terminal(), "seed {seed}");
            let now = world.clock.now();
            let running = world
                .provider
                .predictions
                .lock()
                .unwrap()
                .values()
                .filter(|p| !p.stopped && p.done_at > now)
                .count();
            assert_eq!(running, 0, "seed {seed}");
            world.audit(id, seed).await;
        });
    }
}

#[test]
fn without_reconciliation_the_same_schedules_pay_twice() {
    let paid_twice = (0..60)
        .filter(|seed| {
            run(async {
                let mut world = World::new(*seed, 15);
                // A miss counts at once: the settle time that the guarantee rests on is gone.
                world.policy.reconciliation.settle = Duration::ZERO;
                world.policy.reconciliation.looks = 1;
                let id = world.submit(2, None).await;
                world.run_with_crashes(id, 3).await;
                let takes = world.store.takes(id).await.unwrap();
                let predictions = world.provider.predictions.lock().unwrap();
                predictions
                    .keys()
                    .any(|remote| !takes.iter().any(|take| take.prediction_id() == Some(remote)))
            })
        })
        .count();
    assert!(
        paid_twice > 0,
        "the simulation does not notice that the settle time is gone"
    );
}

/// How often, and for how long, the processes of a schedule fail.
#[derive(Clone, Copy)]
struct Schedule {
    /// How often the provider fails, in percent.
    faults: u64,
    /// The number of times that a process freezes or dies.
    interruptions: u64,
    /// The longest freeze of a process, in seconds.
    longest: u64,
}

/// Few long freezes, after which the requests of a process are long out of date.
const LONG_FREEZES: Schedule = Schedule {
    faults: 10,
    interruptions: 6,
    longest: 200,
};

/// Many short freezes, in which two processes hold the same generation at nearly the same time.
const SHORT_FREEZES: Schedule = Schedule {
    faults: 30,
    interruptions: 20,
    longest: 20,
};

/// True if the schedule of this seed violates an invariant.
fn is_broken(seed: u64, bugs: Bugs, schedule: Schedule) -> bool {
    run(async {
        let mut world = World::new(seed, schedule.faults);
        world.bugs = bugs;
        if bugs.no_send_guard {
            world.policy.reconciliation.send_guard = Duration::from_hours(1);
        }
        let id = world.submit(2, None).await;
        world
            .run_with_freezes(id, schedule.interruptions, schedule.longest)
            .await;
        !world.violations(id).await.is_empty()
    })
}

#[test]
fn nothing_is_lost_or_paid_twice_by_processes_that_freeze() {
    for seed in 0..60 {
        run(async {
            let Schedule {
                faults,
                interruptions,
                longest,
            } = LONG_FREEZES;
            let mut world = World::new(seed, faults);
            let id = world.submit(1 + (seed % 3) as u32, Some(0.2)).await;
            let status = world.run_with_freezes(id, interruptions, longest).await;
            world.audit(id, seed).await;
            assert_eq!(status, Status::Completed, "seed {seed}");
        });
    }
}

#[test]
fn nothing_is_lost_or_paid_twice_by_processes_that_freeze_briefly_and_often() {
    let broken: Vec<u64> = (0..60)
        .filter(|seed| is_broken(*seed, Bugs::default(), SHORT_FREEZES))
        .collect();
    assert!(broken.is_empty(), "seeds {broken:?}");
}

/// The table of transitions refuses most writes of an old claim, too; the fence is needed for the rest.
#[test]
fn without_the_fence_the_same_schedules_violate_an_invariant() {
    let bugs = Bugs {
        no_fence: true,
        ..Bugs::default()
    };
    assert!(
        (0..60).any(|seed| is_broken(seed, bugs, SHORT_FREEZES)),
        "the simulation does not notice that the fence is gone"
    );
}

#[test]
fn without_the_send_guard_the_same_schedules_pay_twice() {
    let bugs = Bugs {
        no_send_guard: true,
        ..Bugs::default()
    };
    assert!(
        (0..40).any(|seed| is_broken(seed, bugs, LONG_FREEZES)),
        "the simulation does not notice that the send guard is gone"
    );
}

/// A prediction may start after its take was recorded as never created. Its cost is recorded, and it is stopped.
#[test]
fn late_prediction_is_recorded_and_stopped() {
    run(async {
        let world = World::new(1, 0);
        let id = world.submit(1, None).await;
        let process = world.process();
        process.generation(id).await.unwrap().wait().await.unwrap();
        let kept = world.store.takes(id).await.unwrap().remove(0);
        // As if the provider had started a take two minutes after the create.
        let text = "Number 00.".to_owned();
        let order = crate::engine::Order::new(
            "model",
            text,
            4711,
            crate::engine::Reference::new(spoken()),
            crate::options::VoiceSettings::default(),
            world.clock.now(),
            world.clock.now(),
            Duration::from_mins(1),
        );
        let late = world.provider.make(&order, Duration::from_mins(10));
        let failed = world.submit(1, None).await;
        let mut given_up = TakeRow::new(failed, 0, 2, 4711, 1, world.clock.now());
        given_up.misses = 2;
        given_up.looked_at = Some(world.clock.now());
        let given_up = in_state(given_up, StateKind::NeverCreated);
        let record = world
            .store
            .claim(failed, "dead", world.clock.now(), Duration::from_secs(1))
            .await
            .unwrap()
            .unwrap();
        let fence = Fence::of(&record);
        let intended = in_state(
            TakeRow::new(failed, 0, 2, 4711, 1, given_up.intended_at),
            StateKind::Intended,
        );
        let changes = vec![Change::AddTake(intended), Change::UpdateTake(given_up)];
        world.store.write(fence, changes).await.unwrap();

        assert_eq!(process.look_late().await.unwrap(), 0, "it is too early");
        // The process looks it up in its maintenance.
        world.clock.sleep(Duration::from_mins(20)).await;
        assert_eq!(process.look_late().await.unwrap(), 0, "it was found already");
        let found = world.store.takes(failed).await.unwrap().remove(0);
        assert_eq!(
            (found.kind(), found.prediction_id()),
            (StateKind::Failed, Some(late.as_str()))
        );
        assert_eq!(
            found.error().map(|error| error.code.as_str()),
            Some("generation.late_answer")
        );
        assert!((found.cost_usd - kept.cost_usd).abs() < 1e-12);
    });
}

/// A webhook restores an id that the list does not show, and only for its own take.
#[test]
fn webhook_restores_a_lost_id() {
    run(async {
        let world = World::new(1, 0);
        let id = world.submit(1, None).await;
        let now = world.clock.now();
        let record = world
            .store
            .claim(id, "dead", now, Duration::from_secs(1))
            .await
            .unwrap()
            .unwrap();
        let row = TakeRow::new(id, 0, 1, 99, record.epoch, now);
        let changes = vec![
            Change::AddTake(in_state(row.clone(), StateKind::Intended)),
            Change::UpdateTake(in_state(row, StateKind::Unanswered)),
        ];
        world.store.write(Fence::of(&record), changes).await.unwrap();
        let order = crate::engine::Order::new(
            "model",
            // The list shows another text, so only the webhook can restore the id.
            "Something else.",
            99,
            crate::engine::Reference::new(spoken()),
            crate::options::VoiceSettings::default(),
            now,
            now,
            Duration::from_mins(1),
        );
        let remote = world.provider.make(&order, Duration::ZERO);
        let process = world.process();
        let payload = |seed: u32| serde_json::json!({"id": remote, "input": {"seed": seed}});
        let name = format!("{id}-0-1");
        assert_eq!(
            process.webhook(&name, &payload(98)).await.unwrap_err().code(),
            "webhook.invalid"
        );
        assert_eq!(
            process.webhook("7-0", &payload(99)).await.unwrap_err().code(),
            "generation.not_found"
        );
        assert!(process.webhook(&name, &payload(99)).await.unwrap());
        process.generation(id).await.unwrap().wait().await.unwrap();
        let takes = world.store.takes(id).await.unwrap();
        assert_eq!(takes.len(), 1, "it was not spoken again");
        assert_eq!(
            (takes[0].kind(), takes[0].prediction_id()),
            (StateKind::Kept, Some(remote.as_str()))
        );
        assert!(
            process.webhook(&name, &payload(99)).await.unwrap(),
            "a repeated webhook is accepted"
        );
    });
}

/// Generations of two owners under a daily budget, a budget for each owner, and none. No budget is exceeded, and the
/// generations that do not fit fail with `generation.budget`.
#[test]
fn budgets_of_all_owners_and_of_each_owner_are_kept() {
    for (budgets, fits) in [
        (budgets(Some(0.05), None), 5),
        (budgets(None, Some(0.02)), 4),
        (budgets(None, None), 12),
    ] {
        run(async {
            let world = World::new(3, 0);
            let mut ids = Vec::new();
            for number in 0..12 {
                ids.push(
                    world
                        .submit_for(1, None, Some(if number % 2 == 0 { "ann" } else { "bob" }))
                        .await,
                );
            }
            let processes = [world.process_within(budgets), world.process_within(budgets)];
            let waits = ids.iter().enumerate().map(|(place, id)| {
                let process = &processes[place % 2];
                async move {
                    process
                        .generation(*id)
                        .await
                        .unwrap()
                        .wait()
                        .await
                        .err()
                        .map(|error| error.code())
                }
            });
            let ended = futures::future::join_all(waits).await;
            assert_eq!(ended.iter().filter(|code| code.is_none()).count(), fits, "{ended:?}");
            let refused = ended.iter().flatten().filter(|code| **code == "generation.budget");
            assert_eq!(refused.count(), 12 - fits, "{ended:?}");
            let made = world.provider.predictions.lock().unwrap().len();
            assert_eq!(made, fits);
        });
    }
}

fn budgets(day_usd: Option<f64>, owner_usd: Option<f64>) -> Budgets {
    Budgets {
        day_usd,
        owner_usd,
        ..Budgets::default()
    }
}
