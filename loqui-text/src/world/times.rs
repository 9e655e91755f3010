//! Times of other languages.

use super::data::Language;
use super::rules::{Found, NUMBERING, digits_of, fill, found, say, swallow};
use crate::Class;

/// `14:30`, `14.30 Uhr`, `14h30`
pub(super) fn time(text: &str, before: &str, language: &Language) -> Option<Found> {
    let profile = language.profile;
    let hour_digits = digits_of(text);
    if !(1..=2).contains(&hour_digits.len()) {
        return None;
    }
    let rest = &text[hour_digits.len()..];
    let separator = rest.chars().next().filter(|c| matches!(c, ':' | '.' | 'h' | 'H'))?;
    let minute_digits = digits_of(&rest[1..]);
    let mut length = hour_digits.len() + 1 + minute_digits.len();
    let suffixes: &[&str] = match profile.code {
        "de" => &["Uhr"],
        "nl" => &["uur", "u"],
        "fr" => &["heures", "h"],
        "es" | "it" => &["horas", "h", "ore"],
        "pt" => &["horas", "h"],
        "hi" => &["बजे"],
        _ => &[],
    };
    let with_suffix = swallow(text, length, suffixes, language);
    let before_colon = separator == ':';
    let dotted = separator == '.'
        && (with_suffix > length || matches!(profile.code, "fi") && minute_digits.len() == 2 && hour_digits.len() == 2);
    let lettered = matches!(separator, 'h' | 'H') && matches!(profile.code, "fr" | "pt" | "es" | "it");
    if lettered && minute_digits.is_empty() && !rest[1..].starts_with(char::is_alphabetic) {
        let hour: u64 = hour_digits.parse().ok().filter(|hour| *hour <= 24)?;
        let spoken = fill(profile.full_hour, &[("{h}", &say(hour, profile.hour, language))]);
        return Some(found(Class::Time, one_hour(spoken, hour, language), length));
    }
    if !(before_colon || dotted || lettered) || minute_digits.len() != 2 {
        return None;
    }
    length = with_suffix;
    let hour: u64 = hour_digits.parse().ok().filter(|hour| *hour <= 24)?;
    let minute: u64 = minute_digits.parse().ok().filter(|minute| *minute < 60)?;
    let mut second = None;
    if let Some(rest) = text[length..].strip_prefix(':') {
        let digits = digits_of(rest);
        second = Some(
            digits
                .parse::<u64>()
                .ok()
                .filter(|second| *second < 60 && digits.len() == 2)?,
        );
        length += 3;
    }
    // The twelfth hour of Arabic has an ordinal of its own, zero has none.
    let hour_set = if hour == 0 || profile.code == "ar" && hour > 12 {
        NUMBERING
    } else {
        profile.hour
    };
    let hour_words = say(hour, hour_set, language);
    let mut spoken = if minute == 0 && second.is_none() {
        fill(profile.full_hour, &[("{h}", &hour_words)])
    } else {
        let minute_words = say(minute, profile.minute, language);
        fill(profile.time, &[("{h}", &hour_words), ("{m}", &minute_words)])
    };
    spoken = one_hour(spoken, hour, language);
    // "at" precedes it already.
    if !before.is_empty()
        && let Some(rest) = spoken.strip_prefix(before)
    {
        spoken = rest.trim_start().into();
    }
    if let Some(second) = second {
        spoken = format!("{spoken} {}", say(second, NUMBERING, language));
    }
    Some(found(Class::Time, spoken, length))
}

/// "une heure", "uma hora", "ein Uhr": the singular.
fn one_hour(spoken: String, hour: u64, language: &Language) -> String {
    match (language.profile.code, hour) {
        ("fr", 0 | 1) => spoken.replacen("heures", "heure", 1),
        ("pt", 1) => spoken.replacen("horas", "hora", 1),
        ("de", 1) => spoken.replacen("eins Uhr", "ein Uhr", 1),
        _ => spoken,
    }
}
