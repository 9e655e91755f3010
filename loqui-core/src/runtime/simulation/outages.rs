//! Outages of the store, the audio store and the network, clocks that are set, and processes that start again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::run;
use super::world::World;
use crate::clock::Clock as _;
use crate::id::GenerationId;
use crate::ledger::{NewGeneration, StateKind, Status, TakeRecord};
use crate::store::{GenerationStore as _, GenerationStoreExt as _, NewSample};

const HOURS: i64 = 3_600;

impl World {
    async fn many(&self, count: usize, segments: u32) -> Vec<GenerationId> {
        let mut ids = Vec::new();
        for _ in 0..count {
            ids.push(self.submit(segments, None).await);
        }
        ids
    }

    async fn statuses(&self, ids: &[GenerationId]) -> Vec<Status> {
        let mut statuses = Vec::new();
        for id in ids {
            statuses.push(self.store.generation(*id).await.unwrap().unwrap().status);
        }
        statuses
    }

    /// How many of these generations are completed.
    async fn completed(&self, ids: &[GenerationId]) -> usize {
        let statuses = self.statuses(ids).await;
        statuses.iter().filter(|status| **status == Status::Completed).count()
    }

    /// Waits until all of these generations have ended.
    async fn all_ended(&self, ids: &[GenerationId], limit: Duration) {
        let ended = async {
            while !self.statuses(ids).await.iter().all(|status| status.is_terminal()) {
                self.clock.sleep(Duration::from_secs(1)).await;
            }
        };
        assert!(
            tokio::time::timeout(limit, ended).await.is_ok(),
            "not all have ended: {:?}",
            self.statuses(ids).await
        );
    }

    /// Checks that every prediction belongs to exactly one take, and returns how many were made.
    async fn paid(&self, ids: &[GenerationId]) -> usize {
        let mut takes: Vec<TakeRecord> = Vec::new();
        for id in ids {
            takes.extend(self.store.takes(*id).await.unwrap());
        }
        let predictions = self.provider.predictions.lock().unwrap();
        for remote in predictions.keys() {
            let holders = takes.iter().filter(|take| take.prediction_id() == Some(remote)).count();
            assert_eq!(holders, 1, "{remote}");
        }
        predictions.len()
    }

    async fn away_for(&self, what: &AtomicBool, seconds: u64) {
        what.store(true, Ordering::SeqCst);
        self.clock.sleep(Duration::from_secs(seconds)).await;
        what.store(false, Ordering::SeqCst);
    }
}

#[test]
fn generations_go_on_after_the_store_was_away() {
    for (seed, seconds) in [(1, 5), (2, 5), (3, 5), (4, 40), (5, 40)] {
        run(async {
            let world = World::new(seed, 0);
            let ids = world.many(40, 2).await;
            let process = world.process();
            for id in &ids {
                process.runtime.start(*id);
            }
            for _ in 0..3 {
                world.clock.sleep(Duration::from_millis(world.dice.roll(6_000))).await;
                world.away_for(&world.away.store, seconds).await;
            }
            world.all_ended(&ids, Duration::from_mins(10)).await;
            assert_eq!(world.completed(&ids).await, 40, "seed {seed}");
            assert_eq!(world.paid(&ids).await, 80, "seed {seed}: each segment is paid once");
        });
    }
}

#[test]
fn speech_that_is_paid_for_waits_for_the_audio_store() {
    run(async {
        let world = World::new(1, 0);
        let ids = world.many(30, 3).await;
        let process = world.process();
        for id in &ids {
            process.runtime.start(*id);
        }
        for _ in 0..6 {
            world.clock.sleep(Duration::from_secs(4)).await;
            world.away_for(&world.away.audio, 30).await;
        }
        world.all_ended(&ids, Duration::from_mins(10)).await;
        assert_eq!(world.completed(&ids).await, 30);
        assert_eq!(world.paid(&ids).await, 90);
    });
}

/// The predictions end at the provider while it cannot be reached for longer than a take is waited for.
#[test]
fn long_outage_of_the_network_pays_nothing_twice() {
    run(async {
        let world = World::new(1, 0);
        let ids = world.many(20, 2).await;
        let process = world.process();
        for id in &ids {
            process.runtime.start(*id);
        }
        world.clock.sleep(Duration::from_secs(3)).await;
        world.away_for(&world.away.network, 45 * 60).await;
        world.all_ended(&ids, Duration::from_mins(10)).await;
        assert_eq!(world.completed(&ids).await, 20);
        assert_eq!(world.paid(&ids).await, 40);
    });
}

#[test]
fn caller_is_told_what_is_away_and_waits_until_the_deadline() {
    for network in [true, false] {
        run(async {
            let world = World::new(1, 0);
            let id = world.submit_until(Duration::from_mins(2)).await;
            let process = world.process();
            let generation = process.generation(id).await.unwrap();
            let started = world.clock.now();
            let waiting = tokio::spawn({
                let generation = generation.clone();
                async move { generation.wait().await.map(drop) }
            });
            if !network {
                // The driver knows the deadline once it has read the record.
                world.clock.sleep(Duration::from_secs(1)).await;
            }
            let away = if network {
                &world.away.network
            } else {
                &world.away.store
            };
            away.store(true, Ordering::SeqCst);
            world.clock.sleep(Duration::from_mins(1)).await;
            let told = generation.waiting_for().unwrap();
            assert!(told.message.ends_with("is away"), "{told:?}");
            let error = waiting.await.unwrap().unwrap_err();
            assert_eq!(error.code(), "generation.deadline");
            assert!(error.message().ends_with("is away"), "{error}");
            let waited = crate::clock::since(started, world.clock.now()).as_secs();
            assert!((119..135).contains(&waited), "{waited} s");
            away.store(false, Ordering::SeqCst);
            world.all_ended(&[id], Duration::from_mins(5)).await;
            let events = world.store.events(id, 0).await.unwrap();
            if network {
                let told = events.iter().any(|event| event.message.contains("the network is away"));
                assert!(told, "{events:?}");
            }
        });
    }
}

#[test]
fn process_that_starts_again_continues_by_itself() {
    run(async {
        let world = World::new(1, 0);
        let ids = world.many(60, 1).await;
        {
            let killed = world.process();
            for id in &ids {
                killed.runtime.start(*id);
            }
            world.clock.sleep(Duration::from_secs(2)).await;
            for id in &ids {
                killed.runtime.kill(*id);
            }
        }
        let _process = world.process();
        world.all_ended(&ids, Duration::from_mins(4)).await;
        assert_eq!(world.completed(&ids).await, 60);
        assert_eq!(world.paid(&ids).await, 60);
    });
}

#[test]
fn live_process_keeps_its_generations() {
    run(async {
        let world = World::new(1, 0);
        let first = world.process();
        let ids = world.many(40, 6).await;
        for id in &ids {
            first.runtime.start(*id);
        }
        let _others = [world.process(), world.process()];
        world.all_ended(&ids, Duration::from_mins(10)).await;
        for id in &ids {
            let record = world.store.generation(*id).await.unwrap().unwrap();
            assert_eq!((record.status, record.epoch), (Status::Completed, 1), "{id}");
        }
    });
}

#[test]
fn process_leaves_what_it_cannot_run() {
    run(async {
        let world = World::new(1, 0);
        let now = world.clock.now();
        let known = world.submit(1, None).await;
        let record = world.store.generation(known).await.unwrap().unwrap();
        let of_other_engine = NewGeneration::new(record.sample, "elsewhere", "model", "script", now);
        let of_other_engine = world.store.submit(of_other_engine).await.unwrap().id;
        let report = serde_json::Value::Null;
        let lost = NewSample::new(
            "lost",
            "b",
            "samples/b/original",
            "samples/b/reference.wav",
            9.0,
            report,
            now,
        );
        let lost = world.store.add_sample(lost).await.unwrap().id;
        let without_audio = NewGeneration::new(lost, "provider", "model", "script", now);
        let without_audio = world.store.submit(without_audio).await.unwrap().id;
        let _process = world.process();
        world.clock.sleep(Duration::from_hours(1)).await;
        assert_eq!(world.statuses(&[known]).await, [Status::Completed]);
        let store = &world.store;
        let epoch = |id| async move { store.generation(id).await.unwrap().unwrap().epoch };
        assert_eq!(epoch(of_other_engine).await, 0);
        let claims = epoch(without_audio).await;
        assert!((2..15).contains(&claims), "{claims} claims in an hour");
    });
}

#[test]
fn clock_that_is_set_back_after_a_kill_delays_nothing() {
    for seed in 0..20 {
        run(async {
            // Answers are lost, so that takes have to be reconciled as well.
            let world = World::new(seed, 20);
            let ids = world.many(10, 1).await;
            {
                let killed = world.process();
                for id in &ids {
                    killed.runtime.start(*id);
                }
                world.clock.sleep(Duration::from_millis(world.dice.roll(20_000))).await;
                for id in &ids {
                    killed.runtime.kill(*id);
                }
            }
            world.clock.jump(-2 * HOURS);
            let _process = world.process();
            world.all_ended(&ids, Duration::from_mins(30)).await;
            assert_eq!(world.completed(&ids).await, 10, "seed {seed}");
            world.paid(&ids).await;
        });
    }
}

#[test]
fn clock_that_is_set_forward_cancels_no_take() {
    for seed in 0..20 {
        run(async {
            let world = World::new(seed, 0);
            let ids = world.many(10, 3).await;
            let process = world.process();
            for id in &ids {
                process.runtime.start(*id);
            }
            world.clock.sleep(Duration::from_millis(world.dice.roll(20_000))).await;
            world.clock.jump(2 * HOURS);
            world.all_ended(&ids, Duration::from_mins(10)).await;
            assert_eq!(world.completed(&ids).await, 10, "seed {seed}");
            assert_eq!(world.paid(&ids).await, 30, "seed {seed}: each segment is paid once");
        });
    }
}

/// Other processes of the machine do not take generations over because all leases look expired for a moment.
#[test]
fn clock_that_is_set_takes_no_generation_from_a_live_process() {
    for hours in [2, -2] {
        for seed in 0..10 {
            run(async {
                let world = World::new(seed, 0);
                let ids = world.many(20, 4).await;
                let process = world.process();
                for id in &ids {
                    process.runtime.start(*id);
                }
                let _others = [world.process(), world.process()];
                world
                    .clock
                    .sleep(Duration::from_millis(8_000 + world.dice.roll(8_000)))
                    .await;
                world.clock.jump(hours * HOURS);
                world.all_ended(&ids, Duration::from_mins(10)).await;
                assert_eq!(world.completed(&ids).await, 20, "seed {seed}");
                assert_eq!(world.paid(&ids).await, 80, "seed {seed}");
                for id in &ids {
                    let epoch = world.store.generation(*id).await.unwrap().unwrap().epoch;
                    assert_eq!(epoch, 1, "seed {seed}: generation {id} was taken over");
                }
            });
        }
    }
}

/// A running take of a killed process is not cancelled because the clock was set forward in between.
#[test]
fn running_take_survives_a_kill_and_a_clock_that_is_set_forward() {
    run(async {
        let world = World::new(7, 0);
        let id = world.submit(1, None).await;
        {
            let killed = world.process();
            killed.runtime.start(id);
            while world.store.takes(id).await.unwrap().first().map(TakeRecord::kind) != Some(StateKind::Running) {
                world.clock.sleep(Duration::from_millis(100)).await;
            }
            killed.runtime.kill(id);
        }
        world.clock.jump(2 * HOURS);
        let _process = world.process();
        world.all_ended(&[id], Duration::from_mins(5)).await;
        assert_eq!(world.audit(id, 7).await, 1, "it is paid once");
        assert_eq!(world.completed(&[id]).await, 1);
    });
}

#[test]
fn nothing_is_lost_or_paid_twice_under_all_faults_together() {
    for seed in 0..60 {
        run(async {
            let world = World::new(seed, 8);
            let id = world.submit(1 + (seed % 3) as u32, None).await;
            let (away, dice, clock) = (
                Arc::clone(&world.away),
                Arc::clone(&world.dice),
                Arc::clone(&world.clock),
            );
            let faults = tokio::spawn(async move {
                for round in 0..8 {
                    clock.sleep(Duration::from_millis(dice.roll(15_000))).await;
                    let what = [&away.store, &away.audio, &away.network][dice.roll(3) as usize];
                    what.store(true, Ordering::SeqCst);
                    clock.jump(if round % 2 == 0 { 1_200 } else { -1_200 });
                    clock.sleep(Duration::from_millis(dice.roll(25_000))).await;
                    what.store(false, Ordering::SeqCst);
                }
            });
            for _ in 0..seed % 4 {
                let process = world.process();
                process.runtime.start(id);
                world.clock.sleep(Duration::from_millis(world.dice.roll(30_000))).await;
                process.runtime.kill(id);
            }
            faults.await.unwrap();
            let _process = world.process();
            world.all_ended(&[id], Duration::from_hours(1)).await;
            world.audit(id, seed).await;
            assert_eq!(world.statuses(&[id]).await, [Status::Completed], "seed {seed}");
        });
    }
}
