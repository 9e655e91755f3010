//! The offline voice as an engine.

mod voices;

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use loqui_offline::Settings;
use voices::Voices;

use super::{ModelInfo, Order, Remote, SpeechEngine, StartError, Started};
use crate::audio::{self, Clip};
use crate::error::{Error, Result, code};
use crate::finding::{Finding, Severity};
use crate::options::SpeakOptions;

/// The name of its one model.
const MODEL: &str = "hibari";

/// Takes of one generation at a time. Each needs a core, and some 20 MB for a long sentence: two are spoken faster than
/// anybody listens, and leave room for other generations.
const MOST_PARALLEL: usize = 2;

/// The exaggeration that leaves the voice as it is.
const NEUTRAL_EXAGGERATION: f64 = 0.5;
/// The range that Chatterbox takes: a draft is refused what the real thing would be refused.
const EXAGGERATION: std::ops::RangeInclusive<f64> = 0.25..=2.0;

/// An English voice that needs no network and no token. It is matched to the sample in pitch, formants, tone and pace,
/// and remains another voice. Clones share what they know about samples.
#[derive(Clone, Debug, Default)]
pub struct OfflineEngine {
    voices: Arc<Voices>,
}

impl OfflineEngine {
    /// The engine. The weights are loaded with the first words.
    pub fn new() -> Self {
        Self::default()
    }
}

#[async_trait]
impl SpeechEngine for OfflineEngine {
    #[expect(clippy::unnecessary_literal_bound, reason = "the trait's signature")]
    fn name(&self) -> &str {
        "offline"
    }

    fn model(&self, name: Option<&str>) -> Result<ModelInfo> {
        match name {
            None | Some(MODEL) => {
                let mut model = ModelInfo::new(MODEL);
                model.min_reference_seconds = 0.0;
                model.parallel = Some(MOST_PARALLEL.min(cores()));
                Ok(model)
            }
            Some(other) => Err(Error::new(
                &code::MODEL_UNKNOWN,
                format!("the offline engine has no model {other:?}"),
            )
            .with_hint("Leave the model out, or choose the engine replicate.")),
        }
    }

    fn check_options(&self, options: &SpeakOptions) -> Result<Vec<Finding>> {
        if let Some(language) = options
            .voice
            .language
            .as_deref()
            .filter(|language| !is_english(language))
        {
            let message = format!("the offline voice does not speak {language:?}");
            return Err(Error::new(&code::ENGINE_LANGUAGE, message));
        }
        if let Some(exaggeration) = options.voice.exaggeration.filter(|given| !EXAGGERATION.contains(given)) {
            let (least, greatest) = (EXAGGERATION.start(), EXAGGERATION.end());
            let message = format!("exaggeration is {exaggeration}; the offline voice takes {least} to {greatest}");
            return Err(Error::new(&code::OPTION_OUT_OF_RANGE, message));
        }
        Ok(options
            .voice
            .parameters()
            .filter(|(name, _)| *name != "exaggeration")
            .map(|(name, _)| ignored(name))
            .collect())
    }

    async fn start(&self, order: &Order) -> Result<Started, StartError> {
        let (voices, order) = (Arc::clone(&self.voices), order.clone());
        let spoken = tokio::task::spawn_blocking(move || speak(&voices, &order))
            .await
            .map_err(|source| Error::new(&code::ENGINE_FAILED, "the offline voice broke off").with_source(source));
        match spoken {
            Ok(Ok(spoken)) => Ok(spoken),
            Ok(Err(error)) | Err(error) => Err(StartError::Refused(error)),
        }
    }

    async fn check(&self, remote: &str) -> Result<Remote> {
        Err(nothing_remote(remote))
    }

    async fn fetch(&self, output: &str) -> Result<Bytes> {
        Err(nothing_remote(output))
    }

    async fn cancel(&self, remote: &str) -> Result<Remote> {
        Err(nothing_remote(remote))
    }

    async fn find_lost(&self, _order: &Order) -> Result<Vec<String>> {
        Ok(Vec::new())
    }
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

fn ignored(option: &str) -> Finding {
    Finding::new(
        Severity::Warning,
        "option.ignored",
        format!("the offline voice has no {option}"),
        "Leave it out, or choose the engine replicate.",
    )
}

fn skipped(part: &str) -> Finding {
    Finding::new(
        Severity::Warning,
        code::SCRIPT_UNSPEAKABLE.name(),
        format!("{part:?} was left out: the offline voice cannot say it"),
        "Write it in English words.",
    )
}

fn nothing_remote(id: &str) -> Error {
    Error::new(&code::INTERNAL, format!("the offline voice never gave out {id:?}"))
}

fn speak(voices: &Voices, order: &Order) -> Result<Started> {
    let voice = voices.of(&order.reference)?;
    let spoken = voice
        .speaker()
        .speak(&order.text, &settings(order))
        .map_err(|error| match error {
            loqui_offline::Error::NothingToSay { .. } => Error::new(
                &code::SCRIPT_UNSPEAKABLE,
                "there is nothing in this text that can be spoken",
            )
            .with_source(error),
            other => failed(other),
        })?;
    let mut findings: Vec<Finding> = spoken.skipped().iter().map(|part| skipped(&part.text)).collect();
    findings.push(voice.finding().clone());
    let clip = Clip::new(spoken.into_samples(), audio::SPEECH_RATE);
    Ok(Started::Audio {
        wav: audio::wav::write(&clip, None),
        findings,
    })
}

fn settings(order: &Order) -> Settings {
    let settings = Settings::default().with_seed(u64::from(order.seed));
    match order.options.voice.exaggeration {
        // Neutral stays neutral, and the ends of the range are the flattest and the liveliest melody that sound natural.
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
