//! The spoken form of a text, and which written part each spoken part stands for.
//!
//! `loqui-text` classifies the tokens of a text and writes them in words. Segments are cut between these tokens, so that the
//! splitter and the normalizer never disagree about where a token ends.

use std::ops::Range;

use loqui_text::{Class, Locale, Mark, Piece, Spoken};

use super::blocks::blocks;
use super::breaks::Breaks;
use super::normalize::in_plain_forms;
use super::voices::AttributeSweep;
use super::{ScriptOptions, TextMark, TokenReading};

/// The words of a cut token stay whole if one ends within this many bytes before the cut.
const WORD_BYTES: usize = 60;

/// Directions to the voice, such as `[laugh]`. A model that does not know one of them would say the word.
const DIRECTIONS: &[&str] = &[
    "applause",
    "breath",
    "breathe",
    "breathes",
    "chuckle",
    "chuckles",
    "clear throat",
    "clears throat",
    "cough",
    "coughs",
    "cry",
    "crying",
    "gasp",
    "gasps",
    "giggle",
    "giggles",
    "groan",
    "groans",
    "hum",
    "inhale",
    "exhale",
    "laugh",
    "laughing",
    "laughs",
    "laughter",
    "moan",
    "scoff",
    "scream",
    "shout",
    "shush",
    "sigh",
    "sighs",
    "sing",
    "singing",
    "sniff",
    "sniffs",
    "sob",
    "sush",
    "whisper",
    "whispers",
    "whistle",
    "yawn",
];

/// A text with its spoken form.
#[derive(Debug)]
pub(super) struct Reading {
    spoken: Spoken,
    plain_letters: bool,
    /// Directions that the model does not know, in bytes of the text.
    dropped: Vec<Range<usize>>,
}

impl Reading {
    /// Reads a plain text. Tokens do not go on from one paragraph or list item to the next.
    pub(super) fn of(text: &str, options: &ScriptOptions) -> Self {
        Self::of_marked(text, &[], &Breaks::default(), options)
    }

    /// Reads a plain text with marks. Tokens do not cross breaks.
    pub(super) fn of_marked(text: &str, marks: &[TextMark], breaks: &Breaks, options: &ScriptOptions) -> Self {
        let locale = options.locale();
        let mut reading = Self {
            spoken: Spoken::default(),
            plain_letters: options.limits.plain_letters,
            dropped: Vec::new(),
        };
        let blocks = blocks(text).into_iter().flat_map(|block| breaks.divide(block));
        let mut sweep = AttributeSweep::new(marks);
        for (block, _) in blocks {
            let part = &text[block.clone()];
            let attributes = sweep.at(block.start);
            let own = attributes.language.as_deref().and_then(|tag| tag.parse().ok());
            let locale = own.or_else(|| locale.clone());
            let mut spoken = match &locale {
                Some(locale) if !options.reads_written => loqui_text::speak(part, locale),
                _ => Spoken::verbatim(part),
            };
            let dropped = directions(part, &spoken, options);
            reading.dropped.extend(
                dropped
                    .iter()
                    .map(|(written, _)| block.start + written.start..block.start + written.end),
            );
            spoken.replace(dropped.into_iter().map(|(_, range)| (range, String::new())).collect());
            // Pronunciations come last.
            let any = Locale::american();
            let voice = attributes.voice.as_deref().or(options.voice.as_deref());
            let locale = locale.as_ref().unwrap_or(&any);
            options
                .pronunciations
                .apply(&mut spoken, part, locale, voice, options.reads_ipa);
            spoken.replace(respelled(&spoken, &block, marks, options.reads_ipa));
            reading.append(spoken, block.start);
            // Lines of one paragraph that are no sentences are read with a short pause.
            let line = text[block.end..].starts_with('\n') && !text[block.end + 1..].starts_with('\n');
            if line && reading.spoken.text.ends_with(|c: char| c.is_alphanumeric() || c == ')') {
                reading.spoken.text.push(',');
            }
        }
        reading
    }

    fn append(&mut self, part: Spoken, offset: usize) {
        if !self.spoken.text.is_empty() {
            self.spoken.text.push('\n');
        }
        let start = self.spoken.text.len();
        self.spoken.text.push_str(&part.text);
        self.spoken.pieces.extend(part.pieces.into_iter().map(|mut piece| {
            piece.written = piece.written.start + offset..piece.written.end + offset;
            piece.spoken = piece.spoken.start + start..piece.spoken.end + start;
            piece
        }));
    }

    /// Returns what is spoken for a part of the text: in composed characters, with plain quotes and dashes, single spaces, no
    /// unspeakable characters, and no bullet at the start. Also returns whether a space stands before it.
    pub(super) fn spoken(&self, span: Range<usize>) -> (String, bool) {
        let pieces = self.pieces(span.clone());
        let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else {
            return (String::new(), false);
        };
        let start = if first.written.start < span.start {
            self.inside(first, span.start)
        } else {
            first.spoken.start
        };
        let end = if last.written.end > span.end {
            self.inside(last, span.end)
        } else {
            last.spoken.end
        };
        let part = &self.spoken.text[start..end.max(start)];
        let words = in_plain_forms(part);
        let spoken = if self.plain_letters {
            loqui_text::plain_letters(&words)
        } else {
            words
        };
        (spoken, part.starts_with(' '))
    }

    /// Returns the parts that begin or end in a span. A point that was added stands at the end of its token.
    fn pieces(&self, span: Range<usize>) -> &[Piece] {
        let pieces = &self.spoken.pieces;
        let first = pieces.partition_point(|piece| piece.written.end <= span.start);
        let behind = &pieces[first..];
        let count = behind.partition_point(|piece| {
            piece.written.start < span.end || piece.written.is_empty() && piece.written.start == span.end
        });
        &behind[..count]
    }

    /// Returns where a cut inside a part of the text falls in its words.
    fn inside(&self, piece: &Piece, at: usize) -> usize {
        let (written, spoken) = (&piece.written, &piece.spoken);
        let text = &self.spoken.text;
        let offset = at - written.start;
        if written.len() == spoken.len() && text.is_char_boundary(spoken.start + offset) {
            return spoken.start + offset;
        }
        let share = text.floor_char_boundary(spoken.start + spoken.len() * offset / written.len());
        let window = text.floor_char_boundary(share.saturating_sub(WORD_BYTES).max(spoken.start));
        text[window..share].rfind(' ').map_or(share, |space| window + space)
    }

    /// Returns the token that `at` is inside of, in bytes of the text. Words that are read as they stand are no tokens.
    fn token_at(&self, at: usize) -> Option<&Piece> {
        let pieces = &self.spoken.pieces;
        let piece = pieces.get(pieces.partition_point(|piece| piece.written.end <= at))?;
        let token = !matches!(piece.class, Class::Plain | Class::Punctuation) && !piece.spoken.is_empty();
        (token && piece.written.start <= at).then_some(piece)
    }

    /// Returns true if a cut at `at` divides a token.
    pub(super) fn divides_token(&self, at: usize) -> bool {
        self.token_at(at).is_some_and(|token| token.written.start < at)
    }

    /// Returns whether the full stop at `at` ends a sentence, if it belongs to a token.
    pub(super) fn stop_ends_sentence(&self, at: usize) -> Option<bool> {
        let token = self.token_at(at)?;
        Some(token.may_end_sentence && token.written.end == at + 1)
    }

    /// Returns true if the character at `at` is read as a word, or as part of one.
    pub(super) fn has_words(&self, at: usize) -> bool {
        self.token_at(at).is_some()
    }

    /// Returns the directions that the model does not know, in bytes of the text.
    pub(super) fn dropped(&self) -> &[Range<usize>] {
        &self.dropped
    }

    /// Returns the tokens of a part of the text that are not read as they stand.
    pub(super) fn tokens(&self, text: &str, span: Range<usize>) -> Vec<TokenReading> {
        let pieces = self.pieces(span).iter();
        pieces
            .filter_map(|piece| {
                let (written, spoken) = (&text[piece.written.clone()], &self.spoken.text[piece.spoken.clone()]);
                (written != spoken && piece.class != Class::Punctuation && !piece.written.is_empty()).then(|| {
                    TokenReading {
                        written: written.to_owned(),
                        spoken: spoken.to_owned(),
                        class: piece.class.name(),
                        reason: piece.reason,
                    }
                })
            })
            .collect()
    }
}

/// Returns the words of the spans that have some: where they stand in the words of a block, and what replaces them.
fn respelled(spoken: &Spoken, block: &Range<usize>, marks: &[TextMark], ipa: bool) -> Vec<(Range<usize>, String)> {
    let first = marks.partition_point(|(range, _)| range.start < block.start);
    let inside = marks[first..].iter().take_while(|(range, _)| range.start < block.end);
    let words = inside.filter_map(|(range, mark)| {
        let Mark::Span(attributes) = mark else { return None };
        let words = attributes.pronunciation.as_deref()?.trim();
        if words.starts_with('/') && words.ends_with('/') && !ipa {
            return None;
        }
        let written = range.start - block.start..range.end.min(block.end) - block.start;
        let mut pieces = spoken.pieces.iter().filter(|piece| {
            piece.written.start < written.end && piece.written.end > written.start && piece.class != Class::Punctuation
        });
        let first = pieces.next()?;
        let last = pieces.next_back().unwrap_or(first);
        let from = share(spoken, first, written.start);
        let to = share(spoken, last, written.end);
        (from < to).then(|| (from..to, words.to_owned()))
    });
    words.collect()
}

/// Returns where a position in a written part falls in its words: where it is read as it stands, at the same place.
fn share(spoken: &Spoken, piece: &Piece, at: usize) -> usize {
    let at = at.clamp(piece.written.start, piece.written.end);
    let offset = at - piece.written.start;
    let same = piece.written.len() == piece.spoken.len();
    match (same, offset) {
        (_, 0) => piece.spoken.start,
        (true, offset) if spoken.text.is_char_boundary(piece.spoken.start + offset) => piece.spoken.start + offset,
        _ => piece.spoken.end,
    }
}

/// Finds directions that the model does not know: where they stand in the text and in its words.
fn directions(text: &str, spoken: &Spoken, options: &ScriptOptions) -> Vec<(Range<usize>, Range<usize>)> {
    let Some(known) = &options.tags else {
        return Vec::new();
    };
    let tags = spoken.pieces.iter().filter(|piece| piece.class == Class::Tag);
    tags.filter(|piece| {
        let tag = text[piece.written.clone()].trim_matches(['[', ']']);
        DIRECTIONS.contains(&tag) && !known.iter().any(|known| known == tag)
    })
    .map(|piece| {
        // The space before it goes as well.
        let start = piece.spoken.start - usize::from(spoken.text[..piece.spoken.start].ends_with(' '));
        (piece.written.clone(), start..piece.spoken.end)
    })
    .collect()
}

#[cfg(test)]
mod tests;
