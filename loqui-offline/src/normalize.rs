//! Normalizes English text to words that the dictionaries contain. `loqui-text` writes numbers, dates and the like in words;
//! this module adds what only this voice needs.

mod accents;
mod ipa;
mod letters;
mod punctuation;
mod screen;

use loqui_text::{Locale, speak};
use punctuation::tidy;
use regex::Regex;
pub(crate) use screen::{Screened, screen};

/// Normalizes one screened sentence. If it is `in_words`, pronunciations between slashes stay.
pub(crate) fn normalize(sentence: &str, in_words: bool) -> String {
    if !in_words {
        return words(&speak(sentence, &Locale::american()).text);
    }
    let mut text = String::with_capacity(sentence.len());
    let mut at = 0;
    for part in ipa::parts(sentence) {
        text.push_str(&words(&sentence[at..part.start]));
        // The pronunciation step interprets "[word](/phonemes/)" as markup.
        let phonemes = ipa::phonemes(&sentence[part.start + 1..part.end - 1]);
        text.push_str(" [word](/");
        text.push_str(&phonemes);
        text.push_str("/) ");
        at = part.end;
    }
    text.push_str(&words(&sentence[at..]));
    tidy(&text)
}

/// Normalizes words.
fn words(text: &str) -> String {
    // The pronunciation step would interpret "[word](...)" as markup.
    let text = without_number_hyphens(&punctuation::rewrite(&text.replace(['[', ']'], " ")));
    tidy(&letters::rewrite(&accents::rewrite(&text)))
}

/// Separates the words of numbers ("forty-two"): the dictionaries stress each word of a number, but only one part of a compound.
fn without_number_hyphens(text: &str) -> String {
    const TENS: [&str; 8] = [
        "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
    ];
    let mut parts = text.split('-');
    let mut separated = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let last = separated
            .rsplit(|c: char| !c.is_alphanumeric())
            .next()
            .unwrap_or_default();
        let is_number = TENS.iter().any(|tens| last.eq_ignore_ascii_case(tens));
        separated.push(if is_number && part.starts_with(char::is_alphabetic) {
            ' '
        } else {
            '-'
        });
        separated.push_str(part);
    }
    separated
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
            |text| normalize(text, false),
            &[
                (
                    "At 9:30pm on 3/14/2026, Dr. Lee paid $1.5bn.",
                    "At nine thirty PM on March fourteenth, twenty twenty six, Doctor Lee paid one point five billion dollars.",
                ),
                (
                    "“Henry VIII” ate 5 GB of café data…",
                    "“Henry the eighth” ate five gigabytes of cafe data...",
                ),
            ],
        );
    }

    #[test]
    fn words_are_not_rewritten_again() {
        for words in [
            "The cat sat on the mat, and it didn't move.",
            "In nineteen hundred there were twelve and a half of them.",
            "She said: “No, I won't!” (And she didn't.)",
        ] {
            assert_eq!(normalize(words, true), words);
            assert_eq!(normalize(words, false), words);
        }
        assert_eq!(
            normalize("Ninety-nine well-known songs", true),
            "Ninety nine well-known songs"
        );
        assert_eq!(normalize("He said \"no\" - twice", true), "He said “no” — twice");
        assert!(!normalize("[word](/wˈɜɹd/)", false).contains("]("));
    }

    #[test]
    fn pronunciations_are_kept_in_text_in_words() {
        assert_eq!(normalize("a /dʒɪf/, not more", true), "a [word](/ʤɪf/), not more");
        assert_eq!(normalize("say /rɛzəˈmeɪ/.", true), "say [word](/ɹɛzəmˈA/).");
    }
}
