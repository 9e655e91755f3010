//! Letters of a script that the language does not use. Models cannot pronounce them.

use unicode_script::{Script as Writing, UnicodeScript as _};

use crate::finding::Finding;
use crate::script::findings::{self, Position};

/// The minimum number of foreign letters for a finding. Fewer occur in formulas and names: `π`, `Ω`.
const FOREIGN_LETTERS: usize = 3;

/// Counts the letters that are not in a script of the language. An error if most are not.
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
    Some(findings::wrong_language(
        Position::at(text, at),
        foreign,
        letters,
        language,
        script.full_name(),
    ))
}

/// Returns the scripts that a language is written in, or nothing for a language that is not in the table.
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
