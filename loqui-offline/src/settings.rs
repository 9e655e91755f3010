//! The settings of the voice.

use std::time::Duration;

use crate::adaptation::Adaptation;
use crate::error::Error;
use crate::sentences::End;

/// The speed, pitch, expressiveness, pauses and seed of the speech. The same settings and text give the same samples.
///
/// ```
/// use loqui_offline::Settings;
///
/// let brisk = Settings::default().with_speed(1.25).with_seed(7);
/// assert_eq!(brisk.speed, 1.25);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Settings {
    /// The speed relative to the default pace, [`Settings::MIN_SPEED`] to [`Settings::MAX_SPEED`]. The default is 1.0, about
    /// 165 words per minute.
    pub speed: f32,
    /// The shift of the pitch in semitones, -12.0 to 12.0. The default is 0.0.
    pub pitch: f32,
    /// A factor on the movement of the pitch around its median, from [`Settings::MIN_EXPRESSIVENESS`] (nearly monotone) to
    /// [`Settings::MAX_EXPRESSIVENESS`]. The default is 1.0.
    pub expressiveness: f32,
    /// The seed of the breath noise. Speech with different seeds sounds the same, but all samples differ. The default is 0.
    pub seed: u64,
    /// The silence added after each sentence, in addition to half a second that the network adds at speed 1.0. At most
    /// [`Settings::MAX_PAUSE`]. The default is 0.
    pub sentence_pause: Duration,
    /// The silence added after each line or paragraph, in the same way. The default is 300 ms.
    pub paragraph_pause: Duration,
    /// Whether the text is already in words, as `loqui_text::speak` writes it. Then a part between slashes is a pronunciation
    /// in the International Phonetic Alphabet. The default is false: numbers, dates and the like are written in words first.
    pub in_words: bool,
}

impl Settings {
    /// The minimum speed.
    pub const MIN_SPEED: f32 = 0.5;
    /// The maximum speed.
    pub const MAX_SPEED: f32 = 2.0;
    /// The maximum shift of the pitch, in semitones up or down.
    pub const MAX_PITCH: f32 = 12.0;
    /// The minimum expressiveness.
    pub const MIN_EXPRESSIVENESS: f32 = 0.2;
    /// The maximum expressiveness.
    pub const MAX_EXPRESSIVENESS: f32 = 2.0;
    /// The maximum silence that can be added.
    pub const MAX_PAUSE: Duration = Duration::from_secs(10);

    /// Sets the speed, 0.5 to 2.0. The range is checked when speaking.
    #[must_use]
    pub const fn with_speed(mut self, speed: f32) -> Self {
        self.speed = speed;
        self
    }

    /// Sets the shift of the pitch in semitones, -12 to 12. The range is checked when speaking.
    #[must_use]
    pub const fn with_pitch(mut self, semitones: f32) -> Self {
        self.pitch = semitones;
        self
    }

    /// Sets the expressiveness, 0.2 to 2.0. The range is checked when speaking.
    #[must_use]
    pub const fn with_expressiveness(mut self, factor: f32) -> Self {
        self.expressiveness = factor;
        self
    }

    /// Sets the seed of the breath noise.
    #[must_use]
    pub const fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Sets the silence after each paragraph. The range is checked when speaking.
    #[must_use]
    pub const fn with_paragraph_pause(mut self, pause: Duration) -> Self {
        self.paragraph_pause = pause;
        self
    }

    /// Sets the silence after each sentence. The range is checked when speaking.
    #[must_use]
    pub const fn with_sentence_pause(mut self, pause: Duration) -> Self {
        self.sentence_pause = pause;
        self
    }

    /// Sets whether the text is already in words.
    #[must_use]
    pub const fn with_text_in_words(mut self, in_words: bool) -> Self {
        self.in_words = in_words;
        self
    }

    /// Returns an error for values outside the documented ranges and for NaN.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if !(Self::MIN_SPEED..=Self::MAX_SPEED).contains(&self.speed) {
            return Err(Error::SpeedOutOfRange { actual: self.speed });
        }
        if !(-Self::MAX_PITCH..=Self::MAX_PITCH).contains(&self.pitch) {
            return Err(Error::PitchOutOfRange { actual: self.pitch });
        }
        if !(Self::MIN_EXPRESSIVENESS..=Self::MAX_EXPRESSIVENESS).contains(&self.expressiveness) {
            return Err(Error::ExpressivenessOutOfRange {
                actual: self.expressiveness,
            });
        }
        let longest = self.sentence_pause.max(self.paragraph_pause);
        if longest > Self::MAX_PAUSE {
            return Err(Error::PauseTooLong { actual: longest });
        }
        Ok(())
    }

    /// Returns the speed for the network: that of the settings with the pace of the voice.
    pub(crate) const fn pace(&self, adaptation: &Adaptation) -> f32 {
        (self.speed * adaptation.pace).clamp(Self::MIN_SPEED, Self::MAX_SPEED)
    }

    /// Returns the silence to add after a part of the text.
    pub(crate) fn pause_after(&self, end: Option<End>) -> Duration {
        match end {
            None | Some(End::Clause) => Duration::ZERO,
            Some(End::Sentence) => self.sentence_pause,
            Some(End::Paragraph) => self.paragraph_pause,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            speed: 1.0,
            pitch: 0.0,
            expressiveness: 1.0,
            seed: 0,
            sentence_pause: Duration::ZERO,
            paragraph_pause: Duration::from_millis(300),
            in_words: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_outside_the_ranges_are_rejected() {
        for speed in [0.5, 1.0, 2.0] {
            assert!(Settings::default().with_speed(speed).check().is_ok(), "{speed}");
        }
        for speed in [0.499, 2.001, 0.0, -1.0, f32::NAN, f32::INFINITY] {
            let error = Settings::default().with_speed(speed).check().unwrap_err();
            assert!(matches!(error, Error::SpeedOutOfRange { .. }), "{speed}: {error}");
        }
        for pitch in [-12.5, 13.0, f32::NAN] {
            let error = Settings::default().with_pitch(pitch).check().unwrap_err();
            assert!(matches!(error, Error::PitchOutOfRange { .. }), "{pitch}: {error}");
        }
        for factor in [0.1, 2.5, f32::NAN] {
            let error = Settings::default().with_expressiveness(factor).check().unwrap_err();
            assert!(
                matches!(error, Error::ExpressivenessOutOfRange { .. }),
                "{factor}: {error}"
            );
        }
        let error = Settings::default()
            .with_sentence_pause(Duration::from_millis(10_001))
            .check()
            .unwrap_err();
        assert_eq!(error.to_string(), "pause of 10001 ms is above the maximum of 10000 ms");
    }
}
