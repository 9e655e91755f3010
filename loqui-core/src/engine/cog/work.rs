//! One prediction from the first request to its end, through everything that asks for patience.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Map, Value};
use tokio::sync::Notify;

use crate::clock::{SharedClock, later, since};
use crate::cog::{Client, Predicted};
use crate::error::{Error, ErrorKind, code};

/// The pause before a busy container is asked again, unless one of our own predictions ends before.
const BUSY: Duration = Duration::from_secs(2);
/// The pause before a request is repeated whose connection broke.
const BROKEN: Duration = Duration::from_secs(1);
/// How many connections in a row may break.
const MOST_BROKEN: u32 = 3;

/// A prediction that is to be made.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) client: Client,
    pub(super) clock: SharedClock,
    pub(super) id: String,
    pub(super) input: Map<String, Value>,
    pub(super) patience: Duration,
}

/// How a prediction ended.
#[derive(Clone, Debug)]
pub(super) enum End {
    Audio(Bytes),
    Cancelled,
    Failed(Arc<Error>),
}

impl Work {
    /// Sends it until there is an answer. `room` is raised when another prediction of this process has ended: the
    /// container may then have a place.
    pub(super) async fn done(&self, room: &Notify) -> End {
        let deadline = later(self.clock.now(), self.patience);
        let mut broken = 0;
        loop {
            let left = since(self.clock.now(), deadline);
            if left.is_zero() {
                return End::Failed(Arc::new(self.out_of_time()));
            }
            // Repeated under the same name it never runs twice at a time.
            let pause = match self.client.predict(&self.id, &self.input, left).await {
                Ok(Predicted::Audio(wav)) => return End::Audio(wav),
                Ok(Predicted::Cancelled) => return End::Cancelled,
                Ok(Predicted::Running) => BUSY,
                Err(error) if error.code() == code::COG_UNAVAILABLE.name() => {
                    tracing::debug!(id = self.id, "waiting: {error}");
                    broken = 0;
                    BUSY
                }
                Err(error) if error.kind() == ErrorKind::Network && broken < MOST_BROKEN => {
                    tracing::debug!(id = self.id, "the connection broke, asking again: {error}");
                    broken += 1;
                    BROKEN
                }
                Err(error) => return End::Failed(Arc::new(error)),
            };
            tokio::select! {
                () = self.clock.sleep(pause) => {}
                () = room.notified() => {}
            }
        }
    }

    fn out_of_time(&self) -> Error {
        let message = format!("the container did not speak within {} s", self.patience.as_secs());
        Error::new(&code::COG_UNAVAILABLE, message)
    }
}
