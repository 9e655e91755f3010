//! Small capitals: words that a page sets in capitals for their look.

use std::collections::BTreeSet;

use crate::source::html::attribute;

/// Classes that name small capitals in the style sheets of publishers and converters.
const CLASSES: [&str; 9] = [
    "smallcaps",
    "small-caps",
    "smallcap",
    "small-cap",
    "small_caps",
    "smcap",
    "smcaps",
    "sc",
    "caps",
];
/// Words before a Roman numeral.
const NUMBERED: [&str; 12] = [
    "chapter", "part", "book", "volume", "section", "act", "scene", "canto", "letter", "appendix", "stave", "king",
];

/// Returns true if an element is set in small capitals.
pub(super) fn is_small(tag: &str, known: &BTreeSet<String>) -> bool {
    let styled = attribute(tag, "style").is_some_and(|style| style.to_ascii_lowercase().contains("small-caps"));
    let mut classes = attribute(tag, "class").unwrap_or_default().split_ascii_whitespace();
    styled || classes.any(|class| known.contains(class) || CLASSES.iter().any(|name| name.eq_ignore_ascii_case(class)))
}

/// Writes the words in capitals from `start` on in lower case, with their first letters as capitals. Each character keeps its
/// length, so that positions stay.
pub(super) fn lower(text: &mut String, start: usize) {
    let Some(part) = text.get(start..) else { return };
    let words: Vec<&str> = part
        .split(|c: char| !c.is_alphabetic() && c != '\'' && c != '’')
        .filter(|word| !word.is_empty())
        .collect();
    let capital = |word: &str| word.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase);
    let long = words.iter().any(|word| word.chars().count() > 4 && capital(word));
    // One short word in small capitals is an acronym, except where it continues a word: "T" and "HE".
    let continues = text[..start].ends_with(char::is_alphabetic);
    if !long && !continues && words.len() < 2 {
        return;
    }
    let mut lowered = String::with_capacity(part.len());
    let mut before = String::new();
    let mut rest = part;
    let mut first = continues;
    while !rest.is_empty() {
        let length = rest
            .find(|c: char| !c.is_alphabetic() && c != '\'' && c != '’')
            .unwrap_or(rest.len());
        let word = &rest[..length];
        let keeps = !capital(word) || is_numeral(word, &before, words.len());
        for (index, c) in word.chars().enumerate() {
            let small = if keeps || index == 0 && !first { None } else { small(c) };
            lowered.push(small.unwrap_or(c));
        }
        if !word.is_empty() {
            before = word.to_lowercase();
            first = false;
        }
        let behind = &rest[length..];
        let gap = behind.chars().next().map_or(0, char::len_utf8);
        lowered.push_str(&behind[..gap]);
        rest = &behind[gap..];
    }
    text.truncate(start);
    text.push_str(&lowered);
}

fn is_numeral(word: &str, before: &str, words: usize) -> bool {
    let roman = word
        .chars()
        .all(|c| matches!(c, 'I' | 'V' | 'X' | 'L' | 'C' | 'D' | 'M'));
    roman && (NUMBERED.contains(&before) || words == 1)
}

/// Returns the lower case of a letter, if it is as long.
fn small(c: char) -> Option<char> {
    let mut lower = c.to_lowercase();
    let small = lower.next()?;
    (lower.next().is_none() && small.len_utf8() == c.len_utf8()).then_some(small)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_capitals_become_lower_case_and_numerals_stay() {
        for (before, part, expected) in [
            ("", "THE END", "The End"),
            ("T", "HE OLD", "The Old"),
            ("T", "HE", "The"),
            ("see ", "NASA", "see NASA"),
            ("", "CHAPTER IV", "Chapter IV"),
            ("", "XII", "XII"),
            ("", "DON’T STOP", "Don’t Stop"),
            ("", "ÉCOLE DE PARIS", "École De Paris"),
            ("", "Mixed Case", "Mixed Case"),
        ] {
            let mut text = format!("{before}{part}");
            lower(&mut text, before.len());
            assert_eq!(text, expected);
        }
    }
}
