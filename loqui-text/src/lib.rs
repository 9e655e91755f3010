//! Converts written text to spoken text, in stages.
//!
//! 1. [`Plain`] reads a source: its encoding, its markup, its lines. It keeps a map to the source.
//! 2. [`tokens`] classifies the tokens of a plain text, each once and as a whole.
//! 3. [`speak`] converts them to words by the conventions of a [`Locale`].
//! 4. [`Pronunciations`] replaces terms by the respellings of a user.
//!
//! [`detect_language`] detects the language of a text, with a confidence.
//!
//! ```
//! use loqui_text::{Format, Locale, Plain, speak};
//!
//! let plain = Plain::from_text("**Prof. Dr. Weber** paid $5-10 on SEPT. 15.", Format::Markdown);
//! let spoken = speak(&plain.text, &Locale::american());
//! assert_eq!(spoken.text, "Professor Doctor Weber paid five to ten dollars on September fifteenth.");
//! ```
//!
//! [`spell_out`] and [`in_words`] are the rewriting rules that came before. [`spell_out`] leaves plain numbers, years and
//! ordinals ("3rd") in digits; [`in_words`] writes them in letters.

#![forbid(unsafe_code)]

mod abbreviations;
mod dates;
mod detect;
mod digits;
mod english;
mod finding;
mod letters;
mod locale;
mod money;
mod numbers;
mod pronounce;
mod punctuation;
mod roman;
mod source;
mod speak;
mod spoken;
mod symbols;
mod times;
mod token;
mod units;
mod web;
mod words;
mod world;

pub use abbreviations::{is_dotted_initialism, never_ends_sentence};
pub use detect::{DetectedLanguage, detect_language};
pub use finding::Finding;
pub use letters::plain_letters;
pub use locale::{InvalidLocale, Locale};
pub use pronounce::{InvalidPronunciation, Pronunciation, Pronunciations};
pub use punctuation::tidy;
use regex::Regex;
pub use source::{Format, Plain, UnreadableText};
pub use speak::{speak, tokens};
pub use spoken::{Piece, Spoken};
pub use symbols::is_readable;
pub use token::{Class, Token};
pub use words::in_words;

/// A number as people write it: "5", "1,250", "3.14".
const NUMBER: &str = r"\d+(?:,\d{3})*(?:\.\d+)?";

/// Spells out one sentence with rewriting rules.
///
/// ```
/// use loqui_text::{in_words, spell_out};
///
/// let spelled = spell_out("At 9:30pm on 3/14/2026, Dr. Lee paid $1.5bn.");
/// assert_eq!(spelled, "At 9 30 PM on March 14th, 2026, Doctor Lee paid 1.5 billion dollars.");
/// assert_eq!(
///     in_words(&spelled),
///     "At nine thirty PM on March fourteenth, twenty twenty-six, Doctor Lee paid one point five billion dollars."
/// );
/// ```
pub fn spell_out(sentence: &str) -> String {
    let steps: [fn(&str) -> String; 11] = [
        digits::rewrite,
        punctuation::rewrite,
        web::rewrite,
        dates::rewrite,
        times::rewrite,
        money::rewrite,
        units::rewrite,
        abbreviations::rewrite,
        roman::rewrite,
        numbers::rewrite,
        symbols::rewrite,
    ];
    let spelled = steps.iter().fold(sentence.to_owned(), |text, step| step(&text));
    tidy(&spelled)
}

/// Compiles a pattern written in this program.
fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("every pattern is compiled by the tests of its file")
}

/// Says whether a written number wants the singular.
fn is_one(number: &str) -> bool {
    matches!(number, "1" | "1.0" | "-1")
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
    fn steps_do_not_get_in_each_others_way() {
        check(
            spell_out,
            &[
                (
                    "Mail me@foo.org — or see https://example.com/a-b!",
                    "Mail me at foo dot org — or see example dot com slash a dash b!",
                ),
                (
                    "“Henry VIII” ate 5 GB of café data…",
                    "“Henry the 8th” ate 5 gigabytes of café data...",
                ),
                (
                    "Rock & roll, 50% off @ 10–20 km/h",
                    "Rock and roll, 50 percent off at 10 to 20 kilometers per hour",
                ),
                ("# Title with **bold** and `code`", "Title with bold and code"),
                ("see [this](http://x.yz)", "see this (x dot yz)"),
                ("[laugh] Right.", "[laugh] Right."),
                (
                    "24/7, 1/2 cup, call 555-1234.",
                    "24 7, one half cup, call 5 5 5, 1 2 3 4.",
                ),
                ("  plain\twords\u{a0}stay as they are  ", "plain words stay as they are"),
            ],
        );
    }

    #[test]
    fn ordinary_prose_passes_unchanged() {
        for prose in [
            "The cat sat on the mat, and it didn't move.",
            "In 1999 there were 1,234 of them, about 12.5 per week.",
            "She said: “No, I won't!” (And she didn't.)",
        ] {
            assert_eq!(spell_out(prose), prose);
        }
    }
}
