//! Chooses the excerpt that engines receive. Models use only the first 6 to 15 s of it, silence included.

use std::ops::Range;

#[cfg(feature = "analysis")]
use super::super::thresholds::are_two_speakers;
use super::super::thresholds::{LENGTH, REFERENCE_LEAST_SECONDS, REFERENCE_SECONDS};
use super::Signal;
#[cfg(feature = "analysis")]
use super::SpeakerSplit;
use super::envelope::{BLOCKS_PER_SECOND, percentile};

const LONGEST: usize = (REFERENCE_SECONDS * BLOCKS_PER_SECOND as f64) as usize;
const GOOD: usize = (LENGTH.good * BLOCKS_PER_SECOND as f64) as usize;
const LEAST: usize = (REFERENCE_LEAST_SECONDS * BLOCKS_PER_SECOND as f64) as usize;
/// The margins before the first and after the last word, in blocks. Words fade in fast and fade out slowly.
const BEFORE: usize = 5;
const AFTER: usize = 20;

/// The scores of a block. Speech counts; a pause wastes a part of the few seconds that a model uses.
const SPEECH: f64 = 1.0;
const PAUSE: f64 = -0.3;
/// A sound between words that is louder than the noise: a door, a cough.
const DISTURBANCE: f64 = -1.0;
/// The scores of clipping and of another voice. One second outweighs several seconds of good speech.
const CLIPPED: f64 = -4.0;
#[cfg(feature = "analysis")]
const OTHER_VOICE: f64 = -3.0;
/// The minimum ratio of the power of a `DISTURBANCE` to that of the noise (12 dB).
const STANDS_OUT: f64 = 16.0;

/// The uncertainty of a change of speaker, in blocks: speakers are compared in windows of 1.6 s.
#[cfg(feature = "analysis")]
const UNCERTAINTY: usize = 50;

/// The chosen excerpt, in blocks, and the reason for the choice.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::sample) struct Window {
    pub(in crate::sample) blocks: Range<usize>,
    pub(super) reason: String,
}

impl Window {
    /// Returns its start and end, in seconds.
    pub(in crate::sample) fn seconds(&self) -> Range<f64> {
        let at = |block: usize| block as f64 / BLOCKS_PER_SECOND as f64;
        at(self.blocks.start)..at(self.blocks.end)
    }
}

/// Chooses the best excerpt of up to 15 s that starts with a word.
pub(super) fn choose(signal: &Signal) -> Window {
    let mask = signal.speech.mask();
    if !mask.contains(&true) {
        return Window {
            blocks: 0..mask.len().min(LONGEST),
            reason: "the beginning: no speech was found".to_owned(),
        };
    }
    let scores = scores(signal);
    let blocks = best(&words(signal), &scores, LONGEST);
    let blocks = widen(blocks, mask.len());
    let speech = mask[blocks.clone()].iter().filter(|speech| **speech).count() as f64 / BLOCKS_PER_SECOND as f64;
    let length = blocks.len() as f64 / BLOCKS_PER_SECOND as f64;
    let disturbed = blocks.clone().filter(|block| scores[*block] < PAUSE).count();
    let what = if blocks.len() + 2 * AFTER >= mask.len() {
        "the whole recording"
    } else if mask.len() <= LONGEST {
        "the recording without the silence at its ends"
    } else {
        "the excerpt with the most clean speech"
    };
    let disturbance = if disturbed > 0 {
        format!(", {:.1} s of it disturbed", disturbed as f64 / BLOCKS_PER_SECOND as f64)
    } else {
        String::new()
    };
    Window {
        reason: format!("{what}: {speech:.1} s of speech in {length:.1} s{disturbance}"),
        blocks,
    }
}

/// Returns the best excerpt of at most this length, in samples. It is empty without speech.
pub(super) fn within(signal: &Signal, seconds: f64) -> Range<usize> {
    let words = words(signal);
    if words.is_empty() {
        return 0..0;
    }
    let longest = (seconds * BLOCKS_PER_SECOND as f64) as usize;
    signal.envelope.span(best(&words, &scores(signal), longest))
}

/// Returns the score of each block.
fn scores(signal: &Signal) -> Vec<f64> {
    let (mask, powers) = (signal.speech.mask(), signal.envelope.powers());
    let mut quiet: Vec<f64> = signal.speech.quiet_blocks().map(|block| powers[block]).collect();
    let loud = percentile(&mut quiet, 0.5).max(1e-9) * STANDS_OUT;
    let mut scores: Vec<f64> = mask.iter().map(|speech| if *speech { SPEECH } else { PAUSE }).collect();
    for block in signal.speech.quiet_blocks().filter(|block| powers[*block] > loud) {
        scores[block] = DISTURBANCE;
    }
    for block in &signal.clipping.blocks {
        if let Some(score) = scores.get_mut(*block) {
            *score = CLIPPED;
        }
    }
    #[cfg(feature = "analysis")]
    for other in other_voice(signal) {
        scores[other].fill(OTHER_VOICE);
    }
    scores
}

/// Returns the stretches of speech, each by one speaker: there may be no pause between two speakers.
fn words(signal: &Signal) -> Vec<Range<usize>> {
    #[cfg_attr(
        not(feature = "analysis"),
        expect(unused_mut, reason = "only networks tell speakers apart")
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

/// Returns the changes of speaker: the quietest block near each end of the other speaker's speech.
#[cfg(feature = "analysis")]
fn changes(signal: &Signal) -> impl Iterator<Item = usize> {
    let powers = signal.envelope.powers();
    other_voice(signal)
        .into_iter()
        .flat_map(|other| [other.start, other.end])
        .filter_map(|edge| {
            let near = edge.saturating_sub(UNCERTAINTY)..(edge + UNCERTAINTY).min(powers.len());
            near.min_by(|a, b| powers[*a].total_cmp(&powers[*b]))
        })
}

/// Returns the speech of everyone but the main speaker, in blocks.
#[cfg(feature = "analysis")]
fn other_voice(signal: &Signal) -> Vec<Range<usize>> {
    let several = |split: &&SpeakerSplit| are_two_speakers(split.similarity, split.minority_share);
    let length = signal.speech.mask().len();
    let at = |seconds: f64| ((seconds * BLOCKS_PER_SECOND as f64) as usize).min(length);
    let mut spans: Vec<Range<usize>> = signal
        .speakers
        .iter()
        .filter(several)
        .flat_map(|split| &split.minority)
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

/// Returns the excerpt from the start of one word to the end of another with the highest score, the earliest of equals.
fn best(words: &[Range<usize>], scores: &[f64], longest: usize) -> Range<usize> {
    let mut sums = vec![0.0];
    sums.extend(scores.iter().scan(0.0, |sum, score| {
        *sum += score;
        Some(*sum)
    }));
    let mut best: Option<(f64, Range<usize>)> = None;
    for (index, first) in words.iter().enumerate() {
        let before = index.checked_sub(1).map_or(0, |last| words[last].end);
        let start = first.start.saturating_sub(BEFORE).max(before);
        let limit = (start + longest).min(scores.len());
        let ends = (index..words.len()).take_while(|at| words[*at].end <= limit).map(|at| {
            let next = words.get(at + 1).map_or(limit, |word| word.start);
            (words[at].end + AFTER).min(limit).min(next)
        });
        // A word that crosses the limit may be cut if the words before it are too few.
        let cut = words[index..].iter().any(|word| word.start < limit && word.end > limit);
        for end in ends.chain(cut.then_some(limit)) {
            // A cut word costs two seconds, and so does a very short excerpt: they win only against worse ones.
            let cut_penalty = if cut && end == limit {
                -2.0 * BLOCKS_PER_SECOND as f64
            } else {
                0.0
            };
            let short_penalty = if end - start < GOOD {
                (end - start) as f64 - GOOD as f64
            } else {
                0.0
            };
            let score = sums[end] - sums[start] + cut_penalty + short_penalty / 4.0;
            if best.as_ref().is_none_or(|(most, _)| score > *most) {
                best = Some((score, start..end));
            }
        }
    }
    best.map_or_else(|| 0..scores.len().min(longest), |(_, blocks)| blocks)
}

/// Extends the excerpt over trimmed silence while it is too short for some model.
fn widen(blocks: Range<usize>, all: usize) -> Range<usize> {
    let end = blocks.end.max((blocks.start + LEAST).min(all));
    blocks.start.min(end.saturating_sub(LEAST))..end
}
