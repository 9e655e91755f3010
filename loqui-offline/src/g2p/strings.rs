//! String functions by characters, as in Python, the language of the original rules.

/// Returns the length in characters.
pub(super) fn len(text: &str) -> usize {
    text.chars().count()
}

/// Returns all but the last `count` characters.
pub(super) fn drop_last(text: &str, count: usize) -> &str {
    let keep = len(text).saturating_sub(count);
    text.char_indices().nth(keep).map_or(text, |(at, _)| &text[..at])
}

/// Returns all but the first character.
pub(super) fn tail(text: &str) -> &str {
    text.char_indices().nth(1).map_or("", |(at, _)| &text[at..])
}

pub(super) fn last_char(text: &str) -> Option<char> {
    text.chars().next_back()
}

/// Returns the second to last character.
pub(super) fn last_but_one(text: &str) -> Option<char> {
    text.chars().rev().nth(1)
}

pub(super) fn is_lower(text: &str) -> bool {
    text == text.to_lowercase()
}

pub(super) fn is_upper(text: &str) -> bool {
    text == text.to_uppercase()
}

/// Returns true for a non-empty string of letters.
pub(super) fn is_alpha(text: &str) -> bool {
    !text.is_empty() && text.chars().all(char::is_alphabetic)
}

/// Returns the first character in upper case and the rest in lower case.
pub(super) fn capitalize(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars.flat_map(char::to_lowercase)).collect()
    })
}

/// Returns true for a non-empty string of ASCII digits.
pub(super) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_count_characters_instead_of_bytes() {
        assert_eq!((len("café"), drop_last("café", 1), tail("été")), (4, "caf", "té"));
        assert_eq!((drop_last("a", 3), tail("")), ("", ""));
        assert_eq!(capitalize("hELLO"), "Hello");
        assert!(is_alpha("Straße") && !is_alpha("don't") && !is_alpha(""));
        assert!(is_upper("A-1") && is_lower("a-1") && is_digits("07") && !is_digits(""));
    }
}
