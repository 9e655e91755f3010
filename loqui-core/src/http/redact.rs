//! Removes secrets from text that is shown to users: tokens, signed URLs and the content of data URIs.

use std::borrow::Cow;
use std::fmt;

/// Longest provider message that is kept, in characters.
const MAX_CHARACTERS: usize = 400;

/// Displays a URL without user information, query and fragment, which may carry signatures. Shows only the media type of
/// a data URI.
pub(crate) struct RedactedUrl<'a>(pub(crate) &'a str);

impl fmt::Display for RedactedUrl<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&word(self.0).unwrap_or(Cow::Borrowed(self.0)))
    }
}

/// Returns a provider message on one line, shortened and without secrets.
pub(crate) fn line(text: &str) -> String {
    let mut line = String::new();
    for part in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&word(part).unwrap_or(Cow::Borrowed(part)));
    }
    if line.chars().count() > MAX_CHARACTERS {
        line = line.chars().take(MAX_CHARACTERS).collect();
        line.push('…');
    }
    line
}

/// Returns the replacement for a word that carries a secret, or nothing if the word has none.
fn word(word: &str) -> Option<Cow<'_, str>> {
    if let Some(start) = find_ignoring_case(word, "data:")
        && word[start..].contains(',')
    {
        let kind = word[start + 5..].split([';', ',']).next().unwrap_or_default();
        let kind: String = kind.chars().take(40).collect();
        return Some(format!("{}data:{kind},…", &word[..start]).into());
    }
    if let Some(start) = word.find("://") {
        let (scheme, rest) = word.split_at(start + 3);
        let end = rest.find(['?', '#']).unwrap_or(rest.len());
        let path = &rest[..end];
        let host_end = path.find('/').unwrap_or(path.len());
        let host = path[..host_end].rsplit('@').next().unwrap_or_default();
        let tail = if end < rest.len() { "?…" } else { "" };
        let shown = format!("{scheme}{host}{}{tail}", &path[host_end..]);
        return Some(token(&shown).map_or_else(|| shown.clone(), Cow::into_owned).into());
    }
    token(word)
}

/// Removes a token from a word.
fn token(word: &str) -> Option<Cow<'_, str>> {
    let start = ["r8_", "whsec_"].iter().filter_map(|prefix| word.find(prefix)).min()?;
    let secret = &word[start..];
    let end = secret
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '/' | '=' | '-')))
        .unwrap_or(secret.len());
    Some(format!("{}…{}", &word[..start], &secret[end..]).into())
}

fn find_ignoring_case(text: &str, needle: &str) -> Option<usize> {
    text.char_indices().map(|(index, _)| index).find(|&index| {
        text.get(index..index + needle.len())
            .is_some_and(|part| part.eq_ignore_ascii_case(needle))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_removed_from_provider_messages() {
        let text = "bad token r8_abcDEF123, see\nhttps://u:p@api.replicate.com/v1/files/abc/download?signature=xyz= and \
                    \"data:audio/wav;base64,UklGRg==\" (whsec_abc)";
        let shown = line(text);
        for secret in ["abcDEF", "u:p", "xyz", "UklG", "whsec_"] {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
        assert!(
            shown.contains("https://api.replicate.com/v1/files/abc/download?…"),
            "{shown}"
        );
        assert!(shown.contains("data:audio/wav,…"), "{shown}");
        assert!(!shown.contains('\n'));
    }

    #[test]
    fn text_without_secrets_is_unchanged() {
        assert_eq!(line("- input: prompt is required\n"), "- input: prompt is required");
        assert_eq!(
            RedactedUrl("https://replicate.delivery/a/output.wav").to_string(),
            "https://replicate.delivery/a/output.wav"
        );
    }

    #[test]
    fn long_messages_are_cut_at_character_boundaries() {
        assert_eq!(line(&"ä".repeat(1000)).chars().count(), MAX_CHARACTERS + 1);
    }
}
