//! Runs of letters the dictionary would misread: shouted words and endless ones.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::pattern;

/// A word in capitals of at least this many letters is shouted; shorter ones may be initials, and the pronunciation step
/// spells those out unless the dictionary knows them.
const SHOUTED: usize = 6;
/// The pronunciation step reads unknown words of up to 62 letters and drops the rest.
const LONGEST_WORD: usize = 50;

static CARBON_DIOXIDE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\bCO2\b"));
static CAPITALS: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"\b[A-Z]{{{SHOUTED},}}\b")));
static ENDLESS: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"[\p{{L}}']{{{LONGEST_WORD}}}")));

/// Writes shouted words in small letters, cuts endless ones, and spells the one formula that looks like a word.
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
    fn shouting_is_calmed_and_initials_stay() {
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
    fn endless_words_are_cut() {
        let cut = rewrite(&"a".repeat(120));
        assert_eq!(cut.split(' ').map(str::len).collect::<Vec<_>>(), [50, 50, 20]);
    }
}
