//! The voice for each sample, matched once and then cached.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use loqui_offline::Voice;

use super::failed;
use crate::engine::Reference;
use crate::error::Result;
#[cfg(feature = "analysis")]
use crate::finding::FindingCode;
use crate::finding::{Finding, Severity};

/// Number of cached voices. Each takes a few hundred bytes.
const CAPACITY: usize = 64;

/// Voices matched to samples, the newest last.
#[derive(Debug, Default)]
pub(super) struct MatchedVoices {
    cache: Mutex<VecDeque<(String, Arc<OnceLock<MatchedVoice>>)>>,
}

/// A voice matched to a sample.
#[derive(Clone, Debug)]
pub(super) struct MatchedVoice {
    voice: Voice,
    finding: Finding,
    similarity: Option<f64>,
}

impl MatchedVoice {
    pub(super) fn speaker(&self) -> &Voice {
        &self.voice
    }

    /// Returns the result of the match, or why the voice was not matched.
    pub(super) fn finding(&self) -> &Finding {
        &self.finding
    }

    /// Returns the similarity to the sample, from -1 to 1, if the voice was matched.
    pub(super) fn similarity(&self) -> Option<f64> {
        self.similarity
    }
}

impl MatchedVoices {
    /// Returns the voice for a sample. Concurrent calls wait while it is matched.
    pub(super) fn of(&self, reference: &Reference) -> Result<MatchedVoice> {
        let voice = Voice::shared().map_err(failed)?;
        let slot = self.slot(reference.sha256());
        Ok(slot.get_or_init(|| match_voice(&voice, reference)).clone())
    }

    fn slot(&self, sha256: &str) -> Arc<OnceLock<MatchedVoice>> {
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

/// Matches the voice to a sample. If that fails, returns the unchanged voice with a finding.
#[cfg(feature = "analysis")]
fn match_voice(voice: &Voice, reference: &Reference) -> MatchedVoice {
    let found = crate::audio::decode_speech(reference.wav())
        .map_err(|error| error.to_string())
        .and_then(|clip| {
            voice
                .matched_to(clip.samples(), clip.sample_rate())
                .map_err(|error| error.to_string())
        });
    match found {
        Ok(found) => MatchedVoice {
            similarity: Some(f64::from(found.after)),
            finding: Finding::new(
                Severity::Note,
                FindingCode::VoiceMatched,
                format!(
                    "the offline voice was matched to the sample in pitch, formants and tone: similarity {:.2}, {:.2} before",
                    found.after, found.before
                ),
                "It does not clone the voice. The engine replicate speaks in the voice of the sample.",
            )
            .with_measure(f64::from(found.after), f64::from(found.before), ""),
            voice: found.voice,
        },
        Err(reason) => unmatched(voice, &reason),
    }
}

#[cfg(not(feature = "analysis"))]
fn match_voice(voice: &Voice, _: &Reference) -> MatchedVoice {
    unmatched(voice, "this build lacks the feature `analysis`")
}

fn unmatched(voice: &Voice, reason: &str) -> MatchedVoice {
    MatchedVoice {
        similarity: None,
        voice: voice.clone(),
        finding: Finding::new(
            Severity::Warning,
            "voice.unmatched",
            format!("the offline voice was not matched to the sample: {reason}"),
            "Use a sample of at least 5 s of one person speaking.",
        ),
    }
}
