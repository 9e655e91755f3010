//! The voice matched to a recording, and its similarity to it.

use loqui_analysis::Voiceprint;

use super::Voice;
use crate::error::Error;
use crate::matching::{Target, nearest, resampled, unusable};

/// The result of [`Voice::matched_to`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Match {
    /// The voice with the pitch, formants, tone and pace of the recording.
    pub voice: Voice,
    /// The similarity of the unmatched voice to the recording, 0 to 1: the cosine between the GE2E speaker embeddings of
    /// the recording and of two test sentences. Two recordings of one person score at least 0.85.
    pub before: f32,
    /// The similarity of the matched voice, at least `before`.
    pub after: f32,
    voiceprint: Voiceprint,
}

impl Match {
    /// Returns the similarity of speech to the recording, 0 to 1. `samples` are mono at `sample_rate` Hz.
    ///
    /// # Errors
    ///
    /// [`Error::Recording`] for too little speech.
    pub fn similarity(&self, samples: &[f32], sample_rate: u32) -> Result<f32, Error> {
        let samples = resampled(samples, sample_rate, loqui_analysis::SAMPLE_RATE)?;
        let voiceprint = Voiceprint::of(&samples).map_err(unusable)?;
        Ok(self.voiceprint.similarity(&voiceprint))
    }
}

impl Voice {
    /// The version of [`matched_to`](Self::matched_to). It is raised when the same recording gives another voice, so that
    /// programs that store an [`Adaptation`](crate::Adaptation) match again.
    pub const MATCHING_VERSION: u32 = 1;

    /// Matches this voice to a recording: moves its pitch, formants, tone and pace towards those of the speaker, as far as
    /// the speech stays intelligible. A speaker recognition network selects the most similar of the possible changes. The
    /// result is not a clone of the speaker.
    ///
    /// `samples` are mono at `sample_rate` Hz (8,000 to 192,000). Use 5 to 15 s of one speaker; the rest is ignored. The
    /// same recording always gives the same voice. Takes about one second, so keep the result.
    ///
    /// # Errors
    ///
    /// [`Error::Recording`] for too little speech, invalid samples or an unsupported sample rate.
    pub fn matched_to(&self, samples: &[f32], sample_rate: u32) -> Result<Match, Error> {
        let target = Target::of(samples, sample_rate)?;
        let found = nearest(&target, self.parts.rehearsal()?, self.parts.renderer())?;
        Ok(Match {
            voice: self.adapted(found.adaptation),
            before: found.before,
            after: found.after,
            voiceprint: target.voiceprint,
        })
    }
}

#[cfg(test)]
mod tests;
