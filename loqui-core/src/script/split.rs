//! Splits a text into segments: at paragraphs, sentences, clauses, words, and as a last resort inside a word.
//!
//! Text that fits is not split further. Then parts are combined: sentences of a paragraph up to the target length, the
//! parts of a long sentence into parts of about equal length. The time is linear in the length of the text.

mod abbreviation;
mod clause;
mod piece;
mod sentence;

use std::ops::Range;
use std::time::Duration;

use piece::Piece;
pub(super) use sentence::sentences;
use unicode_segmentation::UnicodeSegmentation as _;

use super::ScriptOptions;
use super::blocks::{paragraphs, stretches, trimmed};
use super::breaks::Breaks;
use super::normalize::{is_closer, is_ender, is_free_clause_mark, is_free_ender};
use super::reading::Reading;
use super::segment::{Boundary, Segment};

/// Segments shorter than this are merged with a neighbour. Models add speech to very short texts such as "Hi!".
const TINY_CHARACTERS: usize = 20;

/// The minimum of `Limits::max_characters`: one character in its longest spoken form ("radians per second squared") with a
/// closing mark.
const SMALLEST_MAX_CHARACTERS: usize = 40;

/// Splits `text` into segments, none of which crosses a break. Returns none if nothing in it can be spoken. Keeps the `earlier`
/// segments that occur in it.
pub(super) fn split(
    text: &str,
    reading: &Reading,
    options: &ScriptOptions,
    earlier: &[Segment],
    breaks: &Breaks,
) -> Vec<Segment> {
    let language = options.primary_language();
    let max = options.limits.max_characters.max(SMALLEST_MAX_CHARACTERS);
    let splitter = Splitter {
        text,
        language: language.as_deref(),
        max,
        target: options.limits.target_characters.clamp(1, max),
        by_sentence: options.editable,
        reading,
    };
    let mut earlier = Earlier {
        segments: earlier,
        next: 0,
    };
    let mut pieces = Vec::new();
    for (stretch, pause) in stretches(text) {
        let parts = breaks.divide(stretch);
        let last = parts.len().saturating_sub(1);
        for (index, (part, begun)) in parts.into_iter().enumerate() {
            let first = pieces.len();
            let pause = pause.filter(|_| index == last);
            let is_inside = index != last && !ends_paragraph(text, part.end);
            splitter.split_stretch(part, pause, is_inside, &mut earlier, &mut pieces);
            if let Some(begun) = begun {
                begin(&mut pieces, first, begun.chapter);
            }
        }
    }
    pieces.iter_mut().for_each(Piece::silence_if_unspeakable);
    let pieces = merge_tiny(pieces, TINY_CHARACTERS.min(max / 2), max);
    let pieces = without_silent(pieces);

    let last = pieces.len().saturating_sub(1);
    pieces
        .into_iter()
        .enumerate()
        .map(|(index, piece)| piece.into_segment(text, index as u32, index == last))
        .collect()
}

/// Marks the piece at `first` as the first one after a break, and ends what stands before it.
fn begin(pieces: &mut [Piece], first: usize, chapter: bool) {
    if let Some(piece) = pieces.get_mut(first) {
        piece.begin_after_break();
    }
    if chapter && let Some(before) = first.checked_sub(1).and_then(|before| pieces.get_mut(before)) {
        before.end_chapter();
    }
}

/// The number of earlier segments that may have been removed in one place.
const MOST_REMOVED: usize = 40;

/// The segments of an earlier version of the text. `next` is the first that was not found yet.
struct Earlier<'a> {
    segments: &'a [Segment],
    next: usize,
}

impl Earlier<'_> {
    /// Finds the next segments in a paragraph, in order. Returns each with its boundary.
    fn unchanged(&mut self, text: &str, span: Range<usize>) -> Vec<(Range<usize>, Boundary)> {
        let mut found = Vec::new();
        let mut from = span.start;
        while let Some((index, position)) = (self.next..self.segments.len())
            .take(MOST_REMOVED)
            .find_map(|index| Some((index, self.find(index, text, from..span.end)?)))
        {
            self.next = index + 1;
            from = position.end;
            found.push((position, self.segments[index].boundary));
        }
        found
    }

    /// Finds one segment in a part of the text, at a position where a segment may start and end.
    fn find(&self, index: usize, text: &str, span: Range<usize>) -> Option<Range<usize>> {
        let segment = &self.segments[index];
        let boundary_before = index.checked_sub(1).map(|before| self.segments[before].boundary);
        text[span.clone()]
            .match_indices(&segment.text)
            .map(|(at, part)| span.start + at..span.start + at + part.len())
            .find(|position| {
                let before = text[span.start..position.start].chars().next_back();
                let after = text[position.end..span.end].chars().next();
                let (first, last) = (segment.text.chars().next(), segment.text.chars().next_back());
                may_split(before, first, boundary_before) && may_split(last, after, Some(segment.boundary))
            })
    }
}

/// Returns true at white space, after marks that need no space after them, and between words without spaces if the text
/// was split between words there.
fn may_split(last: Option<char>, next: Option<char>, boundary: Option<Boundary>) -> bool {
    let (Some(last), Some(next)) = (last, next) else {
        return true;
    };
    if last.is_whitespace() || next.is_whitespace() {
        return true;
    }
    if boundary == Some(Boundary::Word) && last.is_alphanumeric() && next.is_alphanumeric() {
        return String::from_iter([last, next]).split_word_bounds().count() == 2;
    }
    closes(last) && !is_ender(next) && !is_closer(next)
}

/// Returns true for marks that end a sentence or a clause and need no space after them.
fn closes(mark: char) -> bool {
    is_free_ender(mark) || is_free_clause_mark(mark) || (is_closer(mark) && !mark.is_ascii())
}

/// The granularity of a split.
#[derive(Clone, Copy)]
enum Level {
    Sentence,
    Clause,
    Word,
    /// By the word boundaries of Unicode (<https://www.unicode.org/reports/tr29/>), for scripts without spaces.
    Unspaced,
    Grapheme,
    Scalar,
}

impl Level {
    const fn finer(self) -> Option<Self> {
        match self {
            Self::Sentence => Some(Self::Clause),
            Self::Clause => Some(Self::Word),
            Self::Word => Some(Self::Unspaced),
            Self::Unspaced => Some(Self::Grapheme),
            Self::Grapheme => Some(Self::Scalar),
            Self::Scalar => None,
        }
    }

    const fn boundary(self) -> Boundary {
        match self {
            Self::Sentence => Boundary::Sentence,
            Self::Clause => Boundary::Clause,
            Self::Word | Self::Unspaced | Self::Grapheme | Self::Scalar => Boundary::Word,
        }
    }
}

struct Splitter<'a> {
    text: &'a str,
    language: Option<&'a str>,
    target: usize,
    max: usize,
    /// Whether sentences stay apart.
    by_sentence: bool,
    reading: &'a Reading,
}

impl Splitter<'_> {
    /// Splits the text between two explicit pauses.
    fn split_stretch(
        &self,
        span: Range<usize>,
        pause: Option<Duration>,
        is_inside: bool,
        earlier: &mut Earlier<'_>,
        pieces: &mut Vec<Piece>,
    ) {
        let text = &self.text[span.clone()];
        let paragraphs = paragraphs(text);
        let last = paragraphs.len().saturating_sub(1);
        for (index, paragraph) in paragraphs.into_iter().enumerate() {
            let boundary = if index == last && (pause.is_some() || is_inside) {
                boundary_before_pause(&text[paragraph.start..])
            } else {
                Boundary::Paragraph
            };
            let paragraph = span.start + paragraph.start..span.start + paragraph.end;
            self.split_paragraph(paragraph, boundary, earlier, pieces);
        }
        if let (Some(pause), Some(last)) = (pause, pieces.last_mut()) {
            last.add_pause(pause);
        }
    }

    fn split_paragraph(
        &self,
        span: Range<usize>,
        boundary: Boundary,
        earlier: &mut Earlier<'_>,
        pieces: &mut Vec<Piece>,
    ) {
        let mut from = span.start;
        for (known, known_boundary) in earlier.unchanged(self.text, span.clone()) {
            let end = known.end;
            self.split_sentences(from..known.start, Boundary::Sentence, pieces);
            let boundary = match known_boundary {
                _ if end == span.end => boundary,
                within @ (Boundary::Word | Boundary::Clause) => within,
                _ => Boundary::Sentence,
            };
            let piece = Piece::new(known.clone(), boundary, self.reading);
            if piece.characters() <= self.max {
                pieces.push(piece);
            } else {
                self.split_sentences(known, boundary, pieces);
            }
            from = end;
        }
        self.split_sentences(from..span.end, boundary, pieces);
    }

    fn split_sentences(&self, span: Range<usize>, boundary: Boundary, pieces: &mut Vec<Piece>) {
        let mut sentences = Vec::new();
        self.split_at(Level::Sentence, span, boundary, &mut sentences);
        let aim = if self.by_sentence { 0 } else { self.target };
        pack(sentences, aim, self.target, pieces);
    }

    /// Adds the text as one piece if it fits, otherwise its parts.
    fn add(&self, span: Range<usize>, level: Level, boundary: Boundary, pieces: &mut Vec<Piece>) {
        let piece = Piece::new(span.clone(), boundary, self.reading);
        match level.finer() {
            Some(finer) if piece.characters() > self.max => {
                let shares = piece.characters().div_ceil(self.target);
                let mut parts = Vec::new();
                self.split_at(finer, span, boundary, &mut parts);
                pack(parts, piece.characters().div_ceil(shares), self.target, pieces);
            }
            _ => pieces.push(piece),
        }
    }

    fn split_at(&self, level: Level, span: Range<usize>, boundary: Boundary, pieces: &mut Vec<Piece>) {
        let parts = self.parts(level, span.clone());
        let last = parts.len().saturating_sub(1);
        for (index, part) in parts.into_iter().enumerate() {
            let part_boundary = if index == last { boundary } else { level.boundary() };
            self.add(part, level, part_boundary, pieces);
        }
    }

    /// Returns the parts of a span. Only the finest levels divide tokens.
    fn parts(&self, level: Level, span: Range<usize>) -> Vec<Range<usize>> {
        let text = &self.text[span.clone()];
        let range = |(at, part): (usize, &str)| at..at + part.len();
        let parts = match level {
            Level::Sentence => sentences(self.text, span.clone(), self.language, self.reading),
            Level::Clause => clause::clauses(text),
            Level::Word => words(text),
            Level::Unspaced => text.split_word_bound_indices().map(range).collect(),
            Level::Grapheme => text.grapheme_indices(true).map(range).collect(),
            Level::Scalar => text.char_indices().map(|(at, c)| at..at + c.len_utf8()).collect(),
        };
        let divides_tokens = matches!(level, Level::Unspaced | Level::Grapheme | Level::Scalar);
        let mut whole: Vec<Range<usize>> = Vec::with_capacity(parts.len());
        for part in parts {
            let part = match level {
                Level::Sentence => part,
                _ => span.start + part.start..span.start + part.end,
            };
            match whole.last_mut() {
                Some(last) if !divides_tokens && self.reading.divides_token(last.end) => last.end = part.end,
                _ => whole.push(part),
            }
        }
        whole
    }
}

/// Joins neighbours. A piece that has reached `aim` is not extended, and none grows above `target`.
fn pack(pieces: Vec<Piece>, aim: usize, target: usize, packed: &mut Vec<Piece>) {
    let first = packed.len();
    for piece in pieces {
        match packed.get_mut(first..).and_then(|packed| packed.last_mut()) {
            Some(last) if last.is_silent() || piece.is_silent() => last.join(&piece),
            Some(last) if last.characters() < aim && last.characters_with(&piece) <= target => last.join(&piece),
            _ => packed.push(piece),
        }
    }
}

/// Joins pieces below `tiny` characters with the neighbour across the weaker boundary, with the next one if both are equal,
/// if the result has at most `max` characters. Pieces without spoken text are joined with the one before.
fn merge_tiny(pieces: Vec<Piece>, tiny: usize, max: usize) -> Vec<Piece> {
    let mut merged: Vec<Piece> = Vec::with_capacity(pieces.len());
    let mut pieces = pieces.into_iter().peekable();
    while let Some(mut piece) = pieces.next() {
        while piece.characters() < tiny
            && piece.pause().is_none()
            && let Some(next) = pieces.next_if(|next| {
                if next.follows_break() {
                    return false;
                }
                let back = merged.last().filter(|last| {
                    !piece.follows_break() && last.pause().is_none() && last.characters_with(&piece) <= max
                });
                let forward = back.is_none_or(|back| !piece.is_silent() && back.boundary() >= piece.boundary());
                forward && piece.characters_with(next) <= max
            })
        {
            piece.join(&next);
        }
        match merged.last_mut() {
            Some(back)
                if back.pause().is_none()
                    && !piece.follows_break()
                    && piece.characters() < tiny
                    && back.characters_with(&piece) <= max =>
            {
                back.join(&piece);
            }
            _ => merged.push(piece),
        }
    }
    merged
}

/// Drops pieces without spoken text. The pause after one is added to the piece before.
fn without_silent(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut spoken: Vec<Piece> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        if !piece.is_silent() {
            spoken.push(piece);
            continue;
        }
        if piece.boundary() == Boundary::Chapter
            && let Some(before) = spoken.last_mut()
        {
            before.end_chapter();
        }
        if let (Some(before), Some(pause)) = (spoken.last_mut(), piece.pause()) {
            before.add_pause(pause);
        }
    }
    spoken
}

/// Returns the boundary at an explicit pause: the end of a sentence if it looks like one or the line ends, otherwise the
/// end of a clause.
fn boundary_before_pause(paragraph: &str) -> Boundary {
    let line_ends = paragraph.len() > paragraph.trim_end_matches(['\n', '\r']).len();
    let words = paragraph.trim_end().trim_end_matches(is_closer);
    if line_ends || words.ends_with(is_ender) {
        Boundary::Sentence
    } else {
        Boundary::Clause
    }
}

/// Returns true if a paragraph or the text ends at `at`.
fn ends_paragraph(text: &str, at: usize) -> bool {
    let (before, after) = text.split_at(at);
    let space = [
        &before[before.trim_end().len()..],
        &after[..after.len() - after.trim_start().len()],
    ]
    .concat();
    after.trim_start().is_empty() || space.contains('\u{2029}') || space.matches('\n').count() > 1
}

/// Returns the words of a text, without the white space between them.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    let mut at = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        spans.extend(trimmed(text, at..at + word.len()));
        at += word.len();
    }
    spans
}

#[cfg(test)]
mod tests;
