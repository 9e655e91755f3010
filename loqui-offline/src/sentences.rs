//! Splits a text into sentences and parts of long sentences.

use std::ops::Range;
use std::sync::LazyLock;

use loqui_text::{Class, Locale, Token, tokens};
use regex::Regex;
use unicode_segmentation::UnicodeSegmentation;

/// The maximum length of a part, in bytes. Longer sentences are split at a clause, otherwise at a word. Time and memory of
/// the later steps grow with the length; 250 bytes are about 15 s of speech.
const LONGEST: usize = 250;

static LINE_END: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\s*[\r\n\u{2028}\u{2029}]\s*").expect("the tests compile all patterns"));
static STOP: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"[.!?…]+["'”’»)\]*_]*\s+|[。！？]+"#).expect("the tests compile all patterns"));
static CLAUSE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[,;:)—–]\s+").expect("the tests compile all patterns"));

/// A part of a text that is spoken at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    /// The position in the text, in bytes.
    pub(crate) range: Range<usize>,
    /// The kind of its end.
    pub(crate) end: End,
}

/// The kind of end of a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// Within a sentence that is too long.
    Clause,
    /// The end of a sentence.
    Sentence,
    /// The end of a line or paragraph.
    Paragraph,
}

/// Splits a text into spans that cover everything but white space.
pub(crate) fn split(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    for line in lines(text) {
        let sentences = sentences(&text[line.clone()]);
        let last = sentences.len().saturating_sub(1);
        for (index, sentence) in sentences.into_iter().enumerate() {
            let end = if index == last { End::Paragraph } else { End::Sentence };
            let sentence = line.start + sentence.start..line.start + sentence.end;
            split_long(text, sentence, end, &mut spans);
        }
    }
    spans
}

/// Returns the lines that are spoken separately. A line that continues in lower case is only wrapped.
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
    let tokens = tokens(line, &Locale::american());
    ranges_between(
        line,
        STOP.find_iter(line)
            .filter(|stop| ends_sentence(line, stop.start(), stop.end(), &tokens))
            .map(|stop| {
                let after = stop.start() + stop.as_str().trim_end().len();
                after..stop.end()
            }),
    )
}

/// Returns whether the stop at `start` ends a sentence. The next word is at `end`.
fn ends_sentence(line: &str, start: usize, end: usize, tokens: &[Token]) -> bool {
    if line[end..].starts_with(char::is_lowercase) {
        return false;
    }
    if !line[start..].starts_with('.') || line[start..].starts_with("..") {
        return true;
    }
    let token = tokens.get(tokens.partition_point(|token| token.range.end <= start));
    if let Some(token) = token.filter(|token| token.range.start <= start && token.class != Class::Plain) {
        return token.may_end_sentence && token.range.end == start + 1;
    }
    // "J. K. Rowling"
    let word = line[..start]
        .rsplit(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or_default();
    let mut letters = word.chars();
    let initial = letters.next().is_some_and(char::is_uppercase) && letters.next().is_none();
    !initial || word == "I"
}

/// Adds `sentence` in parts of at most [`LONGEST`] bytes.
fn split_long(text: &str, sentence: Range<usize>, end: End, spans: &mut Vec<Span>) {
    let mut start = sentence.start;
    while sentence.end - start > LONGEST {
        let rest = &text[start..sentence.end];
        let limit = rest.floor_char_boundary(LONGEST);
        let window = &rest[..limit];
        // Avoid a very short first part.
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

/// Adds a span without the white space around it, unless it is blank.
fn push(text: &str, range: Range<usize>, end: End, spans: &mut Vec<Span>) {
    let piece = &text[range.clone()];
    let start = range.start + piece.len() - piece.trim_start().len();
    let range = start..start + piece.trim().len();
    if !range.is_empty() {
        spans.push(Span { range, end });
    }
}

/// Returns the non-blank ranges before, between and after the gaps.
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
    fn text_is_split_at_sentence_ends_and_lines() {
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
    fn sentence_and_paragraph_ends_are_distinguished() {
        let ends: Vec<_> = split("One. Two.\nThree.").into_iter().map(|span| span.end).collect();
        assert_eq!(ends, [End::Sentence, End::Paragraph, End::Paragraph]);
    }

    #[test]
    fn long_sentences_are_split_without_losing_text() {
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
