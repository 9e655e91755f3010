//! One call from input to audio, for programs without a ledger: create, look for a lost answer, wait, download.

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Map, Value};
use tracing::{info, warn};

use super::create::{CreateError, NewPrediction};
use super::prediction::Prediction;
use super::wait::WaitOptions;
use crate::clock::{later, since};
use crate::error::{Error, ErrorKind, Result, Retry, code};
use crate::replicate::client::Client;

/// How patient a [run](Client::run) is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RunOptions {
    /// How long each prediction may wait for a worker and run.
    pub wait: WaitOptions,
    /// How long after a create was sent "not in the list" counts: 45 s unless told. Must be longer than the time-out of a
    /// call and the lag of the list together, or what was paid may be paid again.
    pub settle: Duration,
    /// How often a failure of the platform that comes and goes is met with another prediction: 2 times unless told.
    /// Replicate does not charge for those that failed.
    pub retries: u32,
    /// How long the whole may take: 30 minutes unless told.
    pub deadline: Duration,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            wait: WaitOptions::default(),
            settle: Duration::from_secs(45),
            retries: 2,
            deadline: Duration::from_mins(30),
        }
    }
}

impl RunOptions {
    /// Replaces how long each prediction may wait for a worker and run.
    #[must_use]
    pub fn with_wait(mut self, wait: WaitOptions) -> Self {
        self.wait = wait;
        self
    }

    /// Replaces how long after a create was sent "not in the list" counts.
    #[must_use]
    pub fn with_settle(mut self, settle: Duration) -> Self {
        self.settle = settle;
        self
    }

    /// Replaces how often a failure of the platform is met with another prediction.
    #[must_use]
    pub fn with_retries(mut self, retries: u32) -> Self {
        self.retries = retries;
        self
    }

    /// Replaces how long the whole may take.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }
}

/// What a [run](Client::run) came to.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Run {
    /// The prediction as it ended.
    pub prediction: Prediction,
    /// The audio: a WAV file.
    pub wav: Bytes,
}

/// How far the clocks of this machine and of Replicate may be apart.
const CLOCK_SKEW: Duration = Duration::from_mins(1);
/// The pause between two looks for a lost prediction.
const LOOK_GAP: Duration = Duration::from_secs(2);

impl Client {
    /// Runs a model from input to audio, and pays once.
    ///
    /// A create whose answer is lost is looked for by its `seed` (a random one is planted if the input has none) and its
    /// other values, and sent again only when it cannot have arrived. A prediction that fails for a reason that comes
    /// and goes is followed by another one. What it knows dies with the process: a program that must survive that keeps
    /// a ledger, as [`Loqui`](crate::Loqui) does.
    ///
    /// # Errors
    ///
    /// Those of [`create`](Self::create), [`wait`](Self::wait) and [`download`](Self::download), and
    /// `replicate.timed_out` after the deadline.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = loqui_emulator::Emulator::start().await?;
    /// use loqui_core::SpeakOptions;
    /// use loqui_core::replicate::{Client, Model, RunOptions};
    ///
    /// let client = Client::builder(emulator.token()).base_url(emulator.base_url()).build()?;
    /// let model = Model::by_name("chatterbox")?;
    /// let input = model.input("Hello!", None, &SpeakOptions::default(), None)?;
    /// let run = client.run(&model.prediction(input), &RunOptions::default()).await?;
    /// assert_eq!(&run.wav[..4], b"RIFF");
    /// assert_eq!(emulator.ledger().paid_runs(), 1);
    /// # Ok(()) }
    /// ```
    #[tracing::instrument(skip_all, fields(route = ?new.route))]
    pub async fn run(&self, new: &NewPrediction, options: &RunOptions) -> Result<Run> {
        let until = later(self.clock().now(), options.deadline);
        let mut new = new.clone();
        self.plant_seed(&mut new.input);
        let mut failures = 0;
        loop {
            let prediction = self.certainly_created(&new, options, until).await?;
            let ended = self.wait(&prediction.id, &options.wait).await?;
            let error = match ended.output_url() {
                Ok(url) => {
                    let wav = self.fetched(url, until).await?;
                    return Ok(Run { prediction: ended, wav });
                }
                Err(error) => error,
            };
            failures += 1;
            // Only what has failed is free: something that was stopped or deleted is paid for.
            let is_free = error.code() == code::REPLICATE_PREDICTION_FAILED.name();
            if !is_free || !error.retryable() || failures > options.retries {
                return Err(error);
            }
            if ended.lost_its_reference() {
                return Err(error);
            }
            warn!(code = error.code(), failures, "another prediction follows");
            let pause = match error.retry() {
                Retry::After(pause) => pause,
                _ => LOOK_GAP,
            };
            self.pause(pause, until, error).await?;
        }
    }

    /// Downloads what is paid for, and does not give up because the network does for a while.
    async fn fetched(&self, url: &str, until: Timestamp) -> Result<Bytes> {
        loop {
            match self.download(url).await {
                Err(error) if matches!(error.kind(), ErrorKind::Network | ErrorKind::RateLimited) => {
                    self.pause(LOOK_GAP, until, error).await?;
                }
                result => return result,
            }
        }
    }

    /// Creates, and goes on until it is certain that there is exactly one.
    async fn certainly_created(
        &self,
        new: &NewPrediction,
        options: &RunOptions,
        until: Timestamp,
    ) -> Result<Prediction> {
        loop {
            let sent_at = self.clock().now();
            match self.create(new).await {
                Ok(prediction) => return Ok(prediction),
                Err(CreateError::Refused(error)) => return Err(error),
                Err(CreateError::NotCreated(error)) => {
                    let pause = match error.retry() {
                        Retry::After(pause) => pause,
                        Retry::Never => return Err(error),
                        _ => LOOK_GAP,
                    };
                    self.pause(pause, until, error).await?;
                }
                Err(CreateError::Unknown(error)) => {
                    if let Some(found) = self.recover(new, sent_at, options, until, error).await? {
                        return Ok(found);
                    }
                }
            }
        }
    }

    /// Looks for a prediction whose answer was lost: nothing if it was certainly never created.
    async fn recover(
        &self,
        new: &NewPrediction,
        sent_at: Timestamp,
        options: &RunOptions,
        until: Timestamp,
        mut lost: Error,
    ) -> Result<Option<Prediction>> {
        let since_when = sent_at.saturating_sub(CLOCK_SKEW).unwrap_or(sent_at);
        let fields = telling(&new.input);
        let judge = |prediction: &Prediction| match &prediction.input {
            _ if self.is_claimed(&prediction.id) => Some(false),
            Some(input) => Some(fields.iter().all(|(name, value)| input.get(*name) == Some(value))),
            None => None,
        };
        let mut misses_that_count = 0;
        loop {
            let settled = since(sent_at, self.clock().now()) >= options.settle;
            match self.find_where(since_when, judge).await {
                Ok(found) => {
                    // Without its input nobody can say whether one is this one: then it is not sent again.
                    let is_certain = found.undecided == 0;
                    let mine = found.matches.into_iter().find(|found| self.claims().claim(&found.id));
                    if let Some(mine) = mine {
                        info!(prediction = %mine.id, "found the prediction whose answer was lost");
                        return Ok(Some(mine));
                    }
                    misses_that_count += u32::from(settled && is_certain);
                }
                Err(error) if error.retryable() => lost = error,
                Err(error) => return Err(error),
            }
            if misses_that_count >= 2 {
                return Ok(None);
            }
            let error = std::mem::replace(
                &mut lost,
                Error::new(&code::REPLICATE_ANSWER_LOST, "the answer was lost"),
            );
            self.pause(LOOK_GAP, until, error).await?;
        }
    }

    /// Waits, or gives up with this error where time is over.
    async fn pause(&self, pause: Duration, until: Timestamp, error: Error) -> Result<()> {
        if later(self.clock().now(), pause) >= until {
            return Err(error);
        }
        self.clock().sleep(pause).await;
        Ok(())
    }

    fn plant_seed(&self, input: &mut Map<String, Value>) {
        let random =
            matches!(input.get("seed"), None | Some(Value::Null)) || input.get("seed") == Some(&Value::from(0));
        if random {
            // 31 bits, as every model takes them; not zero, which means random to them.
            let seed = (self.random().next() % u64::from(u32::MAX >> 1)) + 1;
            input.insert("seed".to_owned(), seed.into());
        }
    }
}

/// The values by which a prediction is known again: addresses come back rewritten and fractions may come back rounded,
/// so both are left out.
fn telling(input: &Map<String, Value>) -> Vec<(&str, Value)> {
    let is_address = |value: &Value| {
        value.as_str().is_some_and(|text| {
            ["https://", "http://", "data:"]
                .iter()
                .any(|start| text.starts_with(start))
        })
    };
    input
        .iter()
        .filter(|(_, value)| !is_address(value) && !value.is_f64())
        .map(|(name, value)| (name.as_str(), value.clone()))
        .collect()
}
