//! Paragraphs, which blank lines separate.

use std::ops::Range;

use super::trimmed;

/// Returns the paragraphs of a text, without the white space around them. A blank line or a paragraph separator (U+2029)
/// ends a paragraph.
pub(in crate::script) fn paragraphs(text: &str) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    let mut start = 0;
    let mut at = 0;
    for line in text.split_inclusive(['\n', '\u{2029}']) {
        at += line.len();
        if line.trim().is_empty() || line.ends_with('\u{2029}') {
            spans.extend(trimmed(text, start..at));
            start = at;
        }
    }
    spans.extend(trimmed(text, start..at));
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_separate_paragraphs_and_single_line_breaks_do_not() {
        let text = "\n one\ntwo\r\n \t\r\nthree\u{2029}four\n\n\n\n";
        let found: Vec<_> = paragraphs(text).into_iter().map(|span| &text[span]).collect();
        assert_eq!(found, ["one\ntwo", "three", "four"]);
    }
}
