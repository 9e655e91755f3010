//! Functions that the grammars of all languages share.

use super::data::Language;
pub(super) use super::number::NUMBERING;
use super::number::in_characters;
use crate::Class;

/// Words after a year that the reading of a date already contains.
pub(super) const GENITIVE_YEAR: &[&str] = &["г.", "года", "r.", "roku"];

/// A token that was read at the start of a text.
pub(super) struct Found {
    pub(super) class: Class,
    pub(super) spoken: String,
    /// Bytes of the text.
    pub(super) length: usize,
}

pub(super) const fn found(class: Class, spoken: String, length: usize) -> Found {
    Found { class, spoken, length }
}

pub(super) fn digits_of(text: &str) -> &str {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    &text[..length]
}

/// A number by its value, with a rule set.
pub(super) fn say(number: u64, set: &str, language: &Language) -> String {
    let set = if language.rules.has(set) { set } else { NUMBERING };
    in_characters(language.rules.whole(set, number, language.plural), language)
}

pub(super) fn fill(pattern: &str, parts: &[(&str, &str)]) -> String {
    parts
        .iter()
        .fold(pattern.to_owned(), |text, (key, words)| text.replace(key, words))
}

/// Consumes a word after a token that the reading of the token already contains: `Uhr`, `г.`
pub(super) fn swallow(text: &str, length: usize, words: &[&str], language: &Language) -> usize {
    let rest = &text[length..];
    let trimmed = rest.trim_start_matches([' ', '\u{A0}']);
    for word in words {
        let Some(behind) = trimmed.strip_prefix(word) else {
            continue;
        };
        let ends = !behind.starts_with(char::is_alphabetic);
        let pattern = language.profile.date.contains("года")
            || language.profile.date.contains("roku")
            || !word.starts_with(['г', 'r']);
        if ends && pattern {
            return text.len() - behind.len();
        }
    }
    length
}

/// Letters of scripts that are written without spaces, and Korean, whose particles follow without one.
pub(super) fn is_tight(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}' | '\u{3000}'..='\u{303F}')
}

/// The word for the sign before a country code.
pub(super) fn plus(language: &Language) -> &'static str {
    match language.profile.code {
        "ar" => "زائد",
        "el" => "συν",
        "es" => "más",
        "he" => "פלוס",
        "hi" => "प्लस",
        "it" => "più",
        "ja" => "プラス",
        "ko" => "플러스",
        "ms" => "tambah",
        "pt" => "mais",
        "ru" => "плюс",
        "tr" => "artı",
        "zh" => "加",
        _ => "plus",
    }
}
