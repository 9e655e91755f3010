//! How the text is to be read.

use std::time::Duration;

use crate::adaptation::Adaptation;
use crate::error::Error;
use crate::sentences::End;

/// Chooses pace, pitch, liveliness and randomness of the reading; the same settings and text always give the same samples.
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
    /// Pace relative to the voice's own, from [`Settings::MIN_SPEED`] (slow) to [`Settings::MAX_SPEED`] (fast).
    /// Default 1.0, about 165 words a minute.
    pub speed: f32,
    /// Semitones that the voice is raised, -12.0 to 12.0. Default 0.0.
    pub pitch: f32,
    /// How lively the melody is, from [`Settings::MIN_EXPRESSIVENESS`] (nearly monotone) to
    /// [`Settings::MAX_EXPRESSIVENESS`]: a factor on how far the pitch moves around its middle. Default 1.0.
    pub expressiveness: f32,
    /// Seed of the breath noise in the waveform. Two seeds sound the same but differ in every sample. Default 0.
    pub seed: u64,
    /// Silence added behind each sentence, on top of the half second the voice leaves itself at speed 1.0. At most
    /// [`Settings::MAX_PAUSE`]. Default 0.
    pub sentence_pause: Duration,
    /// Silence added behind each line or paragraph, likewise. Default 300 ms.
    pub paragraph_pause: Duration,
}

impl Settings {
    /// Slowest speed: half the voice's own pace.
    pub const MIN_SPEED: f32 = 0.5;
    /// Fastest speed: twice the voice's own pace.
    pub const MAX_SPEED: f32 = 2.0;
    /// Most semitones up or down.
    pub const MAX_PITCH: f32 = 12.0;
    /// Least liveliness.
    pub const MIN_EXPRESSIVENESS: f32 = 0.2;
    /// Most liveliness.
    pub const MAX_EXPRESSIVENESS: f32 = 2.0;
    /// Longest silence that can be added.
    pub const MAX_PAUSE: Duration = Duration::from_secs(10);

    /// Sets the pace, 0.5 to 2.0; the range is checked when speaking.
    #[must_use]
    pub const fn with_speed(mut self, speed: f32) -> Self {
        self.speed = speed;
        self
    }

    /// Raises the voice by semitones, -12 to 12 (an octave is 12); the range is checked when speaking.
    #[must_use]
    pub const fn with_pitch(mut self, semitones: f32) -> Self {
        self.pitch = semitones;
        self
    }

    /// Sets how lively the melody is, 0.2 to 2.0; the range is checked when speaking.
    #[must_use]
    pub const fn with_expressiveness(mut self, factor: f32) -> Self {
        self.expressiveness = factor;
        self
    }

    /// Sets the seed of the noise.
    #[must_use]
    pub const fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Sets the silence between paragraphs; the range is checked when speaking.
    #[must_use]
    pub const fn with_paragraph_pause(mut self, pause: Duration) -> Self {
        self.paragraph_pause = pause;
        self
    }

    /// Sets the silence between sentences; the range is checked when speaking.
    #[must_use]
    pub const fn with_sentence_pause(mut self, pause: Duration) -> Self {
        self.sentence_pause = pause;
        self
    }

    /// Refuses values outside the documented ranges, NaN included.
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

    /// Speed of the network's reading, for a voice with a pace of its own.
    pub(crate) const fn pace(&self, adaptation: &Adaptation) -> f32 {
        (self.speed * adaptation.pace).clamp(Self::MIN_SPEED, Self::MAX_SPEED)
    }

    /// Silence to add between a stretch of text and the next.
    pub(crate) fn pause_behind(&self, end: Option<End>) -> Duration {
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
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn range_ends_pass_and_everything_beyond_is_refused() {
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
        assert_eq!(error.to_string(), "a pause of 10001 ms is over the limit of 10000 ms");
    }
}
