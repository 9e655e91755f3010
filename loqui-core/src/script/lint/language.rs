//! Texts in another language than the one that they are spoken in, and letters that the language does not use.

use loqui_text::detect_language;
use unicode_script::{Script as Writing, UnicodeScript as _};

use crate::finding::Finding;
use crate::script::ScriptOptions;
use crate::script::findings::{self, Source};

/// The minimum number of foreign letters for a finding. Fewer occur in formulas and names: `π`, `Ω`.
const FOREIGN_LETTERS: usize = 3;

/// Finds a text that is certainly in another language, or letters that are not in a script of the language.
pub(super) fn wrong_language(
    text: &str,
    source: Source<'_>,
    language: &str,
    options: &ScriptOptions,
) -> Option<Finding> {
    let detected = detect_language(text).filter(|detected| detected.certain && detected.contradicts(language));
    if let Some(detected) = detected {
        let start = source.at(text.len() - text.trim_start().len());
        let other = detected.language;
        return Some(findings::other_language(start, other, language, options));
    }
    foreign_letters(text, source, language, options)
}

/// Counts the letters that are not in a script of the language.
fn foreign_letters(text: &str, source: Source<'_>, language: &str, options: &ScriptOptions) -> Option<Finding> {
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
    let counts = (foreign, letters);
    Some(findings::foreign_letters(
        source.at(at),
        counts,
        language,
        script.full_name(),
        options,
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
