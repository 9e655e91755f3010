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
    /// [`text`](Self::text). Punctuation is a part, and so is what has no reading.
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
    /// Whether a sentence may end behind it. See [`Token::may_end_sentence`].
    pub may_end_sentence: bool,
    /// Why an ambiguous part was read the way it was, in words.
    pub reason: Option<&'static str>,
}

impl Spoken {
    /// Returns a text that is spoken as it stands, as one part.
    pub fn verbatim(text: &str) -> Self {
        let mut writer = Writer::default();
        if !text.is_empty() {
            writer.token(Token::plain(0..text.len()), text, true);
        }
        writer.spoken
    }

    /// Puts other words in place of parts of the spoken text, given as bytes of [`text`](Self::text). Where two edits
    /// overlap, the first and longest counts. Parts that one edit covers become one part.
    pub fn replace(&mut self, mut edits: Vec<(Range<usize>, String)>) {
        edits.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
        let mut text = String::with_capacity(self.text.len());
        let mut moved: Vec<Edit> = Vec::new();
        let mut at = 0;
        for (range, words) in edits {
            if range.start < at {
                continue;
            }
            text.push_str(&self.text[at..range.start]);
            let start = text.len();
            text.push_str(&words);
            at = range.end;
            moved.push(Edit {
                old: range,
                new: start..text.len(),
            });
        }
        if moved.is_empty() {
            return;
        }
        text.push_str(&self.text[at..]);
        self.text = text;
        let pieces = cut_at_edits(std::mem::take(&mut self.pieces), &moved);
        let mut last_edit = None;
        for mut piece in pieces {
            let edit = moved.partition_point(|edit| edit.old.start < piece.spoken.end);
            let edit = edit
                .checked_sub(1)
                .filter(|index| moved[*index].old.end > piece.spoken.start);
            piece.spoken = place(&moved, piece.spoken.start, false)..place(&moved, piece.spoken.end, true);
            match self.pieces.last_mut() {
                Some(last) if last.spoken.end > piece.spoken.start && last_edit.is_some() => {
                    last.written.end = piece.written.end.max(last.written.end);
                    last.spoken.end = piece.spoken.end.max(last.spoken.end);
                    last.class = Class::Respelled;
                    last.may_end_sentence = piece.may_end_sentence;
                }
                _ => {
                    if edit.is_some() && piece.class != Class::Punctuation {
                        piece.class = Class::Respelled;
                        piece.reason = None;
                    }
                    self.pieces.push(piece);
                }
            }
            last_edit = edit;
        }
    }
}

/// Words that were put in place of others, in bytes.
struct Edit {
    old: Range<usize>,
    new: Range<usize>,
}

/// Cuts parts that are read as they stand where an edit begins or ends, so that the words around it stay what they are.
fn cut_at_edits(pieces: Vec<Piece>, moved: &[Edit]) -> Vec<Piece> {
    let mut cut = Vec::with_capacity(pieces.len() + moved.len());
    for mut piece in pieces {
        if piece.class == Class::Plain && piece.written.len() == piece.spoken.len() {
            let first = moved.partition_point(|edit| edit.old.end <= piece.spoken.start);
            let edits = moved[first..].iter();
            let marks = edits
                .take_while(|edit| edit.old.start < piece.spoken.end)
                .flat_map(|edit| [edit.old.start, edit.old.end]);
            for mark in marks.collect::<Vec<_>>() {
                if piece.spoken.start < mark && mark < piece.spoken.end {
                    let middle = piece.written.start + (mark - piece.spoken.start);
                    cut.push(Piece {
                        written: piece.written.start..middle,
                        spoken: piece.spoken.start..mark,
                        ..piece
                    });
                    piece.written.start = middle;
                    piece.spoken.start = mark;
                }
            }
        }
        cut.push(piece);
    }
    cut
}

/// Where a byte of the old text stands in the new one. A byte inside an edit moves to its start, or to its end.
fn place(moved: &[Edit], byte: usize, end: bool) -> usize {
    let index = moved.partition_point(|edit| {
        if end {
            edit.old.start < byte
        } else {
            edit.old.start <= byte
        }
    });
    let Some(edit) = index.checked_sub(1).map(|index| &moved[index]) else {
        return byte;
    };
    if byte >= edit.old.end {
        edit.new.end + (byte - edit.old.end)
    } else if end {
        edit.new.end
    } else {
        edit.new.start
    }
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

impl Writer {
    fn push(&mut self, written: Range<usize>, spoken: &str, glued: bool) -> &mut Piece {
        self.gap(glued || spoken.is_empty());
        let start = self.spoken.text.len();
        self.spoken.text.push_str(spoken);
        let index = self.spoken.pieces.len();
        self.spoken.pieces.push(Piece {
            written,
            spoken: start..self.spoken.text.len(),
            class: Class::Punctuation,
            may_end_sentence: true,
            reason: None,
        });
        &mut self.spoken.pieces[index]
    }
}

impl Sink for Writer {
    fn token(&mut self, token: Token, spoken: &str, glued: bool) {
        let piece = self.push(token.range, spoken, glued);
        piece.class = token.class;
        piece.may_end_sentence = token.may_end_sentence;
        piece.reason = token.reason;
    }

    fn punctuation(&mut self, range: Range<usize>, mark: &str, glued: bool) {
        self.push(range, mark, glued);
    }

    fn silent(&mut self, range: Range<usize>, what: &str) {
        self.push(range.clone(), "", true).class = Class::Emoji;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Locale, speak};

    fn parts<'a>(spoken: &'a Spoken, written: &'a str) -> Vec<(&'a str, &'a str, Class)> {
        let part = |piece: &Piece| {
            let (from, to) = (&written[piece.written.clone()], &spoken.text[piece.spoken.clone()]);
            (from, to, piece.class)
        };
        spoken.pieces.iter().map(part).collect()
    }

    #[test]
    fn parts_follow_the_words_that_replace_them() {
        let written = "In New York, 5 ran.";
        let mut spoken = speak(written, &Locale::american());
        spoken.replace(vec![(3..11, "noo yawk".to_owned()), (5..7, "not used".to_owned())]);
        assert_eq!(spoken.text, "In noo yawk, five ran.");
        assert_eq!(
            parts(&spoken, written),
            [
                ("In", "In", Class::Plain),
                ("New York", "noo yawk", Class::Respelled),
                (",", ",", Class::Punctuation),
                ("5", "five", Class::Cardinal),
                ("ran", "ran", Class::Plain),
                (".", ".", Class::Punctuation),
            ]
        );
    }

    #[test]
    fn words_around_an_edit_stay_what_they_are() {
        let written = "Die Jeans ist da";
        let mut spoken = Spoken::verbatim(written);
        spoken.replace(vec![(4..9, "Dschiens".to_owned())]);
        assert_eq!(
            parts(&spoken, written),
            [
                ("Die ", "Die ", Class::Plain),
                ("Jeans", "Dschiens", Class::Respelled),
                (" ist da", " ist da", Class::Plain),
            ]
        );
    }
}
