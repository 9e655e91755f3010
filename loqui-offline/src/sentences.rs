//! Where one breath of reading ends and the next begins.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use unicode_segmentation::UnicodeSegmentation;

use crate::normalize::{is_dotted_initialism, never_ends_sentence};

/// Longest stretch of text read in one go, in bytes. Longer sentences are cut at a clause, else at a word: time and
/// memory of the steps behind grow with it, and nobody reads for more than a quarter of a minute in one breath.
const LONGEST: usize = 250;

static LINE_END: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\s*[\r\n\u{2028}\u{2029}]\s*").expect("the tests use it"));
static STOP: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"[.!?…]+["'”’»)\]*_]*\s+|[。！？]+"#).expect("the tests use it"));
static CLAUSE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[,;:)—–]\s+").expect("the tests use it"));

/// Words that begin a sentence behind "U.S." or "p.m."; other capitals may go on with a name ("U.S. Army").
const STARTERS: &[&str] = &[
    "A", "After", "An", "And", "As", "At", "But", "For", "He", "Her", "His", "How", "However", "I", "If", "In", "It",
    "My", "No", "On", "Our", "She", "So", "That", "The", "Then", "There", "These", "They", "This", "Those", "To", "We",
    "What", "When", "Where", "Who", "Why", "You",
];

/// Marks one stretch of text to be read in one go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    /// Bytes of the text.
    pub(crate) range: Range<usize>,
    /// What the listener hears behind it.
    pub(crate) end: End,
}

/// Says how a span ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// In the middle of a sentence that is too long for one go.
    Clause,
    /// With a sentence.
    Sentence,
    /// With a line or paragraph.
    Paragraph,
}

/// Splits a text into stretches that cover everything but white space.
pub(crate) fn split(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    for line in lines(text) {
        let sentences = sentences(&text[line.clone()]);
        let last = sentences.len().saturating_sub(1);
        for (index, sentence) in sentences.into_iter().enumerate() {
            let end = if index == last { End::Paragraph } else { End::Sentence };
            let sentence = line.start + sentence.start..line.start + sentence.end;
            cut(text, sentence, end, &mut spans);
        }
    }
    spans
}

/// Lines that are read on their own. A line that goes on in small letters is only wrapped.
fn lines(text: &str) -> Vec<Range<usize>> {
    ranges_between(
        text,
        LINE_END
            .find_iter(text)
            .filter(|gap| {
                let blank_lines = gap.as_str().matches('\n').count() > 1;
                blank_lines || !text[gap.end()..].starts_with(char::is_lowercase)
            })
            .map(|gap| gap.range()),
    )
}

fn sentences(line: &str) -> Vec<Range<usize>> {
    ranges_between(
        line,
        STOP.find_iter(line)
            .filter(|stop| ends_sentence(line, stop.start(), stop.end()))
            .map(|stop| {
                let behind = stop.start() + stop.as_str().trim_end().len();
                behind..stop.end()
            }),
    )
}

/// Decides whether the stop at `start`, with the next word at `end`, is the end of a sentence.
fn ends_sentence(line: &str, start: usize, end: usize) -> bool {
    let rest = &line[end..];
    if rest.starts_with(char::is_lowercase) {
        return false;
    }
    if !line[start..].starts_with('.') || line[start..].starts_with("..") {
        return true;
    }
    let word = line[..start].rsplit(char::is_whitespace).next().unwrap_or_default();
    let word = word.trim_start_matches(|c: char| !c.is_alphanumeric());
    if is_dotted_initialism(word) && word != "e.g" && word != "i.e" {
        let next = rest.unicode_words().next().unwrap_or_default();
        return STARTERS.contains(&next);
    }
    !never_ends_sentence(word)
}

/// Adds `sentence` in pieces of at most [`LONGEST`] bytes.
fn cut(text: &str, sentence: Range<usize>, end: End, spans: &mut Vec<Span>) {
    let mut start = sentence.start;
    while sentence.end - start > LONGEST {
        let rest = &text[start..sentence.end];
        let limit = rest.floor_char_boundary(LONGEST);
        let window = &rest[..limit];
        // Not too early: a short first piece sounds like a stumble.
        let clause = CLAUSE
            .find_iter(window)
            .map(|mark| mark.end())
            .filter(|&at| at > LONGEST / 3)
            .last();
        let word = || window.rfind(char::is_whitespace).filter(|&at| at > 0);
        let letter = || {
            window
                .grapheme_indices(true)
                .next_back()
                .map(|(at, _)| at)
                .filter(|&at| at > 0)
        };
        let at = clause.or_else(word).or_else(letter).unwrap_or(limit);
        push(text, start..start + at, End::Clause, spans);
        start += at;
    }
    push(text, start..sentence.end, end, spans);
}

/// Adds a span without the white space around it, if anything is left.
fn push(text: &str, range: Range<usize>, end: End, spans: &mut Vec<Span>) {
    let piece = &text[range.clone()];
    let start = range.start + piece.len() - piece.trim_start().len();
    let range = start..start + piece.trim().len();
    if !range.is_empty() {
        spans.push(Span { range, end });
    }
}

/// Returns what lies before, between and after the gaps, empty ranges left out.
fn ranges_between(text: &str, gaps: impl Iterator<Item = Range<usize>>) -> Vec<Range<usize>> {
    let mut start = 0;
    let mut ranges = Vec::new();
    for gap in gaps {
        ranges.push(start..gap.start);
        start = gap.end;
    }
    ranges.push(start..text.len());
    ranges.retain(|range| !text[range.clone()].trim().is_empty());
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        split(text).into_iter().map(|span| &text[span.range]).collect()
    }

    #[test]
    fn sentences_end_where_a_reader_would_stop() {
        let cases: &[(&str, &[&str])] = &[
            ("One. Two! Three? Four", &["One.", "Two!", "Three?", "Four"]),
            (
                "Dr. Smith met J. K. Rowling. They talked.",
                &["Dr. Smith met J. K. Rowling.", "They talked."],
            ),
            ("See e.g. Boston or No. 5 there.", &["See e.g. Boston or No. 5 there."]),
            (
                "The U.S. Army left at 5 p.m. It rained.",
                &["The U.S. Army left at 5 p.m.", "It rained."],
            ),
            (
                "\"Really?\" he said. \"Yes.\" Fine.",
                &["\"Really?\" he said.", "\"Yes.\"", "Fine."],
            ),
            ("It cost 3.50 at docs.rs today.", &["It cost 3.50 at docs.rs today."]),
            (
                "Wait... what? Wait... Then go.",
                &["Wait... what?", "Wait...", "Then go."],
            ),
            (
                "A title\n\nA line wrapped\nhere. Next\nNew",
                &["A title", "A line wrapped\nhere.", "Next", "New"],
            ),
            (" \n ", &[]),
            ("", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(texts(text), *expected, "{text:?}");
        }
    }

    #[test]
    fn ends_are_told_apart() {
        let ends: Vec<_> = split("One. Two.\nThree.").into_iter().map(|span| span.end).collect();
        assert_eq!(ends, [End::Sentence, End::Paragraph, End::Paragraph]);
    }

    #[test]
    fn long_sentences_are_cut_and_lose_nothing() {
        let clauses = "this is a clause of some length, ".repeat(40);
        let words = "word ".repeat(300);
        let letters = "é".repeat(1_000);
        let families = "👨‍👩‍👧".repeat(60);
        for text in [&clauses, &words, &letters, &families] {
            let spans = split(text);
            assert!(spans.len() > 1);
            assert!(spans.iter().all(|span| span.range.len() <= LONGEST));
            let joined: String = spans.iter().map(|span| &text[span.range.clone()]).collect();
            assert_eq!(joined.replace(' ', ""), text.replace(' ', ""));
        }
        assert!(texts(&clauses).iter().all(|piece| piece.ends_with(',')));
        assert!(texts(&families).iter().all(|piece| piece.len() % "👨‍👩‍👧".len() == 0));
    }
}
