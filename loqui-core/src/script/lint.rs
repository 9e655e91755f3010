//! What may sound wrong: findings on the text as the user wrote it.

mod language;
mod shouting;

use super::Limits;
use super::normalize::{Form, is_ender};
use super::split::{paragraphs, sentences};
use crate::finding::{Finding, Severity};

/// A sentence of more words leaves a speaker without breath.
const RUN_ON_WORDS: usize = 60;

/// Fewer words need no punctuation: a title, a name.
const UNPUNCTUATED_WORDS: usize = 25;

/// Judges a text. `language` is a primary ISO 639 code.
pub(super) fn lint(text: &str, limits: &Limits, language: Option<&str>) -> Vec<Finding> {
    [
        shouting::all_caps(text),
        run_on(text, limits, language),
        no_punctuation(text),
        language.and_then(|language| digits(text, language)),
        unspeakable(text, language),
        language.and_then(|language| language::wrong_language(text, language)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn run_on(text: &str, limits: &Limits, language: Option<&str>) -> Option<Finding> {
    let mut longest = (0, 0, 0);
    for paragraph in paragraphs(text) {
        for sentence in sentences(&text[paragraph.clone()], language) {
            let start = paragraph.start + sentence.start;
            let sentence = &text[start..paragraph.start + sentence.end];
            let characters = sentence.chars().count();
            let words = sentence.split_whitespace().count();
            if (words > RUN_ON_WORDS || characters > limits.max_characters) && characters > longest.0 {
                longest = (characters, words, start);
            }
        }
    }
    let (characters, words, start) = longest;
    let (value, limit, unit) = match longest {
        (0, ..) => return None,
        _ if words > RUN_ON_WORDS => (words, RUN_ON_WORDS, "words"),
        _ => (characters, limits.max_characters, "characters"),
    };
    let message = format!("a sentence of {value} {unit} {}", place(text, start));
    let hint = "Break long sentences up: each is cut where it may not sound natural.";
    Some(
        Finding::new(Severity::Warning, "script.run_on", message, hint)
            .with_measure(value as f64, limit as f64, unit)
            .at(position(text, start)),
    )
}

fn no_punctuation(text: &str) -> Option<Finding> {
    let words = text.split_whitespace().count();
    if words < UNPUNCTUATED_WORDS || text.contains(is_ender) {
        return None;
    }
    Some(
        Finding::new(
            Severity::Warning,
            "script.no_punctuation",
            format!("{words} words without the end of a sentence"),
            "End sentences with a full stop: pauses are made from punctuation.",
        )
        .with_measure(words as f64, UNPUNCTUATED_WORDS as f64, "words")
        .at(position(text, text.len() - text.trim_start().len())),
    )
}

/// English has rules for reading numbers aloud; models read them in English elsewhere, or not at all.
fn digits(text: &str, language: &str) -> Option<Finding> {
    let at = text.find(|c: char| c.is_ascii_digit()).filter(|_| language != "en")?;
    let count = text.chars().filter(char::is_ascii_digit).count();
    let number: String = text[at..].chars().take_while(char::is_ascii_digit).take(20).collect();
    Some(
        Finding::new(
            Severity::Warning,
            "script.digits",
            format!(
                "digits such as \"{number}\" {} in a text in \"{language}\"",
                place(text, at)
            ),
            "Write numbers in words: digits may be read in English or left out.",
        )
        .with_measure(count as f64, 0.0, "characters")
        .at(position(text, at)),
    )
}

fn unspeakable(text: &str, language: Option<&str>) -> Option<Finding> {
    let has_words = |c: char| language == Some("en") && loqui_text::is_readable(c);
    let is_symbol = |c: char| Form::of(c) == Form::Symbol && !has_words(c);
    let at = text.find(is_symbol)?;
    let count = text.chars().filter(|c| is_symbol(*c)).count();
    let first = text[at..].chars().next().unwrap_or_default();
    Some(
        Finding::new(
            Severity::Warning,
            "script.unspeakable",
            format!(
                "{count} emoji or symbols are left out, the first is {first} {}",
                place(text, at)
            ),
            "Write what you mean in words.",
        )
        .with_measure(count as f64, 0.0, "characters")
        .at(position(text, at)),
    )
}

/// Where something stands, as people count: characters from 1.
fn place(text: &str, at: usize) -> String {
    format!("at character {}", position(text, at) + 1)
}

/// The same for programs: characters from 0.
fn position(text: &str, at: usize) -> usize {
    text[..at].chars().count()
}

#[cfg(test)]
mod tests;
