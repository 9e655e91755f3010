//! Virtual time, repeatable randomness, and a provider that loses answers.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;

use crate::audio::{self, Clip, SPEECH_RATE};
use crate::clock::{Clock, Random, later};
use crate::engine::{ModelInfo, Order, Price, Remote, SpeechEngine, StartError, Started};
use crate::error::{Error, Result, code};
use crate::finding::Finding;
use crate::options::VoiceSettings;

/// Virtual time: advances only when every task sleeps. The clock of the machines can be set; that of the provider is right.
#[derive(Debug)]
pub(super) struct VirtualClock {
    start: tokio::time::Instant,
    /// By how many seconds the clock of the machines is ahead.
    ahead: AtomicI64,
}

impl VirtualClock {
    pub(super) fn start() -> Self {
        Self {
            start: tokio::time::Instant::now(),
            ahead: AtomicI64::new(0),
        }
    }

    /// Sets the clock of the machines.
    pub(super) fn jump(&self, seconds: i64) {
        self.ahead.fetch_add(seconds, Ordering::SeqCst);
    }

    /// The time of the provider.
    pub(super) fn right(&self) -> Timestamp {
        later(Timestamp::from_second(1_800_000_000).unwrap(), self.start.elapsed())
    }
}

#[async_trait]
impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        self.right() + jiff::SignedDuration::from_secs(self.ahead.load(Ordering::SeqCst))
    }

    fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// Repeatable randomness.
#[derive(Debug)]
pub(super) struct Dice(Mutex<fastrand::Rng>);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(Mutex::new(fastrand::Rng::with_seed(seed)))
    }

    pub(super) fn roll(&self, below: u64) -> u64 {
        self.0.lock().unwrap().u64(0..below)
    }

    /// True with this probability in percent.
    pub(super) fn percent(&self, share: u64) -> bool {
        self.roll(100) < share
    }
}

impl Random for Dice {
    fn next(&self) -> u64 {
        self.0.lock().unwrap().u64(..)
    }
}

#[derive(Clone, Debug)]
pub(super) struct Prediction {
    pub(super) seed: u32,
    text: String,
    /// The provider lists a prediction some time after it was created.
    listed_at: Timestamp,
    pub(super) done_at: Timestamp,
    fails: bool,
    pub(super) stopped: bool,
}

/// A provider that loses answers.
#[derive(Debug)]
pub(super) struct Provider {
    pub(super) clock: Arc<VirtualClock>,
    pub(super) dice: Arc<Dice>,
    /// The probability of each kind of fault, in percent.
    pub(super) faults: u64,
    /// The probability that a prediction fails by itself, in percent.
    pub(super) run_failures: AtomicU64,
    pub(super) predictions: Mutex<BTreeMap<String, Prediction>>,
}

impl Provider {
    pub(super) fn make(&self, order: &Order, lag: Duration) -> String {
        let mut predictions = self.predictions.lock().unwrap();
        let id = format!("p{:09}", predictions.len());
        let made_at = later(self.clock.right(), lag);
        let prediction = Prediction {
            seed: order.seed,
            text: order.text.clone(),
            listed_at: later(made_at, Duration::from_millis(self.dice.roll(3_000))),
            done_at: later(made_at, Duration::from_millis(500 + self.dice.roll(20_000))),
            fails: self.dice.percent(self.faults) || self.dice.percent(self.run_failures.load(Ordering::SeqCst)),
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
        if self.dice.percent(self.faults) {
            return Err(Error::new(&code::REPLICATE_UNREACHABLE, "the connection broke"));
        }
        Ok(())
    }

    fn state(&self, id: &str) -> Remote {
        let predictions = self.predictions.lock().unwrap();
        let prediction = &predictions[id];
        match prediction {
            Prediction { stopped: true, .. } => Remote::Cancelled,
            _ if self.clock.right() < prediction.done_at => Remote::Running(Some(0.5)),
            Prediction { fails: true, .. } => Remote::Failed(Arc::new(Error::new(
                &code::REPLICATE_PREDICTION_FAILED,
                "CUDA out of memory",
            ))),
            _ => Remote::Succeeded { output: id.to_owned() },
        }
    }
}

/// Half a second of sound that the checks accept as speech of a short text.
pub(super) fn spoken() -> Bytes {
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

    fn check_settings(&self, _settings: &VoiceSettings) -> Result<Vec<Finding>> {
        Ok(Vec::new())
    }

    async fn start(&self, order: &Order) -> Result<Started, StartError> {
        self.network().await;
        if self.dice.percent(self.faults) {
            let error = Error::new(&code::REPLICATE_RATE_LIMITED, "too many requests");
            return Err(StartError::NotCreated(error));
        }
        if self.dice.percent(self.faults) {
            // The answer is lost. The request may have arrived, and the provider may act on it late.
            if self.dice.percent(60) {
                self.make(order, Duration::from_millis(self.dice.roll(8_000)));
            }
            self.clock.sleep(Duration::from_millis(self.dice.roll(25_000))).await;
            return Err(StartError::Unknown(Error::new(
                &code::REPLICATE_ANSWER_LOST,
                "the response was lost",
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
        if self.dice.percent(self.faults) {
            return Err(Error::new(&code::REPLICATE_OUTPUT_BROKEN, "the download failed"));
        }
        Ok(spoken())
    }

    async fn cancel(&self, remote: &str) -> Result<Remote> {
        self.network().await;
        self.lost()?;
        let now = self.clock.right();
        if let Some(prediction) = self.predictions.lock().unwrap().get_mut(remote) {
            prediction.stopped |= now < prediction.done_at;
        }
        Ok(self.state(remote))
    }

    fn deliver(&self, _take: &str, seed: u32, payload: &serde_json::Value) -> Result<String> {
        let id = payload["id"].as_str().filter(|_| payload["input"]["seed"] == seed);
        id.map(str::to_owned)
            .ok_or_else(|| Error::new(&code::WEBHOOK_INVALID, "the webhook is about another take"))
    }

    async fn find_lost(&self, order: &Order) -> Result<Vec<String>> {
        self.network().await;
        self.lost()?;
        let now = self.clock.right();
        let predictions = self.predictions.lock().unwrap();
        let matching = predictions.iter().filter(|(_, prediction)| {
            prediction.listed_at <= now && prediction.seed == order.seed && prediction.text == order.text
        });
        Ok(matching.map(|(id, _)| id.clone()).collect())
    }
}
