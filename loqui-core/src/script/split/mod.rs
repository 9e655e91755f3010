//! Cuts a text into segments: at paragraphs, sentences, clauses, words, and at last inside a word.
//!
//! A stretch that fits is never cut further. What was cut is packed again: sentences of a paragraph up to the target, the
//! parts of a long sentence into shares of about equal length. Time grows with the length of the text, not faster.

mod abbreviation;
mod clause;
mod paragraph;
mod piece;
mod sentence;

use std::ops::Range;

pub(super) use paragraph::paragraphs;
use piece::Piece;
pub(super) use sentence::sentences;
use unicode_segmentation::UnicodeSegmentation as _;

use super::Limits;
use super::segment::{Boundary, Segment};

/// Segments shorter than this are joined to a neighbour: models babble on "Hi!" alone.
const TINY_CHARACTERS: usize = 20;

/// Room for one character in its longest form, with the mark that ends it.
const SMALLEST_MAX_CHARACTERS: usize = 16;

/// Cuts `text` into segments; none if there is nothing to say in it.
pub(super) fn split(text: &str, limits: &Limits, language: Option<&str>) -> Vec<Segment> {
    let max = limits.max_characters.max(SMALLEST_MAX_CHARACTERS);
    let cutter = Cutter {
        text,
        language,
        max,
        target: limits.target_characters.clamp(1, max),
    };
    let mut pieces = Vec::new();
    for paragraph in paragraphs(text) {
        cutter.cut_paragraph(paragraph, &mut pieces);
    }
    pieces.iter_mut().for_each(Piece::hush_if_unspeakable);
    let pieces = merge_tiny(pieces, TINY_CHARACTERS.min(max / 2), max);

    let last = pieces.len().saturating_sub(1);
    pieces
        .into_iter()
        .filter(|piece| !piece.is_silent())
        .enumerate()
        .map(|(index, piece)| piece.into_segment(text, index as u32, index == last))
        .collect()
}

/// How finely to cut.
#[derive(Clone, Copy)]
enum Level {
    Sentence,
    Clause,
    Word,
    /// By the word rules of Unicode: for scripts without spaces.
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

struct Cutter<'a> {
    text: &'a str,
    language: Option<&'a str>,
    target: usize,
    max: usize,
}

impl Cutter<'_> {
    fn cut_paragraph(&self, span: Range<usize>, pieces: &mut Vec<Piece>) {
        let mut sentences = Vec::new();
        self.cut_at(Level::Sentence, span, Boundary::Paragraph, &mut sentences);
        pack(sentences, self.target, self.target, pieces);
    }

    /// Adds the stretch as one piece if it fits, else its parts.
    fn cut(&self, span: Range<usize>, level: Level, boundary: Boundary, pieces: &mut Vec<Piece>) {
        let piece = Piece::new(self.text, span.clone(), boundary);
        match level.finer() {
            Some(finer) if piece.characters() > self.max => {
                let shares = piece.characters().div_ceil(self.target);
                let mut parts = Vec::new();
                self.cut_at(finer, span, boundary, &mut parts);
                pack(parts, piece.characters().div_ceil(shares), self.target, pieces);
            }
            _ => pieces.push(piece),
        }
    }

    fn cut_at(&self, level: Level, span: Range<usize>, boundary: Boundary, pieces: &mut Vec<Piece>) {
        let parts = self.parts(level, &self.text[span.clone()]);
        let last = parts.len().saturating_sub(1);
        for (index, part) in parts.into_iter().enumerate() {
            let part_boundary = if index == last { boundary } else { level.boundary() };
            self.cut(
                span.start + part.start..span.start + part.end,
                level,
                part_boundary,
                pieces,
            );
        }
    }

    fn parts(&self, level: Level, text: &str) -> Vec<Range<usize>> {
        let in_place = |(at, part): (usize, &str)| at..at + part.len();
        match level {
            Level::Sentence => sentences(text, self.language),
            Level::Clause => clause::clauses(text),
            Level::Word => words(text),
            Level::Unspaced => text.split_word_bound_indices().map(in_place).collect(),
            Level::Grapheme => text.grapheme_indices(true).map(in_place).collect(),
            Level::Scalar => text.char_indices().map(|(at, c)| at..at + c.len_utf8()).collect(),
        }
    }
}

/// Joins neighbours: a piece that has reached `aim` takes no more, and none grows above `target`.
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

/// Joins pieces below `tiny` characters to the neighbour across the weaker boundary, the next one if both are alike, as
/// long as the result has at most `max`. Pieces without anything to say go to the one before.
fn merge_tiny(pieces: Vec<Piece>, tiny: usize, max: usize) -> Vec<Piece> {
    let mut merged: Vec<Piece> = Vec::with_capacity(pieces.len());
    let mut pieces = pieces.into_iter().peekable();
    while let Some(mut piece) = pieces.next() {
        while piece.characters() < tiny
            && let Some(next) = pieces.next_if(|next| {
                let back = merged.last().filter(|last| last.characters_with(&piece) <= max);
                let forward = back.is_none_or(|back| !piece.is_silent() && back.boundary() >= piece.boundary());
                forward && piece.characters_with(next) <= max
            })
        {
            piece.join(&next);
        }
        match merged.last_mut() {
            Some(back) if piece.characters() < tiny && back.characters_with(&piece) <= max => back.join(&piece),
            _ => merged.push(piece),
        }
    }
    merged
}

/// The words of a text, without the white space between them.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    let mut at = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        spans.extend(trimmed(text, at..at + word.len()));
        at += word.len();
    }
    spans
}

/// The span without the white space at its ends; nothing if there is nothing else.
fn trimmed(text: &str, span: Range<usize>) -> Option<Range<usize>> {
    let part = &text[span.clone()];
    let start = span.start + part.len() - part.trim_start().len();
    let end = start + part.trim().len();
    (start < end).then_some(start..end)
}

#[cfg(test)]
mod tests;
