//! Brings the voice near a recording: in pitch, formants, tone and pace. It does not become the voice of the recording.

mod measure;
mod rehearsal;
mod search;
mod tune;

use loqui_analysis::Voiceprint;

pub(crate) use rehearsal::Rehearsal;

use crate::error::Error;
use crate::voice::Voice;

/// What [`Voice::matched_to`] came to.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Match {
    /// The voice, matched to the recording in pitch, formants, tone and pace.
    pub voice: Voice,
    /// Similarity of the voice to the recording before, 0 to 1: the cosine between the speaker embeddings (GE2E) of the
    /// recording and of a few sentences spoken for the purpose. Two recordings of one person score 0.85 and more.
    pub before: f32,
    /// The same after matching; never less than before.
    pub after: f32,
    print: Voiceprint,
}

impl Match {
    /// Returns how like the recording some speech sounds, 0 to 1; `samples` are mono, at `sample_rate` Hz.
    ///
    /// # Errors
    ///
    /// [`Error::Recording`] if there is too little speech in it.
    pub fn similarity(&self, samples: &[f32], sample_rate: u32) -> Result<f32, Error> {
        let heard = measure::resampled(samples, sample_rate, loqui_analysis::SAMPLE_RATE)?;
        Ok(self
            .print
            .similarity(&Voiceprint::of(&heard).map_err(measure::unusable)?))
    }
}

impl Voice {
    /// Returns this voice matched to a recording: its pitch, formants, tone and pace are moved towards those of the
    /// speaker, as far as the words stay clear. Among the possible changes the one is taken that a speaker recognition
    /// network finds most similar. It remains another voice.
    ///
    /// `samples` are mono at `sample_rate` Hz; 5 to 15 s of one person speaking are best, and no more than 15 s are heard.
    /// The same recording always gives the same voice. Costs about a second, so keep the result.
    ///
    /// # Errors
    ///
    /// [`Error::Recording`] if the recording holds too little speech or cannot be listened to.
    pub fn matched_to(&self, samples: &[f32], sample_rate: u32) -> Result<Match, Error> {
        let target = measure::Target::of(samples, sample_rate)?;
        let rehearsal = self.rehearsal()?;
        let found = search::nearest(&target, rehearsal, self.parts.renderer())?;
        Ok(Match {
            voice: self.adapted(found.adaptation),
            before: found.before,
            after: found.after,
            print: target.print,
        })
    }
}

#[cfg(test)]
mod tests;
