//! The blocks that contain speech. All other measurements use this mask.

use std::ops::Range;

use super::super::report::SpeechBy;
use super::envelope::{BLOCKS_PER_SECOND, Envelope, percentile};

/// Gaps of fewer blocks belong to the word around them: stop consonants cause silences of that length.
const GAP: usize = 20;
/// Bursts of fewer blocks are clicks, not words.
const BURST: usize = 5;
/// Blocks this close to speech do not count as noise, because words fade in and out.
const GUARD: usize = 4;
/// The minimum ratio of the power of speech to that of the noise (6 dB).
const ABOVE_FLOOR: f64 = 4.0;
/// The minimum ratio of the power of speech to that of the loudest speech (-30 dB). Breath is below it.
const BELOW_LOUD: f64 = 1e-3;

/// The blocks of an [`Envelope`] that contain speech.
#[derive(Debug)]
pub(in crate::sample) struct SpeechMask {
    mask: Vec<bool>,
    by: SpeechBy,
}

impl SpeechMask {
    /// Uses the time ranges of a speech detector, in seconds.
    #[cfg(feature = "analysis")]
    pub(super) fn by_network(spans: impl Iterator<Item = Range<f64>>, envelope: &Envelope) -> Self {
        let mut mask = vec![false; envelope.powers().len()];
        for span in spans {
            let end = block(span.end).min(mask.len());
            mask[block(span.start).min(end)..end].fill(true);
        }
        flip_short(&mut mask, false, GAP);
        Self {
            mask,
            by: SpeechBy::Network,
        }
    }

    /// Counts everything that is clearly louder than the quietest moments as speech.
    pub(super) fn by_energy(envelope: &Envelope) -> Self {
        let powers = envelope.powers();
        let mut order = powers.to_vec();
        let floor = percentile(&mut order, 0.05);
        let loud = percentile(&mut order, 0.95);
        let threshold = (floor * ABOVE_FLOOR).max(loud * BELOW_LOUD);
        let mut mask: Vec<bool> = powers.iter().map(|power| *power > threshold).collect();
        flip_short(&mut mask, true, BURST);
        flip_short(&mut mask, false, GAP);
        Self {
            mask,
            by: SpeechBy::Energy,
        }
    }

    /// Returns the method of detection.
    pub(super) fn by(&self) -> SpeechBy {
        self.by
    }

    /// Returns one value per block, true for speech.
    pub(super) fn mask(&self) -> &[bool] {
        &self.mask
    }

    /// Returns the time ranges of speech, in seconds.
    pub(in crate::sample) fn spans(&self) -> Vec<Range<f64>> {
        let stretches = self.stretches().into_iter();
        stretches
            .map(|stretch| seconds(stretch.start)..seconds(stretch.end))
            .collect()
    }

    /// Returns the total time of speech, in seconds.
    pub(super) fn seconds(&self) -> f64 {
        seconds(self.mask.iter().filter(|speech| **speech).count())
    }

    /// Returns the stretches of speech, in blocks.
    pub(super) fn stretches(&self) -> Vec<Range<usize>> {
        runs(&self.mask).filter(|run| self.mask[run.start]).collect()
    }

    /// Returns the silence before the first word, in seconds. Returns nothing without speech.
    pub(super) fn leading_silence(&self) -> Option<f64> {
        self.mask.iter().position(|speech| *speech).map(seconds)
    }

    /// Returns the longest pause between two words, in seconds. Returns nothing without speech.
    pub(super) fn longest_pause(&self) -> Option<f64> {
        let stretches = self.stretches();
        let pauses = stretches.windows(2).map(|pair| pair[1].start - pair[0].end);
        (!stretches.is_empty()).then(|| seconds(pauses.max().unwrap_or(0)))
    }

    /// Returns the blocks that certainly contain no speech.
    pub(super) fn quiet_blocks(&self) -> impl Iterator<Item = usize> {
        runs(&self.mask)
            .filter(|run| !self.mask[run.start])
            .flat_map(|run| run.start + GUARD..run.end.saturating_sub(GUARD))
    }
}

/// Converts blocks to seconds.
fn seconds(blocks: usize) -> f64 {
    blocks as f64 / BLOCKS_PER_SECOND as f64
}

/// Returns the block that contains this moment.
#[cfg(feature = "analysis")]
fn block(seconds: f64) -> usize {
    (seconds * BLOCKS_PER_SECOND as f64) as usize
}

/// Returns the runs of equal values.
fn runs(mask: &[bool]) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    mask.chunk_by(|a, b| a == b).map(move |run| {
        let range = start..start + run.len();
        start = range.end;
        range
    })
}

/// Inverts runs of `value` with fewer than `least` blocks. Silence at the ends of the recording stays.
fn flip_short(mask: &mut [bool], value: bool, least: usize) {
    let short: Vec<_> = runs(mask)
        .filter(|run| mask[run.start] == value && run.len() < least)
        .filter(|run| value || (run.start > 0 && run.end < mask.len()))
        .collect();
    for run in short {
        mask[run].fill(!value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::Clip;
    use crate::audio::testing::{babble, noise};

    fn of(samples: Vec<f32>) -> SpeechMask {
        SpeechMask::by_energy(&Envelope::of(&Clip::new(samples, 16_000)))
    }

    fn padded(before: usize, pause: usize) -> SpeechMask {
        let voice = babble(2.0, 16_000).into_samples();
        let quiet = |length| noise(length, 3).into_iter().map(|x| x * 3e-4).collect::<Vec<_>>();
        of([quiet(before), voice.clone(), quiet(pause), voice].concat())
    }

    #[test]
    fn leading_silence_and_longest_pause_are_measured() {
        let speech = padded(16_000, 32_000);
        assert!(
            (speech.leading_silence().unwrap() - 1.0).abs() < 0.06,
            "{:?}",
            speech.leading_silence()
        );
        assert!(
            (speech.longest_pause().unwrap() - 2.0).abs() < 0.15,
            "{:?}",
            speech.longest_pause()
        );
        assert!((speech.seconds() - 4.0).abs() < 0.3, "{}", speech.seconds());
    }

    #[test]
    fn a_click_does_not_end_the_leading_silence() {
        let mut samples: Vec<f32> = noise(16_000, 3).into_iter().map(|x| x * 3e-4).collect();
        samples.extend(babble(2.0, 16_000).into_samples());
        samples[4_000..4_080].fill(0.5);
        assert!(of(samples).leading_silence().unwrap() > 0.9);
    }

    #[test]
    fn silence_and_steady_noise_contain_no_speech() {
        assert!(of(vec![0.0; 48_000]).stretches().is_empty());
        assert!(of(noise(48_000, 1)).stretches().is_empty());
        assert_eq!(of(Vec::new()).leading_silence(), None);
    }
}
