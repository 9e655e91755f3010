//! A stretch of the script on its way to become a segment.

use std::ops::Range;

use std::time::Duration;

use crate::script::normalize::{Reading, closing, is_speakable, normalize};
use crate::script::segment::{Boundary, Segment};

/// A stretch of the script with what is spoken of it.
///
/// `spoken` lacks the mark that may be needed at its end; the mark is counted by [`characters`](Self::characters), so
/// that adding it never breaks a limit.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    span: Range<usize>,
    spoken: String,
    length: usize,
    boundary: Boundary,
    closing: Option<char>,
    /// What the script asks for behind it.
    pause: Option<Duration>,
}

impl Piece {
    /// Takes a stretch of `text`.
    pub(super) fn new(text: &str, span: Range<usize>, boundary: Boundary, reading: Reading) -> Self {
        let spoken = normalize(&text[span.clone()], reading);
        let mut piece = Self {
            span,
            length: spoken.chars().count(),
            closing: closing(&spoken, boundary),
            spoken,
            boundary,
            pause: None,
        };
        // A dash between two words of a sentence is kept; a line of stars is not.
        if boundary >= Boundary::Sentence {
            piece.hush_if_unspeakable();
        }
        piece
    }

    /// Says nothing if there is no letter and no digit in it.
    pub(super) fn hush_if_unspeakable(&mut self) {
        if !is_speakable(&self.spoken) {
            self.spoken.clear();
            self.length = 0;
            self.closing = None;
        }
    }

    /// True if nothing of it is spoken.
    pub(super) fn is_silent(&self) -> bool {
        self.spoken.is_empty()
    }

    /// How many characters are spoken, with the mark at the end.
    pub(super) fn characters(&self) -> usize {
        self.length + usize::from(self.closing.is_some())
    }

    /// How many characters both together have.
    pub(super) fn characters_with(&self, next: &Self) -> usize {
        if self.is_silent() || next.is_silent() {
            return self.characters() + next.characters();
        }
        let mark = usize::from(self.inner_mark().is_some());
        self.length + mark + usize::from(self.gap_to(next)) + next.characters()
    }

    /// What follows it.
    pub(super) fn boundary(&self) -> Boundary {
        self.boundary
    }

    /// The pause that the script asks for behind it: nothing is joined across one.
    pub(super) fn pause(&self) -> Option<Duration> {
        self.pause
    }

    /// Adds to the pause behind it.
    pub(super) fn rest(&mut self, pause: Duration) {
        self.pause = Some(self.pause.unwrap_or_default() + pause);
    }

    /// The same stretch read as a whole: what belongs together may have been read apart.
    pub(super) fn read_again(&self, text: &str, reading: Reading) -> Self {
        Self {
            pause: self.pause,
            ..Self::new(text, self.span.clone(), self.boundary, reading)
        }
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

    /// Becomes a segment; the last of a script ends with it.
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

    /// The mark needed where more follows: after a heading or an item of a list, not inside a sentence.
    fn inner_mark(&self) -> Option<char> {
        self.closing.filter(|_| self.boundary >= Boundary::Sentence)
    }

    /// True if white space lies between it and the next.
    fn gap_to(&self, next: &Self) -> bool {
        next.span.start > self.span.end
    }
}
