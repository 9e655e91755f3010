//! Web and e-mail addresses, read the way people say them.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::pattern;

static EMAIL: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b(?:mailto:)?([A-Za-z0-9][\w.+-]*@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,})\b"));
static URL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:(?:https?|ftp)://(?:www\.)?|www\.)([^\s<>\x22()]*[\w/])",
        r"|\b((?:[a-z0-9-]+\.)+(?:com|org|net|edu|gov|io|dev|ai|app|co\.uk)(?:/[^\s<>\x22()]*[\w/])?)\b",
    ))
});
static MARK: LazyLock<Regex> = LazyLock::new(|| pattern(r"[^A-Za-z0-9]"));

/// Spells out addresses; the scheme and "www" are left out as nobody says them.
pub(super) fn rewrite(text: &str) -> String {
    let text = EMAIL.replace_all(text, |found: &Captures<'_>| say(&found[1]));
    let address = |found: &Captures<'_>| {
        let address = found.get(1).or_else(|| found.get(2)).map_or("", |part| part.as_str());
        say(address.trim_end_matches('/'))
    };
    URL.replace_all(&text, address).into_owned()
}

/// Puts the name of each mark between the words.
fn say(address: &str) -> String {
    MARK.replace_all(address, |found: &Captures<'_>| match &found[0] {
        "." => " dot ".to_owned(),
        "/" => " slash ".to_owned(),
        "-" => " dash ".to_owned(),
        "_" => " underscore ".to_owned(),
        "@" => " at ".to_owned(),
        "?" => " question mark ".to_owned(),
        "=" => " equals ".to_owned(),
        "&" => " and ".to_owned(),
        "#" => " hash ".to_owned(),
        "%" => " percent ".to_owned(),
        "+" => " plus ".to_owned(),
        ":" => " colon ".to_owned(),
        "~" => " tilde ".to_owned(),
        other => format!(" {other} "),
    })
    .split_whitespace()
    .collect::<Vec<_>>()
    .join(" ")
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn addresses_are_said() {
        check(
            rewrite,
            &[
                (
                    "mail jane.doe@mail.example.org today",
                    "mail jane dot doe at mail dot example dot org today",
                ),
                (
                    "see https://www.example.com/path?x=1.",
                    "see example dot com slash path question mark x equals 1.",
                ),
                ("www.example.org/", "example dot org"),
                ("try example.com, or docs.rs", "try example dot com, or docs.rs"),
                ("http://localhost:8080/a_b", "localhost colon 8080 slash a underscore b"),
                ("(https://a.io)", "(a dot io)"),
                ("3.50 and e.g. this. Next", "3.50 and e.g. this. Next"),
            ],
        );
    }
}
