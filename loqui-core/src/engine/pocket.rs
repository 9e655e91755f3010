//! The engine for voice cloning models that run in this process.

mod failure;
mod loaded;

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use loaded::LoadedModels;
use loqui_pocket::models::{Installed, Models};
use loqui_pocket::{MIN_SAMPLE_SECONDS, Settings, Voice};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::{LocalEngine, ModelInfo, Order, Reference, SpokenAudio};
use crate::audio::{self, Clip};
use crate::error::{Error, Result, code};
use crate::finding::{Finding, Severity};
use crate::options::VoiceSettings;

/// Maximum number of takes of one generation at a time. Each needs a core. Four are many times faster than real time.
const MAX_PARALLEL: usize = 4;

/// The models are trained on single sentences, and become unclear after about eight seconds.
const TARGET_CHARACTERS: usize = 120;

/// A longer segment rarely fits into the 50 tokens that a model speaks in one piece.
const MAX_CHARACTERS: usize = 180;

/// The variance of the noise that the models accept.
const TEMPERATURE: RangeInclusive<f64> = 0.0..=5.0;

/// The settings that have an effect, beside model, seed and language.
const PARAMETER: &str = "temperature";

/// The language of the default model, if a model for it is installed.
const DEFAULT_LANGUAGE: &str = "en";

/// Version of the encoded voices. Change it when the same model encodes a voice differently.
const VOICE_FORMAT: u32 = 1;

/// Clones voices on the CPU with the models of a folder: Kyutai's Pocket TTS.
///
/// A model is loaded by its first take and shared. The voice of a sample is encoded once and stored with the sample.
/// The default model is the first installed one for the language of the request. Without a language it is the first one
/// for English, or else the first installed one. If no model is installed for the language, the request fails: no other
/// voice is used instead.
///
/// ```
/// use loqui_core::engine::{LocalEngine as _, PocketEngine};
///
/// let engine = PocketEngine::new("no/such/folder");
/// let error = engine.model(Some("english")).unwrap_err();
/// assert_eq!(error.code(), "pocket.not_installed");
/// assert_eq!(error.hint(), Some("Run `loqui models pull english`."));
/// ```
#[derive(Clone, Debug)]
pub struct PocketEngine {
    models: Models,
    loaded: Arc<LoadedModels>,
    /// One permit for each core.
    cores: Arc<Semaphore>,
}

impl PocketEngine {
    /// Creates the engine with a folder of models. `loqui models` and [`loqui_pocket::models::Models`] install models
    /// in it. Nothing is read yet.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            models: Models::new(folder),
            loaded: Arc::default(),
            cores: Arc::new(Semaphore::new(cores())),
        }
    }

    /// Returns the folder of models.
    pub fn folder(&self) -> &Path {
        self.models.folder()
    }

    /// Returns the installed model that speaks with these settings.
    fn choose(&self, settings: &VoiceSettings) -> Result<Installed> {
        let language = settings.language.as_deref().map(primary);
        if let Some(name) = settings.model.as_deref() {
            return self.installed(name);
        }
        let listing = self.models.list().map_err(failure::of_models)?;
        let mut cloning: Vec<Installed> = listing.installed;
        cloning.retain(Installed::clones_voices);
        let wanted = language.as_deref().unwrap_or(DEFAULT_LANGUAGE);
        let speaks = cloning.iter().position(|model| model.language() == Some(wanted));
        let first = (language.is_none() && !cloning.is_empty()).then_some(0);
        if let Some(index) = speaks.or(first) {
            return Ok(cloning.swap_remove(index));
        }
        if let Some((_, error)) = listing.damaged.into_iter().next() {
            return Err(failure::of_models(error));
        }
        Err(if cloning.is_empty() {
            failure::no_model(wanted)
        } else {
            failure::no_model_for(wanted)
        })
    }

    /// Returns the installed model of a name, if it can clone voices.
    fn installed(&self, name: &str) -> Result<Installed> {
        let model = self.models.get(name).map_err(failure::of_models)?;
        if model.clones_voices() {
            return Ok(model);
        }
        let message = format!("the model {name} has no voice encoder, so it cannot clone a voice");
        Err(Error::new(&code::MODEL_NO_REFERENCE, message)
            .with_hint("Pull or add the weights that include the voice encoder."))
    }

    /// Runs work that occupies a core. It waits until a core is free.
    async fn on_core<T: Send + 'static>(&self, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
        let permit = Arc::clone(&self.cores).acquire_owned().await;
        let ended = |source: Box<dyn std::error::Error + Send + Sync>| {
            Error::new(&code::ENGINE_FAILED, "the engine pocket ended early").with_source(source)
        };
        let permit = permit.map_err(|closed| ended(closed.into()))?;
        let running = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work()
        });
        running.await.map_err(|source| ended(source.into()))?
    }
}

#[async_trait]
impl LocalEngine for PocketEngine {
    #[expect(clippy::unnecessary_literal_bound, reason = "the trait's signature")]
    fn name(&self) -> &str {
        "pocket"
    }

    fn model(&self, name: Option<&str>) -> Result<ModelInfo> {
        let settings = VoiceSettings {
            model: name.map(str::to_owned),
            ..VoiceSettings::default()
        };
        self.model_for(&settings)
    }

    fn model_for(&self, settings: &VoiceSettings) -> Result<ModelInfo> {
        Ok(describe(&self.choose(settings)?))
    }

    fn check_settings(&self, settings: &VoiceSettings) -> Result<Vec<Finding>> {
        let model = self.choose(settings)?;
        if let (Some(spoken), Some(wanted)) = (model.language(), settings.language.as_deref())
            && spoken != primary(wanted)
        {
            return Err(failure::other_language(model.name(), &primary(wanted)));
        }
        if let Some(temperature) = settings.temperature.filter(|given| !TEMPERATURE.contains(given)) {
            let (least, greatest) = (TEMPERATURE.start(), TEMPERATURE.end());
            let message = format!(
                "temperature is {temperature}; {} takes {least} to {greatest}",
                model.name()
            );
            return Err(Error::new(&code::OPTION_OUT_OF_RANGE, message));
        }
        Ok(settings
            .parameters()
            .filter(|(name, _)| *name != PARAMETER)
            .map(|(name, _)| ignored_option(name))
            .collect())
    }

    fn voice_version(&self, model: &str) -> Option<String> {
        let installed = self.installed(model).ok()?;
        Some(format!("{VOICE_FORMAT}.{}", loaded::identity(&installed)))
    }

    async fn prepare_voice(&self, model: &str, reference: &Reference) -> Result<Bytes> {
        let (engine, name, reference) = (self.clone(), model.to_owned(), reference.clone());
        self.on_core(move || {
            let voice = engine.loaded.encode(&engine.installed(&name)?, &reference)?;
            Ok(voice.to_bytes().into())
        })
        .await
    }

    async fn speak(&self, order: &Order) -> Result<SpokenAudio> {
        let (engine, order) = (self.clone(), order.clone());
        // A dropped take stops within a frame, so that it does not occupy its core any longer.
        let stop = CancellationToken::new();
        let _stop_when_dropped = stop.clone().drop_guard();
        self.on_core(move || engine.say(&order, &stop)).await
    }
}

impl PocketEngine {
    fn say(&self, order: &Order, stop: &CancellationToken) -> Result<SpokenAudio> {
        let installed = self.installed(&order.model)?;
        let model = self.loaded.get(&installed)?;
        let stored = order.voice.as_deref().and_then(|bytes| Voice::from_bytes(bytes).ok());
        let voice = match stored.filter(|voice| voice.fingerprint() == Some(model.fingerprint())) {
            Some(voice) => voice,
            None => self.loaded.encode(&installed, &order.reference)?,
        };
        let mut samples = Vec::new();
        for frame in model
            .speak(&voice, &order.text, &settings(order))
            .map_err(failure::of_speech)?
        {
            if stop.is_cancelled() {
                return Err(Error::new(&code::ENGINE_FAILED, "the take was cancelled"));
            }
            samples.extend_from_slice(frame.map_err(failure::of_speech)?.samples());
        }
        let clip = Clip::new(samples, model.sample_rate());
        Ok(SpokenAudio::new(audio::wav::write(&clip, None)))
    }
}

fn describe(installed: &Installed) -> ModelInfo {
    let mut model = ModelInfo::new(installed.name());
    model.target_characters = TARGET_CHARACTERS;
    model.max_characters = MAX_CHARACTERS;
    model.languages = installed.language().map(str::to_owned).into_iter().collect();
    model.min_reference_seconds = MIN_SAMPLE_SECONDS;
    model.tags = Some(Vec::new());
    model.parallel = Some(MAX_PARALLEL.min(cores()));
    model.needs_consent = true;
    model.attribution = installed.attribution().map(ToString::to_string);
    model
}

fn settings(order: &Order) -> Settings {
    let settings = Settings::default().seed(u64::from(order.seed));
    match order.settings.temperature {
        Some(temperature) => settings.temperature(temperature as f32),
        None => settings,
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The language without its region, in lower case: `en` for `en-GB`.
fn primary(language: &str) -> String {
    let primary = language.split(['-', '_']).next().unwrap_or(language);
    primary.to_ascii_lowercase()
}

fn ignored_option(option: &str) -> Finding {
    Finding::new(
        Severity::Warning,
        "option.ignored",
        format!("the engine pocket has no option {option}"),
        "Leave it out, or choose the engine replicate.",
    )
}

#[cfg(test)]
mod tests;
