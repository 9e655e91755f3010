//! What comes out: samples, and the parts of the text that are missing from them.

use std::time::Duration;

/// Holds speech: mono samples at 24 kHz between -1 and 1, and what of the text is not in them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Audio {
    samples: Vec<f32>,
    skipped: Vec<Skipped>,
}

impl Audio {
    /// Samples per second of every [`Audio`].
    pub const SAMPLE_RATE: u32 = 24_000;

    pub(crate) const fn new(samples: Vec<f32>, skipped: Vec<Skipped>) -> Self {
        Self { samples, skipped }
    }

    /// Returns the samples per second: always 24,000.
    pub const fn sample_rate(&self) -> u32 {
        Self::SAMPLE_RATE
    }

    /// Returns the length in time.
    pub fn duration(&self) -> Duration {
        Duration::from_secs_f64(self.samples.len() as f64 / f64::from(Self::SAMPLE_RATE))
    }

    /// Borrows the mono samples, each in -1.0..=1.0.
    pub fn samples(&self) -> &[f32] {
        &self.samples
    }

    /// Takes the mono samples out without copying.
    pub fn into_samples(self) -> Vec<f32> {
        self.samples
    }

    /// Lists the parts of the text that could not be spoken, in reading order; empty when all of it was.
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// Puts `next` behind this audio.
    pub(crate) fn append(&mut self, next: Self) {
        self.samples.extend_from_slice(&next.samples);
        self.skipped.extend(next.skipped);
    }
}

/// Names a part of the text that is not in the audio: emoji, symbols without a reading, letters of another script.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Skipped {
    /// The part as it was written.
    pub text: String,
    /// Where it starts in the text that was given, in bytes of UTF-8.
    pub start: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn appending_keeps_samples_and_skipped_parts_in_order() {
        let part = |value: f32, start| {
            let skipped = Skipped {
                text: "🎉".into(),
                start,
            };
            Audio::new(vec![value; 12_000], vec![skipped])
        };
        let mut audio = part(0.25, 3);
        audio.append(part(-0.5, 9));
        assert_eq!(audio.duration(), Duration::from_secs(1));
        assert_eq!((audio.samples()[0], audio.samples()[12_000]), (0.25, -0.5));
        assert_eq!(
            audio.skipped().iter().map(|part| part.start).collect::<Vec<_>>(),
            [3, 9]
        );
        assert_eq!(audio.into_samples().len(), 24_000);
    }
}
