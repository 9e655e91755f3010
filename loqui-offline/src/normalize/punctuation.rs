//! Quotes, dashes, dots and white space in the few forms that carry a pause or a tone.

use std::sync::LazyLock;

use regex::Regex;

use super::pattern;

static LIST_MARK: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*(?:[•·‣*>#]+|[-–—])\s+"));
static LINK: LazyLock<Regex> = LazyLock::new(|| pattern(r"\[([^\[\]]*)\]\s?\("));
static SPACED_DASH: LazyLock<Regex> = LazyLock::new(|| pattern(r"\s+[-–]+\s+|\s*--+\s*|\s*[—―]\s*"));
static ELLIPSIS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\s*(?:…|\.\s\.\s\.|\.{3,})"));
static SPACES: LazyLock<Regex> = LazyLock::new(|| pattern(r"\s+"));
static SPACE_BEFORE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\s+([,.;:!?)])"));

/// Reduces typography to few forms: quotes that open and close, one dash for a break and a hyphen inside words.
pub(super) fn rewrite(text: &str) -> String {
    let text = LIST_MARK.replace(text, "");
    let text = LINK.replace_all(&text, "$1 (").replace(['{', '}', '`'], " ");
    let text: String = text.chars().map(plain).collect();
    let text = curl(&text.replace("''", "\""));
    let text = SPACED_DASH.replace_all(&text, " — ");
    ELLIPSIS.replace_all(&text, "...").into_owned()
}

/// Removes what is left over when words were taken out or put in: double spaces, spaces before a comma.
pub(super) fn tidy(text: &str) -> String {
    let text = SPACES.replace_all(text, " ");
    SPACE_BEFORE.replace_all(&text, "$1").trim().to_owned()
}

const fn plain(c: char) -> char {
    match c {
        '‘' | '’' | '‚' | '‛' | '′' | '‹' | '›' => '\'',
        '„' | '«' => '“',
        '‟' | '»' | '″' => '”',
        '‐' | '‑' | '‒' => '-',
        '•' | '·' | '‣' | '¡' | '¿' => ' ',
        '⁄' => '/',
        other => other,
    }
}

/// Turns straight quotes into opening and closing ones, which the network reads with different tones.
fn curl(text: &str) -> String {
    let mut opens = true;
    text.chars()
        .map(|c| {
            let quote = if opens { '“' } else { '”' };
            opens = c.is_whitespace() || matches!(c, '(' | '—' | '–' | '“');
            if c == '"' { quote } else { c }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn typography_becomes_plain() {
        check(
            rewrite,
            &[
                ("“Yes,” she said, ‘no’.", "“Yes,” she said, 'no'."),
                ("\"Yes,\" she said (\"no\").", "“Yes,” she said (“no”)."),
                ("it’s the ’90s", "it's the '90s"),
                ("one – two—three -- four", "one — two — three — four"),
                ("well-known 10–20", "well-known 10–20"),
                ("wait … what…?", "wait... what...?"),
                ("- an item", "an item"),
                ("• another", "another"),
                ("## Heading", "Heading"),
                ("[a](b) {c} [d]", "a (b)  c  [d]"),
                ("¿Qué?", " Qué?"),
            ],
        );
    }

    #[test]
    fn left_overs_are_tidied() {
        check(tidy, &[("a  b , c .", "a b, c."), (" (x ) ", "(x)"), ("  ", "")]);
    }
}
