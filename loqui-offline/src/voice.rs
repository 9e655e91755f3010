//! The front door: loads the parts once and hands out readings.

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::acoustic::{Acoustic, MAX_PHONEMES};
use crate::adaptation::Adaptation;
use crate::audio::Audio;
use crate::bands::Bands;
use crate::error::Error;
use crate::phonemes::Phonemes;
use crate::reading::{Sentences, plan};
use crate::rendering::Renderer;
use crate::settings::Settings;

/// Speaks English text. Cloning is cheap, and one voice may speak on many threads at once.
#[derive(Clone)]
pub struct Voice {
    pub(crate) parts: Arc<Parts>,
    adaptation: Adaptation,
}

/// What is loaded once: dictionaries and weights, never written to again.
pub(crate) struct Parts {
    dictionaries: OnceLock<Result<Phonemes, Arc<Error>>>,
    pub(crate) acoustic: Acoustic,
    bands: Bands,
    #[cfg(feature = "matching")]
    pub(crate) rehearsal: OnceLock<crate::matching::Rehearsal>,
}

impl Parts {
    pub(crate) fn renderer(&self) -> Renderer<'_> {
        Renderer {
            acoustic: &self.acoustic,
            bands: &self.bands,
        }
    }

    /// Returns the dictionaries, waiting for whoever loads them or loading them here.
    pub(crate) fn phonemes(&self) -> Result<&Phonemes, Error> {
        self.dictionaries
            .get_or_init(|| Phonemes::load().map_err(Arc::new))
            .as_ref()
            .map_err(|source| Error::Pronunciation(Box::new(Arc::clone(source))))
    }
}

/// The voice of this process, once somebody has asked for it.
static SHARED: Mutex<Option<Voice>> = Mutex::new(None);

impl Voice {
    /// Returns the voice of this process, loading it on the first call: dictionaries and weights are inside the binary,
    /// so this reads no file and no network. Threads that call at the same time wait for the one that loads. What
    /// pronounces words takes longest, so a thread goes on loading it, and the first text waits for that.
    ///
    /// # Errors
    ///
    /// [`Error::Network`] if the data inside the binary is broken.
    pub fn shared() -> Result<Self, Error> {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(voice) = &*shared {
            return Ok(voice.clone());
        }
        let parts = Arc::new(Parts {
            dictionaries: OnceLock::new(),
            acoustic: Acoustic::load()?,
            bands: Bands::new(),
            #[cfg(feature = "matching")]
            rehearsal: OnceLock::new(),
        });
        let ahead = Arc::clone(&parts);
        // Where no thread can be had, the first text loads the dictionaries; an error is theirs to hand out, too.
        let _ = std::thread::Builder::new()
            .name("loqui-dictionaries".to_owned())
            .spawn(move || ahead.phonemes().is_ok());
        let voice = Self {
            parts,
            adaptation: Adaptation::default(),
        };
        Ok(shared.insert(voice).clone())
    }

    /// Returns the same voice with this adaptation, instead of any it had. What is loaded stays shared.
    #[must_use]
    pub fn adapted(&self, adaptation: Adaptation) -> Self {
        Self {
            parts: Arc::clone(&self.parts),
            adaptation: adaptation.clamped(),
        }
    }

    /// Returns how this voice is changed.
    pub const fn adaptation(&self) -> &Adaptation {
        &self.adaptation
    }

    /// Speaks a text of any length and returns the whole of it. For a long text, [`Voice::sentences`] gives the first
    /// audio after a fraction of a second and needs memory for one sentence only.
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
    /// [`Error::PitchOutOfRange`], [`Error::ExpressivenessOutOfRange`] or [`Error::PauseTooLong`] for such settings, [`Error::Inference`] if the network fails.
    pub fn speak(&self, text: &str, settings: &Settings) -> Result<Audio, Error> {
        let mut whole = Audio::default();
        for sentence in self.sentences(text, settings) {
            whole.append(sentence?);
        }
        Ok(whole)
    }

    /// Speaks a text sentence by sentence, each as soon as it is asked for. Put one behind the other, the sentences are
    /// the samples of [`Voice::speak`]; the pause behind each is part of it. After an error there is nothing more.
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

    /// Predicts how many seconds [`Voice::speak`] would return, without making the sound: only
    /// the first part of the network runs.
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
    /// The same as for [`Voice::speak`].
    pub fn expected_seconds(&self, text: &str, settings: &Settings) -> Result<f64, Error> {
        settings.check()?;
        let mut seconds = 0.0;
        for sentence in plan(text)?.sentences {
            let pronunciation = self.parts.phonemes()?.pronounce(&sentence.words, MAX_PHONEMES);
            for piece in &pronunciation.pieces {
                seconds += self.parts.acoustic.seconds(piece, settings.pace(&self.adaptation))?;
            }
            if !pronunciation.pieces.is_empty() {
                seconds += settings.pause_behind(sentence.end).as_secs_f64();
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
