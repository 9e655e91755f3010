//! Tags in a text.

use std::ops::Range;

use super::LONGEST_TAG;

/// A tag in the text.
pub(super) struct Tag<'a> {
    pub(super) range: Range<usize>,
    pub(super) name: String,
    /// The text between the angle brackets.
    pub(super) inner: &'a str,
    pub(super) closing: bool,
    pub(super) empty: bool,
}

/// The length of the address between the brackets of `<jane@example.org>` or `<https://example.org>`.
pub(super) fn autolink(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix('<')?;
    let end = inner.bytes().take(LONGEST_TAG).position(|byte| byte == b'>')?;
    let address = &inner[..end];
    let plain = !address.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '"' | '\'' | '='));
    let mail = address.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !host.contains('@') && !name.starts_with('/')
    });
    (plain && (mail || address.starts_with("https://") || address.starts_with("http://"))).then_some(end)
}

/// The first bytes of a text, cut between characters.
pub(super) fn window(text: &str, length: usize) -> &str {
    let mut end = text.len().min(length);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Where a tag ends.
pub(super) enum TagEnd {
    /// After this many bytes.
    At(usize),
    /// Nowhere: another tag begins before.
    Missing,
    /// Not within the permitted length.
    TooLong,
}

/// Finds the end of the tag at the start of `rest`. A quoted value may contain `>`.
pub(super) fn end_of_tag(rest: &str, longest: usize) -> TagEnd {
    let mut quote = None;
    for (at, byte) in rest.bytes().enumerate().take(longest).skip(1) {
        match (byte, quote) {
            (b'"' | b'\'', None) if rest.as_bytes()[at - 1] == b'=' => quote = Some(byte),
            (_, Some(open)) if open == byte => quote = None,
            (b'>', None) => return TagEnd::At(at + 1),
            (b'<', None) => return TagEnd::Missing,
            _ => {}
        }
    }
    TagEnd::TooLong
}
