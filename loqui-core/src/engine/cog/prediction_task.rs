//! Runs one prediction in a container, with retries while the container is busy or the connection breaks.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Map, Value};
use tokio::sync::Notify;

use crate::clock::{SharedClock, later, since};
use crate::cog::{Client, Predicted};
use crate::error::{Error, ErrorKind, code};

/// Pause before the next request to a busy container, unless another prediction of this process ends before.
const BUSY_DELAY: Duration = Duration::from_secs(2);
/// Pause before repeating a request whose connection broke.
const RECONNECT_DELAY: Duration = Duration::from_secs(1);
/// Maximum number of consecutive connection errors.
const MAX_CONNECTION_ERRORS: u32 = 3;

/// A prediction to run.
#[derive(Debug)]
pub(super) struct PredictionTask {
    pub(super) client: Client,
    pub(super) clock: SharedClock,
    pub(super) id: String,
    pub(super) input: Map<String, Value>,
    pub(super) timeout: Duration,
}

/// The end of a prediction.
#[derive(Clone, Debug)]
pub(super) enum PredictionEnd {
    Audio(Bytes),
    Cancelled,
    Failed(Arc<Error>),
}

impl PredictionTask {
    /// Sends the prediction until it ends. `capacity` is notified when another prediction of this process ends, so that
    /// the container may have capacity.
    pub(super) async fn run(&self, capacity: &Notify) -> PredictionEnd {
        let deadline = later(self.clock.now(), self.timeout);
        let mut connection_errors = 0;
        loop {
            let left = since(self.clock.now(), deadline);
            if left.is_zero() {
                return PredictionEnd::Failed(Arc::new(self.timed_out()));
            }
            // A repeated request with the same id does not start a second prediction.
            let pause = match self.client.predict(&self.id, &self.input, left).await {
                Ok(Predicted::Audio(wav)) => return PredictionEnd::Audio(wav),
                Ok(Predicted::Cancelled) => return PredictionEnd::Cancelled,
                Ok(Predicted::Running) => BUSY_DELAY,
                Err(error) if error.code() == code::COG_UNAVAILABLE.name() => {
                    tracing::debug!(id = self.id, "waiting for the container: {error}");
                    connection_errors = 0;
                    BUSY_DELAY
                }
                Err(error) if error.kind() == ErrorKind::Network && connection_errors < MAX_CONNECTION_ERRORS => {
                    tracing::debug!(id = self.id, "connection failed, retrying: {error}");
                    connection_errors += 1;
                    RECONNECT_DELAY
                }
                Err(error) => return PredictionEnd::Failed(Arc::new(error)),
            };
            tokio::select! {
                () = self.clock.sleep(pause) => {}
                () = capacity.notified() => {}
            }
        }
    }

    fn timed_out(&self) -> Error {
        let message = format!(
            "the container did not return speech within {} s",
            self.timeout.as_secs()
        );
        Error::new(&code::COG_UNAVAILABLE, message)
    }
}
