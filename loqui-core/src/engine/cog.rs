//! The engine for a Chatterbox model in your own container.

mod prediction_task;
mod running;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use prediction_task::PredictionTask;
use running::RunningPredictions;

use super::{ModelInfo, Order, Remote, ReplicateEngine, SpeechEngine, StartError, Started};
use crate::clock::{SharedClock, System};
use crate::cog::{Client, data_uri};
use crate::error::{Error, ErrorKind, Result, code};
use crate::finding::Finding;
use crate::options::VoiceSettings;
use crate::replicate::{Model, ModelChoice};

/// Speaks with a Chatterbox model that Cog serves in your own container, free of charge. Clones share the running
/// predictions.
///
/// ```
/// use std::sync::Arc;
/// use loqui_core::Loqui;
/// use loqui_core::engine::CogEngine;
///
/// let loqui = Loqui::builder().engine(Arc::new(CogEngine::new("http://gpu-box:5000")?)).build()?;
/// assert_eq!(loqui.engine(), "cog");
/// # Ok::<(), loqui_core::Error>(())
/// ```
///
/// A prediction ends with its connection: unfinished takes are spoken again after a restart of this process. Several
/// processes may share a container; each waits while the container is busy.
#[derive(Clone, Debug)]
pub struct CogEngine {
    client: Client,
    clock: SharedClock,
    running: Arc<RunningPredictions>,
}

impl CogEngine {
    /// Creates an engine for the container at this URL, for instance `http://gpu-box:5000`. Sends nothing.
    ///
    /// # Errors
    ///
    /// `cog.url`.
    pub fn new(address: &str) -> Result<Self> {
        Ok(Self {
            client: Client::new(address)?,
            clock: Arc::new(System),
            running: Arc::default(),
        })
    }

    /// Sets the clock for delays while the container is busy.
    #[must_use]
    pub fn with_clock(mut self, clock: SharedClock) -> Self {
        self.clock = clock;
        self
    }

    /// Returns the client.
    pub fn client(&self) -> &Client {
        &self.client
    }
}

#[async_trait]
impl SpeechEngine for CogEngine {
    fn name(&self) -> &'static str {
        "cog"
    }

    fn model(&self, name: Option<&str>) -> Result<ModelInfo> {
        let model = parse_model(name)?;
        let mut info = ReplicateEngine::model_info(Some(&model.name))?;
        info.price = None;
        Ok(info)
    }

    fn check_settings(&self, settings: &VoiceSettings) -> Result<Vec<Finding>> {
        parse_model(settings.model.as_deref())?.check(settings)?;
        Ok(Vec::new())
    }

    async fn start(&self, order: &Order) -> Result<Started, StartError> {
        let model = parse_model(Some(&order.model)).map_err(StartError::Refused)?;
        let reference = data_uri(order.reference.wav());
        let input = model
            .input(&order.text, Some(&reference), &order.settings, Some(order.seed))
            .map_err(StartError::Refused)?;
        // Fails at once if the container does not run or cannot become ready. A busy container is waited for later.
        self.client.ready().await.map_err(|error| match error.kind() {
            ErrorKind::Network => StartError::NotCreated(error),
            _ if error.retryable() => StartError::NotCreated(error),
            _ => StartError::Refused(error),
        })?;
        let id = prediction_id(order);
        let task = PredictionTask {
            client: self.client.clone(),
            clock: Arc::clone(&self.clock),
            id: id.clone(),
            input,
            timeout: order.cancel_after,
        };
        self.running.start(&id, task);
        Ok(Started::Remote(id))
    }

    async fn check(&self, remote: &str) -> Result<Remote> {
        Ok(self.running.state(remote))
    }

    async fn woken(&self, remote: &str) {
        self.running.ended(remote).await;
    }

    async fn fetch(&self, output: &str) -> Result<Bytes> {
        self.running.take_audio(output).ok_or_else(|| {
            let message = "the speech was fetched before, or was sent to a process that has ended";
            Error::new(&code::COG_PREDICTION_FAILED, message)
        })
    }

    async fn cancel(&self, remote: &str) -> Result<Remote> {
        let state = self.running.cancel(remote);
        if matches!(state, Remote::Cancelled) {
            // Closing the connection cancels it as well, unless a proxy keeps the connection open.
            if let Err(error) = self.client.cancel(remote).await {
                tracing::debug!(code = error.code(), "could not cancel a prediction: {error}");
            }
        }
        Ok(state)
    }

    async fn find_lost(&self, order: &Order) -> Result<Vec<String>> {
        let id = prediction_id(order);
        Ok(if self.running.contains(&id) {
            vec![id]
        } else {
            Vec::new()
        })
    }
}

/// Parses the name of the model in the container: a Chatterbox model without version or deployment.
fn parse_model(name: Option<&str>) -> Result<&'static Model> {
    let choice = ModelChoice::parse(name.unwrap_or("chatterbox"))?;
    if choice.route.is_some() {
        return Err(Error::new(
            &code::MODEL_UNKNOWN,
            "a container runs one model: versions and deployments exist at Replicate only",
        )
        .with_hint("Use the model in the container: chatterbox, chatterbox-turbo or chatterbox-multilingual."));
    }
    Ok(choice.model)
}

/// Returns the prediction id of an order. It is unique and the same for each request for an order.
fn prediction_id(order: &Order) -> String {
    let take = order.take.as_deref().unwrap_or_default();
    let time = order.intended_at.as_microsecond();
    format!("loqui-{take}-{time:x}-{:x}", order.seed)
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' })
        .collect()
}
