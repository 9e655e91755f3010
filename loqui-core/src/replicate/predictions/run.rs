//! One call from input to audio, for programs without a ledger: create, reconcile, wait, download.

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Map, Value};
use tracing::{info, warn};

use super::create::{CreateError, NewPrediction};
use super::prediction::Prediction;
use super::search::earliest_creation;
use super::wait::WaitOptions;
use crate::clock::{later, since};
use crate::error::{Error, ErrorKind, Result, Retry, code};
use crate::reconciliation::{Reconciliation, resend_interval};
use crate::replicate::client::Client;

/// Options of a [run](Client::run).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RunOptions {
    /// How long each prediction may wait for a worker and run.
    pub wait: WaitOptions,
    /// When a create whose response was lost counts as never created.
    pub reconciliation: Reconciliation,
    /// How many predictions may follow after temporary failures of the platform. Default: 2.
    pub retries: u32,
    /// Maximum total time. Default: 30 minutes.
    pub deadline: Duration,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            wait: WaitOptions::default(),
            reconciliation: Reconciliation::default(),
            retries: 2,
            deadline: Duration::from_mins(30),
        }
    }
}

impl RunOptions {
    /// Sets how long each prediction may wait for a worker and run.
    #[must_use]
    pub fn with_wait(mut self, wait: WaitOptions) -> Self {
        self.wait = wait;
        self
    }

    /// Sets when a create whose response was lost counts as never created.
    #[must_use]
    pub fn with_reconciliation(mut self, reconciliation: Reconciliation) -> Self {
        self.reconciliation = reconciliation;
        self
    }

    /// Sets how many predictions may follow after temporary failures of the platform.
    #[must_use]
    pub fn with_retries(mut self, retries: u32) -> Self {
        self.retries = retries;
        self
    }

    /// Sets the maximum total time.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }
}

/// The result of a [run](Client::run).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Run {
    /// The ended prediction.
    pub prediction: Prediction,
    /// The audio: a WAV file.
    pub wav: Bytes,
}

/// Pause before a retry if the error states no delay.
const RETRY_DELAY: Duration = Duration::from_secs(2);

impl Client {
    /// Runs a model from input to audio, and pays once.
    ///
    /// A create whose response was lost is searched in the list of predictions by its `seed` and other values, and sent
    /// again only if it was certainly not created. The input gets a random seed if it has none. After a temporary failure
    /// another prediction follows. This state is kept in memory only: use [`Loqui`](crate::Loqui) with a data directory
    /// to survive a crash of the process.
    ///
    /// # Errors
    ///
    /// The errors of [`create`](Self::create), [`wait`](Self::wait) and [`download`](Self::download). After the deadline,
    /// the last error.
    ///
    /// # Cancellation safety
    ///
    /// Not cancellation safe: a dropped future may leave a prediction that runs and is paid. It ends after
    /// [`NewPrediction::cancel_after`] at the latest.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = loqui_emulator::Emulator::start().await?;
    /// use loqui_core::VoiceSettings;
    /// use loqui_core::replicate::{Client, Model, RunOptions};
    ///
    /// let client = Client::builder(emulator.token()).base_url(emulator.base_url()).build()?;
    /// let model = Model::by_name("chatterbox")?;
    /// let input = model.input("Hello!", None, &VoiceSettings::default(), None)?;
    /// let run = client.run(&model.prediction(input), &RunOptions::default()).await?;
    /// assert_eq!(&run.wav[..4], b"RIFF");
    /// assert_eq!(emulator.ledger().paid_runs(), 1);
    /// # Ok(()) }
    /// ```
    #[tracing::instrument(skip_all, fields(route = ?new.route))]
    pub async fn run(&self, new: &NewPrediction, options: &RunOptions) -> Result<Run> {
        let until = later(self.clock().now(), options.deadline);
        let mut new = new.clone();
        self.ensure_seed(&mut new.input);
        let mut failures = 0;
        loop {
            let prediction = self.create_exactly_once(&new, options, until).await?;
            let ended = self.wait(&prediction.id, &options.wait).await?;
            let error = match ended.output_url() {
                Ok(url) => {
                    let wav = self.download_with_retries(url, until).await?;
                    return Ok(Run { prediction: ended, wav });
                }
                Err(error) => error,
            };
            failures += 1;
            // Replicate does not bill failed predictions. Cancelled or expired ones are billed, so no other one follows.
            let is_free = error.code() == code::REPLICATE_PREDICTION_FAILED.name();
            if !is_free || !error.retryable() || failures > options.retries {
                return Err(error);
            }
            if ended.lost_its_reference() {
                return Err(error);
            }
            warn!(code = error.code(), failures, "retrying with another prediction");
            let pause = match error.retry() {
                Retry::After(pause) => pause,
                _ => RETRY_DELAY,
            };
            self.pause(pause, until, error).await?;
        }
    }

    /// Downloads an output. Repeats after network errors until the deadline, because the output is paid for.
    async fn download_with_retries(&self, url: &str, until: Timestamp) -> Result<Bytes> {
        loop {
            match self.download(url).await {
                Err(error) if matches!(error.kind(), ErrorKind::Network | ErrorKind::RateLimited) => {
                    self.pause(RETRY_DELAY, until, error).await?;
                }
                result => return result,
            }
        }
    }

    /// Creates a prediction, and reconciles until exactly one exists.
    async fn create_exactly_once(
        &self,
        new: &NewPrediction,
        options: &RunOptions,
        until: Timestamp,
    ) -> Result<Prediction> {
        let mut sends = 0;
        loop {
            let sent_at = self.clock().now();
            match self.create(new).await {
                Ok(prediction) => return Ok(prediction),
                Err(CreateError::Refused(error)) => return Err(error),
                Err(CreateError::NotCreated(error)) => {
                    sends += 1;
                    let pause = match error.retry() {
                        Retry::After(pause) => pause,
                        Retry::Never => return Err(error),
                        _ => resend_interval(sends),
                    };
                    self.pause(pause, until, error).await?;
                }
                Err(CreateError::Unknown(error)) => {
                    if let Some(found) = self.find_lost(new, sent_at, options, until, error).await? {
                        return Ok(found);
                    }
                }
            }
        }
    }

    /// Searches for a prediction whose response was lost. Returns nothing if it was certainly never created.
    async fn find_lost(
        &self,
        new: &NewPrediction,
        sent_at: Timestamp,
        options: &RunOptions,
        until: Timestamp,
        mut last_error: Error,
    ) -> Result<Option<Prediction>> {
        let created_since = earliest_creation(sent_at);
        let fields = identifying_fields(&new.input);
        let matches = |prediction: &Prediction| match &prediction.input {
            _ if self.is_claimed(&prediction.id) => Some(false),
            Some(input) => Some(fields.iter().all(|(name, value)| input.get(*name) == Some(value))),
            None => None,
        };
        let reconciliation = &options.reconciliation;
        let mut failed_lookups = 0;
        loop {
            let counts = reconciliation.lookup_counts(since(sent_at, self.clock().now()));
            match self.find_where(created_since, matches).await {
                Ok(found) => {
                    // A prediction without input may be the lost one: then the lookup does not count.
                    let is_certain = found.undecided == 0;
                    let lost = found.matches.into_iter().find(|found| self.claims().claim(&found.id));
                    if let Some(lost) = lost {
                        info!(prediction = %lost.id, "found the prediction whose response was lost");
                        return Ok(Some(lost));
                    }
                    failed_lookups += u32::from(counts && is_certain);
                }
                Err(error) if error.retryable() => last_error = error,
                Err(error) => return Err(error),
            }
            if reconciliation.is_never_created(failed_lookups) {
                return Ok(None);
            }
            let error = std::mem::replace(
                &mut last_error,
                Error::new(&code::REPLICATE_ANSWER_LOST, "the response to a create was lost"),
            );
            self.pause(reconciliation.look_gap, until, error).await?;
        }
    }

    /// Sleeps, or returns the error if the deadline would pass.
    async fn pause(&self, pause: Duration, until: Timestamp, error: Error) -> Result<()> {
        if later(self.clock().now(), pause) >= until {
            return Err(error);
        }
        self.clock().sleep(pause).await;
        Ok(())
    }

    fn ensure_seed(&self, input: &mut Map<String, Value>) {
        let random =
            matches!(input.get("seed"), None | Some(Value::Null)) || input.get("seed") == Some(&Value::from(0));
        if random {
            // All models take 31 bits. Zero means random.
            let seed = (self.random().next() % u64::from(u32::MAX >> 1)) + 1;
            input.insert("seed".to_owned(), seed.into());
        }
    }
}

/// Returns the fields that identify a prediction. Replicate rewrites URLs and may round fractions, so both are left out.
fn identifying_fields(input: &Map<String, Value>) -> Vec<(&str, Value)> {
    let is_url = |value: &Value| {
        value.as_str().is_some_and(|text| {
            ["https://", "http://", "data:"]
                .iter()
                .any(|start| text.starts_with(start))
        })
    };
    input
        .iter()
        .filter(|(_, value)| !is_url(value) && !value.is_f64())
        .map(|(name, value)| (name.as_str(), value.clone()))
        .collect()
}
