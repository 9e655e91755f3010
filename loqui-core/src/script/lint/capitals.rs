//! Words in capitals. Models spell them out or shout them.

use crate::finding::Finding;
use crate::script::findings::{self, Source};

/// The minimum number of capitals in a single word. A shorter word may be an abbreviation.
const LEAST_LETTERS: usize = 5;

/// Abbreviations that models pronounce correctly.
const ABBREVIATIONS: &[&str] = &[
    "ASCII", "BASIC", "CAPTCHA", "COBOL", "COVID", "HTTPS", "INTERPOL", "JSON", "LASER", "NASDAQ", "SARS", "UNESCO",
    "UNHCR", "UNICEF", "XHTML", "OPEC", "NASA", "NATO",
];

/// Counts words in capitals: long ones, and shorter ones next to each other.
pub(super) fn all_caps(text: &str, source: Source<'_>) -> Option<Finding> {
    let mut count = 0;
    let mut words = 0;
    let mut first = None;
    let mut previous: Option<(usize, bool)> = None;
    let mut at = 0;
    for token in text.split_inclusive(char::is_whitespace) {
        let start = at;
        at += token.len();
        let word = token.trim_matches(|c: char| !c.is_alphanumeric());
        if word.is_empty() {
            continue;
        }
        words += 1;
        if !is_capitals(word) {
            previous = None;
            continue;
        }
        let alone = word.chars().filter(|c| c.is_alphabetic()).count() >= LEAST_LETTERS;
        let side_by_side = previous.is_some();
        if let Some((earlier, false)) = previous.filter(|_| side_by_side) {
            count += 1;
            first.get_or_insert(earlier);
        }
        if alone || side_by_side {
            count += 1;
            first.get_or_insert(start);
        }
        previous = Some((start, alone || side_by_side));
    }
    let first = first?;
    let example = text[first..].split_whitespace().next().unwrap_or_default();
    Some(findings::all_caps(source.at(first), count, words, example))
}

/// Returns true for two or more letters that are all capitals, without digits, unless it is a known abbreviation.
fn is_capitals(word: &str) -> bool {
    let mut capitals = 0;
    for character in word.chars() {
        if character.is_lowercase() || character.is_numeric() || character == '.' {
            return false;
        }
        capitals += usize::from(character.is_uppercase());
    }
    capitals >= 2 && !ABBREVIATIONS.contains(&word)
}
