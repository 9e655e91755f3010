//! Words in capitals: models spell them out or shout them.

use super::{place, position};
use crate::finding::{Finding, Severity};

/// A word of this many capitals is shouted even if it stands alone; shorter ones may be abbreviations.
const SHOUTED_LETTERS: usize = 5;

/// Long abbreviations that are said as words or letters anyway.
const ABBREVIATIONS: &[&str] = &[
    "ASCII", "BASIC", "CAPTCHA", "COBOL", "COVID", "HTTPS", "INTERPOL", "JSON", "LASER", "NASDAQ", "SARS", "UNESCO",
    "UNHCR", "UNICEF", "XHTML", "OPEC", "NASA", "NATO",
];

/// Finds shouted words: long ones, and shorter ones side by side.
pub(super) fn all_caps(text: &str) -> Option<Finding> {
    let mut shouted = 0;
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
        let alone = word.chars().filter(|c| c.is_alphabetic()).count() >= SHOUTED_LETTERS;
        let side_by_side = previous.is_some();
        if let Some((earlier, false)) = previous.filter(|_| side_by_side) {
            shouted += 1;
            first.get_or_insert(earlier);
        }
        if alone || side_by_side {
            shouted += 1;
            first.get_or_insert(start);
        }
        previous = Some((start, alone || side_by_side));
    }
    let first = first?;
    let example = text[first..].split_whitespace().next().unwrap_or_default();
    Some(
        Finding::new(
            Severity::Warning,
            "script.all_caps",
            format!(
                "{shouted} of {words} words in capitals, the first is \"{example}\" {}",
                place(text, first)
            ),
            "Write words in small letters: capitals may be spelt out or shouted.",
        )
        .with_measure(f64::from(shouted), 0.0, "words")
        .at(position(text, first)),
    )
}

/// Two letters or more, all of them capitals, no digits, and no known abbreviation.
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
