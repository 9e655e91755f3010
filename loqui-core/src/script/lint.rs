//! Checks a text, as the user wrote it, for what may sound wrong.

mod capitals;
mod language;

use super::Limits;
use super::findings::{self, Position};
use super::normalize::{Form, is_ender};
use super::split::{paragraphs, sentences};
use crate::finding::Finding;

/// The maximum number of words that a speaker says in one breath.
const RUN_ON_WORDS: usize = 60;

/// The minimum number of words that need punctuation. Titles and names have fewer.
const UNPUNCTUATED_WORDS: usize = 25;

/// Returns the findings about a text. `language` is a primary ISO 639 code.
pub(super) fn lint(text: &str, limits: &Limits, language: Option<&str>) -> Vec<Finding> {
    [
        capitals::all_caps(text),
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
    Some(findings::run_on(Position::at(text, start), value, limit, unit))
}

fn no_punctuation(text: &str) -> Option<Finding> {
    let words = text.split_whitespace().count();
    if words < UNPUNCTUATED_WORDS || text.contains(is_ender) {
        return None;
    }
    let start = Position::at(text, text.len() - text.trim_start().len());
    Some(findings::no_punctuation(start, words, UNPUNCTUATED_WORDS))
}

/// English has rules for reading numbers aloud. In other languages models read digits in English or not at all.
fn digits(text: &str, language: &str) -> Option<Finding> {
    let at = text.find(|c: char| c.is_ascii_digit()).filter(|_| language != "en")?;
    let count = text.chars().filter(char::is_ascii_digit).count();
    let number: String = text[at..].chars().take_while(char::is_ascii_digit).take(20).collect();
    Some(findings::digits(Position::at(text, at), count, &number, language))
}

fn unspeakable(text: &str, language: Option<&str>) -> Option<Finding> {
    let has_words = |c: char| language == Some("en") && loqui_text::is_readable(c);
    let is_symbol = |c: char| Form::of(c) == Form::Symbol && !has_words(c);
    let at = text.find(is_symbol)?;
    let count = text.chars().filter(|c| is_symbol(*c)).count();
    let first = text[at..].chars().next().unwrap_or_default();
    Some(findings::unspeakable(Position::at(text, at), count, first))
}

#[cfg(test)]
mod tests;
