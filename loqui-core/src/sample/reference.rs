//! Cuts out the stretch that engines hear: the model listens to the first 6 to 15 s only, silence included.

use std::ops::Range;

use super::envelope::BLOCKS_PER_SECOND;
use super::signal::Signal;
use super::speech::Speech;
use super::thresholds::{REFERENCE_LEAST_SECONDS, REFERENCE_SECONDS};
use crate::audio::{Clip, SPEECH_RATE, fold, resample, wav};
use crate::engine::Reference;

const LONGEST: usize = (REFERENCE_SECONDS * BLOCKS_PER_SECOND as f64) as usize;
const LEAST: usize = (REFERENCE_LEAST_SECONDS * BLOCKS_PER_SECOND as f64) as usize;
/// What is left before the first and behind the last word, in blocks: words fade in fast and out slowly.
const BEFORE: usize = 5;
const BEHIND: usize = 20;

/// Cuts out the best stretch: mono, 24 kHz, 16 bit, without offset. Its level is left alone.
pub(super) fn cut(signal: &Signal) -> Reference {
    let blocks = choose(&signal.speech);
    let samples = &signal.mono.samples()[signal.envelope.span(blocks)];
    let mut clip = resample(Clip::new(samples.to_vec(), signal.mono.sample_rate()), SPEECH_RATE);
    // Float files may be louder than full scale, and filters overshoot: scaling keeps what clamping would cut off.
    let peak = fold::peak(clip.samples());
    if peak > 1.0 {
        clip.samples_mut().iter_mut().for_each(|x| *x /= peak);
    }
    Reference::new(wav::write(&clip, None))
}

/// The stretch with the most speech that starts on a word, in blocks; the earliest of equals.
fn choose(speech: &Speech) -> Range<usize> {
    let mask = speech.mask();
    let words = speech.stretches();
    let best = words
        .iter()
        .map(|word| word.start.saturating_sub(BEFORE))
        .rev()
        .max_by_key(|start| {
            let end = (start + LONGEST).min(mask.len());
            mask[*start..end].iter().filter(|speech| **speech).count()
        });
    let Some(start) = best else {
        return 0..mask.len().min(LONGEST);
    };
    let end = (start + LONGEST).min(mask.len());
    widen(start..settle(mask, start, end), mask.len())
}

/// Moves the end to just behind the last word that is whole, unless that costs more than a third.
fn settle(mask: &[bool], start: usize, end: usize) -> usize {
    let last = |upto: usize| {
        mask[start..upto]
            .iter()
            .rposition(|speech| *speech)
            .map_or(end, |block| start + block + 1)
    };
    let cut_word = end < mask.len() && mask[end - 1] && mask[end];
    let whole = if cut_word {
        let pause = mask[start..end]
            .iter()
            .rposition(|speech| !speech)
            .map_or(start, |block| start + block + 1);
        if pause - start < LONGEST * 2 / 3 {
            return end;
        }
        last(pause)
    } else {
        last(end)
    };
    (whole + BEHIND).min(end)
}

/// Gives back what was trimmed while the rest is too short for some model.
fn widen(blocks: Range<usize>, all: usize) -> Range<usize> {
    let end = blocks.end.max((blocks.start + LEAST).min(all));
    blocks.start.min(end.saturating_sub(LEAST))..end
}
