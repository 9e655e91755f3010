//! When each character of a text is spoken.
//!
//! The times of segments are measured, and so are the pauses at punctuation. Between two pauses, times are estimated: each
//! character has a weight, and shares the duration in proportion.

use std::ops::Range;

use serde::Serialize;
use utoipa::ToSchema;

use super::pauses::Pause;

/// The maximum distance of a pause from where its punctuation is expected, in seconds.
const MOST_WRONG: f64 = 0.6;

/// The times of the characters of a text, in seconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub(super) struct Alignment {
    /// The characters, in order.
    pub(super) characters: Vec<String>,
    /// When each starts.
    pub(super) character_start_times_seconds: Vec<f64>,
    /// When each ends.
    pub(super) character_end_times_seconds: Vec<f64>,
}

/// A part of a text with the time in which it is spoken.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Timed {
    /// The position in the text, in bytes.
    pub(super) span: Range<usize>,
    /// In seconds.
    pub(super) start: f64,
    /// In seconds.
    pub(super) end: f64,
    /// The pauses in this time.
    pub(super) pauses: Vec<Pause>,
}

impl Alignment {
    /// Aligns a text with its spoken parts, which are in order and do not overlap. The text starts at `since`, in seconds.
    /// Text between two parts gets the pause between them.
    pub(super) fn of(text: &str, since: f64, parts: &[Timed]) -> Self {
        let mut alignment = Self::default();
        let (mut position, mut time) = (0, since);
        for part in parts {
            let (from, to) = (part.span.start.min(text.len()), part.span.end.min(text.len()));
            let gap = text.get(position..from).unwrap_or_default();
            alignment.silent(gap, time, part.start);
            let spoken = text.get(from.max(position)..to).unwrap_or_default();
            alignment.with_pauses(spoken, part);
            (position, time) = (to.max(position), part.end);
        }
        alignment.silent(text.get(position..).unwrap_or_default(), time, time);
        alignment
    }

    /// Adds characters that are not spoken. The first one gets the whole pause.
    fn silent(&mut self, text: &str, start: f64, end: f64) {
        let end = end.max(start);
        for (index, character) in text.chars().enumerate() {
            self.add(character, if index == 0 { start } else { end }, end);
        }
    }

    /// Adds a part. A pause belongs to the white space after the punctuation that is closest to it.
    fn with_pauses(&mut self, text: &str, part: &Timed) {
        let (mut rest, mut start) = (text, part.start);
        for pause in &part.pauses {
            if pause.0 < start || pause.1 > part.end {
                continue;
            }
            let all: f64 = rest.chars().map(weight).sum();
            let expected = |at: usize| start + (part.end - start) * rest[..at].chars().map(weight).sum::<f64>() / all;
            let distance = |at: &usize| (expected(*at) - pause.0).abs();
            let Some(at) = breaks(rest).min_by(|a, b| distance(a).total_cmp(&distance(b))) else {
                break;
            };
            if distance(&at) > MOST_WRONG {
                continue;
            }
            self.spoken(&rest[..at], start, pause.0);
            let blank = rest[at..].chars().next().map_or(0, char::len_utf8);
            self.silent(&rest[at..at + blank], pause.0, pause.1);
            (rest, start) = (&rest[at + blank..], pause.1);
        }
        self.spoken(rest, start, part.end);
    }

    /// Adds characters that share a duration.
    fn spoken(&mut self, text: &str, start: f64, end: f64) {
        let weights: Vec<f64> = text.chars().map(weight).collect();
        let all: f64 = weights.iter().sum();
        if all <= 0.0 {
            self.silent(text, start, end);
            return;
        }
        let at = |sum: f64| start + (end - start) * sum / all;
        let mut sum = 0.0;
        for (character, weight) in text.chars().zip(weights) {
            let from = at(sum);
            sum += weight;
            self.add(character, from, at(sum));
        }
    }

    fn add(&mut self, character: char, start: f64, end: f64) {
        self.characters.push(character.to_string());
        self.character_start_times_seconds.push(rounded(start));
        self.character_end_times_seconds.push(rounded(end));
    }

    /// Moves all times, and divides them by a tempo.
    pub(super) fn moved(mut self, offset: f64, speed: f64) -> Self {
        let times = self
            .character_start_times_seconds
            .iter_mut()
            .chain(&mut self.character_end_times_seconds);
        for time in times {
            *time = rounded((*time + offset) / speed);
        }
        self
    }

    /// Appends another alignment.
    pub(super) fn append(&mut self, other: Self) {
        self.characters.extend(other.characters);
        self.character_start_times_seconds
            .extend(other.character_start_times_seconds);
        self.character_end_times_seconds
            .extend(other.character_end_times_seconds);
    }
}

/// Returns the positions of white space after punctuation, in bytes.
fn breaks(text: &str) -> impl Iterator<Item = usize> {
    let after = text.char_indices().skip(1);
    text.chars().zip(after).filter_map(|(before, (position, character))| {
        (character.is_whitespace() && ",;:.!?…–—。、！？".contains(before)).then_some(position)
    })
}

/// Returns how long a character is, relative to a letter.
fn weight(character: char) -> f64 {
    match character {
        ',' | ';' | ':' | '–' | '—' | '。' | '、' | '！' | '？' => 2.0,
        '.' | '!' | '?' | '…' => 3.0,
        // A digit is spoken as a word.
        _ if character.is_numeric() => 3.5,
        _ if character.is_whitespace() => 0.6,
        _ if is_wide(character) => 2.5,
        _ if character.is_alphabetic() => 1.0,
        _ => 0.2,
    }
}

/// Returns true for letters that stand for a syllable or a word.
fn is_wide(character: char) -> bool {
    matches!(character, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}')
}

/// Rounds to tenths of a millisecond.
fn rounded(seconds: f64) -> f64 {
    (seconds * 10_000.0).round() / 10_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timed(span: Range<usize>, start: f64, end: f64) -> Timed {
        Timed {
            span,
            start,
            end,
            pauses: Vec::new(),
        }
    }

    #[test]
    fn pauses_belong_to_the_space_after_punctuation() {
        let text = "Well, I do not know. Yes.";
        let part = Timed {
            pauses: vec![(0.4, 0.6), (1.9, 2.2)],
            ..timed(0..text.len(), 0.0, 3.0)
        };
        let alignment = Alignment::of(text, 0.0, &[part]);
        assert_eq!(alignment.characters.concat(), text);
        let times = |position: usize| {
            let starts = &alignment.character_start_times_seconds;
            (starts[position], alignment.character_end_times_seconds[position])
        };
        assert_eq!(times(text.find(" I").unwrap()), (0.4, 0.6));
        assert_eq!(times(text.find(" Yes").unwrap()), (1.9, 2.2));
        assert!((times(text.find('Y').unwrap()).0 - 2.2).abs() < 1e-9);
    }

    #[test]
    fn pauses_far_from_punctuation_are_not_used() {
        let text = "One two three four five six seven, eight.";
        let part = Timed {
            pauses: vec![(0.2, 0.4)],
            ..timed(0..text.len(), 0.0, 4.0)
        };
        assert_eq!(
            Alignment::of(text, 0.0, &[part]),
            Alignment::of(text, 0.0, &[timed(0..text.len(), 0.0, 4.0)])
        );
    }

    #[test]
    fn characters_are_the_text_and_times_do_not_decrease() {
        let text = "Grüße, 12 Mal! \n\nNoch ein Satz.  ";
        let first = "Grüße, 12 Mal!".len();
        let second = text.find("Noch").unwrap();
        let parts = [
            timed(0..first, 0.1, 1.5),
            timed(second..text.trim_end().len(), 2.0, 3.0),
        ];
        let alignment = Alignment::of(text, 0.0, &parts);
        assert_eq!(alignment.characters.concat(), text);
        let (starts, ends) = (
            &alignment.character_start_times_seconds,
            &alignment.character_end_times_seconds,
        );
        assert!(starts.iter().zip(ends).all(|(start, end)| start <= end));
        assert!(ends.iter().zip(&starts[1..]).all(|(end, next)| end <= next));
        assert_eq!((starts[0], *ends.last().unwrap()), (0.1, 3.0));
        let gap = "Grüße, 12 Mal!".chars().count();
        assert_eq!(
            (starts[gap], ends[gap]),
            (1.5, 2.0),
            "the pause belongs to the first character after the segment"
        );
        let n = text.chars().position(|c| c == 'N').unwrap();
        assert!((starts[n] - 2.0).abs() < 1e-9);
    }

    #[test]
    fn pause_markup_before_a_segment_is_silent() {
        let text = "[pause 2s] Hi";
        let alignment = Alignment::of(text, 0.0, &[timed(11..13, 2.0, 3.0)]);
        let starts = &alignment.character_start_times_seconds;
        assert_eq!((starts[0], starts[11]), (0.0, 2.0));
    }

    #[test]
    fn times_follow_offset_and_tempo() {
        let alignment = Alignment::of("ab", 0.0, &[timed(0..2, 0.0, 1.0)]).moved(1.0, 2.0);
        assert_eq!(alignment.character_start_times_seconds, [0.5, 0.75]);
        assert_eq!(alignment.character_end_times_seconds, [0.75, 1.0]);
    }
}
