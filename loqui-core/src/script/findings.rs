//! The findings about scripts: code, severity, unit, message and hint of each.

use crate::finding::{Finding, FindingCode, Severity};

/// A position in a script.
#[derive(Clone, Copy, Debug)]
pub(super) struct Position(usize);

impl Position {
    /// Converts a byte offset.
    pub(super) fn at(text: &str, byte: usize) -> Self {
        Self(text[..byte].chars().count())
    }

    /// Describes the position in a message, in characters from 1.
    fn described(self) -> String {
        format!("at character {}", self.0 + 1)
    }
}

fn warning(
    code: FindingCode,
    position: Position,
    message: String,
    hint: &str,
    (value, limit, unit): (usize, usize, &str),
) -> Finding {
    Finding::new(Severity::Warning, code, message, hint)
        .with_measure(value as f64, limit as f64, unit)
        .at(position.0)
}

/// `unit` is `words` or `characters`.
pub(super) fn run_on(position: Position, value: usize, limit: usize, unit: &str) -> Finding {
    let message = format!("a sentence of {value} {unit} {}", position.described());
    let hint = "Break up long sentences. Otherwise they are split where a pause may not sound natural.";
    warning(FindingCode::ScriptRunOn, position, message, hint, (value, limit, unit))
}

pub(super) fn no_punctuation(position: Position, words: usize, limit: usize) -> Finding {
    let message = format!("{words} words without the end of a sentence");
    let hint = "End sentences with a full stop. Pauses follow the punctuation.";
    let measure = (words, limit, "words");
    warning(FindingCode::ScriptNoPunctuation, position, message, hint, measure)
}

/// `number` is the first one in the script.
pub(super) fn digits(position: Position, count: usize, number: &str, language: &str) -> Finding {
    let message = format!(
        "digits such as \"{number}\" {} in a text in \"{language}\"",
        position.described()
    );
    let hint = "Write numbers in words. Digits may be read in English or left out.";
    let measure = (count, 0, "characters");
    warning(FindingCode::ScriptDigits, position, message, hint, measure)
}

/// `first` is the first symbol in the script.
pub(super) fn unspeakable(position: Position, count: usize, first: char) -> Finding {
    let message = format!(
        "{count} emoji or symbols are left out; the first is {first} {}",
        position.described()
    );
    let hint = "Write the meaning in words.";
    let measure = (count, 0, "characters");
    warning(FindingCode::ScriptUnspeakable, position, message, hint, measure)
}

/// `first` is the first word in capitals.
pub(super) fn all_caps(position: Position, count: usize, words: usize, first: &str) -> Finding {
    let message = format!(
        "{count} of {words} words are in capitals; the first is \"{first}\" {}",
        position.described()
    );
    let hint = "Write words in lower case. Words in capitals may be spelled out or shouted.";
    let measure = (count, 0, "words");
    warning(FindingCode::ScriptAllCaps, position, message, hint, measure)
}

/// `script` is the Unicode script of the first foreign letter. An error if most letters are foreign.
pub(super) fn wrong_language(
    position: Position,
    foreign: usize,
    letters: usize,
    language: &str,
    script: &str,
) -> Finding {
    let (severity, hint) = if foreign * 2 > letters {
        (
            Severity::Error,
            "Set the language of the text, and choose a model that speaks it.",
        )
    } else {
        (Severity::Warning, "Write these words in the letters of the language.")
    };
    let message = format!(
        "{foreign} of {letters} letters are not those of \"{language}\"; the first is {script} {}",
        position.described()
    );
    Finding::new(severity, FindingCode::ScriptWrongLanguage, message, hint)
        .with_measure(100.0 * foreign as f64 / letters as f64, 50.0, "%")
        .at(position.0)
}
