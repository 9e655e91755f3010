//! The findings about scripts: code, severity, unit, message and hint of each.

use loqui_text::Plain;

use super::ScriptOptions;
use crate::finding::{Finding, FindingCode, Severity};

/// A model that speaks several languages, for hints.
pub(super) const MULTILINGUAL: (&str, &[&str]) = (
    "chatterbox-multilingual",
    &[
        "en", "ar", "da", "de", "el", "es", "fi", "fr", "he", "hi", "it", "ja", "ko", "ms", "nl", "no", "pl", "pt",
        "ru", "sv", "sw", "tr", "zh",
    ],
);

/// The source of a plain text, which positions are moved to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source<'a>(&'a Plain);

impl<'a> Source<'a> {
    pub(super) fn of(plain: &'a Plain) -> Self {
        Self(plain)
    }

    /// Converts a byte of the plain text.
    pub(super) fn at(self, byte: usize) -> Position {
        Position(self.0.in_source(byte..byte + 1).start)
    }
}

/// A position in a script, in characters of its source.
#[derive(Clone, Copy, Debug)]
pub(super) struct Position(usize);

impl Position {
    /// Describes the position in a message, in characters from 1.
    fn described(self) -> String {
        format!("at character {}", self.0 + 1)
    }
}

/// Converts a finding of the stages from source to plain text.
pub(super) fn of_source(finding: &loqui_text::Finding) -> Finding {
    Finding::new(Severity::Warning, finding.code, finding.message.clone(), finding.hint).at(finding.range.start)
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

/// `first` is the first direction that the model does not know.
pub(super) fn unknown_direction(position: Position, count: usize, first: &str) -> Finding {
    let place = position.described();
    let message = match count {
        1 => format!("the direction {first} {place} is left out, because the model does not know it"),
        _ => format!(
            "{count} directions are left out, because the model does not know them; the first is {first} {place}"
        ),
    };
    let hint = "Remove them, or choose a model that knows them, such as chatterbox-turbo.";
    let measure = (count, 0, "directions");
    warning(FindingCode::ScriptIgnoredMarkup, position, message, hint, measure)
}

/// `position` is that of the first character that stands for damaged bytes.
pub(super) fn damaged(position: usize, count: usize) -> Finding {
    let position = Position(position);
    let place = position.described();
    let message = match count {
        1 => format!("one character is damaged, {place}"),
        _ => format!("{count} characters are damaged, the first {place}"),
    };
    let hint = "Save the script as UTF-8 text.";
    warning(
        FindingCode::ScriptEncoding,
        position,
        message,
        hint,
        (count, 0, "characters"),
    )
}

/// `detected` is the language that the text seems to be in. An error unless the user named the language.
pub(super) fn other_language(position: Position, detected: &str, language: &str, options: &ScriptOptions) -> Finding {
    let (model, languages) = MULTILINGUAL;
    let hint = if options.languages.iter().any(|known| known == detected) {
        format!("Set the language to \"{detected}\", or to \"{language}\" if that is right.")
    } else if languages.contains(&detected) {
        format!("Choose the model {model} and the language \"{detected}\", which it speaks.")
    } else {
        format!("Choose a model that speaks \"{detected}\".")
    };
    let message = format!("the text seems to be in \"{detected}\", but it is spoken in \"{language}\"");
    Finding::new(mismatch(options), FindingCode::ScriptWrongLanguage, message, hint).at(position.0)
}

/// The severity of a text in another language: the user may have meant it.
fn mismatch(options: &ScriptOptions) -> Severity {
    if options.language_given {
        Severity::Warning
    } else {
        Severity::Error
    }
}

/// `script` is the Unicode script of the first foreign letter. An error if most letters are foreign, unless the user named
/// the language.
pub(super) fn foreign_letters(
    position: Position,
    (foreign, letters): (usize, usize),
    language: &str,
    script: &str,
    options: &ScriptOptions,
) -> Finding {
    let (severity, hint) = if foreign * 2 > letters {
        (
            mismatch(options),
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
