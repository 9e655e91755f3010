//! The handles of samples: names that are unique for each owner, for command lines and other programs.

/// The maximum length of a handle without its number, in characters.
const LONGEST: usize = 60;
/// The longest file extension that is removed, in characters.
const LONGEST_EXTENSION: usize = 4;

/// Makes a handle from a name: letters in lower case, digits and hyphens, without the extension of a file.
///
/// A handle that is only digits would look like an id, so it gets a prefix.
///
/// # Examples
///
/// ```
/// use loqui_core::store::handle_of;
///
/// assert_eq!(handle_of("My Voice.wav"), "my-voice");
/// assert_eq!(handle_of("Änne"), "änne");
/// assert_eq!(handle_of("7"), "voice-7");
/// ```
pub fn handle_of(name: &str) -> String {
    let stem = match name.trim().rsplit_once('.') {
        Some((stem, extension))
            if !stem.is_empty()
                && extension.chars().count() <= LONGEST_EXTENSION
                && extension.chars().all(char::is_alphanumeric) =>
        {
            stem
        }
        _ => name,
    };
    let mut handle = String::new();
    for c in stem.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() || c == '_' {
            handle.push(c);
        } else if !handle.is_empty() && !handle.ends_with('-') {
            handle.push('-');
        }
    }
    let handle: String = handle.trim_matches('-').chars().take(LONGEST).collect();
    match handle.trim_matches('-') {
        "" => "voice".to_owned(),
        digits if digits.chars().all(|c| c.is_ascii_digit()) => format!("voice-{digits}"),
        handle => handle.to_owned(),
    }
}

/// Returns the first free handle for a name: `anna`, `anna-2`, `anna-3` and so on.
///
/// # Examples
///
/// ```
/// use loqui_core::store::free_handle;
///
/// assert_eq!(free_handle("Anna", |handle| handle == "anna"), "anna-2");
/// ```
pub fn free_handle(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let base = handle_of(name);
    if !is_taken(&base) {
        return base;
    }
    let mut number = 2_u64;
    loop {
        let handle = format!("{base}-{number}");
        if !is_taken(&handle) {
            return handle;
        }
        number += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_have_only_letters_digits_and_hyphens() {
        for (name, expected) in [
            ("anna.m4a", "anna"),
            ("  Anna  Maria ", "anna-maria"),
            ("v1.0 final", "v1-0-final"),
            (".wav", "wav"),
            ("a/b\\c\0d", "a-b-c-d"),
            ("-- --", "voice"),
            ("", "voice"),
            ("2024", "voice-2024"),
            ("声", "声"),
            ("a_b", "a_b"),
        ] {
            assert_eq!(handle_of(name), expected, "{name:?}");
        }
        assert_eq!(handle_of(&"x".repeat(500)).len(), LONGEST);
    }

    #[test]
    fn numbers_follow_taken_handles() {
        let taken = ["anna", "anna-2", "anna-4"];
        assert_eq!(free_handle("Anna.wav", |handle| taken.contains(&handle)), "anna-3");
    }
}
