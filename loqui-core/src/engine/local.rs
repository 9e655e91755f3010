//! Engines that return audio at once.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;

use super::remote::nothing_to_prepare;
use super::{ModelInfo, Order, Reference, Remote, SpeechEngine, StartError, Started};
use crate::error::{Error, Result, code};
use crate::finding::Finding;
use crate::options::VoiceSettings;
use crate::speech::SpokenWord;

/// Audio of a take.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SpokenAudio {
    /// A WAV file.
    pub wav: Bytes,
    /// Findings about the take.
    pub findings: Vec<Finding>,
    /// Similarity of the engine's voice to the sample, from -1 to 1, if the engine measured it.
    pub similarity: Option<f64>,
    /// The words of the text with their times in the audio, if the engine knows them. Without them, the words are aligned when
    /// they are asked for.
    pub words: Vec<SpokenWord>,
}

impl SpokenAudio {
    /// Creates audio from a WAV file, without findings.
    pub fn new(wav: impl Into<Bytes>) -> Self {
        Self {
            wav: wav.into(),
            findings: Vec::new(),
            similarity: None,
            words: Vec::new(),
        }
    }

    /// Sets the words with their times in the audio: all of the text, in order.
    #[must_use]
    pub fn with_words(mut self, words: Vec<SpokenWord>) -> Self {
        self.words = words;
        self
    }

    /// Sets the findings.
    #[must_use]
    pub fn with_findings(mut self, findings: Vec<Finding>) -> Self {
        self.findings = findings;
        self
    }

    /// Sets the similarity of the engine's voice to the sample.
    #[must_use]
    pub fn with_similarity(mut self, similarity: Option<f64>) -> Self {
        self.similarity = similarity;
        self
    }
}

/// An engine that returns audio at once, for instance a model in this process.
///
/// An interrupted take is spoken again, so `speak` must be free of charge. Use [`SpeechEngine`] for paid engines.
///
/// ```
/// use loqui_core::audio::{Clip, SPEECH_RATE, wav};
/// use loqui_core::engine::{LocalEngine, ModelInfo, Order, SpokenAudio, async_trait};
/// use loqui_core::Result;
///
/// #[derive(Debug)]
/// struct Silence;
///
/// #[async_trait]
/// impl LocalEngine for Silence {
///     fn name(&self) -> &str {
///         "silence"
///     }
///
///     fn model(&self, _name: Option<&str>) -> Result<ModelInfo> {
///         Ok(ModelInfo::new("silence"))
///     }
///
///     async fn speak(&self, order: &Order) -> Result<SpokenAudio> {
///         let samples = vec![0.0; order.text.len() * 1_000];
///         Ok(SpokenAudio::new(wav::write(&Clip::new(samples, SPEECH_RATE), None)))
///     }
/// }
/// # let builder = loqui_core::Loqui::builder().engine(std::sync::Arc::new(Silence));
/// # assert_eq!(builder.build()?.engine(), "silence");
/// # Ok::<(), loqui_core::Error>(())
/// ```
#[async_trait]
pub trait LocalEngine: fmt::Debug + Send + Sync + 'static {
    /// Returns the engine's name in records and JSON.
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
        LocalEngine::model(self, settings.model.as_deref())
    }

    /// Checks speak options before anything is stored. Returns findings about options that have no effect.
    ///
    /// # Errors
    ///
    /// `option.out_of_range`, `option.unsupported`, `script.wrong_language`, `engine.language`.
    fn check_settings(&self, settings: &VoiceSettings) -> Result<Vec<Finding>> {
        let _ = settings;
        Ok(Vec::new())
    }

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
        Err(nothing_to_prepare(LocalEngine::name(self), model))
    }

    /// Speaks the text of an order.
    ///
    /// # Errors
    ///
    /// `engine.failed`, `script.unspeakable`. Another take follows if the error is retryable.
    async fn speak(&self, order: &Order) -> Result<SpokenAudio>;
}

/// Runs a local engine: `start` returns the audio, so no take ever runs at a provider.
#[async_trait]
impl<E: LocalEngine> SpeechEngine for E {
    fn name(&self) -> &str {
        LocalEngine::name(self)
    }

    fn model(&self, name: Option<&str>) -> Result<ModelInfo> {
        LocalEngine::model(self, name)
    }

    fn model_for(&self, settings: &VoiceSettings) -> Result<ModelInfo> {
        LocalEngine::model_for(self, settings)
    }

    fn check_settings(&self, settings: &VoiceSettings) -> Result<Vec<Finding>> {
        LocalEngine::check_settings(self, settings)
    }

    fn voice_version(&self, model: &str) -> Option<String> {
        LocalEngine::voice_version(self, model)
    }

    async fn prepare_voice(&self, model: &str, reference: &Reference) -> Result<Bytes> {
        LocalEngine::prepare_voice(self, model, reference).await
    }

    async fn start(&self, order: &Order) -> Result<Started, StartError> {
        let spoken = self.speak(order).await.map_err(StartError::Refused)?;
        Ok(Started::Audio(spoken))
    }

    async fn check(&self, remote: &str) -> Result<Remote> {
        Ok(Remote::Failed(Arc::new(no_remote_takes(
            LocalEngine::name(self),
            remote,
        ))))
    }

    async fn fetch(&self, output: &str) -> Result<Bytes> {
        Err(no_remote_takes(LocalEngine::name(self), output))
    }

    async fn cancel(&self, remote: &str) -> Result<Remote> {
        self.check(remote).await
    }

    async fn find_lost(&self, _order: &Order) -> Result<Vec<String>> {
        Ok(Vec::new())
    }
}

fn no_remote_takes(engine: &str, id: &str) -> Error {
    let message = format!("the engine {engine} runs no takes at a provider, so it has no take {id:?}");
    Error::new(&code::INTERNAL, message)
}
