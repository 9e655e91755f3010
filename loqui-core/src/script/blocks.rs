//! The parts of a text that are read and split by themselves: paragraphs, list items, and what stands between pauses.

mod paragraph;
mod pause;

use std::ops::Range;

pub(super) use paragraph::paragraphs;
pub(super) use pause::{stretches, without_pauses};

/// Returns the parts of a text that are read by themselves: paragraphs, list items, lines of addresses and the like, and what
/// stands between explicit pauses. Each is without its bullet.
pub(super) fn blocks(text: &str) -> Vec<Range<usize>> {
    let mut blocks = Vec::new();
    for (stretch, _) in stretches(text) {
        for paragraph in paragraphs(&text[stretch.clone()]) {
            let paragraph = stretch.start + paragraph.start..stretch.start + paragraph.end;
            let mut start = paragraph.start;
            for (line_end, _) in text[paragraph.clone()].match_indices('\n') {
                let next = paragraph.start + line_end + 1;
                let rest = &text[next..paragraph.end];
                if begins_item(rest) || begins_line(&text[start..next - 1], rest) {
                    blocks.push(start..next - 1);
                    start = next;
                }
            }
            blocks.push(start..paragraph.end);
        }
    }
    for block in &mut blocks {
        block.start += bullet(&text[block.clone()]);
    }
    blocks
}

/// Returns true if `next` is a line of its own, as in an address, a poem or the head of a letter, rather than the rest of a
/// sentence.
fn begins_line(before: &str, next: &str) -> bool {
    let starts = next.trim_start_matches([' ', '\t']).chars().next();
    before
        .trim_end()
        .ends_with(|c: char| c.is_alphanumeric() || matches!(c, ')' | '>' | '"' | '”'))
        && starts.is_some_and(|c| c.is_uppercase() || c.is_ascii_digit())
}

/// Returns true if a line starts with a list item: `- milk`, `• eggs`, `2) bread`.
pub(super) fn begins_item(line: &str) -> bool {
    if bullet(line) > 0 {
        return true;
    }
    let line = line.trim_start_matches([' ', '\t']);
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    (1..=3).contains(&(line.len() - number.len()))
        && number
            .strip_prefix(['.', ')'])
            .is_some_and(|rest| rest.starts_with([' ', '\t']))
}

/// Returns the length of the bullet at the start of a line, with the white space around it; 0 if there is none.
pub(super) fn bullet(line: &str) -> usize {
    let words = line.trim_start_matches([' ', '\t']);
    let rest = words.trim_start_matches(['-', '*', '•', '‣', '·', '–', '—', '+']);
    let gap = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    if rest.len() < words.len() && gap > 0 {
        line.len() - rest.len() + gap
    } else {
        0
    }
}

/// Returns the span without the white space at its ends, or nothing for only white space.
pub(super) fn trimmed(text: &str, span: Range<usize>) -> Option<Range<usize>> {
    let part = &text[span.clone()];
    let start = span.start + part.len() - part.trim_start().len();
    let end = start + part.trim().len();
    (start < end).then_some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_items_and_pauses_separate_blocks() {
        let text = "Please buy:\n- milk\n2) eggs\nand so on [pause 2s] * bread\n\n- 5 degrees\n-5 degrees";
        let found: Vec<_> = blocks(text).into_iter().map(|span| &text[span]).collect();
        assert_eq!(
            found,
            [
                "Please buy:",
                "milk",
                "2) eggs\nand so on",
                "bread",
                "5 degrees\n-5 degrees"
            ]
        );
        let address = "Jane Doe\n12 Elm St.\nSpringfield, the\nold town";
        let found: Vec<_> = blocks(address).into_iter().map(|span| &address[span]).collect();
        assert_eq!(found, ["Jane Doe", "12 Elm St.\nSpringfield, the\nold town"]);
    }
}
