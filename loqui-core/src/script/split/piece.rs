//! A part of the script that becomes a segment or a part of one.

use std::ops::Range;
use std::time::Duration;

use crate::script::normalize::{closing, is_speakable};
use crate::script::reading::Reading;
use crate::script::segment::{Boundary, Segment};

/// A part of the script with its spoken text.
///
/// `spoken` does not include the closing mark. [`characters`](Self::characters) counts it, so that adding it never exceeds
/// a limit.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    span: Range<usize>,
    spoken: String,
    /// Whether a space stands before the spoken text: the piece begins inside a token.
    spaced: bool,
    length: usize,
    boundary: Boundary,
    closing: Option<char>,
    /// The explicit pause after it.
    pause: Option<Duration>,
    /// Whether it begins after a break.
    follows_break: bool,
}

impl Piece {
    /// Takes the spoken text of a part of the script.
    pub(super) fn new(span: Range<usize>, boundary: Boundary, reading: &Reading) -> Self {
        let (spoken, spaced) = reading.spoken(span.clone());
        let mut piece = Self {
            span,
            length: spoken.chars().count(),
            closing: closing(&spoken, boundary),
            spoken,
            spaced,
            boundary,
            pause: None,
            follows_break: false,
        };
        // Keep a dash between two words of a sentence, but not a line of stars.
        if boundary >= Boundary::Sentence {
            piece.silence_if_unspeakable();
        }
        piece
    }

    /// Clears the spoken text if it has no letter and no digit.
    pub(super) fn silence_if_unspeakable(&mut self) {
        if !is_speakable(&self.spoken) {
            self.spoken.clear();
            self.length = 0;
            self.closing = None;
        }
    }

    /// Returns true if there is no spoken text.
    pub(super) fn is_silent(&self) -> bool {
        self.spoken.is_empty()
    }

    /// Returns the number of spoken characters, with the closing mark.
    pub(super) fn characters(&self) -> usize {
        self.length + usize::from(self.closing.is_some())
    }

    /// Returns the number of spoken characters after joining the next piece.
    pub(super) fn characters_with(&self, next: &Self) -> usize {
        if self.is_silent() || next.is_silent() {
            return self.characters() + next.characters();
        }
        let mark = usize::from(self.inner_mark().is_some());
        self.length + mark + usize::from(self.gap_to(next)) + next.characters()
    }

    /// Returns true if it begins after a break. Pieces are not joined across a break.
    pub(super) fn follows_break(&self) -> bool {
        self.follows_break
    }

    /// Declares that it begins after a break.
    pub(super) fn begin_after_break(&mut self) {
        self.follows_break = true;
    }

    /// Declares that a chapter ends with it.
    pub(super) fn end_chapter(&mut self) {
        if self.boundary >= Boundary::Paragraph {
            self.boundary = Boundary::Chapter;
        }
    }

    /// Returns the boundary after it.
    pub(super) fn boundary(&self) -> Boundary {
        self.boundary
    }

    /// Returns the explicit pause after it. Pieces are not joined across a pause.
    pub(super) fn pause(&self) -> Option<Duration> {
        self.pause
    }

    /// Adds to the explicit pause after it.
    pub(super) fn add_pause(&mut self, pause: Duration) {
        self.pause = Some(self.pause.unwrap_or_default() + pause);
    }

    /// Appends the next piece.
    pub(super) fn join(&mut self, next: &Self) {
        if !self.is_silent() && !next.is_silent() {
            if let Some(mark) = self.inner_mark() {
                self.spoken.push(mark);
                self.length += 1;
            }
            if self.gap_to(next) {
                self.spoken.push(' ');
                self.length += 1;
            }
        }
        self.spoken.push_str(&next.spoken);
        self.length += next.length;
        self.span.end = next.span.end;
        self.boundary = next.boundary;
        self.pause = next.pause;
        self.closing = closing(&self.spoken, self.boundary);
    }

    /// Converts it to a segment. The last one has the boundary `End`.
    pub(super) fn into_segment(mut self, text: &str, index: u32, last: bool) -> Segment {
        self.spoken.extend(self.closing);
        let boundary = if last { Boundary::End } else { self.boundary };
        Segment::new(
            index,
            text[self.span.clone()].to_owned(),
            self.spoken,
            self.span,
            boundary,
        )
        .with_pause(self.pause)
    }

    /// Returns the closing mark that is needed before more text: after a heading or a list item, not within a sentence.
    fn inner_mark(&self) -> Option<char> {
        self.closing.filter(|_| self.boundary >= Boundary::Sentence)
    }

    /// Returns true if there is white space before the next piece.
    fn gap_to(&self, next: &Self) -> bool {
        next.span.start > self.span.end || next.spaced
    }
}
