//! Pronunciations that a user sets: terms and how they are respelled.

use std::collections::HashMap;
use std::ops::Range;

use crate::{Class, Locale, Spoken};

/// Terms longer than this are no terms, in bytes.
const LONGEST_TERM: usize = 200;
/// Most entries of one dictionary.
const MOST_ENTRIES: usize = 10_000;

/// The pronunciation of a term.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pronunciation {
    /// The term as it is written. A term without capitals matches any case.
    pub term: String,
    /// The words to speak instead, or its sounds in IPA between slashes.
    pub spoken: String,
    /// The base language that it applies to; all if absent.
    pub language: Option<String>,
    /// The voice that it applies to; all if absent.
    pub voice: Option<String>,
}

impl Pronunciation {
    /// Returns an entry for all languages and voices.
    pub fn new(term: impl Into<String>, spoken: impl Into<String>) -> Self {
        Self {
            term: term.into(),
            spoken: spoken.into(),
            language: None,
            voice: None,
        }
    }

    /// Returns whether the pronunciation is given in the letters of the IPA.
    pub fn is_ipa(&self) -> bool {
        self.spoken.len() > 2 && self.spoken.starts_with('/') && self.spoken.ends_with('/')
    }

    fn is_for(&self, locale: &Locale, voice: Option<&str>) -> bool {
        self.language
            .as_deref()
            .is_none_or(|language| language == locale.language())
            && self.voice.as_deref().is_none_or(|wanted| voice == Some(wanted))
    }

    fn matches(&self, found: &str) -> bool {
        if self.term.chars().any(char::is_uppercase) {
            found == self.term
        } else {
            found == self.term || found.to_lowercase() == self.term
        }
    }
}

/// A line of a dictionary that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidPronunciation {
    /// The line, counted from 1.
    pub line: usize,
    /// The problem.
    pub problem: &'static str,
}

impl std::fmt::Display for InvalidPronunciation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {} of the pronunciations: {}", self.line, self.problem)
    }
}

impl std::error::Error for InvalidPronunciation {}

/// A dictionary of pronunciations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pronunciations {
    entries: Vec<Pronunciation>,
    /// Entries by their first word in lower case.
    by_word: HashMap<String, Vec<usize>>,
}

impl Pronunciations {
    /// Returns a dictionary of these entries. Where two have the same term, the later one counts.
    pub fn new(entries: impl IntoIterator<Item = Pronunciation>) -> Self {
        let mut dictionary = Self::default();
        for entry in entries {
            dictionary.add(entry);
        }
        dictionary
    }

    /// Reads a dictionary with one entry in each line: `term = respelling`. `; language=en` and `; voice=ann` after it
    /// limit the entry to a language or a voice. Lines that start with `#` are comments.
    ///
    /// ```
    /// use loqui_text::{Locale, Pronunciations, speak};
    ///
    /// let dictionary = Pronunciations::parse("# names\nNguyen = win\nsql = sequel ; language=en\n")?;
    /// let written = "Ms. Nguyen writes SQL.";
    /// let mut spoken = speak(written, &Locale::american());
    /// dictionary.apply(&mut spoken, written, &Locale::american(), None, false);
    /// assert_eq!(spoken.text, "Miz win writes sequel.");
    /// # Ok::<(), loqui_text::InvalidPronunciation>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If a line has no `=`, an empty side, an unknown option, or is too long.
    pub fn parse(text: &str) -> Result<Self, InvalidPronunciation> {
        let mut dictionary = Self::default();
        for (index, line) in text.lines().enumerate() {
            let invalid = |problem| InvalidPronunciation {
                line: index + 1,
                problem,
            };
            let line = line.trim_start_matches('\u{FEFF}').trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if dictionary.entries.len() >= MOST_ENTRIES {
                return Err(invalid("there are more than 10,000 entries"));
            }
            let (term, rest) = line
                .split_once('=')
                .ok_or_else(|| invalid("a line must have the form term = respelling"))?;
            let mut parts = rest.split(';');
            let spoken = parts.next().unwrap_or_default().trim();
            let term = term.trim();
            if term.is_empty() || spoken.is_empty() {
                return Err(invalid("the term or its respelling is missing"));
            }
            if term.len() > LONGEST_TERM || spoken.len() > LONGEST_TERM {
                return Err(invalid("a term and its respelling may have at most 200 bytes each"));
            }
            let mut entry = Pronunciation::new(term, spoken);
            for part in parts {
                match part.split_once('=').map(|(key, value)| (key.trim(), value.trim())) {
                    Some(("language", value)) if !value.is_empty() => entry.language = Some(value.to_lowercase()),
                    Some(("voice", value)) if !value.is_empty() => entry.voice = Some(value.to_owned()),
                    _ => return Err(invalid("only language=… or voice=… may follow the respelling")),
                }
            }
            dictionary.add(entry);
        }
        Ok(dictionary)
    }

    fn add(&mut self, entry: Pronunciation) {
        let word = first_word(&entry.term).to_lowercase();
        self.by_word.entry(word).or_default().insert(0, self.entries.len());
        self.entries.push(entry);
    }

    /// Returns the entries in the order in which they were given.
    pub fn entries(&self) -> &[Pronunciation] {
        &self.entries
    }

    /// Returns whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Replaces the terms by their respellings, as whole words. `written` is the text that `spoken` was made from;
    /// terms with digits or signs are searched there. Sounds in IPA are used only if `ipa` is true: the engine supports
    /// them.
    pub fn apply(&self, spoken: &mut Spoken, written: &str, locale: &Locale, voice: Option<&str>, ipa: bool) {
        if self.is_empty() {
            return;
        }
        let mut edits = self.edits_in_pieces(spoken, written, locale, voice, ipa);
        edits.extend(self.find(&spoken.text, locale, voice, ipa));
        let said = |entry: usize| self.entries[entry].spoken.clone();
        spoken.replace(edits.into_iter().map(|(range, entry)| (range, said(entry))).collect());
    }

    /// Terms that fill tokens of the written text: `C++`, `24/7`.
    fn edits_in_pieces(
        &self,
        spoken: &Spoken,
        written: &str,
        locale: &Locale,
        voice: Option<&str>,
        ipa: bool,
    ) -> Vec<(Range<usize>, usize)> {
        let mut edits = Vec::new();
        let plain = |class| matches!(class, Class::Plain | Class::Punctuation);
        for piece in spoken.pieces.iter().filter(|piece| !plain(piece.class)) {
            let Some(token) = written.get(piece.written.clone()) else {
                continue;
            };
            let key = first_word(token).to_lowercase();
            let known = self.by_word.get(&key).into_iter().flatten();
            let entry = known.copied().find(|entry| {
                let entry = &self.entries[*entry];
                entry.matches(token) && entry.is_for(locale, voice) && (ipa || !entry.is_ipa())
            });
            edits.extend(entry.map(|entry| (piece.spoken.clone(), entry)));
        }
        edits
    }

    /// Terms in a text, as whole words.
    fn find(&self, text: &str, locale: &Locale, voice: Option<&str>, ipa: bool) -> Vec<(Range<usize>, usize)> {
        let mut edits = Vec::new();
        let mut at = 0;
        while let Some(start) = text[at..].find(char::is_alphanumeric).map(|found| at + found) {
            let word = first_word(&text[start..]);
            let end = start + word.len();
            at = end;
            let lower;
            let key = if word.chars().any(char::is_uppercase) {
                lower = word.to_lowercase();
                lower.as_str()
            } else {
                word
            };
            let Some(known) = self.by_word.get(key) else { continue };
            for &index in known {
                let entry = &self.entries[index];
                let Some(found) = text.get(start..start + entry.term.len()) else {
                    continue;
                };
                let behind = &text[start + found.len()..];
                let whole = !behind.starts_with(char::is_alphanumeric) || !found.ends_with(char::is_alphanumeric);
                if whole && entry.matches(found) && entry.is_for(locale, voice) && (ipa || !entry.is_ipa()) {
                    edits.push((start..start + found.len(), index));
                    at = start + found.len();
                    break;
                }
            }
        }
        edits
    }
}

/// The run of letters and digits at the start of a text, or its first character.
fn first_word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len());
    if end > 0 {
        return &text[..end];
    }
    &text[..text.chars().next().map_or(0, char::len_utf8)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(dictionary: &str, written: &str, voice: Option<&str>) -> String {
        let dictionary = Pronunciations::parse(dictionary).unwrap();
        let locale = Locale::american();
        let mut spoken = crate::speak(written, &locale);
        dictionary.apply(&mut spoken, written, &locale, voice, false);
        for piece in &spoken.pieces {
            assert!(
                spoken.text.get(piece.spoken.clone()).is_some(),
                "{piece:?} of {:?}",
                spoken.text
            );
        }
        spoken.text
    }

    #[test]
    fn terms_are_replaced_as_whole_words() {
        let cases = [
            (
                "cat = kat",
                "A cat, Cat! concat cats cat's",
                "A kat, kat! concat cats kat's",
            ),
            ("US = you ess", "US and us", "you ess and us"),
            ("new york = noo yawk", "New York, new yorker", "noo yawk, new yorker"),
            ("C++ = see plus plus", "I write C++.", "I write see plus plus."),
            ("5 = fiver", "only 5 left", "only fiver left"),
            ("five = fiver", "only 5 left", "only fiver left"),
            ("a = b\na = c", "a", "c"),
            ("x = y ; language=de", "x", "x"),
            ("x = y ; voice=ann", "x", "x"),
            ("GIF = /dʒɪf/", "a GIF", "a GIF"),
        ];
        for (dictionary, written, expected) in cases {
            assert_eq!(
                said(dictionary, written, None),
                expected,
                "{dictionary:?} on {written:?}"
            );
        }
        assert_eq!(said("x = y ; voice=ann ; language=en", "x", Some("ann")), "y");
    }

    #[test]
    fn errors_name_the_invalid_line() {
        for (text, line) in [("a", 1), ("a = b\n= c", 2), ("a = ", 1), ("a = b ; colour=red", 1)] {
            assert_eq!(Pronunciations::parse(text).unwrap_err().line, line, "{text:?}");
        }
    }
}
