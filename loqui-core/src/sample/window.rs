//! Chooses the stretch that engines hear: the model listens to the first 6 to 15 s only, silence included.

use std::ops::Range;

#[cfg(feature = "analysis")]
use super::checks::speakers;
use super::envelope::{BLOCKS_PER_SECOND, percentile};
#[cfg(feature = "analysis")]
use super::hearing::Voices;
use super::signal::Signal;
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

/// How far from where the voice seems to change it may really change, in blocks: a voice is told in windows of 1.6 s.
#[cfg(feature = "analysis")]
const UNSURE: usize = 50;

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
    let blocks = best(&words(signal), &worth);
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
    for other in other_voice(signal) {
        worth[other].fill(OTHER_VOICE);
    }
    worth
}

/// Stretches of speech of one voice each: people who answer each other leave no pause between them.
fn words(signal: &Signal) -> Vec<Range<usize>> {
    #[cfg_attr(
        not(feature = "analysis"),
        expect(unused_mut, reason = "only networks tell voices apart")
    )]
    let mut words = signal.speech.stretches();
    #[cfg(feature = "analysis")]
    for change in changes(signal) {
        if let Some(index) = words.iter().position(|word| word.start < change && change < word.end) {
            let rest = change..words[index].end;
            words[index].end = change;
            words.insert(index + 1, rest);
        }
    }
    words
}

/// Where the voice changes: the quietest moment near each edge of the other voice.
#[cfg(feature = "analysis")]
fn changes(signal: &Signal) -> impl Iterator<Item = usize> {
    let powers = signal.envelope.powers();
    other_voice(signal)
        .into_iter()
        .flat_map(|other| [other.start, other.end])
        .filter_map(|edge| {
            let near = edge.saturating_sub(UNSURE)..(edge + UNSURE).min(powers.len());
            near.min_by(|a, b| powers[*a].total_cmp(&powers[*b]))
        })
}

/// Where the voice is not the one that speaks most, in blocks; nowhere if there is only one.
#[cfg(feature = "analysis")]
fn other_voice(signal: &Signal) -> Vec<Range<usize>> {
    let several = |voices: &&Voices| speakers::are_several(voices.similarity, voices.minority_share);
    let length = signal.speech.mask().len();
    let at = |seconds: f64| ((seconds * BLOCKS_PER_SECOND as f64) as usize).min(length);
    let mut spans: Vec<Range<usize>> = signal
        .voices
        .iter()
        .filter(several)
        .flat_map(|voices| &voices.minority)
        .map(|span| at(span.start)..at(span.end))
        .collect();
    spans.sort_by_key(|span| span.start);
    // Windows overlap.
    spans.dedup_by(|next, last| {
        let joined = next.start <= last.end;
        if joined {
            last.end = last.end.max(next.end);
        }
        joined
    });
    spans
}

/// The stretch from the start of one word to the end of another that is worth most; the earliest of equals.
fn best(words: &[Range<usize>], worth: &[f64]) -> Range<usize> {
    let mut sums = vec![0.0];
    sums.extend(worth.iter().scan(0.0, |sum, worth| {
        *sum += worth;
        Some(*sum)
    }));
    let mut best: Option<(f64, Range<usize>)> = None;
    for (index, first) in words.iter().enumerate() {
        let before = index.checked_sub(1).map_or(0, |last| words[last].end);
        let start = first.start.saturating_sub(BEFORE).max(before);
        let limit = (start + LONGEST).min(worth.len());
        let ends = (index..words.len()).take_while(|at| words[*at].end <= limit).map(|at| {
            let next = words.get(at + 1).map_or(limit, |word| word.start);
            (words[at].end + BEHIND).min(limit).min(next)
        });
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
