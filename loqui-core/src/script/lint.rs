//! Checks a text, as the user wrote it, for what may sound wrong.

mod capitals;
mod language;

use loqui_text::Plain;

use super::blocks::{paragraphs, without_pauses};
use super::findings::{self, Source};
use super::normalize::{Form, is_ender};
use super::reading::Reading;
use super::split::sentences;
use super::{Limits, ScriptOptions};
use crate::finding::Finding;

/// The maximum number of words that a speaker says in one breath.
const RUN_ON_WORDS: usize = 60;

/// The minimum number of words that need punctuation. Titles and names have fewer.
const UNPUNCTUATED_WORDS: usize = 25;

/// Returns the findings about a text, in the order of their positions.
pub(super) fn lint(plain: &Plain, reading: &Reading, options: &ScriptOptions) -> Vec<Finding> {
    let text = without_pauses(&plain.text);
    let text = text.as_str();
    let source = Source::of(plain);
    let language = options.primary_language();
    let language = language.as_deref();
    let mut found: Vec<Finding> = plain.findings.iter().map(findings::of_source).collect();
    let checks = [
        capitals::all_caps(text, source),
        run_on(text, source, &options.limits, language, reading),
        no_punctuation(text, source),
        options
            .locale()
            .filter(|locale| !options.reads_written && !loqui_text::is_read(locale))
            .and_then(|locale| digits(text, source, locale.language())),
        unspeakable(text, source, reading),
        directions(text, source, reading),
        replaced(plain.source()),
        language.and_then(|language| language::wrong_language(text, source, language, options)),
    ];
    found.extend(checks.into_iter().flatten());
    found.sort_by_key(|finding| finding.position);
    found
}

fn run_on(
    text: &str,
    source: Source<'_>,
    limits: &Limits,
    language: Option<&str>,
    reading: &Reading,
) -> Option<Finding> {
    let mut longest = (0, 0, 0);
    for paragraph in paragraphs(text) {
        for sentence in sentences(text, paragraph, language, reading) {
            let start = sentence.start;
            let sentence = &text[sentence];
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
    Some(findings::run_on(source.at(start), value, limit, unit))
}

fn no_punctuation(text: &str, source: Source<'_>) -> Option<Finding> {
    let words = text.split_whitespace().count();
    if words < UNPUNCTUATED_WORDS || text.contains(is_ender) {
        return None;
    }
    let start = source.at(text.len() - text.trim_start().len());
    Some(findings::no_punctuation(start, words, UNPUNCTUATED_WORDS))
}

/// In languages without rules for numbers, models read digits in English or not at all.
fn digits(text: &str, source: Source<'_>, language: &str) -> Option<Finding> {
    let at = text.find(|c: char| c.is_ascii_digit())?;
    let count = text.chars().filter(char::is_ascii_digit).count();
    let number: String = text[at..].chars().take_while(char::is_ascii_digit).take(20).collect();
    Some(findings::digits(source.at(at), count, &number, language))
}

fn unspeakable(text: &str, source: Source<'_>, reading: &Reading) -> Option<Finding> {
    let mut symbols = text
        .char_indices()
        .filter(|(at, c)| Form::of(*c) == Form::Symbol && !reading.has_words(*at));
    let (at, first) = symbols.next()?;
    Some(findings::unspeakable(source.at(at), 1 + symbols.count(), first))
}

/// Directions to the voice that the model does not know.
fn directions(text: &str, source: Source<'_>, reading: &Reading) -> Option<Finding> {
    let first = reading.dropped().first()?;
    let count = reading.dropped().len();
    Some(findings::unknown_direction(
        source.at(first.start),
        count,
        &text[first.clone()],
    ))
}

/// Characters that stand for damaged bytes.
fn replaced(text: &str) -> Option<Finding> {
    let at = text.find(char::REPLACEMENT_CHARACTER)?;
    let count = text.matches(char::REPLACEMENT_CHARACTER).count();
    Some(findings::damaged(text[..at].chars().count(), count))
}

#[cfg(test)]
mod tests;
