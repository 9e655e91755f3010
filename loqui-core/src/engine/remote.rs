//! Engines whose takes run at a provider.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::Value;

use super::{ModelInfo, Order, Reference, SpokenAudio};
use crate::error::{Error, Result, code};
use crate::finding::Finding;
use crate::options::VoiceSettings;

/// The result of [`SpeechEngine::start`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Started {
    /// The take runs at the provider under this id.
    Remote(String),
    /// The take is finished.
    Audio(SpokenAudio),
}

/// The reason why [`SpeechEngine::start`] failed. The variants differ in whether the take may have been paid.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// Nothing was created. The take may be sent again, after the delay in the error's `retry()`.
    NotCreated(Error),
    /// The take may have been created. Before it is sent again, it must be searched for with
    /// [`SpeechEngine::find_lost`].
    Unknown(Error),
    /// The provider refused the take. Sending it again has the same result.
    Refused(Error),
}

/// The state of a take at the provider.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Remote {
    /// Waiting for a worker, or in a state that this version does not know.
    Starting,
    /// Running, with its progress from 0 to 1 as a lower bound, if known.
    Running(Option<f64>),
    /// Succeeded.
    Succeeded {
        /// The output, for [`SpeechEngine::fetch`].
        output: String,
    },
    /// Failed. `error.retryable()` tells whether another take may succeed.
    Failed(Arc<Error>),
    /// Cancelled.
    Cancelled,
    /// Succeeded, but the provider has deleted the audio.
    Expired,
}

/// An engine whose takes run at a provider. Implement [`LocalEngine`](super::LocalEngine) for an engine that returns audio
/// at once.
///
/// # Contract
///
/// * [`start`](Self::start) sends an order once. It never repeats a request that the provider may have received.
/// * [`check`](Self::check), [`woken`](Self::woken), [`fetch`](Self::fetch) and [`cancel`](Self::cancel) are called
///   only with ids and outputs that this engine has returned, in this process or another one.
/// * Every call except [`woken`](Self::woken) ends in bounded time.
/// * The runtime may drop the future of any call, for instance when its process stops.
#[async_trait]
pub trait SpeechEngine: fmt::Debug + Send + Sync + 'static {
    /// Returns the engine's name in records and JSON, for instance `replicate`.
    fn name(&self) -> &str;

    /// Describes the model of this name, or the default model for `None`.
    ///
    /// # Errors
    ///
    /// `model.unknown`.
    fn model(&self, name: Option<&str>) -> Result<ModelInfo>;

    /// Describes the model that speaks with these settings. The default is the model that the settings name, or else the
    /// default model. An engine with a model for each language chooses by the language.
    ///
    /// # Errors
    ///
    /// Those of [`model`](Self::model), `engine.language`.
    fn model_for(&self, settings: &VoiceSettings) -> Result<ModelInfo> {
        self.model(settings.model.as_deref())
    }

    /// Checks speak options before anything is stored or paid. Returns findings about options that have no effect.
    ///
    /// # Errors
    ///
    /// `option.out_of_range`, `option.unsupported`, `script.wrong_language`, `engine.language`.
    fn check_settings(&self, settings: &VoiceSettings) -> Result<Vec<Finding>>;

    /// Returns the version of the result of [`prepare_voice`](Self::prepare_voice) for this model. `None`, the default,
    /// means that the engine computes nothing from a reference. If a stored result has another version, it is computed
    /// again.
    fn voice_version(&self, model: &str) -> Option<String> {
        let _ = model;
        None
    }

    /// Computes from a reference what takes of this model need, for instance a speaker embedding. The runtime calls it
    /// when no result of this [`voice_version`](Self::voice_version) is stored for the recording, stores the result,
    /// and passes it in [`Order::voice`]. The result must depend on the arguments only. Not called if there is no
    /// version.
    ///
    /// # Errors
    ///
    /// `engine.failed`. The take fails; another one follows if the error is retryable.
    async fn prepare_voice(&self, model: &str, reference: &Reference) -> Result<Bytes> {
        let _ = reference;
        Err(nothing_to_prepare(self.name(), model))
    }

    /// Sends an order once.
    async fn start(&self, order: &Order) -> Result<Started, StartError>;

    /// Returns the state of a take.
    async fn check(&self, remote: &str) -> Result<Remote>;

    /// Resolves when the take should be checked before its next scheduled check: a webhook has reported its end, or it has
    /// probably ended. The default never resolves.
    async fn woken(&self, remote: &str) {
        let _ = remote;
        std::future::pending::<()>().await;
    }

    /// Returns the audio of a succeeded take, as a WAV file.
    async fn fetch(&self, output: &str) -> Result<Bytes>;

    /// Requests the cancellation of a take and returns its state afterwards. If the take had already succeeded, it is
    /// paid.
    async fn cancel(&self, remote: &str) -> Result<Remote>;

    /// Searches for an order whose response was lost, by its seed and text. Returns the ids of all matches, oldest first.
    /// Matches may belong to other takes.
    async fn find_lost(&self, order: &Order) -> Result<Vec<String>>;

    /// Reads a webhook about a take, wakes its waiters and returns the provider's id of the take.
    ///
    /// `take` is the name in the URL of the webhook, `seed` the seed of that take, and `payload` the body, whose signature
    /// the caller has verified. Repeated deliveries have no effect. The default refuses every webhook.
    ///
    /// # Errors
    ///
    /// `webhook.invalid` if the payload is not about this take.
    fn deliver(&self, take: &str, seed: u32, payload: &Value) -> Result<String> {
        let _ = (take, seed, payload);
        let message = format!("the engine {} receives no webhooks", self.name());
        Err(Error::new(&code::WEBHOOK_INVALID, message))
    }

    /// Deletes the copies of a recording that the engine has uploaded, because the recording is being erased. The default
    /// does nothing.
    async fn forget(&self, _reference: &Reference) -> Result<()> {
        Ok(())
    }
}

/// The runtime asked an engine without a voice version to prepare a voice.
pub(super) fn nothing_to_prepare(engine: &str, model: &str) -> Error {
    let message = format!("the engine {engine} computes nothing from a recording for the model {model}");
    Error::new(&code::INTERNAL, message)
}
