//! Judges takes, also by comparing pace and similarity with earlier takes of the same generation.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use super::artefacts::Artefacts;
#[cfg(feature = "analysis")]
use super::artefacts::{ArtefactKey, ReferencePrint};
use crate::audio::{self, Clip};
use crate::compute;
use crate::engine::Reference;
use crate::error::{Error, Result, code};
use crate::speech::verify::{Checks, Expectation, Verdict, verify};

/// With fewer takes, the pace of a voice is unknown.
const ENOUGH_TAKES: usize = 3;

/// Speech is faster than this, in characters per second, pauses included. A slower take may contain more than its text.
#[cfg(feature = "offline")]
const DOUBTFUL_CHARACTERS_PER_SECOND: f64 = 11.0;

/// Judges the takes of one generation and remembers the pace and similarity of its voice.
#[derive(Debug)]
pub(crate) struct Judge {
    checks: Checks,
    /// The speaker that every take should sound like; none if the engine does not clone voices.
    #[cfg_attr(
        not(feature = "analysis"),
        expect(dead_code, reason = "used with the feature `analysis` only")
    )]
    speaker: Option<Speaker>,
    history: Mutex<History>,
}

/// The speaker of a sample.
#[derive(Debug)]
#[cfg_attr(
    not(feature = "analysis"),
    expect(dead_code, reason = "used with the feature `analysis` only")
)]
pub(crate) struct Speaker {
    pub(crate) artefacts: Arc<Artefacts>,
    /// The SHA-256 of the recording.
    pub(crate) sha256: String,
    pub(crate) reference: Reference,
}

#[cfg(feature = "analysis")]
impl Speaker {
    /// The speaker embedding of the reference; none if it has too little speech.
    async fn print(&self) -> Result<Option<loqui_analysis::Voiceprint>> {
        let key = ArtefactKey::print(&self.sha256, &self.reference);
        let wav = self.reference.wav().clone();
        let make = async || {
            let print = blocking(move || audio::wav::read(&wav).as_ref().and_then(print_of)).await?;
            Ok(ReferencePrint(print))
        };
        Ok(self.artefacts.get_or_make(key, make).await?.0)
    }
}

#[derive(Debug, Default)]
struct History {
    /// Characters per second of each take.
    paces: Vec<f64>,
    similarities: Vec<f64>,
}

/// A take to be judged, with its text.
pub(crate) struct Case<'a> {
    pub(crate) wav: Bytes,
    pub(crate) text: &'a str,
    pub(crate) language: Option<&'a str>,
    pub(crate) max_output_seconds: Option<f64>,
}

impl Judge {
    pub(crate) fn new(checks: Checks, speaker: Option<Speaker>) -> Self {
        Self {
            checks,
            speaker,
            history: Mutex::default(),
        }
    }

    /// Judges a take.
    ///
    /// # Errors
    ///
    /// `engine.failed` if it cannot be decoded.
    pub(crate) async fn judge(&self, case: Case<'_>) -> Result<Verdict> {
        let Case {
            wav,
            text,
            language,
            max_output_seconds,
        } = case;
        let clip = Arc::new(blocking(move || audio::decode_speech(&wav)).await??);
        let mut expected = Expectation::of(text, max_output_seconds);
        if let Some(pace) = self.usual(|history| &history.paces) {
            expected = expected.with_pace(pace);
        } else if let Some(seconds) = predicted_seconds(text, language, expected.characters, clip.seconds()).await? {
            expected = expected.with_seconds(seconds);
        }
        let similarity = self.similarity(&clip).await?;
        if let Some(similarity) = similarity {
            expected = expected.with_similarity(similarity);
            if let Some(usual) = self.usual(|history| &history.similarities) {
                expected = expected.with_usual_similarity(usual);
            }
        }
        let take = Arc::clone(&clip);
        let mut verdict = blocking(move || verify(&take, &expected)).await?;
        if verdict.kept
            && let Some(finding) = self.checks.listen(&clip, text, language).await
        {
            verdict.add(finding);
        }
        // Rejected takes count as well. A voice may be slow, or unlike its sample, in every take; then these values are
        // usual, and later takes must not be rejected for them.
        if verdict.may_be_usual() {
            let mut history = self.history.lock().unwrap_or_else(PoisonError::into_inner);
            history.paces.extend(verdict.characters_per_second);
            history.similarities.extend(similarity);
        }
        Ok(verdict)
    }

    /// The median of the takes so far, once there are enough.
    fn usual(&self, of: impl Fn(&History) -> &Vec<f64>) -> Option<f64> {
        let history = self.history.lock().unwrap_or_else(PoisonError::into_inner);
        let mut values = of(&history).clone();
        drop(history);
        values.sort_by(f64::total_cmp);
        (values.len() >= ENOUGH_TAKES).then(|| values[values.len() / 2])
    }

    #[cfg(feature = "analysis")]
    async fn similarity(&self, clip: &Arc<Clip>) -> Result<Option<f64>> {
        let Some(speaker) = self.speaker.as_ref().filter(|_| self.checks.similarity()) else {
            return Ok(None);
        };
        let Some(print) = speaker.print().await? else {
            return Ok(None);
        };
        let clip = Arc::clone(clip);
        blocking(move || print_of(&clip).map(|other| f64::from(print.similarity(&other)))).await
    }

    #[cfg(not(feature = "analysis"))]
    #[expect(clippy::unused_async, reason = "async with the feature")]
    async fn similarity(&self, _clip: &Arc<Clip>) -> Result<Option<f64>> {
        Ok(None)
    }
}

/// The time that the offline voice takes for an English text. Computed only for a take slower than
/// [`DOUBTFUL_CHARACTERS_PER_SECOND`].
#[cfg(feature = "offline")]
async fn predicted_seconds(text: &str, language: Option<&str>, characters: usize, seconds: f64) -> Result<Option<f64>> {
    use loqui_offline::{Settings, Voice};

    let is_english = language.is_some_and(|language| language.to_ascii_lowercase().starts_with("en"));
    if !is_english || characters as f64 / seconds >= DOUBTFUL_CHARACTERS_PER_SECOND {
        return Ok(None);
    }
    let text = text.to_owned();
    // A text that the offline voice cannot read has no prediction.
    let settings = Settings::default().with_text_in_words(true);
    blocking(move || Voice::shared()?.expected_seconds(&text, &settings))
        .await
        .map(|expected: Result<f64, loqui_offline::Error>| expected.ok())
}

#[cfg(not(feature = "offline"))]
#[expect(clippy::unused_async, reason = "async with the feature")]
async fn predicted_seconds(_: &str, _: Option<&str>, _: usize, _: f64) -> Result<Option<f64>> {
    Ok(None)
}

/// The speaker embedding of a take; none if it has too little speech.
#[cfg(feature = "analysis")]
fn print_of(clip: &Clip) -> Option<loqui_analysis::Voiceprint> {
    let clip = audio::resample(clip.clone(), loqui_analysis::SAMPLE_RATE);
    loqui_analysis::Voiceprint::of(clip.samples()).ok()
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    compute::run(work)
        .await
        .map_err(|source| Error::new(&code::INTERNAL, "judging a take was aborted").with_source(source))
}
