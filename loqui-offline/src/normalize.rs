//! Normalizes written English to words that the dictionaries contain. `loqui-text` spells out; this module adds what only
//! this voice needs. Plain numbers, years and ordinals ("3rd") stay: the pronunciation step reads them.

mod accents;
mod letters;
mod screen;

pub(crate) use loqui_text::{is_dotted_initialism, never_ends_sentence};
use loqui_text::{spell_out, tidy};
use regex::Regex;
pub(crate) use screen::{Screened, screen};

/// Normalizes one screened sentence.
pub(crate) fn normalize(sentence: &str) -> String {
    // The pronunciation step would interpret "[word](...)" as markup.
    let spelled = spell_out(&sentence.replace(['[', ']'], " "));
    tidy(&letters::rewrite(&accents::rewrite(&spelled)))
}

/// Compiles a constant pattern.
fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the tests compile all patterns")
}

#[cfg(test)]
fn check(rewrite: impl Fn(&str) -> String, cases: &[(&str, &str)]) {
    for (written, spoken) in cases {
        assert_eq!(rewrite(written), *spoken, "from {written:?}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_outside_the_dictionaries_is_rewritten() {
        check(
            normalize,
            &[
                (
                    "At 9:30pm on 3/14/2026, Dr. Lee paid $1.5bn.",
                    "At 9 30 PM on March 14th, 2026, Doctor Lee paid 1.5 billion dollars.",
                ),
                (
                    "“Henry VIII” ate 5 GB of café data…",
                    "“Henry the 8th” ate 5 gigabytes of cafe data...",
                ),
                ("see [this](http://x.yz)", "see this (x dot yz)"),
                ("[word](/wˈɜɹd/)", "word ( wˈɜɹd)"),
            ],
        );
    }

    #[test]
    fn ordinary_prose_is_unchanged() {
        for prose in [
            "The cat sat on the mat, and it didn't move.",
            "In 1999 there were 1,234 of them, about 12.5 per week.",
            "She said: “No, I won't!” (And she didn't.)",
        ] {
            assert_eq!(normalize(prose), prose);
        }
    }
}
