//! The voice for each sample. It is matched once: the runtime stores the result with the sample, and the engine caches it
//! for callers without a runtime.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::Bytes;
use loqui_offline::{Adaptation, Voice};
use serde::{Deserialize, Serialize};

use super::failed;
use crate::engine::Reference;
use crate::error::{Error, Result, code};
use crate::finding::{Finding, FindingCode, Severity};

/// Number of cached matches. Each takes a few hundred bytes.
const CAPACITY: usize = 64;

/// The result of matching the voice to a sample, as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum VoiceMatch {
    /// The voice was matched. The similarities are from 0 to 1.
    Matched {
        adaptation: Box<Adaptation>,
        before: f32,
        after: f32,
    },
    /// The sample cannot be matched.
    Unmatched { reason: String },
}

/// Matches by sample, the newest last.
#[derive(Debug, Default)]
pub(super) struct MatchedVoices {
    cache: Mutex<VecDeque<(String, Arc<OnceLock<VoiceMatch>>)>>,
}

impl MatchedVoices {
    /// Returns the match for a sample. Concurrent calls wait while it is computed.
    pub(super) fn of(&self, reference: &Reference) -> Result<VoiceMatch> {
        let voice = Voice::shared().map_err(failed)?;
        let slot = self.slot(reference.sha256());
        Ok(slot.get_or_init(|| VoiceMatch::of(&voice, reference)).clone())
    }

    fn slot(&self, sha256: &str) -> Arc<OnceLock<VoiceMatch>> {
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, slot)) = cache.iter().find(|(sample, _)| sample == sha256) {
            return Arc::clone(slot);
        }
        if cache.len() == CAPACITY {
            cache.pop_front();
        }
        let slot = Arc::new(OnceLock::new());
        cache.push_back((sha256.to_owned(), Arc::clone(&slot)));
        slot
    }
}

impl VoiceMatch {
    /// The version of stored matches; `None` if this build cannot match.
    #[cfg(feature = "analysis")]
    #[expect(clippy::unnecessary_wraps, reason = "a build without the feature has no version")]
    pub(super) fn version() -> Option<String> {
        Some(format!("1.{}", Voice::MATCHING_VERSION))
    }

    #[cfg(not(feature = "analysis"))]
    pub(super) const fn version() -> Option<String> {
        None
    }

    /// Matches the voice to a sample.
    #[cfg(feature = "analysis")]
    fn of(voice: &Voice, reference: &Reference) -> Self {
        let found = crate::audio::decode_speech(reference.wav())
            .map_err(|error| error.to_string())
            .and_then(|clip| {
                voice
                    .matched_to(clip.samples(), clip.sample_rate())
                    .map_err(|error| error.to_string())
            });
        match found {
            Ok(found) => Self::Matched {
                adaptation: Box::new(*found.voice.adaptation()),
                before: found.before,
                after: found.after,
            },
            Err(reason) => Self::Unmatched { reason },
        }
    }

    #[cfg(not(feature = "analysis"))]
    fn of(_: &Voice, _: &Reference) -> Self {
        Self::Unmatched {
            reason: "this build lacks the feature `analysis`".to_owned(),
        }
    }

    /// Reads a stored match; `None` if it is damaged.
    pub(super) fn from_bytes(stored: &[u8]) -> Option<Self> {
        serde_json::from_slice(stored).ok()
    }

    pub(super) fn to_bytes(&self) -> Result<Bytes> {
        let json = serde_json::to_vec(self).map_err(|source| {
            Error::new(&code::INTERNAL, "a matched voice could not be written as JSON").with_source(source)
        })?;
        Ok(json.into())
    }

    /// Returns the matched voice, or the unchanged one.
    pub(super) fn speaker(&self) -> Result<Voice> {
        let voice = Voice::shared().map_err(failed)?;
        Ok(match self {
            Self::Matched { adaptation, .. } => voice.adapted(**adaptation),
            Self::Unmatched { .. } => voice,
        })
    }

    /// Returns the similarity to the sample, from 0 to 1, if the voice was matched.
    pub(super) fn similarity(&self) -> Option<f64> {
        match self {
            Self::Matched { after, .. } => Some(f64::from(*after)),
            Self::Unmatched { .. } => None,
        }
    }

    /// Returns the result of the match, or why the voice was not matched.
    pub(super) fn finding(&self) -> Finding {
        match self {
            Self::Matched { before, after, .. } => Finding::new(
                Severity::Note,
                FindingCode::VoiceMatched,
                likeness(*before, *after),
                "It does not clone the voice. The engine replicate speaks in the voice of the sample.",
            )
            .with_measure(f64::from(*after), f64::from(*before), ""),
            Self::Unmatched { reason } => Finding::new(
                Severity::Warning,
                FindingCode::VoiceUnmatched,
                format!("the offline voice was not matched to the sample: {reason}"),
                "Use a sample of at least 5 s of one person speaking.",
            ),
        }
    }
}

/// Says how similar the voice is to the sample. Differences that would not be shown are none.
fn likeness(before: f32, after: f32) -> String {
    if after - before < 0.01 {
        return format!(
            "the offline voice is spoken unchanged: its similarity to the sample is {before:.2}, and no change raises it"
        );
    }
    format!(
        "the offline voice was matched to the sample in pitch, formants and tone: its similarity to the sample rose from \
         {before:.2} to {after:.2}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_similarity_is_said_as_a_change_only_if_it_changed() {
        assert!(likeness(0.57, 0.714).ends_with("rose from 0.57 to 0.71"));
        assert!(likeness(0.951, 0.954).contains("its similarity to the sample is 0.95"));
    }
}
