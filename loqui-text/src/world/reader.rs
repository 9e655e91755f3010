//! Finds the numbers of a text and leaves all other text unchanged.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization as _;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};

use super::abbreviations;
use super::cluster;
use super::data::{self, Language};
use super::money;
use super::roman;
use super::rules::{Found, is_tight};
use crate::spoken::Sink;
use crate::{Class, Token};

/// The maximum length of a token, in characters.
const LONGEST: usize = 64;

/// Reads a text of a language into a sink. Returns false if the language is unknown.
pub(crate) fn read(text: &str, code: &str, sink: &mut impl Sink) -> bool {
    let Some(language) = data::language(code) else {
        return false;
    };
    let mut reader = Reader {
        text,
        language,
        copied: 0,
        space: false,
    };
    reader.run(sink);
    true
}

struct Reader<'a> {
    text: &'a str,
    language: &'static Language,
    /// The text before this byte was passed to the sink.
    copied: usize,
    /// Whether a space precedes the next token.
    space: bool,
}

/// A part of the text with ASCII digits, and the map to the source.
struct Window {
    text: String,
    /// For every byte of `text` the byte of the source, from the start of the window.
    back: Vec<usize>,
}

impl Window {
    fn new(source: &str) -> Self {
        let mut window = Self {
            text: String::with_capacity(LONGEST * 2),
            back: Vec::with_capacity(LONGEST * 2),
        };
        for (at, c) in source.char_indices().take(LONGEST) {
            let folded = match c {
                '٫' | '．' => '.',
                '٬' => ',',
                '−' | '－' => '-',
                '：' => ':',
                '，' if source[at + c.len_utf8()..].starts_with(is_digit) => ',',
                '\u{202F}' | '\u{2009}' => '\u{A0}',
                _ if is_digit(c) => digit(c),
                _ => c,
            };
            window.text.push(folded);
            window.back.resize(window.text.len(), at);
        }
        let end = source.char_indices().nth(LONGEST).map_or(source.len(), |(at, _)| at);
        window.back.push(end);
        window
    }
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || !c.is_ascii() && c.general_category() == GeneralCategory::DecimalNumber
}

/// The ASCII digit of a decimal digit in any script. Unicode keeps decimal digits in runs that begin with a zero.
fn digit(c: char) -> char {
    if c.is_ascii() {
        return c;
    }
    if let Some(plain) = std::iter::once(c).nfkc().next().filter(char::is_ascii_digit) {
        return plain;
    }
    let before = (1..=c as u32).take(40).map_while(|back| {
        char::from_u32(c as u32 - back).filter(|c| c.general_category() == GeneralCategory::DecimalNumber)
    });
    char::from_digit(before.count() as u32 % 10, 10).unwrap_or(c)
}

impl Reader<'_> {
    fn run(&mut self, sink: &mut impl Sink) {
        let mut at = 0;
        while let Some(start) = self.next_number(at) {
            if let Some(end) = self.address(start) {
                at = end;
                continue;
            }
            let window = Window::new(&self.text[start..]);
            let before = self.word_before(start);
            let found = cluster::read(&window.text, &before, self.language).unwrap_or_else(|| {
                if window.text.starts_with(|c: char| c.is_ascii_digit()) {
                    cluster::groups(&window.text, self.language)
                } else {
                    Found {
                        class: Class::Plain,
                        spoken: String::new(),
                        length: 0,
                    }
                }
            });
            if found.length == 0 {
                at = start + self.text[start..].chars().next().map_or(1, char::len_utf8);
                continue;
            }
            let mut end = start + window.back[found.length];
            // The full stop of "руб." at the end is also that of the sentence.
            if found.length > 1 && window.text[..found.length].ends_with('.') && self.text[end..].trim().is_empty() {
                end -= 1;
            }
            self.copy(start, sink);
            self.say(start..end, &found, sink);
            at = end;
        }
        self.copy(self.text.len(), sink);
    }

    /// Returns the start of the next number: a digit, or a sign or currency sign before one.
    fn next_number(&self, at: usize) -> Option<usize> {
        let mut from = at;
        loop {
            let found = from + self.text[from..].find(|c: char| is_digit(c) || starts(c))?;
            let c = self.text[found..].chars().next()?;
            if is_digit(c) {
                return Some(found);
            }
            let tail = &self.text[found + c.len_utf8()..];
            let before = self.text[..found].chars().next_back();
            if c.is_ascii_alphabetic() {
                // The code of a currency: "RM5", "USD 20".
                let rest = &self.text[found..];
                let coded = !before.is_some_and(char::is_alphanumeric)
                    && money::currency_sign(rest, self.language).is_some_and(|(_, length)| {
                        let behind = &rest[length..];
                        let number = behind.trim_start_matches([' ', '\u{A0}']);
                        behind.len() - number.len() <= 2 && number.starts_with(is_digit)
                    });
                if coded {
                    return Some(found);
                }
                from = found + 1;
                continue;
            }
            let number = tail.trim_start_matches(['$', ' ', '\u{A0}', '-']).starts_with(is_digit)
                && tail.find(is_digit).is_some_and(|gap| gap <= 6);
            let glued = before.is_some_and(|c| c.is_alphanumeric() && !is_tight(c)) || before == Some('-');
            if number && !(glued && matches!(c, '-' | '−' | '+')) {
                return Some(found);
            }
            from = found + c.len_utf8();
        }
    }

    /// Returns the end of the web or mail address around `at`, which stays unchanged.
    fn address(&self, at: usize) -> Option<usize> {
        let begin = self.text[..at]
            .char_indices()
            .rev()
            .take(LONGEST)
            .find(|(_, c)| c.is_whitespace())
            .map_or(self.copied, |(place, c)| place + c.len_utf8());
        let begin = begin.min(at).max(self.copied.min(at));
        let chunk = &self.text[begin..];
        let end = chunk
            .char_indices()
            .find(|(place, c)| c.is_whitespace() || *place > 2000)
            .map_or(chunk.len(), |(place, _)| place);
        let chunk = &chunk[..end];
        let head = &chunk[..chunk.len().min(at - begin)];
        (head.contains("://") || head.starts_with("www.") || chunk.contains('@') && chunk.contains('.'))
            .then_some(begin + end)
    }

    /// Returns the word before `at`, in lower case.
    fn word_before(&self, at: usize) -> String {
        let before = self.text[..at].trim_end_matches([' ', '\u{A0}']);
        let mut start = before.len();
        for (place, c) in before.char_indices().rev().take(20) {
            if !c.is_alphabetic() {
                break;
            }
            start = place;
        }
        before[start..].to_lowercase()
    }

    /// Passes the text up to `end` to the sink. Only abbreviations and Roman numerals change.
    fn copy(&mut self, end: usize, sink: &mut impl Sink) {
        let mut at = self.copied;
        while let Some(start) = self.word_start(at, end) {
            let Some((length, class, spoken)) = self.special_word(start).filter(|(length, ..)| start + length <= end)
            else {
                at = start + self.text[start..].chars().next().map_or(1, char::len_utf8);
                continue;
            };
            self.pass(start, sink);
            at = start + length;
            self.copied = at;
            let glued = !std::mem::take(&mut self.space);
            let word = Token {
                may_end_sentence: class == Class::Roman,
                ..token(start..at, class)
            };
            sink.token(word, &spoken, glued);
        }
        self.pass(end, sink);
    }

    /// Reads the abbreviation or the Roman numeral at the start of a word. Returns its length and its words.
    fn special_word(&self, start: usize) -> Option<(usize, Class, String)> {
        if let Some(known) = abbreviations::find(&self.text[start..], self.language.profile.code) {
            return Some((known.length, Class::Abbreviation, known.spoken.to_owned()));
        }
        let numeral = roman::read(self.text, start, self.language)?;
        Some((numeral.length, Class::Roman, numeral.spoken))
    }

    /// Returns the start of the first word between `at` and `end`.
    fn word_start(&self, at: usize, end: usize) -> Option<usize> {
        let mut inside = self.text[..at].chars().next_back().is_some_and(char::is_alphanumeric);
        for (place, c) in self.text[at..end].char_indices() {
            let belongs = c.is_alphanumeric();
            if belongs && !inside {
                return Some(at + place);
            }
            inside = belongs;
        }
        None
    }

    /// Passes the text up to `end` to the sink unchanged.
    fn pass(&mut self, end: usize, sink: &mut impl Sink) {
        let range = self.copied..end;
        self.copied = end;
        let words = &self.text[range.clone()];
        if words.is_empty() {
            return;
        }
        let space = self.space && words.starts_with(|c: char| c.is_alphanumeric() && !is_tight(c));
        self.space = false;
        sink.token(token(range, Class::Plain), words, !space);
    }

    fn say(&mut self, range: Range<usize>, found: &Found, sink: &mut impl Sink) {
        let before = self.text[..range.start].chars().next_back();
        let glued = !before.is_some_and(|c| c.is_alphanumeric() && !is_tight(c));
        self.copied = range.end;
        self.space = true;
        sink.token(token(range, found.class), &found.spoken, glued);
    }
}

/// Signs that may begin a number.
const fn starts(c: char) -> bool {
    matches!(
        c,
        '$' | '€' | '£' | '¥' | '￥' | '₹' | '₩' | '₽' | '₺' | '₪' | '-' | '−' | '+' | '%' | 'A'..='Z'
    )
}

const fn token(range: Range<usize>, class: Class) -> Token {
    Token {
        range,
        class,
        may_end_sentence: true,
        reason: None,
    }
}
