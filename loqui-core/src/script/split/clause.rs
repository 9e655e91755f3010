//! Clauses, at whose ends a speaker may pause within a long sentence.

use std::ops::Range;

use crate::script::blocks::trimmed;
use crate::script::normalize::{is_clause_mark, is_closer, is_free_clause_mark};

/// Returns the clauses of a sentence, each with its final mark, without the white space around them.
pub(super) fn clauses(text: &str) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while let Some(character) = text[at..].chars().next() {
        at += character.len_utf8();
        // An apostrophe may end a word (the dogs' tails), but not a clause.
        if !is_clause_mark(character) && (!is_closer(character) || matches!(character, '\'' | '’')) {
            continue;
        }
        let rest = &text[at..];
        at += rest.len() - rest.trim_start_matches(is_closer).len();
        // A hyphen or an apostrophe within a word and the comma of 1,000 have no space after them.
        if is_free_clause_mark(character) || text[at..].starts_with(char::is_whitespace) {
            spans.extend(trimmed(text, start..at));
            start = at;
        }
    }
    spans.extend(trimmed(text, start..text.len()));
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clauses_end_at_marks_followed_by_a_space() {
        let cases: [(&str, &[&str]); 4] = [
            (
                "Well, 1,000 people (or so) came",
                &["Well,", "1,000 people (or so)", "came"],
            ),
            (
                "at 3:30; a well-known man – he – left",
                &["at 3:30;", "a well-known man –", "he –", "left"],
            ),
            ("今天，天气很好、真的", &["今天，", "天气很好、", "真的"]),
            ("don't", &["don't"]),
        ];
        for (text, expected) in cases {
            let found: Vec<_> = clauses(text).into_iter().map(|span| &text[span]).collect();
            assert_eq!(found, expected);
        }
    }
}
