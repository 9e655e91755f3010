//! Waits for the end of a prediction, with separate limits for starting and running.

use std::time::Duration;

use jiff::Timestamp;
use tracing::debug;

use super::prediction::Prediction;
use super::status::Status;
use crate::clock::since;
use crate::error::{Error, Result, code};
use crate::reconciliation::poll_interval;
use crate::replicate::client::Client;

/// How long a prediction may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WaitOptions {
    /// Maximum time until it starts to run. Default: 5 minutes, because an unused model needs minutes to start.
    pub start: Duration,
    /// Maximum running time. Default: 5 minutes.
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
    /// Sets the maximum time until the prediction starts to run.
    #[must_use]
    pub fn with_start(mut self, start: Duration) -> Self {
        self.start = start;
        self
    }

    /// Sets the maximum running time.
    #[must_use]
    pub fn with_run(mut self, run: Duration) -> Self {
        self.run = run;
        self
    }
}

/// How long to wait for the end of a prediction after its cancellation was requested.
const CANCEL_TIMEOUT: Duration = Duration::from_secs(30);
/// Shortest pause between two polls.
const MIN_PAUSE: Duration = Duration::from_millis(10);

impl Client {
    /// Waits until a prediction has an output or has ended.
    ///
    /// A prediction that exceeds its limits is cancelled. If it succeeds nevertheless, it is returned.
    ///
    /// # Errors
    ///
    /// * `replicate.timed_out`: it exceeded a limit and was cancelled.
    /// * The errors of all API calls.
    ///
    /// # Cancellation safety
    ///
    /// Dropping the future does not cancel the prediction. Call `wait` again, or [`cancel`](Self::cancel).
    #[tracing::instrument(skip(self, options))]
    pub async fn wait(&self, id: &str, options: &WaitOptions) -> Result<Prediction> {
        let waiting_since = self.clock().now();
        let mut running_since: Option<Timestamp> = None;
        loop {
            let polled = match self.poll(id).await {
                Ok(prediction) if prediction.is_done() => return Ok(prediction),
                // The prediction is paid for, so a retryable error does not end the wait.
                Err(error) if !error.retryable() => return Err(error.with_request_id(id)),
                polled => polled,
            };
            let now = self.clock().now();
            if polled.as_ref().is_ok_and(|seen| seen.status == Status::Processing) {
                running_since.get_or_insert(now);
            }
            let (phase, from, limit) = match running_since {
                Some(at) => ("run", at, options.run),
                None => ("start", waiting_since, options.start),
            };
            if since(from, now) >= limit {
                return self.cancel_overdue(id, phase, limit).await;
            }
            let pause = poll_interval(since(waiting_since, now)).min(limit.saturating_sub(since(from, now)));
            match &polled {
                Ok(seen) => debug!(prediction = id, status = %seen.status, progress = seen.progress(), "waiting"),
                Err(error) => debug!(prediction = id, code = error.code(), "a poll failed: {error}"),
            }
            tokio::select! {
                () = self.clock().sleep(pause.max(MIN_PAUSE)) => {}
                () = self.woken(id) => {}
                () = self.expected_end(id) => {}
            }
        }
    }

    /// Cancels a prediction that exceeded a limit, and waits for its end.
    async fn cancel_overdue(&self, id: &str, phase: &str, limit: Duration) -> Result<Prediction> {
        let mut prediction = self.cancel(id).await?;
        let cancelled_at = self.clock().now();
        while !prediction.is_done() && since(cancelled_at, self.clock().now()) < CANCEL_TIMEOUT {
            let pause = poll_interval(since(cancelled_at, self.clock().now()));
            self.clock().sleep(pause).await;
            prediction = self.poll(id).await?;
        }
        if prediction.output_url().is_ok() {
            return Ok(prediction);
        }
        let message = format!(
            "the prediction did not {phase} within {} s and was cancelled",
            limit.as_secs()
        );
        Err(Error::new(&code::REPLICATE_TIMED_OUT, message).with_request_id(id))
    }
}
