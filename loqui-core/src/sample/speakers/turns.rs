//! Assigns the speech of a recording to speakers, at a resolution of 10 ms.

use std::ops::Range;

use loqui_analysis::{SAMPLE_RATE, Segment, Speakers};

const BLOCK: usize = SAMPLE_RATE as usize / 100;
/// A stretch of speech of fewer blocks has one speaker: windows of 1.6 s cannot divide it.
const SHORT: usize = 150;
/// The uncertainty of a change of speaker, in blocks.
const UNCERTAINTY: usize = 60;
/// The minimum length of a turn within a stretch, in blocks.
const LEAST_TURN: usize = 80;

/// The speech of a recording, before it is assigned.
pub(super) struct Turns {
    stretches: Vec<Range<usize>>,
    powers: Vec<f32>,
}

impl Turns {
    /// `samples` are at 16 kHz.
    pub(super) fn new(samples: &[f32], speech: &[Segment]) -> Self {
        let powers: Vec<f32> = samples
            .chunks(BLOCK)
            .map(|block| block.iter().map(|x| x * x).sum())
            .collect();
        let stretches = speech.iter().map(|segment| blocks(*segment, powers.len())).collect();
        Self { stretches, powers }
    }

    /// Returns the parts of each speaker, in seconds; the speaker who starts is the first.
    pub(super) fn of_each(&self, split: Option<&Speakers>) -> Vec<Vec<Range<f64>>> {
        let seconds = |part: &Range<usize>| part.start as f64 / 100.0..part.end as f64 / 100.0;
        let Some(split) = split else {
            return vec![self.stretches.iter().map(seconds).collect()];
        };
        let votes = self.votes(split);
        let mut parts = [Vec::new(), Vec::new()];
        let mut first = None;
        for stretch in &self.stretches {
            for (part, is_minority) in self.turns(stretch.clone(), &votes) {
                let first = *first.get_or_insert(is_minority);
                parts[usize::from(is_minority != first)].push(seconds(&part));
            }
        }
        parts.into_iter().filter(|parts| !parts.is_empty()).collect()
    }

    /// Returns for each block the windows of the smaller part minus those of the larger.
    fn votes(&self, split: &Speakers) -> Vec<i32> {
        let mut votes = vec![0; self.powers.len()];
        for (windows, vote) in [(split.minority(), 1), (split.majority(), -1)] {
            for window in windows {
                let blocks = blocks(*window, votes.len());
                // The middle of a window says more about its speaker than its ends.
                let quarter = blocks.len() / 4;
                for vote_of_block in &mut votes[blocks.start + quarter..blocks.end - quarter] {
                    *vote_of_block += 2 * vote;
                }
                for vote_of_block in &mut votes[blocks] {
                    *vote_of_block += vote;
                }
            }
        }
        votes
    }

    /// Divides a stretch of speech into turns.
    fn turns(&self, stretch: Range<usize>, votes: &[i32]) -> Vec<(Range<usize>, bool)> {
        let nearest = |block: usize| {
            (0..votes.len())
                .flat_map(|distance| [block.checked_sub(distance), Some(block + distance)])
                .take(2 * votes.len())
                .flatten()
                .filter_map(|at| votes.get(at))
                .find(|vote| **vote != 0)
                .is_some_and(|vote| *vote > 0)
        };
        let labels: Vec<bool> = stretch.clone().map(nearest).collect();
        let minority = labels.iter().filter(|label| **label).count();
        if stretch.len() < SHORT {
            return vec![(stretch, 2 * minority > labels.len())];
        }
        let mut turns: Vec<(Range<usize>, bool)> = Vec::new();
        let mut start = stretch.start;
        for run in labels.chunk_by(|a, b| a == b) {
            let range = start..start + run.len();
            start = range.end;
            match turns.last_mut() {
                Some((last, label)) if *label == run[0] || range.len() < LEAST_TURN => last.end = range.end,
                Some(_) => turns.push((range, run[0])),
                None => turns.push((range, run[0])),
            }
        }
        if turns.len() > 1 && turns[0].0.len() < LEAST_TURN {
            let (short, _) = turns.remove(0);
            turns[0].0.start = short.start;
        }
        for index in 1..turns.len() {
            let change = self.quietest(turns[index].0.start, &stretch);
            let bounded = change.clamp(turns[index - 1].0.start + 1, turns[index].0.end - 1);
            turns[index - 1].0.end = bounded;
            turns[index].0.start = bounded;
        }
        turns
    }

    /// Returns the quietest block near a change of speaker.
    fn quietest(&self, block: usize, stretch: &Range<usize>) -> usize {
        let near = block.saturating_sub(UNCERTAINTY).max(stretch.start)..(block + UNCERTAINTY).min(stretch.end);
        near.min_by(|a, b| self.powers[*a].total_cmp(&self.powers[*b]))
            .unwrap_or(block)
    }
}

fn blocks(segment: Segment, count: usize) -> Range<usize> {
    let at = |seconds: f64| ((seconds * 100.0) as usize).min(count);
    at(segment.start)..at(segment.end).max(at(segment.start))
}
