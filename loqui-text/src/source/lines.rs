//! Joins lines that a program wrapped: line breaks become spaces, and cut words are joined.

use super::map::Output;

/// Paragraphs whose longest line has this many characters were wrapped by a program. Shorter lines are verses, lists or
/// addresses.
const WRAPPED: usize = 45;
/// Prefixes that keep their hyphen.
const KEEPS_HYPHEN: &[&str] = &[
    "well", "self", "ex", "half", "all", "cross", "high", "low", "long", "short", "old", "new", "hard", "part", "full",
    "first", "second", "third", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "mid", "semi", "so", "far", "ever",
    "much", "open", "left", "right", "hand", "free", "real", "state", "up", "mother", "father", "brother", "sister",
    "good", "best", "black", "white", "red", "blue", "green", "dark", "light", "year", "time", "end", "user", "non",
    "quasi",
];

/// Joins words that were cut at the end of a line, and turns the breaks of wrapped lines into spaces.
pub(super) fn unwrap(text: &str, out: &mut Output) {
    let mut copied = 0;
    let mut line_start = 0;
    let mut longest = longest_line(text);
    for (at, _) in text.match_indices('\n') {
        let line = &text[line_start..at];
        let next_start = at + 1;
        let next = text[next_start..].split('\n').next().unwrap_or_default();
        line_start = next_start;
        let trimmed = line.trim_end();
        if next.trim().is_empty() {
            continue;
        }
        if trimmed.is_empty() {
            longest = longest_line(&text[next_start..]);
            continue;
        }
        let cut = hyphenated(trimmed, next);
        let line_begin = at - line.len();
        let text_end = line_begin + trimmed.len();
        let next_begin = next_start + (next.len() - next.trim_start().len());
        if let Some(hyphen) = cut {
            out.copy(text, copied..text_end - hyphen);
            copied = next_begin;
        } else if longest >= WRAPPED && is_full(trimmed, next, longest) && !begins_item(next) && !begins_field(next) {
            out.copy(text, copied..text_end);
            out.replace(text_end..next_begin, " ");
            copied = next_begin;
        }
    }
    out.copy(text, copied..text.len());
}

/// The length of the longest line of the paragraph at the start of `text`.
fn longest_line(text: &str) -> usize {
    text.split('\n')
        .skip_while(|line| line.trim().is_empty())
        .take_while(|line| !line.trim().is_empty())
        .map(|line| line.trim_end().chars().count())
        .max()
        .unwrap_or(0)
}

/// Returns true if the first word of `next` would not, or would just, fit on `line`.
fn is_full(line: &str, next: &str, longest: usize) -> bool {
    let word = next.split_whitespace().next().unwrap_or_default();
    let length = line.chars().count();
    length >= WRAPPED || length + 1 + word.chars().count() >= longest
}

/// Returns the number of bytes to remove at the end of `line` if it ends in a word that continues in `next`: the hyphen
/// of a cut word, 0 for the hyphen of a compound.
fn hyphenated(line: &str, next: &str) -> Option<usize> {
    let next = next.trim_start();
    if let Some(before) = line.strip_suffix('\u{AD}') {
        return before.ends_with(char::is_alphabetic).then_some('\u{AD}'.len_utf8());
    }
    let hyphen = line.chars().next_back().filter(|c| matches!(c, '-' | '‐'))?;
    let before = &line[..line.len() - hyphen.len_utf8()];
    let word = before.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    if word.is_empty() || !next.starts_with(char::is_lowercase) {
        // "COVID-" and "19": the hyphen is kept, the line break is removed.
        let joins = before.ends_with(char::is_alphanumeric) && next.starts_with(char::is_alphanumeric);
        return joins.then_some(0);
    }
    let compound = KEEPS_HYPHEN.iter().any(|known| known.eq_ignore_ascii_case(word))
        || before.ends_with(|c: char| c.is_ascii_digit())
        || before[..before.len() - word.len()].ends_with('-')
        || next
            .split(|c: char| !(c.is_alphabetic() || c == '-'))
            .next()
            .is_some_and(|part| part.contains('-'));
    Some(if compound { 0 } else { hyphen.len_utf8() })
}

/// Whether a line begins a field of a head: `Subject: Hello`.
fn begins_field(line: &str) -> bool {
    line.split_once(": ").is_some_and(|(name, _)| {
        name.len() <= 20 && name.starts_with(char::is_uppercase) && name.chars().all(|c| c.is_alphabetic() || c == '-')
    })
}

/// Returns true if a line starts with a list item, a dialogue or a table.
fn begins_item(line: &str) -> bool {
    let line = line.trim_start();
    let mut words = line.split_whitespace();
    let first = words.next().unwrap_or_default();
    matches!(
        first,
        "-" | "*" | "•" | "+" | "–" | "—" | "#" | "##" | "###" | ">" | "|"
    ) || first.len() <= 4
        && first.ends_with(['.', ')'])
        && (first.starts_with(|c: char| c.is_ascii_digit()) || first.len() == 2)
}
