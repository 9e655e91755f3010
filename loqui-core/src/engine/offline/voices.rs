//! The voice for each sample: matched once, then kept.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use loqui_offline::Voice;

use super::failed;
#[cfg(feature = "analysis")]
use crate::engine::MATCHED;
use crate::engine::Reference;
use crate::error::Result;
use crate::finding::{Finding, Severity};

/// Samples that are remembered; each takes a few hundred bytes.
const REMEMBERED: usize = 64;

/// The voices that were made from samples, the latest last.
#[derive(Debug, Default)]
pub(super) struct Voices {
    known: Mutex<VecDeque<(String, Arc<OnceLock<Matched>>)>>,
}

/// A voice for a sample, and how near it came.
#[derive(Clone, Debug)]
pub(super) struct Matched {
    voice: Voice,
    finding: Finding,
}

impl Matched {
    pub(super) fn speaker(&self) -> &Voice {
        &self.voice
    }

    /// How near the voice came to the sample, or why it was not matched.
    pub(super) fn finding(&self) -> &Finding {
        &self.finding
    }
}

impl Voices {
    /// Returns the voice for this sample. Whoever asks while it is being made waits for it.
    pub(super) fn of(&self, reference: &Reference) -> Result<Matched> {
        let voice = Voice::shared().map_err(failed)?;
        let place = self.place(reference.sha256());
        Ok(place.get_or_init(|| matched(&voice, reference)).clone())
    }

    fn place(&self, sha256: &str) -> Arc<OnceLock<Matched>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, place)) = known.iter().find(|(sample, _)| sample == sha256) {
            return Arc::clone(place);
        }
        if known.len() == REMEMBERED {
            known.pop_front();
        }
        let place = Arc::new(OnceLock::new());
        known.push_back((sha256.to_owned(), Arc::clone(&place)));
        place
    }
}

/// Matches the voice to the sample; what cannot be matched is spoken by the voice as it is, and said.
#[cfg(feature = "analysis")]
fn matched(voice: &Voice, reference: &Reference) -> Matched {
    let found = crate::audio::decode_speech(reference.wav())
        .map_err(|error| error.to_string())
        .and_then(|clip| {
            voice
                .matched_to(clip.samples(), clip.sample_rate())
                .map_err(|error| error.to_string())
        });
    match found {
        Ok(found) => Matched {
            finding: Finding::new(
                Severity::Note,
                MATCHED,
                format!(
                    "the offline voice was matched to the sample in pitch, formants and tone: similarity {:.2}, {:.2} before",
                    found.after, found.before
                ),
                "It remains another voice: the engine replicate speaks with the voice of the sample.",
            )
            .with_measure(f64::from(found.after), f64::from(found.before), ""),
            voice: found.voice,
        },
        Err(reason) => unmatched(voice, &reason),
    }
}

#[cfg(not(feature = "analysis"))]
fn matched(voice: &Voice, _: &Reference) -> Matched {
    unmatched(voice, "this build has no feature `analysis`")
}

fn unmatched(voice: &Voice, reason: &str) -> Matched {
    Matched {
        voice: voice.clone(),
        finding: Finding::new(
            Severity::Warning,
            "voice.unmatched",
            format!("the offline voice speaks as it is, not matched to the sample: {reason}"),
            "Use a sample of 5 s and more of one person speaking.",
        ),
    }
}
