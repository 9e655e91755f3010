//! Letters of another script than the language's: a model says nothing sensible for them.

use unicode_script::{Script as Writing, UnicodeScript as _};

use super::{place, position};
use crate::finding::{Finding, Severity};

/// Fewer foreign letters are formulas and names: `π`, `Ω`.
const FOREIGN_LETTERS: usize = 3;

/// Says so if letters are not of the language's scripts: an error if most are not.
pub(super) fn wrong_language(text: &str, language: &str) -> Option<Finding> {
    let scripts = scripts_of(language)?;
    let mut letters = 0_usize;
    let mut foreign = 0_usize;
    let mut first = None;
    for (at, character) in text.char_indices().filter(|(_, c)| c.is_alphabetic()) {
        letters += 1;
        let script = character.script();
        if !scripts.contains(&script) && !matches!(script, Writing::Common | Writing::Inherited) {
            foreign += 1;
            first.get_or_insert((at, script));
        }
    }
    let (at, script) = first.filter(|_| foreign >= FOREIGN_LETTERS || foreign * 2 > letters)?;
    let (severity, hint) = if foreign * 2 > letters {
        (
            Severity::Error,
            "Say which language it is, and choose a model that speaks it.",
        )
    } else {
        (Severity::Warning, "Write these words in the letters of the language.")
    };
    let share = 100.0 * foreign as f64 / letters as f64;
    let message = format!(
        "{foreign} of {letters} letters are not those of \"{language}\", the first is {} {}",
        script.full_name(),
        place(text, at)
    );
    Some(
        Finding::new(severity, "script.wrong_language", message, hint)
            .with_measure(share, 50.0, "%")
            .at(position(text, at)),
    )
}

/// The scripts a language is written in; nothing for languages this table does not know.
fn scripts_of(language: &str) -> Option<&'static [Writing]> {
    Some(match language {
        "af" | "ca" | "cs" | "cy" | "da" | "de" | "en" | "es" | "et" | "eu" | "fi" | "fr" | "ga" | "gl" | "hr"
        | "hu" | "id" | "is" | "it" | "lt" | "lv" | "ms" | "mt" | "nb" | "nl" | "nn" | "no" | "pl" | "pt" | "ro"
        | "sk" | "sl" | "sq" | "sv" | "sw" | "tl" | "tr" | "vi" => &[Writing::Latin],
        "be" | "bg" | "kk" | "ky" | "mk" | "mn" | "ru" | "uk" => &[Writing::Cyrillic],
        "sr" => &[Writing::Cyrillic, Writing::Latin],
        "ar" | "fa" | "ur" => &[Writing::Arabic],
        "he" => &[Writing::Hebrew],
        "el" => &[Writing::Greek],
        "hi" | "mr" | "ne" => &[Writing::Devanagari],
        "bn" => &[Writing::Bengali],
        "ta" => &[Writing::Tamil],
        "te" => &[Writing::Telugu],
        "th" => &[Writing::Thai],
        "ka" => &[Writing::Georgian],
        "hy" => &[Writing::Armenian],
        "zh" => &[Writing::Han, Writing::Bopomofo],
        "ja" => &[Writing::Han, Writing::Hiragana, Writing::Katakana],
        "ko" => &[Writing::Hangul, Writing::Han],
        _ => return None,
    })
}
