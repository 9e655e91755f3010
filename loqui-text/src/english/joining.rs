//! Selects the chunks that may belong to one token. This is a quick test; the grammars decide.

use super::chunk::{Chunk, Kind};
use super::{date, measure, money, units};

/// Longest token of several chunks, in bytes.
const LONGEST: usize = 120;
/// Single letters that may be units, `a` or `p` of a time, or operators.
const LETTERS: &str = "xXsmglLWVANJhKMBkbCFSETap";
/// Words that continue a date or a time, in lower case and without their final full stop.
const CONTINUATIONS: &[&str] = &[
    "of",
    "the",
    "am",
    "pm",
    "a.m",
    "p.m",
    "m",
    "o'clock",
    "oclock",
    "hours",
    "hrs",
    "ext",
    "extension",
    "est",
    "edt",
    "cst",
    "cdt",
    "mst",
    "mdt",
    "pst",
    "pdt",
    "gmt",
    "utc",
    "cet",
    "cest",
    "bst",
    "ist",
    "jst",
    "e.s.t",
    "p.s.t",
    "c.s.t",
    "g.m.t",
    "et",
    "pt",
    "ct",
    "mt",
    "ad",
    "a.d",
    "bc",
    "b.c",
    "bce",
    "b.c.e",
    "ce",
    "c.e",
];
/// Words whose full stop does not end a token.
const POINTED: &[&str] = &["a.m", "p.m", "sq", "cu", "fl", "ext", "a", "p", "ft", "lb", "a.d", "rs"];

fn is_digit(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
}

fn is_month(word: &str) -> bool {
    date::month(word.trim_end_matches('.')).is_some()
}

fn is_operator(c: char) -> bool {
    "+-=<>×*/÷·≤≥≈≠±–".contains(c)
}

/// Returns true if `next` may belong to the token that starts with `text`. `last` is the last chunk of `text`.
pub(super) fn extends(text: &str, last: &Chunk<'_>, next: &Chunk<'_>) -> bool {
    if next.kind != Kind::Word || !next.spaced || text.len() + next.core.len() > LONGEST || next.core.is_empty() {
        return false;
    }
    let word = next.core.as_ref();
    let opened = matches!(next.lead, "(" | "'") && is_digit(word);
    if !(next.lead.is_empty() || opened) {
        return false;
    }
    match beyond_mark(text, last, word) {
        Some(decided) => decided,
        None if is_digit(word) || word.starts_with(money::is_sign) => before_number(text, &last.core),
        None => goes_on(text, &last.core, word),
    }
}

/// Returns the decision by the punctuation after `last`, if there is one.
fn beyond_mark(text: &str, last: &Chunk<'_>, word: &str) -> Option<bool> {
    let ends_in_digit = text.ends_with(|c: char| c.is_ascii_digit());
    match last.trail {
        // Single digits one after the other are a list.
        "" if last.core.len() == 1 && word.len() == 1 && is_digit(word) && is_digit(&last.core) => Some(false),
        "" => None,
        "," => {
            let dated = text.split([' ', '-']).any(is_month) && word.len() == 4 && is_digit(word);
            Some(dated || ends_in_digit && word.starts_with("ext"))
        }
        "." => {
            let abbreviated = last.core.rsplit('-').next().is_some_and(is_month)
                || POINTED.contains(&last.core.to_ascii_lowercase().as_str())
                || is_digit(text) && is_month(word);
            (!abbreviated).then_some(false)
        }
        // "(555) 555-5555", `9" x 13"` and `5' 10"`
        ")" => Some(is_digit(word) && ends_in_digit),
        "\"" | "”" | "″" => Some(is_digit(text) && matches!(word, "x" | "×" | "by")),
        "'" | "’" | "′" => Some(is_digit(word) && text.len() <= 2),
        _ => Some(false),
    }
}

/// "May 5", "5 1/2", "123 456 7890", "- 5", "= 5", "$5 - $10"
fn before_number(text: &str, last: &str) -> bool {
    last.starts_with(|c: char| c.is_ascii_digit() || "+-=<>×x*/÷·~≤≥≈±(".contains(c) || money::is_sign(c))
        || is_month(last)
        || money::is_code(last)
        || last.ends_with(|c: char| "-=+<>".contains(c) || c.is_ascii_digit() || money::is_sign(c))
        || matches!(last, "AD" | "A.D" | "to" | "of" | "the" | "extension" | "ext" | "Rs")
        || text.contains('=')
}

/// Words and signs after a number, a month or an operator.
fn goes_on(text: &str, last: &str, word: &str) -> bool {
    if word.starts_with(is_operator) {
        return word.len() <= 12;
    }
    let mut letters = word.chars();
    if let (Some(letter), None) = (letters.next().filter(|c| c.is_alphabetic()), letters.next()) {
        return last.ends_with(is_operator) && !matches!(last, "-" | "/")
            || text.contains(['=', '+'])
            || LETTERS.contains(letter)
            || units::may_be_unit(word);
    }
    let lower = word.to_ascii_lowercase();
    is_month(word)
        || CONTINUATIONS.contains(&lower.trim_end_matches('.'))
        || money::scale(word, true).is_some()
        || money::is_code(word)
        || units::may_be_unit(word)
        || word.strip_prefix('x').is_some_and(is_digit)
        || measure::is_rate(word)
        || word.contains('/') && word.len() < 24 && word.split('/').next().is_some_and(units::may_be_unit)
        || last.ends_with(['×', '=', '+']) && word.len() <= 3
        || ["a.m.", "p.m."]
            .iter()
            .any(|half| word.len() <= 12 && lower.starts_with(half))
}
