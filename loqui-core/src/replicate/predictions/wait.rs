//! Waits for the end of a prediction, with separate budgets for starting and running.

use std::time::Duration;

use jiff::Timestamp;
use tracing::debug;

use super::prediction::Prediction;
use super::status::Status;
use crate::clock::since;
use crate::error::{Error, Result, code};
use crate::replicate::client::Client;

/// How long a prediction may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WaitOptions {
    /// How long it may wait for a worker: 5 minutes unless told. A model that nobody used lately starts slowly.
    pub start: Duration,
    /// How long it may run: 5 minutes unless told.
    pub run: Duration,
}

impl Default for WaitOptions {
    fn default() -> Self {
        Self {
            start: Duration::from_mins(5),
            run: Duration::from_mins(5),
        }
    }
}

impl WaitOptions {
    /// Replaces how long it may wait for a worker.
    #[must_use]
    pub fn with_start(mut self, start: Duration) -> Self {
        self.start = start;
        self
    }

    /// Replaces how long it may run.
    #[must_use]
    pub fn with_run(mut self, run: Duration) -> Self {
        self.run = run;
        self
    }
}

/// How long a prediction that was told to stop may take to do so.
const STOPPING: Duration = Duration::from_secs(30);

impl Client {
    /// Waits until a prediction has an output or has ended. One that takes too long is cancelled; if it succeeds all
    /// the same, it is returned like any other.
    ///
    /// # Errors
    ///
    /// * `replicate.timed_out`: it took too long and was told to stop.
    /// * Those of every call.
    #[tracing::instrument(skip(self, options))]
    pub async fn wait(&self, id: &str, options: &WaitOptions) -> Result<Prediction> {
        let begun = self.clock().now();
        let mut running_since: Option<Timestamp> = None;
        loop {
            let looked = match self.look(id).await {
                Ok(prediction) if prediction.is_done() => return Ok(prediction),
                // It is paid for: one look that fails does not give it up.
                Err(error) if !error.retryable() => return Err(error.with_request_id(id)),
                looked => looked,
            };
            let now = self.clock().now();
            if looked.as_ref().is_ok_and(|seen| seen.status == Status::Processing) {
                running_since.get_or_insert(now);
            }
            let (what, from, budget) = match running_since {
                Some(at) => ("run", at, options.run),
                None => ("start", begun, options.start),
            };
            if since(from, now) >= budget {
                return self.stop(id, what, budget).await;
            }
            let pause = interval(since(begun, now)).min(budget.saturating_sub(since(from, now)));
            match &looked {
                Ok(seen) => debug!(prediction = id, status = %seen.status, progress = seen.progress(), "waiting"),
                Err(error) => debug!(prediction = id, code = error.code(), "a look failed: {error}"),
            }
            tokio::select! {
                () = self.clock().sleep(pause.max(Duration::from_millis(10))) => {}
                () = self.woken(id) => {}
                () = self.due(id) => {}
            }
        }
    }

    /// Cancels a prediction that took too long, and sees it end.
    async fn stop(&self, id: &str, what: &str, budget: Duration) -> Result<Prediction> {
        let mut prediction = self.cancel(id).await?;
        let told = self.clock().now();
        while !prediction.is_done() && since(told, self.clock().now()) < STOPPING {
            self.clock().sleep(interval(since(told, self.clock().now()))).await;
            prediction = self.look(id).await?;
        }
        if prediction.output_url().is_ok() {
            return Ok(prediction);
        }
        let message = format!(
            "the prediction did not {what} within {} s and was cancelled",
            budget.as_secs()
        );
        Err(Error::new(&code::REPLICATE_TIMED_OUT, message).with_request_id(id))
    }
}

/// How long until the next look: 0.5 s at first, 5 s in the end (contract section 7).
fn interval(waited: Duration) -> Duration {
    match waited.as_secs() {
        0..5 => Duration::from_millis(500),
        5..20 => Duration::from_secs(1),
        20..60 => Duration::from_secs(2),
        _ => Duration::from_secs(5),
    }
}
