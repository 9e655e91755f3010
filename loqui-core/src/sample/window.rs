//! Chooses the stretch that engines hear: the model listens to the first 6 to 15 s only, silence included.

use std::ops::Range;

#[cfg(feature = "analysis")]
use super::checks::speakers;
use super::envelope::{BLOCKS_PER_SECOND, percentile};
use super::signal::Signal;
use super::speech::Speech;
use super::thresholds::{GOOD_SECONDS, REFERENCE_LEAST_SECONDS, REFERENCE_SECONDS};

const LONGEST: usize = (REFERENCE_SECONDS * BLOCKS_PER_SECOND as f64) as usize;
const GOOD: usize = (GOOD_SECONDS * BLOCKS_PER_SECOND as f64) as usize;
const LEAST: usize = (REFERENCE_LEAST_SECONDS * BLOCKS_PER_SECOND as f64) as usize;
/// What is left before the first and behind the last word, in blocks: words fade in fast and out slowly.
const BEFORE: usize = 5;
const BEHIND: usize = 20;

/// What a block is worth: speech is what counts, a pause takes a little of the few seconds that a model hears.
const SPEECH: f64 = 1.0;
const PAUSE: f64 = -0.3;
/// A sound between words that stands out of the noise: a door, a cough, a neighbour.
const DISTURBANCE: f64 = -1.0;
/// A second of cut-off peaks or of another voice undoes several seconds of good speech.
const CLIPPED: f64 = -4.0;
#[cfg(feature = "analysis")]
const OTHER_VOICE: f64 = -3.0;
/// A sound between words stands out when its power is so many times that of the noise (12 dB).
const STANDS_OUT: f64 = 16.0;

/// The chosen stretch, in blocks, and why.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Window {
    pub(super) blocks: Range<usize>,
    pub(super) reason: String,
}

impl Window {
    /// Where it starts and ends, in seconds.
    pub(super) fn seconds(&self) -> Range<f64> {
        let at = |block: usize| block as f64 / BLOCKS_PER_SECOND as f64;
        at(self.blocks.start)..at(self.blocks.end)
    }
}

/// Chooses the best stretch of up to 15 s that starts on a word.
pub(super) fn choose(signal: &Signal) -> Window {
    let mask = signal.speech.mask();
    if !mask.contains(&true) {
        return Window {
            blocks: 0..mask.len().min(LONGEST),
            reason: "the beginning: no speech was found".to_owned(),
        };
    }
    let worth = worth(signal);
    let blocks = best(&signal.speech, &worth);
    let blocks = widen(blocks, mask.len());
    let speech = mask[blocks.clone()].iter().filter(|speech| **speech).count() as f64 / BLOCKS_PER_SECOND as f64;
    let length = blocks.len() as f64 / BLOCKS_PER_SECOND as f64;
    let spoilt = blocks.clone().filter(|block| worth[*block] < PAUSE).count();
    let what = if blocks.len() + 2 * BEHIND >= mask.len() {
        "all of it"
    } else if mask.len() <= LONGEST {
        "all of it but the silence around the words"
    } else {
        "the stretch with the most clean speech that starts on a word"
    };
    let but = if spoilt > 0 {
        format!(", {:.1} s of it disturbed", spoilt as f64 / BLOCKS_PER_SECOND as f64)
    } else {
        String::new()
    };
    Window {
        reason: format!("{what}: {speech:.1} s of speech in {length:.1} s{but}"),
        blocks,
    }
}

/// What every block is worth.
fn worth(signal: &Signal) -> Vec<f64> {
    let (mask, powers) = (signal.speech.mask(), signal.envelope.powers());
    let mut quiet: Vec<f64> = signal.speech.quiet_blocks().map(|block| powers[block]).collect();
    let loud = percentile(&mut quiet, 0.5).max(1e-9) * STANDS_OUT;
    let mut worth: Vec<f64> = mask.iter().map(|speech| if *speech { SPEECH } else { PAUSE }).collect();
    for block in signal.speech.quiet_blocks().filter(|block| powers[*block] > loud) {
        worth[block] = DISTURBANCE;
    }
    for block in &signal.clipping.blocks {
        if let Some(worth) = worth.get_mut(*block) {
            *worth = CLIPPED;
        }
    }
    #[cfg(feature = "analysis")]
    if let Some(voices) = &signal.voices
        && speakers::are_several(voices.similarity, voices.minority_share)
    {
        for span in &voices.minority {
            let at = |seconds: f64| ((seconds * BLOCKS_PER_SECOND as f64) as usize).min(worth.len());
            let range = at(span.start)..at(span.end);
            worth[range].fill(OTHER_VOICE);
        }
    }
    worth
}

/// The stretch from the start of one word to the end of another that is worth most; the earliest of equals.
fn best(speech: &Speech, worth: &[f64]) -> Range<usize> {
    let mut sums = vec![0.0];
    sums.extend(worth.iter().scan(0.0, |sum, worth| {
        *sum += worth;
        Some(*sum)
    }));
    let words = speech.stretches();
    let mut best: Option<(f64, Range<usize>)> = None;
    for (index, first) in words.iter().enumerate() {
        let start = first.start.saturating_sub(BEFORE);
        let limit = (start + LONGEST).min(worth.len());
        let ends = words[index..]
            .iter()
            .take_while(|word| word.end <= limit)
            .map(|word| (word.end + BEHIND).min(limit));
        // A word that reaches beyond the limit may be cut, if what ends before it is too little.
        let cut = words[index..].iter().any(|word| word.start < limit && word.end > limit);
        for end in ends.chain(cut.then_some(limit)) {
            // A cut word and a stretch that is too short cost two seconds: they win only against worse.
            let whole = if cut && end == limit {
                -2.0 * BLOCKS_PER_SECOND as f64
            } else {
                0.0
            };
            let short = if end - start < GOOD {
                (end - start) as f64 - GOOD as f64
            } else {
                0.0
            };
            let score = sums[end] - sums[start] + whole + short / 4.0;
            if best.as_ref().is_none_or(|(most, _)| score > *most) {
                best = Some((score, start..end));
            }
        }
    }
    best.map_or_else(|| 0..worth.len().min(LONGEST), |(_, blocks)| blocks)
}

/// Gives back what was trimmed while the rest is too short for some model.
fn widen(blocks: Range<usize>, all: usize) -> Range<usize> {
    let end = blocks.end.max((blocks.start + LEAST).min(all));
    blocks.start.min(end.saturating_sub(LEAST))..end
}
