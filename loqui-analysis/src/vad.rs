//! Voice activity detection.

mod probability;
mod segments;
mod spectrum;

use std::time::Duration;

pub use segments::Segment;

use crate::Error;
use crate::level;
use crate::recording::{self, Recording, SAMPLE_RATE};

pub(crate) use probability::WINDOW;

/// The length of the window of one probability, in seconds: 512 samples, 32 ms.
pub const WINDOW_SECONDS: f64 = WINDOW as f64 / SAMPLE_RATE as f64;

/// The level of the loud parts at the input of the network, in dBFS.
///
/// The detector misses speech in quiet files: for one at -43 dBTP the share of speech fell from 0.9
/// to 0.02. The loud syllables of speech at the broadcast level of -23 LUFS (EBU R 128,
/// <https://tech.ebu.ch/publications/r128>) have this level.
const INPUT_DBFS: f64 = -20.0;

/// The maximum gain, in dB. A higher gain would raise the noise of the microphone to the level of speech.
const MOST_GAIN_DB: f64 = 40.0;

/// Finds speech in a recording.
///
/// The defaults are those of `get_speech_timestamps` of Silero. For other rules use the
/// probabilities of [`SpeechMap::windows`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpeechDetector {
    threshold: f32,
    release: f32,
    min_speech: Duration,
    min_silence: Duration,
    padding: Duration,
}

impl Default for SpeechDetector {
    fn default() -> Self {
        Self {
            threshold: 0.5,
            release: 0.35,
            min_speech: Duration::from_millis(250),
            min_silence: Duration::from_millis(100),
            padding: Duration::from_millis(30),
        }
    }
}

impl SpeechDetector {
    /// Sets the minimum probability of a window with speech, 0 to 1. The default is 0.5.
    ///
    /// A segment ends below `threshold` - 0.15. The hysteresis avoids rapid changes.
    #[must_use]
    pub fn with_threshold(self, threshold: f32) -> Self {
        let threshold = threshold.clamp(0.0, 1.0);
        Self {
            threshold,
            release: (threshold - 0.15).max(0.01),
            ..self
        }
    }

    /// Sets the minimum length of a segment. The default is 250 ms.
    #[must_use]
    pub fn with_min_speech(self, min_speech: Duration) -> Self {
        Self { min_speech, ..self }
    }

    /// Sets the minimum pause between two segments. The default is 100 ms.
    #[must_use]
    pub fn with_min_silence(self, min_silence: Duration) -> Self {
        Self { min_silence, ..self }
    }

    /// Sets the padding of a segment on both sides. The default is 30 ms.
    #[must_use]
    pub fn with_padding(self, padding: Duration) -> Self {
        Self { padding, ..self }
    }

    /// Finds the speech in mono samples at 16 kHz.
    ///
    /// The level is normalized first (the loud parts to -20 dBFS, with a gain of at most 40 dB).
    /// Takes about 7 ms per second of audio on one core.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::NotFinite`], [`Error::OutOfRange`] for invalid samples.
    ///
    /// ```
    /// use loqui_analysis::SpeechDetector;
    ///
    /// let silence = vec![0.0; 16_000];
    /// let speech = SpeechDetector::default().detect(&silence)?;
    /// assert_eq!(speech.windows().len(), 32); // 31.25 windows, the last one is padded
    /// assert!(speech.segments().is_empty());
    /// # Ok::<(), loqui_analysis::Error>(())
    /// ```
    pub fn detect(&self, samples: &[f32]) -> Result<SpeechMap, Error> {
        let samples = Recording::new(samples)?.samples();
        let gain_db = level::loud_dbfs(samples).map_or(0.0, |level| (INPUT_DBFS - level).min(MOST_GAIN_DB));
        let windows = probability::of_windows(samples, level::amplitude(gain_db))?;
        let segments = segments::find(self, &windows, samples.len());
        Ok(SpeechMap {
            windows,
            segments,
            threshold: self.threshold,
            samples: samples.len(),
        })
    }
}

/// The speech in one recording.
#[derive(Clone, Debug, PartialEq)]
pub struct SpeechMap {
    windows: Vec<f32>,
    segments: Vec<Segment>,
    threshold: f32,
    samples: usize,
}

impl SpeechMap {
    /// Returns the probability of speech, 0 to 1, of each window of [`WINDOW_SECONDS`].
    pub fn windows(&self) -> &[f32] {
        &self.windows
    }

    /// Returns the segments of speech, in order, without overlap.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Returns the total length of the windows at or above the threshold, in seconds.
    ///
    /// It does not include the short pauses within [`SpeechMap::segments`].
    pub fn speech_seconds(&self) -> f64 {
        recording::seconds(
            (0..self.windows.len())
                .filter(|&index| self.is_speech(index))
                .map(|index| WINDOW.min(self.samples - index * WINDOW))
                .sum(),
        )
    }

    /// Returns the share of the recording that is speech, 0 to 1.
    ///
    /// Read speech reaches 0.6 to 0.95; music, tones and noise stay near 0.
    pub fn ratio(&self) -> f64 {
        self.speech_seconds() / self.seconds()
    }

    /// Returns the length of the recording in seconds.
    pub fn seconds(&self) -> f64 {
        recording::seconds(self.samples)
    }

    /// Returns the number of samples of the recording.
    pub(crate) fn samples(&self) -> usize {
        self.samples
    }

    /// Returns whether a window is speech.
    pub(crate) fn is_speech(&self, window: usize) -> bool {
        self.windows[window] >= self.threshold
    }
}

#[cfg(test)]
mod tests;
