//! The whole protocol under a provider that loses answers and a process that dies: thousands of schedules in virtual time.
//!
//! What must hold in every one of them: each generation ends; every segment of a completed one has exactly one kept take;
//! every prediction that the provider made is in the ledger; none was made twice for one take; the budget is kept.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;

use super::Loqui;
use crate::audio::{self, Clip, SPEECH_RATE};
use crate::clock::{Clock, Random, later};
use crate::engine::{ModelInfo, Order, Price, Remote, SpeechEngine, StartError, Started};
use crate::error::{Error, Result, code};
use crate::finding::Finding;
use crate::generation::{NewGeneration, Policy, Status, TakeState};
use crate::options::SpeakOptions;
use crate::script::{Boundary, Segment};
use crate::store::{AudioStore, GenerationStore, MemoryStore, NewSample};

/// Virtual time: moves only when everybody sleeps.
#[derive(Debug)]
struct VirtualClock(tokio::time::Instant);

#[async_trait]
impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        later(Timestamp::from_second(1_800_000_000).unwrap(), self.0.elapsed())
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// Repeatable randomness.
#[derive(Debug)]
struct Dice(Mutex<fastrand::Rng>);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(Mutex::new(fastrand::Rng::with_seed(seed)))
    }

    fn roll(&self, below: u64) -> u64 {
        self.0.lock().unwrap().u64(0..below)
    }

    /// True in that many of a hundred cases.
    fn percent(&self, share: u64) -> bool {
        self.roll(100) < share
    }
}

impl Random for Dice {
    fn next(&self) -> u64 {
        self.0.lock().unwrap().u64(..)
    }
}

#[derive(Clone, Debug)]
struct Prediction {
    seed: u32,
    text: String,
    /// The platform takes some time to make it after the request arrived, and more to list it.
    listed_at: Timestamp,
    done_at: Timestamp,
    fails: bool,
    stopped: bool,
}

/// A provider that loses answers.
#[derive(Debug)]
struct Provider {
    clock: Arc<VirtualClock>,
    dice: Arc<Dice>,
    /// In percent, for each kind of trouble.
    trouble: u64,
    predictions: Mutex<BTreeMap<String, Prediction>>,
}

impl Provider {
    fn make(&self, order: &Order, lag: Duration) -> String {
        let mut predictions = self.predictions.lock().unwrap();
        let id = format!("p{:09}", predictions.len());
        let made_at = later(self.clock.now(), lag);
        let prediction = Prediction {
            seed: order.seed,
            text: order.text.clone(),
            listed_at: later(made_at, Duration::from_millis(self.dice.roll(3_000))),
            done_at: later(made_at, Duration::from_millis(500 + self.dice.roll(20_000))),
            fails: self.dice.percent(self.trouble),
            stopped: false,
        };
        predictions.insert(id.clone(), prediction);
        id
    }

    async fn network(&self) {
        self.clock
            .sleep(Duration::from_millis(20 + self.dice.roll(2_000)))
            .await;
    }

    fn lost(&self) -> Result<()> {
        if self.dice.percent(self.trouble) {
            return Err(Error::new(&code::REPLICATE_UNREACHABLE, "the connection broke"));
        }
        Ok(())
    }

    fn state(&self, id: &str) -> Remote {
        let predictions = self.predictions.lock().unwrap();
        let prediction = &predictions[id];
        match prediction {
            Prediction { stopped: true, .. } => Remote::Cancelled,
            _ if self.clock.now() < prediction.done_at => Remote::Running(Some(0.5)),
            Prediction { fails: true, .. } => Remote::Failed(Arc::new(Error::new(
                &code::REPLICATE_PREDICTION_FAILED,
                "the model fell over",
            ))),
            _ => Remote::Succeeded { output: id.to_owned() },
        }
    }
}

/// Half a second of sound that passes for speech of a short text.
fn spoken() -> Bytes {
    let samples = (0..SPEECH_RATE / 2)
        .map(|n| 0.3 * (n as f32 * 0.05).sin() * (n as f32 * 0.001).sin())
        .collect();
    audio::wav::write(&Clip::new(samples, SPEECH_RATE), None)
}

#[async_trait]
impl SpeechEngine for Provider {
    #[expect(clippy::unnecessary_literal_bound, reason = "the trait's signature")]
    fn name(&self) -> &str {
        "provider"
    }

    fn model(&self, _name: Option<&str>) -> Result<ModelInfo> {
        let mut model = ModelInfo::new("model");
        model.price = Some(Price::new(1.0, "2026-11-23"));
        Ok(model)
    }

    fn check_options(&self, _options: &SpeakOptions) -> Result<Vec<Finding>> {
        Ok(Vec::new())
    }

    async fn start(&self, order: &Order) -> Result<Started, StartError> {
        self.network().await;
        if self.dice.percent(self.trouble) {
            let error = Error::new(&code::REPLICATE_RATE_LIMITED, "too many requests");
            return Err(StartError::NotCreated(error));
        }
        if self.dice.percent(self.trouble) {
            // The answer is lost; the request may have arrived, and the platform may be slow to act on it.
            if self.dice.percent(60) {
                self.make(order, Duration::from_millis(self.dice.roll(8_000)));
            }
            self.clock.sleep(Duration::from_millis(self.dice.roll(25_000))).await;
            return Err(StartError::Unknown(Error::new(
                &code::REPLICATE_ANSWER_LOST,
                "no answer came",
            )));
        }
        let id = self.make(order, Duration::ZERO);
        self.network().await;
        Ok(Started::Remote(id))
    }

    async fn check(&self, remote: &str) -> Result<Remote> {
        self.network().await;
        self.lost()?;
        Ok(self.state(remote))
    }

    async fn fetch(&self, _output: &str) -> Result<Bytes> {
        self.network().await;
        if self.dice.percent(self.trouble) {
            return Err(Error::new(&code::REPLICATE_OUTPUT_BROKEN, "the download broke"));
        }
        Ok(spoken())
    }

    async fn cancel(&self, remote: &str) -> Result<Remote> {
        self.network().await;
        self.lost()?;
        let now = self.clock.now();
        if let Some(prediction) = self.predictions.lock().unwrap().get_mut(remote) {
            prediction.stopped |= now < prediction.done_at;
        }
        Ok(self.state(remote))
    }

    async fn find_lost(&self, order: &Order) -> Result<Vec<String>> {
        self.network().await;
        self.lost()?;
        let now = self.clock.now();
        let predictions = self.predictions.lock().unwrap();
        let matching = predictions.iter().filter(|(_, prediction)| {
            prediction.listed_at <= now && prediction.seed == order.seed && prediction.text == order.text
        });
        Ok(matching.map(|(id, _)| id.clone()).collect())
    }
}

struct World {
    clock: Arc<VirtualClock>,
    dice: Arc<Dice>,
    provider: Arc<Provider>,
    store: Arc<MemoryStore>,
    audio: AudioStore,
    policy: Policy,
}

impl World {
    fn new(seed: u64, trouble: u64) -> Self {
        let clock = Arc::new(VirtualClock(tokio::time::Instant::now()));
        let dice = Arc::new(Dice::new(seed));
        let provider = Arc::new(Provider {
            clock: Arc::clone(&clock),
            dice: Arc::clone(&dice),
            trouble,
            predictions: Mutex::default(),
        });
        Self {
            clock,
            dice,
            provider,
            store: Arc::new(MemoryStore::new()),
            audio: AudioStore::memory(),
            policy: Policy {
                max_takes: 50,
                ..Policy::default()
            },
        }
    }

    /// A process on the shared records.
    fn process(&self) -> Loqui {
        Loqui::builder()
            .engine(Arc::clone(&self.provider) as Arc<dyn SpeechEngine>)
            .store(Arc::clone(&self.store) as Arc<dyn GenerationStore>)
            .audio_store(self.audio.clone())
            .policy(self.policy.clone())
            .clock(Arc::clone(&self.clock) as _)
            .random(Arc::clone(&self.dice) as _)
            .build()
            .unwrap()
    }

    async fn submit(&self, segments: u32, budget_usd: Option<f64>) -> i64 {
        let now = self.clock.now();
        self.audio.put("samples/a/reference.wav", spoken()).await.unwrap();
        let report = serde_json::Value::Null;
        let sample = NewSample::new(
            "voice",
            "a",
            "samples/a/original",
            "samples/a/reference.wav",
            9.0,
            report,
            now,
        );
        let sample = self.store.add_sample(sample).await.unwrap();
        let mut new = NewGeneration::new(sample.id, "provider", "model", "script", now);
        new.options.budget_usd = budget_usd;
        new.segments = (0..segments)
            .map(|index| {
                let text = format!("Number {index:02}.");
                Segment::new(index, text.clone(), text, 0..10, Boundary::Sentence)
            })
            .collect();
        self.store.submit(new).await.unwrap().id
    }

    /// Runs a generation to its end through processes that die at random moments.
    async fn run_with_crashes(&self, id: i64, crashes: u64) -> Status {
        for _ in 0..crashes {
            let life = Duration::from_millis(self.dice.roll(30_000));
            let process = self.process();
            let _ = tokio::time::timeout(life, process.generation(id).await.unwrap().wait()).await;
            process.kill(id);
        }
        let survivor = self.process();
        let _ = survivor.generation(id).await.unwrap().wait().await;
        survivor.generation(id).await.unwrap().status().await.unwrap()
    }

    /// Checks what must hold of the ledger and the provider's books, and returns how many predictions were made.
    async fn audit(&self, id: i64, seed: u64) -> usize {
        let takes = self.store.takes(id).await.unwrap();
        let record = self.store.generation(id).await.unwrap().unwrap();
        let predictions = self.provider.predictions.lock().unwrap();
        if record.status == Status::Completed {
            for segment in &record.segments {
                let kept = takes
                    .iter()
                    .filter(|take| take.segment == segment.index && take.state == TakeState::Kept);
                assert_eq!(
                    kept.count(),
                    1,
                    "seed {seed}: segment {} of generation {id}",
                    segment.index
                );
            }
        }
        for (remote, prediction) in predictions.iter() {
            let owners = takes
                .iter()
                .filter(|take| take.remote.as_deref() == Some(remote))
                .count();
            assert_eq!(
                owners, 1,
                "seed {seed}: {remote} ({prediction:?}) is in the ledger {owners} times: {takes:#?}"
            );
        }
        let spent: f64 = takes.iter().map(|take| take.cost_usd).sum();
        if let Some(budget) = record.options.budget_usd {
            assert!(spent <= budget + 1e-9, "seed {seed}: spent {spent} of {budget}");
        }
        for take in takes.iter().filter(|take| take.remote.is_some()) {
            let same = predictions.values().filter(|prediction| prediction.seed == take.seed);
            assert_eq!(same.count(), 1, "seed {seed}: take {take:?} was made more than once");
        }
        predictions.len()
    }
}

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
fn a_quiet_day_pays_each_segment_once() {
    run(async {
        let world = World::new(1, 0);
        let id = world.submit(5, Some(0.05)).await;
        assert_eq!(world.run_with_crashes(id, 0).await, Status::Completed);
        assert_eq!(world.audit(id, 1).await, 5);
    });
}

#[test]
fn the_budget_is_kept_under_trouble() {
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
fn a_cancelled_generation_leaves_nothing_running() {
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
                // "Not in the list" is believed at once: the wait that the guarantee rests on is gone.
                world.policy.settle = Duration::ZERO;
                world.policy.looks = 1;
                let id = world.submit(2, None).await;
                world.run_with_crashes(id, 3).await;
                let takes = world.store.takes(id).await.unwrap();
                let predictions = world.provider.predictions.lock().unwrap();
                predictions
                    .keys()
                    .any(|remote| !takes.iter().any(|take| take.remote.as_ref() == Some(remote)))
            })
        })
        .count();
    assert!(
        paid_twice > 0,
        "the simulation cannot tell a broken protocol from a sound one"
    );
}
