//! When each word of a segment is spoken, as it is written and as it is spoken.
//!
//! An engine or an alignment gives the times of what was spoken: "five to ten dollars". The script has "$5-10". The letters of
//! both texts are matched, so each written word gets the time of the words that are spoken for it.

mod embedded;
mod estimate;
mod letters;
mod tokens;

pub(crate) use embedded::{embed, embedded};
pub(crate) use estimate::estimated;
use letters::{Letters, project};
use loqui_text::{Locale, Spoken};
use serde::{Deserialize, Serialize};
pub(super) use tokens::{is_unspaced, tokens};

/// A word with its time, in seconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Word {
    /// The word as written, with its punctuation. A word that is spoken as several ones, such as `$5-10`, is one word.
    pub text: String,
    /// Its start, in seconds.
    pub start: f64,
    /// Its end, in seconds.
    pub end: f64,
    /// Whether the times are an estimate between two pauses, and neither known nor aligned.
    pub estimated: bool,
}

impl Word {
    /// Creates a word that is not estimated.
    pub fn new(text: impl Into<String>, start: f64, end: f64) -> Self {
        Self {
            text: text.into(),
            start,
            end,
            estimated: false,
        }
    }
}

/// A word as an engine speaks it, with its time in the audio.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SpokenWord {
    /// The word as spoken.
    pub text: String,
    /// Its start in the audio, in seconds.
    pub start: f64,
    /// Its end in the audio, in seconds.
    pub end: f64,
}

impl SpokenWord {
    /// Creates a word.
    pub fn new(text: impl Into<String>, start: f64, end: f64) -> Self {
        Self {
            text: text.into(),
            start,
            end,
        }
    }
}

/// The words of a segment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SegmentWords {
    /// The words as written.
    pub written: Vec<Word>,
    /// The words as spoken, with numbers and abbreviations written out.
    pub spoken: Vec<Word>,
}

impl SegmentWords {
    /// Assigns the times of what was spoken to the words of a segment: `text` as written, `spoken` as normalized.
    pub(crate) fn of(
        text: &str,
        spoken: &str,
        language: Option<&str>,
        timed: &[SpokenWord],
        is_estimate: bool,
    ) -> Self {
        let (heard, times) = heard(timed);
        let normalized = Letters::of(spoken);
        let spoken_tokens = tokens(spoken);
        let spoken_owners = project(&normalized.owners(&spoken_tokens), &normalized, &heard);

        let read = read(text, language);
        let read_letters = Letters::of(&read.text);
        let written_tokens = tokens(text);
        let owners = written_owners(&read, &read_letters, text, &written_tokens);
        let owners = project(&owners, &read_letters, &normalized);
        let written_owners = project(&owners, &normalized, &heard);
        let words = |text: &str, tokens: &[std::ops::Range<usize>], owners: &[Option<usize>]| {
            let texts = tokens.iter().map(|token| &text[token.clone()]);
            timed_words(texts, owners, &times, is_estimate)
        };
        Self {
            written: words(text, &written_tokens, &written_owners),
            spoken: words(spoken, &spoken_tokens, &spoken_owners),
        }
    }

    /// Returns the words at a changed time.
    #[must_use]
    pub(crate) fn map_times(mut self, change: impl Fn(f64) -> f64) -> Self {
        for word in self.written.iter_mut().chain(&mut self.spoken) {
            word.start = rounded(change(word.start));
            word.end = rounded(change(word.end));
        }
        self
    }
}

/// Rounds to tenths of a millisecond.
fn rounded(seconds: f64) -> f64 {
    (seconds * 10_000.0).round() / 10_000.0
}

/// Reads a written text as the script does, so that each spoken part knows the written part that it stands for.
fn read(text: &str, language: Option<&str>) -> Spoken {
    match language.and_then(|language| language.parse::<Locale>().ok()) {
        Some(locale) => loqui_text::speak(text, &locale),
        None => Spoken::verbatim(text),
    }
}

/// Returns the letters of the words that were spoken, with their times. The letters of a word share its time.
fn heard(timed: &[SpokenWord]) -> (Letters, Vec<(f64, f64)>) {
    let (mut letters, mut times) = (Letters::default(), Vec::new());
    for word in timed {
        let own = Letters::of(&word.text);
        let count = own.len().max(1) as f64;
        let at = |index: usize| word.start + (word.end - word.start) * index as f64 / count;
        times.extend((0..own.len()).map(|index| (at(index), at(index + 1))));
        letters.append(own);
    }
    (letters, times)
}

/// Returns for each letter of the reading the written word that it stands for.
fn written_owners(
    read: &Spoken,
    letters: &Letters,
    text: &str,
    tokens: &[std::ops::Range<usize>],
) -> Vec<Option<usize>> {
    let mut owners = vec![None; letters.len()];
    let token_at = |byte: usize| {
        let index = tokens.partition_point(|token| token.end <= byte);
        index.min(tokens.len().saturating_sub(1))
    };
    if tokens.is_empty() {
        return owners;
    }
    for piece in &read.pieces {
        let (written, spoken) = (&piece.written, &piece.spoken);
        let is_copy = text.get(written.clone()) == read.text.get(spoken.clone());
        for index in letters.in_bytes(spoken.clone()) {
            let byte = letters.byte(index);
            let owner = if is_copy {
                token_at(written.start + (byte - spoken.start))
            } else {
                // The words of a token that is spoken as several ones share its written words in order.
                let word = middle_of_word(&read.text[spoken.clone()], byte - spoken.start);
                let share = word * written.len() as f64 / spoken.len().max(1) as f64;
                token_at((written.start + share as usize).min(written.end.saturating_sub(1)))
            };
            owners[index] = Some(owner);
        }
    }
    owners
}

/// Returns the middle of the word at a byte of a text, in bytes.
fn middle_of_word(text: &str, byte: usize) -> f64 {
    let start = text[..byte].rfind(char::is_whitespace).map_or(0, |space| space + 1);
    let end = text[byte..]
        .find(char::is_whitespace)
        .map_or(text.len(), |space| byte + space);
    f64::midpoint(start as f64, end as f64)
}

/// Gives each word the time from its first to its last letter. A word without letters is at the end of the one before it.
fn timed_words<'a>(
    texts: impl Iterator<Item = &'a str>,
    owners: &[Option<usize>],
    times: &[(f64, f64)],
    is_estimate: bool,
) -> Vec<Word> {
    let texts: Vec<&str> = texts.collect();
    let mut spans: Vec<Option<(f64, f64)>> = vec![None; texts.len()];
    for (owner, (start, end)) in owners.iter().zip(times) {
        if let Some(span) = owner.and_then(|owner| spans.get_mut(owner)) {
            *span = Some(span.map_or((*start, *end), |(first, _)| (first, *end)));
        }
    }
    let first = times.first().map_or(0.0, |time| time.0);
    let mut end = spans.iter().flatten().next().map_or(first, |span| span.0.min(first));
    let words = texts.into_iter().zip(spans).map(|(text, span)| {
        let (from, to) = span.unwrap_or((end, end));
        let from = from.max(end);
        end = to.max(from);
        Word {
            text: text.to_owned(),
            start: rounded(from),
            end: rounded(end),
            estimated: is_estimate,
        }
    });
    words.collect()
}

#[cfg(test)]
mod tests;
