//! A Chatterbox in a container of your own as an engine.

mod running;
#[cfg(test)]
mod tests;
mod work;

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use running::RunningPredictions;
use work::Work;

use super::{ModelInfo, Order, Remote, ReplicateEngine, SpeechEngine, StartError, Started};
use crate::clock::{SharedClock, System};
use crate::cog::{Client, data_uri};
use crate::error::{Error, ErrorKind, Result, code};
use crate::finding::Finding;
use crate::options::SpeakOptions;
use crate::replicate::ModelChoice;

/// Speaks through a container with one of the Chatterbox models, as Cog serves it: the voice of the sample, on a machine
/// of your own, for no price. Clones share what runs.
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
/// A prediction lives as long as its connection: what was not finished when this process ended is spoken again, and costs
/// nothing but time. Several processes may share a container; who finds it busy waits.
#[derive(Clone, Debug)]
pub struct CogEngine {
    client: Client,
    clock: SharedClock,
    works: Arc<RunningPredictions>,
}

impl CogEngine {
    /// The engine for the container at this address, for instance `http://gpu-box:5000`. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// `cog.url`.
    pub fn new(address: &str) -> Result<Self> {
        Ok(Self {
            client: Client::new(address)?,
            clock: Arc::new(System),
            works: Arc::default(),
        })
    }

    /// Replaces the clock by which it waits for a busy container.
    #[must_use]
    pub fn with_clock(mut self, clock: SharedClock) -> Self {
        self.clock = clock;
        self
    }

    /// The client.
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
        let model = held(name)?.model;
        let mut info = ReplicateEngine::model_info(Some(&model.name))?;
        info.price = None;
        Ok(info)
    }

    fn check_options(&self, options: &SpeakOptions) -> Result<Vec<Finding>> {
        held(options.voice.model.as_deref())?.model.check(options)?;
        Ok(Vec::new())
    }

    async fn start(&self, order: &Order) -> Result<Started, StartError> {
        let model = held(Some(&order.model)).map_err(StartError::Refused)?.model;
        let reference = data_uri(order.reference.wav());
        let input = model
            .input(&order.text, Some(&reference), &order.options, Some(order.seed))
            .map_err(StartError::Refused)?;
        // A container that is not there, or never will be ready, is told from one that is busy before anybody waits.
        self.client.ready().await.map_err(|error| match error.kind() {
            ErrorKind::Network => StartError::NotCreated(error),
            _ if error.retryable() => StartError::NotCreated(error),
            _ => StartError::Refused(error),
        })?;
        let id = id(order);
        let work = Work {
            client: self.client.clone(),
            clock: Arc::clone(&self.clock),
            id: id.clone(),
            input,
            patience: order.cancel_after,
        };
        self.works.begin(&id, work);
        Ok(Started::Remote(id))
    }

    async fn check(&self, remote: &str) -> Result<Remote> {
        Ok(self.works.state(remote))
    }

    async fn woken(&self, remote: &str) {
        self.works.ended(remote).await;
    }

    async fn fetch(&self, output: &str) -> Result<Bytes> {
        self.works.audio(output).ok_or_else(|| {
            let message = "the speech was answered to a process that is gone, or was fetched before";
            Error::new(&code::COG_PREDICTION_FAILED, message)
        })
    }

    async fn cancel(&self, remote: &str) -> Result<Remote> {
        let state = self.works.stop(remote);
        if matches!(state, Remote::Cancelled) {
            // The end of the connection stops it too; this is for a proxy that keeps one open.
            if let Err(error) = self.client.cancel(remote).await {
                tracing::debug!(code = error.code(), "a prediction was not told to stop: {error}");
            }
        }
        Ok(state)
    }

    async fn find_lost(&self, order: &Order) -> Result<Vec<String>> {
        let id = id(order);
        Ok(if self.works.holds(&id) { vec![id] } else { Vec::new() })
    }
}

/// The model that a container is said to hold: one of the three Chatterbox models, by its plain name.
fn held(name: Option<&str>) -> Result<ModelChoice> {
    let choice = ModelChoice::parse(name.unwrap_or("chatterbox"))?;
    if choice.route.is_some() {
        return Err(Error::new(
            &code::MODEL_UNKNOWN,
            "a container holds one model: versions and deployments are Replicate's",
        )
        .with_hint("Use chatterbox, chatterbox-turbo or chatterbox-multilingual: the one in the container."));
    }
    Ok(choice)
}

/// The name of a prediction: the same take always gives the same, and no two give one.
fn id(order: &Order) -> String {
    let take = order.take.as_deref().unwrap_or_default();
    let moment = order.intended_at.as_microsecond();
    format!("loqui-{take}-{moment:x}-{:x}", order.seed)
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' })
        .collect()
}
