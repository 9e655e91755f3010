//! Estimates the times of words between the pauses of a recording.
//!
//! Between two pauses, words share the time in proportion to the weights of their characters. It is used where no voice can
//! speak the text for an alignment.

use std::ops::Range;

use super::{SpokenWord, is_unspaced, tokens};
use crate::audio::SPEECH_RATE;

/// The length of a frame, in samples: 10 ms.
const FRAME: usize = SPEECH_RATE as usize / 100;
/// The minimum length of a pause, in frames. Stop consonants are shorter.
const SHORTEST_PAUSE: usize = 10;
/// The power below which a frame is silent, relative to loud speech: 35 dB less.
const SILENCE: f32 = 3.2e-4;
/// The maximum distance of a pause from where its punctuation is expected, in seconds.
const MOST_WRONG: f64 = 0.6;

/// The start and the end of a pause, in seconds.
type Pause = (f64, f64);

/// Estimates when the words of a text are spoken in samples at [`SPEECH_RATE`].
pub(crate) fn estimated(spoken: &str, samples: &[f32]) -> Vec<SpokenWord> {
    let (speech, pauses) = pauses(samples);
    let tokens = tokens(spoken);
    let weights: Vec<f64> = tokens
        .iter()
        .map(|token| spoken[token.clone()].chars().map(weight).sum())
        .collect();
    let mut words = Vec::with_capacity(tokens.len());
    let (mut first, mut start) = (0, speech.0);
    for (from, to) in pauses {
        // A pause is after the punctuation that is closest to it.
        let all: f64 = weights[first..].iter().sum();
        let expected = |end: usize| start + (speech.1 - start) * weights[first..end].iter().sum::<f64>() / all;
        let distance = |end: &usize| (expected(*end) - from).abs();
        let ends = (first + 1..tokens.len()).filter(|end| ends_clause(&spoken[tokens[end - 1].clone()]));
        let Some(end) = ends.min_by(|a, b| distance(a).total_cmp(&distance(b))) else {
            break;
        };
        if distance(&end) <= MOST_WRONG {
            share(
                spoken,
                &tokens[first..end],
                &weights[first..end],
                (start, from),
                &mut words,
            );
            (first, start) = (end, to);
        }
    }
    share(
        spoken,
        &tokens[first..],
        &weights[first..],
        (start, speech.1),
        &mut words,
    );
    words
}

/// Divides a time among words.
fn share(spoken: &str, tokens: &[Range<usize>], weights: &[f64], time: Pause, words: &mut Vec<SpokenWord>) {
    let all: f64 = weights.iter().sum();
    let at = |sum: f64| time.0 + (time.1 - time.0) * sum / all.max(f64::MIN_POSITIVE);
    let mut sum = 0.0;
    for (token, weight) in tokens.iter().zip(weights) {
        let start = at(sum);
        sum += weight;
        words.push(SpokenWord::new(&spoken[token.clone()], start, at(sum)));
    }
}

fn ends_clause(word: &str) -> bool {
    word.ends_with(|mark| ",;:.!?…–—。、！？，；：".contains(mark))
}

/// Returns how long a character is, relative to a letter. The space after a word is part of it.
fn weight(character: char) -> f64 {
    match character {
        ',' | ';' | ':' | '–' | '—' | '。' | '、' | '！' | '？' => 2.0,
        '.' | '!' | '?' | '…' => 3.0,
        // A digit is spoken as a word.
        _ if character.is_numeric() => 3.5,
        _ if is_unspaced(character) || ('\u{ac00}'..='\u{d7af}').contains(&character) => 2.5,
        _ if character.is_alphabetic() => 1.0,
        _ => 0.2,
    }
}

/// Returns the time from the first to the last sound, and the pauses between two sounds.
fn pauses(samples: &[f32]) -> (Pause, Vec<Pause>) {
    let power: Vec<f32> = samples
        .chunks_exact(FRAME)
        .map(|frame| frame.iter().map(|x| x * x).sum::<f32>() / FRAME as f32)
        .collect();
    let mut sorted = power.clone();
    sorted.sort_by(f32::total_cmp);
    let loud = sorted.get(sorted.len() * 9 / 10).copied().unwrap_or_default();
    let seconds = |frame: usize| (frame * FRAME) as f64 / f64::from(SPEECH_RATE);
    let mut found = Vec::new();
    // The first and the last frame with sound, and the first frame of the current silence.
    let (mut spoken, mut silence): (Option<(usize, usize)>, Option<usize>) = (None, None);
    for (index, power) in power.iter().enumerate() {
        if *power < loud * SILENCE {
            if spoken.is_some() {
                silence.get_or_insert(index);
            }
            continue;
        }
        if let Some(start) = silence.take()
            && index - start >= SHORTEST_PAUSE
        {
            found.push((seconds(start), seconds(index)));
        }
        spoken = Some((spoken.map_or(index, |(first, _)| first), index + 1));
    }
    let whole = samples.len() as f64 / f64::from(SPEECH_RATE);
    let speech = spoken.map_or((0.0, whole), |(first, end)| (seconds(first), seconds(end)));
    (speech, found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(seconds: f32) -> Vec<f32> {
        (0..(seconds * 24_000.0) as usize)
            .map(|n| 0.3 * (n as f32 * 0.05).sin())
            .collect()
    }

    fn silence(seconds: f32) -> Vec<f32> {
        vec![0.0; (seconds * 24_000.0) as usize]
    }

    #[test]
    fn only_silence_between_speech_is_a_pause() {
        let samples = [
            silence(0.3),
            tone(0.5),
            silence(0.2),
            tone(0.5),
            silence(0.05),
            tone(0.5),
            silence(0.4),
        ]
        .concat();
        let (speech, found) = pauses(&samples);
        assert!(
            (speech.0 - 0.3).abs() < 0.011 && (speech.1 - 2.05).abs() < 0.011,
            "{speech:?}"
        );
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            (found[0].0 - 0.8).abs() < 0.011 && (found[0].1 - 1.0).abs() < 0.011,
            "{found:?}"
        );
        assert!(pauses(&silence(1.0)).1.is_empty());
        assert!(pauses(&[]).1.is_empty());
    }

    #[test]
    fn a_pause_is_after_the_punctuation_that_is_closest_to_it() {
        let samples = [tone(0.4), silence(0.2), tone(1.3), silence(0.3), tone(0.8)].concat();
        let words = estimated("Well, I do not know. Yes.", &samples);
        assert_eq!(words.len(), 6);
        assert!(
            (words[0].end - 0.4).abs() < 0.02 && (words[1].start - 0.6).abs() < 0.02,
            "{words:?}"
        );
        assert!(
            (words[4].end - 1.9).abs() < 0.02 && (words[5].start - 2.2).abs() < 0.02,
            "{words:?}"
        );
        assert!((words[5].end - 3.0).abs() < 0.02);
    }

    #[test]
    fn pauses_far_from_punctuation_are_not_used() {
        let samples = [tone(0.2), silence(0.2), tone(3.6)].concat();
        let words = estimated("One two three four five six seven, eight.", &samples);
        assert!(words[0].start.abs() < 1e-9);
        assert!(
            words.windows(2).all(|pair| (pair[0].end - pair[1].start).abs() < 1e-9),
            "{words:?}"
        );
    }

    #[test]
    fn silence_and_empty_texts_have_bounded_times() {
        assert!(estimated("", &tone(1.0)).is_empty());
        let words = estimated("你好，世界。", &silence(1.0));
        assert!(
            words
                .iter()
                .all(|word| (0.0..=1.0).contains(&word.start) && word.start <= word.end)
        );
        assert_eq!(estimated("one two", &[]).len(), 2);
    }
}
