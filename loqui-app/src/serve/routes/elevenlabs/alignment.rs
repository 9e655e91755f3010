//! When each character of a text is spoken.
//!
//! The library knows or aligns the times of words. The characters of a word share its time in proportion. White space gets the
//! pause between two words.

use loqui_core::Word;
use loqui_core::script::Segment;
use loqui_core::speech::SegmentWords;
use serde::Serialize;
use utoipa::ToSchema;

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

impl Alignment {
    /// Aligns segments, as written and as spoken. The text starts at the byte `from` of the script and at `since`, in seconds.
    /// Text between two segments gets the pause between them.
    pub(super) fn of_segments(
        text: &str,
        from: usize,
        segments: &[Segment],
        since: f64,
        words: &[SegmentWords],
    ) -> [Self; 2] {
        let (mut written, mut normalized) = (Self::default(), Self::default());
        let (mut at, mut time) = (0, since);
        for (segment, words) in segments.iter().zip(words) {
            let start = segment.span.start.saturating_sub(from).clamp(at, text.len());
            let end = segment.span.end.saturating_sub(from).clamp(start, text.len());
            let begin = words.spoken.first().map_or(time, |word| word.start);
            if !normalized.characters.is_empty() {
                normalized.silent(" ", time, begin);
            }
            normalized.spoken(&segment.spoken, &words.spoken, begin);
            let begin = words.written.first().map_or(time, |word| word.start);
            written.silent(text.get(at..start).unwrap_or_default(), time, begin);
            written.spoken(text.get(start..end).unwrap_or_default(), &words.written, begin);
            at = end;
            time = words.written.last().map_or(begin, |word| word.end);
        }
        written.silent(text.get(at..).unwrap_or_default(), time, time);
        // The silence before the first word belongs to it, as clients expect.
        for alignment in [&mut written, &mut normalized] {
            if let Some(first) = alignment.character_start_times_seconds.first_mut() {
                *first = rounded(since.min(*first));
            }
        }
        [written, normalized]
    }

    /// Adds characters that are not spoken. The first one gets the whole pause.
    fn silent(&mut self, text: &str, start: f64, end: f64) {
        let end = end.max(start);
        for (index, character) in text.chars().enumerate() {
            self.add(character, if index == 0 { start } else { end }, end);
        }
    }

    /// Adds the text of a segment from the time `start` on. Markup that is not in the words gets no time.
    fn spoken(&mut self, text: &str, words: &[Word], start: f64) {
        let (mut rest, mut time) = (text, start);
        for word in words {
            let Some(at) = rest.find(word.text.as_str()) else {
                continue;
            };
            let (gap, from) = rest.split_at(at);
            self.silent(gap, time, word.start.max(time));
            let (own, after) = from.split_at(word.text.len());
            let count = own.chars().count().max(1) as f64;
            let (begin, end) = (word.start.max(time), word.end.max(time));
            for (index, character) in own.chars().enumerate() {
                let at = |index: usize| begin + (end - begin) * index as f64 / count;
                self.add(character, at(index), at(index + 1));
            }
            (rest, time) = (after, end);
        }
        self.silent(rest, time, time);
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

/// Rounds to tenths of a millisecond.
fn rounded(seconds: f64) -> f64 {
    (seconds * 10_000.0).round() / 10_000.0
}

#[cfg(test)]
mod tests {
    use loqui_core::script::Boundary;

    use super::*;

    fn words(words: &[(&str, f64, f64)]) -> Vec<Word> {
        words
            .iter()
            .map(|(text, start, end)| Word::new(*text, *start, *end))
            .collect()
    }

    fn segment(text: &str, part: &str, spoken: &str, timed: SegmentWords) -> (Segment, SegmentWords) {
        let at = text.find(part).unwrap();
        let segment = Segment::new(0, part.into(), spoken.into(), at..at + part.len(), Boundary::Sentence);
        (segment, timed)
    }

    fn timed(written: &[(&str, f64, f64)], spoken: &[(&str, f64, f64)]) -> SegmentWords {
        let mut timed = SegmentWords::default();
        timed.written = words(written);
        timed.spoken = words(spoken);
        timed
    }

    #[test]
    fn characters_share_the_time_of_their_word_and_pauses_are_white_space() {
        let text = "Pay $5, now! \n\nYes.  ";
        let (first, first_words) = segment(
            text,
            "Pay $5, now!",
            "Pay five dollars, now!",
            timed(
                &[("Pay", 0.1, 0.4), ("$5,", 0.4, 1.0), ("now!", 1.3, 1.7)],
                &[
                    ("Pay", 0.1, 0.4),
                    ("five", 0.4, 0.6),
                    ("dollars,", 0.6, 1.0),
                    ("now!", 1.3, 1.7),
                ],
            ),
        );
        let yes = [("Yes.", 2.0, 2.4)];
        let (second, second_words) = segment(text, "Yes.", "Yes.", timed(&yes, &yes));
        let [written, normalized] =
            Alignment::of_segments(text, 0, &[first, second], 0.0, &[first_words, second_words]);
        assert_eq!(written.characters.concat(), text);
        assert_eq!(normalized.characters.concat(), "Pay five dollars, now! Yes.");
        for alignment in [&written, &normalized] {
            let starts = &alignment.character_start_times_seconds;
            let ends = &alignment.character_end_times_seconds;
            assert!(starts.iter().zip(ends).all(|(start, end)| start <= end));
            assert!(ends.iter().zip(&starts[1..]).all(|(end, next)| end <= next));
        }
        let time = |position: usize| {
            (
                written.character_start_times_seconds[position],
                written.character_end_times_seconds[position],
            )
        };
        assert_eq!(time(text.find('$').unwrap()), (0.4, 0.6));
        assert_eq!(time(text.find(" now").unwrap()), (1.0, 1.3));
        assert_eq!(time(text.find(" \n").unwrap()), (1.7, 2.0));
        assert_eq!(time(text.find('Y').unwrap()), (2.0, 2.1));
    }

    #[test]
    fn pause_markup_before_a_segment_is_silent() {
        let text = "[pause 2s] Hi";
        let (segment, words) = segment(text, "Hi", "Hi.", timed(&[("Hi", 2.0, 3.0)], &[("Hi.", 2.0, 3.0)]));
        let [written, _] = Alignment::of_segments(text, 0, &[segment], 0.0, &[words]);
        let starts = &written.character_start_times_seconds;
        assert_eq!((starts[0], starts[11]), (0.0, 2.0));
    }

    #[test]
    fn times_follow_offset_and_tempo() {
        let (segment, words) = segment("ab", "ab", "ab", timed(&[("ab", 0.0, 1.0)], &[("ab", 0.0, 1.0)]));
        let [written, _] = Alignment::of_segments("ab", 0, &[segment], 0.0, &[words]);
        let alignment = written.moved(1.0, 2.0);
        assert_eq!(alignment.character_start_times_seconds, [0.5, 0.75]);
        assert_eq!(alignment.character_end_times_seconds, [0.75, 1.0]);
    }
}
