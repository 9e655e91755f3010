//! Voice activity: where in a recording somebody speaks.

mod probability;
mod segments;
mod spectrum;

use std::time::Duration;

pub use segments::Segment;

use crate::Error;
use crate::level;
use crate::recording::{self, Recording, SAMPLE_RATE};

pub(crate) use probability::WINDOW;

/// Seconds of audio behind one probability: 512 samples, 32 ms.
pub const WINDOW_SECONDS: f64 = WINDOW as f64 / SAMPLE_RATE as f64;

/// Level that the loud parts of a recording are brought to before the network hears it, in dBFS.
///
/// Detectors miss speech in quiet files (one at -43 dBTP fell from 0.9 to 0.02 speech). Speech at
/// the broadcast level of -23 LUFS (EBU R 128) has its loud syllables here.
const HEARING_DBFS: f64 = -20.0;

/// Most that a recording is raised, in dB: beyond this, what is heard is the noise of the microphone.
const MOST_GAIN_DB: f64 = 40.0;

/// Finds speech in a recording.
///
/// The defaults are those of Silero's own `get_speech_timestamps`. Change them with struct-update
/// methods; every probability is there in [`SpeechMap::windows`] for rules of your own.
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
    /// Sets the probability from which a window is speech, 0 to 1 (0.5 unless set).
    ///
    /// A segment ends below `threshold` - 0.15: the gap keeps a hesitating network from chattering.
    #[must_use]
    pub fn with_threshold(self, threshold: f32) -> Self {
        let threshold = threshold.clamp(0.0, 1.0);
        Self {
            threshold,
            release: (threshold - 0.15).max(0.01),
            ..self
        }
    }

    /// Sets the shortest segment that is kept (250 ms unless set).
    #[must_use]
    pub fn with_min_speech(self, min_speech: Duration) -> Self {
        Self { min_speech, ..self }
    }

    /// Sets the shortest pause that parts two segments (100 ms unless set).
    #[must_use]
    pub fn with_min_silence(self, min_silence: Duration) -> Self {
        Self { min_silence, ..self }
    }

    /// Sets how far a segment reaches into the silence on both sides (30 ms unless set).
    #[must_use]
    pub fn with_padding(self, padding: Duration) -> Self {
        Self { padding, ..self }
    }

    /// Listens to mono samples at 16 kHz and maps where somebody speaks.
    ///
    /// The level is evened out first (its loud parts to -20 dBFS, at most 40 dB up), so a
    /// whisper and a shout are judged alike. Costs about 7 ms per second of audio on one core.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::NotFinite`], [`Error::OutOfRange`] for samples that are no recording.
    ///
    /// ```
    /// use loqui_analysis::SpeechDetector;
    ///
    /// let silence = vec![0.0; 16_000];
    /// let speech = SpeechDetector::default().detect(&silence)?;
    /// assert_eq!(speech.windows().len(), 32); // 31.25 windows, the last one padded
    /// assert!(speech.segments().is_empty());
    /// # Ok::<(), loqui_analysis::Error>(())
    /// ```
    pub fn detect(&self, samples: &[f32]) -> Result<SpeechMap, Error> {
        let samples = Recording::new(samples)?.samples();
        let gain_db = level::loud_dbfs(samples).map_or(0.0, |level| (HEARING_DBFS - level).min(MOST_GAIN_DB));
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

/// Where somebody speaks in one recording.
#[derive(Clone, Debug, PartialEq)]
pub struct SpeechMap {
    windows: Vec<f32>,
    segments: Vec<Segment>,
    threshold: f32,
    samples: usize,
}

impl SpeechMap {
    /// Lists the probability of speech, 0 to 1, of each window of [`WINDOW_SECONDS`].
    pub fn windows(&self) -> &[f32] {
        &self.windows
    }

    /// Lists the stretches of speech in order, without overlap.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Sums the windows at or above the threshold, in seconds.
    ///
    /// This is the strict count, without the short pauses that [`SpeechMap::segments`] bridge.
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

    /// Returns the duration of the recording in seconds.
    pub fn seconds(&self) -> f64 {
        recording::seconds(self.samples)
    }

    /// Returns how many samples the recording had.
    pub(crate) fn samples(&self) -> usize {
        self.samples
    }

    /// Tells whether a window is speech.
    pub(crate) fn is_speech(&self, window: usize) -> bool {
        self.windows[window] >= self.threshold
    }
}

#[cfg(test)]
mod tests;
