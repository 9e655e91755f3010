//! The public type of the voice.

#[cfg(feature = "matching")]
mod matched;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

#[cfg(feature = "matching")]
pub use matched::Match;

use crate::acoustic::MAX_PHONEMES;
use crate::adaptation::Adaptation;
use crate::audio::Audio;
use crate::error::Error;
use crate::parts::Parts;
use crate::reading::{Sentences, plan};
use crate::settings::Settings;

/// Speaks English text. Clones share all data, and all methods can be called from several threads at once.
#[derive(Clone)]
pub struct Voice {
    pub(crate) parts: Arc<Parts>,
    adaptation: Adaptation,
}

/// The voice of this process, set by the first call of [`Voice::shared`].
static SHARED: Mutex<Option<Voice>> = Mutex::new(None);

impl Voice {
    /// Returns the voice of this process. The first call loads it from the binary, and concurrent calls wait.
    ///
    /// The dictionaries are loaded by a background thread, and the first text waits for them.
    ///
    /// # Errors
    ///
    /// [`Error::Network`] if the data in the binary is invalid.
    pub fn shared() -> Result<Self, Error> {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(voice) = &*shared {
            return Ok(voice.clone());
        }
        let voice = Self {
            parts: Parts::load()?,
            adaptation: Adaptation::default(),
        };
        Ok(shared.insert(voice).clone())
    }

    /// Returns this voice with another adaptation. All data stays shared.
    #[must_use]
    pub fn adapted(&self, adaptation: Adaptation) -> Self {
        Self {
            parts: Arc::clone(&self.parts),
            adaptation: adaptation.clamped(),
        }
    }

    /// Returns the adaptation.
    pub const fn adaptation(&self) -> &Adaptation {
        &self.adaptation
    }

    /// Speaks a text of any length and returns all of the audio. For a long text, [`Voice::sentences`] returns the first
    /// audio after a fraction of a second and needs memory for only one sentence.
    ///
    /// ```
    /// # fn main() -> Result<(), loqui_offline::Error> {
    /// use loqui_offline::{Settings, Voice};
    ///
    /// let audio = Voice::shared()?.speak("Nice to meet you 🎉", &Settings::default())?;
    /// assert!(audio.duration().as_secs_f64() > 0.5);
    /// assert_eq!(audio.skipped()[0].text, "🎉");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::NothingToSay`] if no part of the text can be spoken, [`Error::SpeedOutOfRange`],
    /// [`Error::PitchOutOfRange`], [`Error::ExpressivenessOutOfRange`] or [`Error::PauseTooLong`] for such settings,
    /// [`Error::Inference`] if the network fails.
    pub fn speak(&self, text: &str, settings: &Settings) -> Result<Audio, Error> {
        let mut whole = Audio::default();
        for sentence in self.sentences(text, settings) {
            whole.append(sentence?);
        }
        Ok(whole)
    }

    /// Speaks a text sentence by sentence, each when the iterator is advanced. The concatenated sentences, each with the
    /// pause after it, are the samples of [`Voice::speak`]. The iterator ends after an error.
    ///
    /// ```
    /// # fn main() -> Result<(), loqui_offline::Error> {
    /// use loqui_offline::{Settings, Voice};
    ///
    /// let settings = Settings::default().with_speed(1.5);
    /// for sentence in Voice::shared()?.sentences("Here I am. There you are.", &settings) {
    ///     let samples: Vec<f32> = sentence?.into_samples();
    ///     assert!(samples.len() > 12_000);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The items are errors under the same conditions as for [`Voice::speak`].
    pub fn sentences(&self, text: &str, settings: &Settings) -> Sentences {
        Sentences::new(Arc::clone(&self.parts), text, *settings, &self.adaptation)
    }

    /// Predicts the length of the audio of [`Voice::speak`], in seconds. Only the first part of the network runs.
    ///
    /// ```
    /// # fn main() -> Result<(), loqui_offline::Error> {
    /// use loqui_offline::{Settings, Voice};
    ///
    /// let (voice, settings) = (Voice::shared()?, Settings::default());
    /// let text = "How long will this take?";
    /// let expected = voice.expected_seconds(text, &settings)?;
    /// let actual = voice.speak(text, &settings)?.duration().as_secs_f64();
    /// assert!((expected - actual).abs() < 1e-6);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`Voice::speak`].
    pub fn expected_seconds(&self, text: &str, settings: &Settings) -> Result<f64, Error> {
        settings.check()?;
        let mut seconds = 0.0;
        for sentence in plan(text, settings.in_words)?.sentences {
            let pronunciation = self.parts.phonemes()?.pronounce(&sentence.words, MAX_PHONEMES);
            for piece in &pronunciation.pieces {
                seconds += self.parts.acoustic.seconds(piece, settings.pace(&self.adaptation))?;
            }
            if !pronunciation.pieces.is_empty() {
                seconds += settings.pause_after(sentence.end).as_secs_f64();
            }
        }
        Ok(seconds)
    }
}

impl fmt::Debug for Voice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Voice")
            .field("name", &"heart")
            .field("adaptation", &self.adaptation)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod parity;
#[cfg(test)]
mod tests;
