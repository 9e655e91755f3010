//! Measures of other languages.

use super::data::Language;
use super::number::{Number, with_noun};
use super::rules::{Found, NUMBERING, found, is_tight};
use crate::Class;

/// The maximum length of the sign of a unit, in characters.
const LONGEST_UNIT: usize = 8;

fn is_unit_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || "°/²³μµкмгслч".contains(c)
}

/// `50 %`, `20 km/h`, `%50`
pub(super) fn measure(text: &str, language: &Language) -> Option<Found> {
    if let Some(rest) = text.strip_prefix('%') {
        let (number, length) = Number::take(rest, language).filter(|_| language.profile.code == "tr")?;
        return Some(found(
            Class::Measure,
            with_noun(&number, language.units.get("%")?, language),
            1 + length,
        ));
    }
    let (number, length) = Number::take(text, language)?;
    let rest = &text[length..];
    let gap = rest.len() - rest.trim_start_matches([' ', '\u{A0}', '\u{202F}']).len();
    if gap > 3 {
        return None;
    }
    let tail = &rest[gap..];
    if tail.starts_with(['%', '٪', '％']) {
        let sign = tail.chars().next().map_or(1, char::len_utf8);
        let unit = language.units.get("%")?;
        let spoken = match language.profile.code {
            "zh" => format!("百分之{}", number.say(NUMBERING, language)),
            _ => with_noun(&number, unit, language),
        };
        return Some(found(Class::Measure, spoken, length + gap + sign));
    }
    let end = tail
        .char_indices()
        .map(|(at, c)| (at, c, is_unit_letter(c)))
        .enumerate()
        .find(|(count, (.., belongs))| *count >= LONGEST_UNIT || !belongs)
        .map_or(tail.len(), |(_, (at, ..))| at);
    let sign = &tail[..end];
    // Russian writes its units in its own letters.
    let sign_latin = match sign {
        "км" => "km",
        "м" => "m",
        "см" => "cm",
        "мм" => "mm",
        "кг" => "kg",
        "г" => "g",
        "л" | "L" => "l",
        "мл" | "mL" => "ml",
        "км/ч" => "km/h",
        other => other,
    };
    let noun = language.units.get(sign_latin)?;
    // Single letters may be words or names.
    if sign_latin.len() == 1 && gap == 0 && !matches!(sign_latin, "%" | "m" | "g" | "l" | "V" | "W")
        || sign_latin.is_empty()
    {
        return None;
    }
    if tail[end..].starts_with(|c: char| c.is_alphanumeric() && !is_tight(c)) {
        return None;
    }
    Some(found(
        Class::Measure,
        with_noun(&number, noun, language),
        length + gap + end,
    ))
}
