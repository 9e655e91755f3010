//! The spoken form of a text, and the written part of each spoken part.

use std::ops::Range;

use crate::{Class, Finding, Token};

/// A text as it is spoken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Spoken {
    /// The words to say.
    pub text: String,
    /// Which written part each spoken part stands for, in order: bytes of the text that was given, and bytes of
    /// [`text`](Self::text). Neighbouring words that are read as they stand are one part.
    pub pieces: Vec<Piece>,
    /// What is not read as it is written, with positions in Unicode scalar values of the text that was given.
    pub findings: Vec<Finding>,
}

/// A written part and the words that are spoken for it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Piece {
    /// Bytes of the text that was given.
    pub written: Range<usize>,
    /// Bytes of the spoken text.
    pub spoken: Range<usize>,
    /// What the part stands for.
    pub class: Class,
}

/// Receives tokens in order.
pub(crate) trait Sink {
    /// Takes a token with the words for it. `glued` is true if no space precedes it.
    fn token(&mut self, token: Token, spoken: &str, glued: bool);
    /// Takes punctuation of the text, which stands at `range`.
    fn punctuation(&mut self, range: Range<usize>, mark: &str, glued: bool);
    /// Takes a part that cannot be spoken.
    fn silent(&mut self, range: Range<usize>, what: &str);
}

/// Writes the spoken text.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    pub(crate) spoken: Spoken,
    /// Parts without a reading, in bytes.
    pub(crate) silent: Vec<(Range<usize>, String)>,
}

impl Writer {
    fn gap(&mut self, glued: bool) {
        if !glued && !self.spoken.text.is_empty() && !self.spoken.text.ends_with(' ') {
            self.spoken.text.push(' ');
        }
    }
}

impl Sink for Writer {
    fn token(&mut self, token: Token, spoken: &str, glued: bool) {
        if spoken.is_empty() {
            return;
        }
        self.gap(glued);
        let start = self.spoken.text.len();
        self.spoken.text.push_str(spoken);
        let end = self.spoken.text.len();
        if token.class == Class::Plain
            && let Some(last) = self.spoken.pieces.last_mut()
            && last.class == Class::Plain
        {
            last.written.end = token.range.end;
            last.spoken.end = end;
            return;
        }
        self.spoken.pieces.push(Piece {
            written: token.range,
            spoken: start..end,
            class: token.class,
        });
    }

    fn punctuation(&mut self, _range: Range<usize>, mark: &str, glued: bool) {
        self.gap(glued);
        self.spoken.text.push_str(mark);
    }

    fn silent(&mut self, range: Range<usize>, what: &str) {
        // Neighbouring pictures are one finding.
        if let Some((last, _)) = self.silent.last_mut()
            && last.end == range.start
        {
            last.end = range.end;
            return;
        }
        self.silent.push((range, what.to_owned()));
    }
}

/// Collects tokens without their words.
#[derive(Debug, Default)]
pub(crate) struct Collector {
    pub(crate) tokens: Vec<Token>,
}

impl Sink for Collector {
    fn token(&mut self, token: Token, _spoken: &str, _glued: bool) {
        self.tokens.push(token);
    }

    fn punctuation(&mut self, _range: Range<usize>, _mark: &str, _glued: bool) {}

    fn silent(&mut self, range: Range<usize>, _what: &str) {
        self.tokens.push(Token {
            range,
            class: Class::Emoji,
            may_end_sentence: true,
            reason: None,
        });
    }
}
