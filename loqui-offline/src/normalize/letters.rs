//! Words in capitals and very long words, which the pronunciation step would misread.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::pattern;

/// The minimum length of a word in capitals that is written in lower case. Shorter ones may be initials, which the
/// pronunciation step spells unless they are in the dictionaries.
const SHOUTED: usize = 6;
/// The maximum length of a word. The pronunciation step drops the letters after the 62nd of an unknown word.
const LONGEST_WORD: usize = 50;

static CARBON_DIOXIDE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\bCO2\b"));
static CAPITALS: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"\b[A-Z]{{{SHOUTED},}}\b")));
static ENDLESS: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"[\p{{L}}']{{{LONGEST_WORD}}}")));

/// Writes words in capitals in lower case, splits very long words, and spells the one formula that looks like a word.
pub(super) fn rewrite(text: &str) -> String {
    let text = CARBON_DIOXIDE.replace_all(text, "C O 2");
    let text = CAPITALS.replace_all(&text, |found: &Captures<'_>| found[0].to_lowercase());
    ENDLESS.replace_all(&text, "$0 ").into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn words_in_capitals_become_lower_case_and_initials_stay() {
        check(
            rewrite,
            &[
                ("WARNING: NASA and HTML", "warning: NASA and HTML"),
                ("KUBERNETES Is ON", "kubernetes Is ON"),
                ("CO2", "C O 2"),
            ],
        );
    }

    #[test]
    fn very_long_words_are_split() {
        let cut = rewrite(&"a".repeat(120));
        assert_eq!(cut.split(' ').map(str::len).collect::<Vec<_>>(), [50, 50, 20]);
    }
}
