//! The speech of a text with the times of its words, and the parts of the text that were skipped.

use std::time::Duration;

/// Speech: mono samples at 24 kHz between -1 and 1, the times of its words, and the skipped parts of the text.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Audio {
    samples: Vec<f32>,
    words: Vec<SpokenWord>,
    skipped: Vec<Skipped>,
}

impl Audio {
    /// The sample rate of all speech, in Hz.
    pub const SAMPLE_RATE: u32 = 24_000;

    pub(crate) const fn new(samples: Vec<f32>, words: Vec<SpokenWord>, skipped: Vec<Skipped>) -> Self {
        Self {
            samples,
            words,
            skipped,
        }
    }

    /// Returns the sample rate in Hz: always 24,000.
    pub const fn sample_rate(&self) -> u32 {
        Self::SAMPLE_RATE
    }

    /// Returns the length.
    pub fn duration(&self) -> Duration {
        Duration::from_secs_f64(self.samples.len() as f64 / f64::from(Self::SAMPLE_RATE))
    }

    /// Returns the samples, each from -1.0 to 1.0.
    pub fn samples(&self) -> &[f32] {
        &self.samples
    }

    /// Returns the samples without copying and drops the rest.
    pub fn into_samples(self) -> Vec<f32> {
        self.samples
    }

    /// Returns the words that are spoken with their times, in order. Numbers and abbreviations are written out.
    ///
    /// ```
    /// # fn main() -> Result<(), loqui_offline::Error> {
    /// use loqui_offline::{Settings, Voice};
    ///
    /// let audio = Voice::shared()?.speak("Meet at 7pm.", &Settings::default())?;
    /// let words: Vec<&str> = audio.words().iter().map(|word| word.text.as_str()).collect();
    /// assert_eq!(words, ["Meet", "at", "seven", "PM."]);
    /// assert!(audio.words()[1].start >= audio.words()[0].end);
    /// # Ok(())
    /// # }
    /// ```
    pub fn words(&self) -> &[SpokenWord] {
        &self.words
    }

    /// Returns the parts of the text that could not be spoken, in order.
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// Replaces the skipped parts.
    pub(crate) fn with_skipped(mut self, skipped: Vec<Skipped>) -> Self {
        self.skipped = skipped;
        self
    }

    /// Appends audio.
    pub(crate) fn append(&mut self, next: Self) {
        let offset = self.samples.len() as f64 / f64::from(Self::SAMPLE_RATE);
        self.words.extend(next.words.into_iter().map(|word| word.later(offset)));
        self.samples.extend_from_slice(&next.samples);
        self.skipped.extend(next.skipped);
    }
}

/// A word with its time in the audio.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SpokenWord {
    /// The word as it is spoken, with the punctuation next to it.
    pub text: String,
    /// Its start, in seconds.
    pub start: f64,
    /// Its end, in seconds.
    pub end: f64,
}

impl SpokenWord {
    /// Returns the word `seconds` later.
    pub(crate) fn later(mut self, seconds: f64) -> Self {
        self.start += seconds;
        self.end += seconds;
        self
    }
}

/// A part of the text that was not spoken: emoji, symbols without a reading, letters of another script.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Skipped {
    /// The part as written.
    pub text: String,
    /// The position in the text, in bytes of UTF-8.
    pub start: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn appending_keeps_the_order_of_samples_and_skipped_parts() {
        let part = |value: f32, start| {
            let skipped = Skipped {
                text: "🎉".into(),
                start,
            };
            let word = SpokenWord {
                text: "hi".into(),
                start: 0.1,
                end: 0.2,
            };
            Audio::new(vec![value; 12_000], vec![word], vec![skipped])
        };
        let mut audio = part(0.25, 3);
        audio.append(part(-0.5, 9));
        assert_eq!(audio.duration(), Duration::from_secs(1));
        assert_eq!((audio.samples()[0], audio.samples()[12_000]), (0.25, -0.5));
        assert_eq!(
            audio.skipped().iter().map(|part| part.start).collect::<Vec<_>>(),
            [3, 9]
        );
        assert_eq!((audio.words()[1].start, audio.words()[1].end), (0.6, 0.7));
        assert_eq!(audio.into_samples().len(), 24_000);
    }
}
