//! Where somebody speaks. The one place that tells speech from the rest: everything else asks here.

use std::ops::Range;

use super::envelope::{BLOCKS_PER_SECOND, Envelope, percentile};
use super::report::SpeechBy;

/// Gaps up to this many blocks belong to the word around them: closed lips are silent for as long.
const GAP: usize = 20;
/// Bursts of fewer blocks are clicks, not words.
const BURST: usize = 5;
/// Blocks this near to speech say nothing about the noise: words fade in and out.
const GUARD: usize = 4;
/// Speech stands out from the noise by at least this factor of power (6 dB).
const ABOVE_FLOOR: f64 = 4.0;
/// Speech is within this factor of the loudest speech (30 dB); breath is not.
const BELOW_LOUD: f64 = 1e-3;

/// Which blocks of an [`Envelope`] are speech.
#[derive(Debug)]
pub(super) struct Speech {
    mask: Vec<bool>,
    by: SpeechBy,
}

impl Speech {
    /// Takes over the stretches, in seconds, that a network heard.
    #[cfg(feature = "analysis")]
    pub(super) fn by_network(words: impl Iterator<Item = Range<f64>>, envelope: &Envelope) -> Self {
        let mut mask = vec![false; envelope.powers().len()];
        for word in words {
            let end = block(word.end).min(mask.len());
            mask[block(word.start).min(end)..end].fill(true);
        }
        flip_short(&mut mask, false, GAP);
        Self {
            mask,
            by: SpeechBy::Network,
        }
    }

    /// Takes what is clearly louder than the quietest moments for speech.
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

    /// How it was found out.
    pub(super) fn by(&self) -> SpeechBy {
        self.by
    }

    /// Which blocks are speech.
    pub(super) fn mask(&self) -> &[bool] {
        &self.mask
    }

    /// Which seconds are speech.
    pub(super) fn spans(&self) -> Vec<Range<f64>> {
        let stretches = self.stretches().into_iter();
        stretches
            .map(|stretch| seconds(stretch.start)..seconds(stretch.end))
            .collect()
    }

    /// How much speech there is, in seconds.
    pub(super) fn seconds(&self) -> f64 {
        seconds(self.mask.iter().filter(|speech| **speech).count())
    }

    /// The stretches of speech, in blocks.
    pub(super) fn stretches(&self) -> Vec<Range<usize>> {
        runs(&self.mask).filter(|run| self.mask[run.start]).collect()
    }

    /// The silence before the first word, in seconds; absent if there is no word.
    pub(super) fn leading_silence(&self) -> Option<f64> {
        self.mask.iter().position(|speech| *speech).map(seconds)
    }

    /// The longest pause between two words, in seconds; absent if there is no word.
    pub(super) fn longest_pause(&self) -> Option<f64> {
        let stretches = self.stretches();
        let pauses = stretches.windows(2).map(|pair| pair[1].start - pair[0].end);
        (!stretches.is_empty()).then(|| seconds(pauses.max().unwrap_or(0)))
    }

    /// The blocks that surely hold no speech.
    pub(super) fn quiet_blocks(&self) -> impl Iterator<Item = usize> {
        runs(&self.mask)
            .filter(|run| !self.mask[run.start])
            .flat_map(|run| run.start + GUARD..run.end.saturating_sub(GUARD))
    }
}

/// Blocks as seconds.
fn seconds(blocks: usize) -> f64 {
    blocks as f64 / BLOCKS_PER_SECOND as f64
}

/// The block that this moment falls into.
#[cfg(feature = "analysis")]
fn block(seconds: f64) -> usize {
    (seconds * BLOCKS_PER_SECOND as f64) as usize
}

/// The stretches of equal value.
fn runs(mask: &[bool]) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    mask.chunk_by(|a, b| a == b).map(move |run| {
        let range = start..start + run.len();
        start = range.end;
        range
    })
}

/// Turns inner stretches of `value` with fewer blocks than `least` into their opposite; at the ends only speech is
/// turned, since silence there is true silence.
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

    fn of(samples: Vec<f32>) -> Speech {
        Speech::by_energy(&Envelope::of(&Clip::new(samples, 16_000)))
    }

    fn padded(before: usize, pause: usize) -> Speech {
        let voice = babble(2.0, 16_000).into_samples();
        let quiet = |length| noise(length, 3).into_iter().map(|x| x * 3e-4).collect::<Vec<_>>();
        of([quiet(before), voice.clone(), quiet(pause), voice].concat())
    }

    #[test]
    fn finds_the_first_word_and_the_longest_pause() {
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
    fn a_click_is_not_a_word() {
        let mut samples: Vec<f32> = noise(16_000, 3).into_iter().map(|x| x * 3e-4).collect();
        samples.extend(babble(2.0, 16_000).into_samples());
        samples[4_000..4_080].fill(0.5);
        assert!(of(samples).leading_silence().unwrap() > 0.9);
    }

    #[test]
    fn silence_and_steady_noise_hold_no_speech() {
        assert!(of(vec![0.0; 48_000]).stretches().is_empty());
        assert!(of(noise(48_000, 1)).stretches().is_empty());
        assert_eq!(of(Vec::new()).leading_silence(), None);
    }
}
