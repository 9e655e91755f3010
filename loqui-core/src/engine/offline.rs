//! The engine for the built-in English voice.

mod matched_voices;

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use loqui_offline::Settings;
use matched_voices::{MatchedVoices, VoiceMatch};

use super::{LocalEngine, ModelInfo, Order, Reference, SpokenAudio};
use crate::audio::{self, Clip};
use crate::error::{Error, Result, code};
use crate::finding::{Finding, Severity};
use crate::options::VoiceSettings;
use crate::speech::SpokenWord;

/// Name of the only model.
const MODEL: &str = "hibari";

/// Maximum number of takes of one generation at a time. Each needs a core and about 20 MB for a long sentence. Two are
/// faster than real time and leave capacity for other generations.
const MAX_PARALLEL: usize = 2;

/// The exaggeration that does not change the voice.
const NEUTRAL_EXAGGERATION: f64 = 0.5;
/// The range of Chatterbox, so that a draft accepts the same values.
const EXAGGERATION: std::ops::RangeInclusive<f64> = 0.25..=2.0;

/// An English voice that needs no network and no token. It is matched to the pitch, formants, tone and pace of the sample,
/// but does not clone its voice. Clones share the matched voices.
#[derive(Clone, Debug, Default)]
pub struct OfflineEngine {
    voices: Arc<MatchedVoices>,
}

impl OfflineEngine {
    /// Creates the engine. The weights are loaded by the first take.
    pub fn new() -> Self {
        Self::default()
    }
}

#[async_trait]
impl LocalEngine for OfflineEngine {
    #[expect(clippy::unnecessary_literal_bound, reason = "the trait's signature")]
    fn name(&self) -> &str {
        "offline"
    }

    fn model(&self, name: Option<&str>) -> Result<ModelInfo> {
        match name {
            None | Some(MODEL) => {
                let mut model = ModelInfo::new(MODEL);
                model.min_reference_seconds = 0.0;
                model.clones_voice = false;
                model.reads_ipa = true;
                model.tags = Some(Vec::new());
                model.parallel = Some(MAX_PARALLEL.min(cores()));
                Ok(model)
            }
            Some(other) => Err(Error::new(
                &code::MODEL_UNKNOWN,
                format!("the offline engine has no model {other:?}"),
            )
            .with_hint("Leave the model out, or choose the engine replicate.")),
        }
    }

    fn check_settings(&self, settings: &VoiceSettings) -> Result<Vec<Finding>> {
        if let Some(language) = settings.language.as_deref().filter(|language| !is_english(language)) {
            let message = format!("the offline voice does not speak {language:?}");
            return Err(Error::new(&code::ENGINE_LANGUAGE, message));
        }
        if let Some(exaggeration) = settings.exaggeration.filter(|given| !EXAGGERATION.contains(given)) {
            let (least, greatest) = (EXAGGERATION.start(), EXAGGERATION.end());
            let message = format!("exaggeration is {exaggeration}; the offline voice takes {least} to {greatest}");
            return Err(Error::new(&code::OPTION_OUT_OF_RANGE, message));
        }
        Ok(settings
            .parameters()
            .filter(|(name, _)| *name != "exaggeration")
            .map(|(name, _)| ignored_option(name))
            .collect())
    }

    fn voice_version(&self, _model: &str) -> Option<String> {
        VoiceMatch::version()
    }

    async fn prepare_voice(&self, _model: &str, reference: &Reference) -> Result<Bytes> {
        let (voices, reference) = (Arc::clone(&self.voices), reference.clone());
        blocking(move || voices.of(&reference)?.to_bytes()).await
    }

    async fn speak(&self, order: &Order) -> Result<SpokenAudio> {
        let (voices, order) = (Arc::clone(&self.voices), order.clone());
        blocking(move || speak(&voices, &order)).await
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|source| Error::new(&code::ENGINE_FAILED, "the offline voice failed").with_source(source))?
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn is_english(language: &str) -> bool {
    language
        .split(['-', '_'])
        .next()
        .is_some_and(|primary| primary.eq_ignore_ascii_case("en"))
}

fn ignored_option(option: &str) -> Finding {
    Finding::new(
        Severity::Warning,
        "option.ignored",
        format!("the offline voice has no option {option}"),
        "Leave it out, or choose the engine replicate.",
    )
}

fn skipped(part: &str) -> Finding {
    Finding::new(
        Severity::Warning,
        code::SCRIPT_UNSPEAKABLE.name(),
        format!("{part:?} was left out: the offline voice cannot speak it"),
        "Write it in English words.",
    )
}

fn speak(voices: &MatchedVoices, order: &Order) -> Result<SpokenAudio> {
    let stored = order.voice.as_deref().and_then(VoiceMatch::from_bytes);
    let matched = match stored {
        Some(matched) => matched,
        None => voices.of(&order.reference)?,
    };
    let spoken = matched
        .speaker()?
        .speak(&order.text, &settings(order))
        .map_err(|error| match error {
            loqui_offline::Error::NothingToSay { .. } => {
                Error::new(&code::SCRIPT_UNSPEAKABLE, "the text has nothing that can be spoken").with_source(error)
            }
            other => failed(other),
        })?;
    let mut findings: Vec<Finding> = spoken.skipped().iter().map(|part| skipped(&part.text)).collect();
    findings.push(matched.finding());
    let words = spoken
        .words()
        .iter()
        .map(|word| SpokenWord::new(&word.text, word.start, word.end))
        .collect();
    let clip = Clip::new(spoken.into_samples(), audio::SPEECH_RATE);
    Ok(SpokenAudio::new(audio::wav::write(&clip, None))
        .with_findings(findings)
        .with_words(words)
        .with_similarity(matched.similarity()))
}

fn settings(order: &Order) -> Settings {
    let settings = Settings::default()
        .with_seed(u64::from(order.seed))
        .with_text_in_words(true);
    match order.settings.exaggeration {
        // The neutral value has no effect. The ends of the range are the flattest and the liveliest natural intonation.
        Some(exaggeration) => settings.with_expressiveness(
            ((exaggeration / NEUTRAL_EXAGGERATION).sqrt() as f32)
                .clamp(Settings::MIN_EXPRESSIVENESS, Settings::MAX_EXPRESSIVENESS),
        ),
        None => settings,
    }
}

fn failed(source: loqui_offline::Error) -> Error {
    Error::new(&code::ENGINE_FAILED, "the offline voice failed").with_source(source)
}

#[cfg(test)]
mod tests;
