//! Dates of other languages.

use super::data::Language;
use super::rules::{Found, GENITIVE_YEAR, NUMBERING, digits_of, fill, found, say, swallow};
use crate::Class;

/// The words of a day. In German their ending depends on the previous word.
fn day(number: u64, before: &str, language: &Language) -> String {
    let profile = language.profile;
    if number == 1 && !profile.first.is_empty() {
        return profile.first.to_owned();
    }
    if profile.code == "de" {
        return german_ordinal(number, before, language);
    }
    say(number, profile.day, language)
}

pub(super) fn german_ordinal(number: u64, before: &str, language: &Language) -> String {
    let set = match before {
        "der" | "die" | "das" => "%spellout-ordinal",
        "" | "ein" | "kein" | "mein" | "sein" | "ihr" | "montag" | "dienstag" | "mittwoch" | "donnerstag"
        | "freitag" | "samstag" | "sonntag" => "%spellout-ordinal-r",
        _ => "%spellout-ordinal-n",
    };
    say(number, set, language)
}

/// The words of a year.
pub(super) fn year(number: u64, set: &str, language: &Language) -> String {
    let set = match (language.profile.code, number) {
        ("da" | "no", 2000..) | ("fr", _) if set.ends_with("-year") => NUMBERING,
        _ => set,
    };
    say(number, set, language)
}

fn date(day_number: u64, month: usize, year_number: Option<u64>, before: &str, language: &Language) -> String {
    let profile = language.profile;
    let mut day = day(day_number, before, language);
    let mut month_word = language.months[month].clone();
    if month_word.starts_with(|c: char| c.is_ascii_digit()) {
        month_word = numbered_month(month, language);
    }
    if profile.code == "ja" || profile.code == "zh" {
        day = say(day_number, NUMBERING, language);
    }
    match year_number {
        Some(number) => {
            let year = year(number, profile.year, language);
            fill(profile.date, &[("{d}", &day), ("{m}", &month_word), ("{y}", &year)])
        }
        None => fill(profile.date_without_year, &[("{d}", &day), ("{m}", &month_word)]),
    }
}

/// Months with numeric names: `10月`, `10월`.
pub(super) fn numbered_month(month: usize, language: &Language) -> String {
    match (language.profile.code, month) {
        ("ko", 5) => "유월".to_owned(),
        ("ko", 9) => "시월".to_owned(),
        ("ko", _) => format!("{}월", say(month as u64 + 1, "%spellout-cardinal-sinokorean", language)),
        _ => format!("{}月", say(month as u64 + 1, NUMBERING, language)),
    }
}

/// `03.10.2024`, `3/10/24`, `2024-10-03`
pub(super) fn numeric_date(text: &str, before: &str, language: &Language) -> Option<Found> {
    let first = digits_of(text);
    let separator = text[first.len()..]
        .chars()
        .next()
        .filter(|c| matches!(c, '.' | '/' | '-'))?;
    let second_at = first.len() + 1;
    let second = digits_of(&text[second_at..]);
    let third_at = second_at + second.len() + 1;
    if !text.get(second_at + second.len()..)?.starts_with(separator) {
        return None;
    }
    let spaced = usize::from(text.get(third_at..)?.starts_with(' ') && separator == '.');
    let third = digits_of(&text[third_at + spaced..]);
    let length = third_at + spaced + third.len();
    let number = |digits: &str| digits.parse::<u64>().ok();
    let (a, b, c) = (number(first)?, number(second)?, number(third)?);
    let (day, month, year) = match (first.len(), second.len(), third.len()) {
        (4, 1..=2, 1..=2) => (c, b, a),
        (1..=2, 1..=2, 4) => (a, b, c),
        (2, 2, 2) if separator != '-' => (a, b, if c < 50 { 2000 + c } else { 1900 + c }),
        _ => return None,
    };
    if !(1..=31).contains(&day) || !(1..=12).contains(&month) || !(1000..3000).contains(&year) {
        return None;
    }
    let length = swallow(text, length, GENITIVE_YEAR, language);
    Some(found(
        Class::Date,
        date(day, month as usize - 1, Some(year), before, language),
        length,
    ))
}

/// `3. Oktober 2024`, `3 de octubre de 2024`, `1er mai`
pub(super) fn named_date(text: &str, before: &str, language: &Language) -> Option<Found> {
    let digits = digits_of(text);
    if !(1..=2).contains(&digits.len()) {
        return None;
    }
    let day: u64 = digits.parse().ok().filter(|day| (1..=31).contains(day))?;
    let mut rest = &text[digits.len()..];
    for mark in [".º", "º", "°", "er", ".", "-го", ":e", ":a", "e", "η", "ης"] {
        if let Some(behind) = rest.strip_prefix(mark)
            && behind.starts_with([' ', '\u{A0}'])
        {
            rest = behind;
            break;
        }
    }
    let gap = |rest: &mut &str| {
        let trimmed = rest.trim_start_matches([' ', '\u{A0}']);
        let spaced = trimmed.len() < rest.len() && rest.len() - trimmed.len() <= 4;
        *rest = trimmed;
        spaced
    };
    if !gap(&mut rest) {
        return None;
    }
    let of = |rest: &mut &str| {
        for word in language.profile.of {
            if let Some(behind) = rest.strip_prefix(word).and_then(|behind| behind.strip_prefix(' ')) {
                *rest = behind;
                break;
            }
        }
    };
    of(&mut rest);
    // Hebrew has "in" before the month.
    let prefixed = language.profile.code == "he" && rest.starts_with('ב');
    if prefixed {
        rest = &rest['ב'.len_utf8()..];
    }
    let (month, length) = month(rest, language)?;
    rest = &rest[length..];
    let mut behind = rest;
    let mut year_number = None;
    if gap(&mut behind) {
        of(&mut behind);
        let digits = digits_of(behind);
        if digits.len() == 4 && !behind[4..].starts_with(|c: char| c.is_alphanumeric()) {
            year_number = digits.parse().ok();
            rest = &behind[4..];
        }
    }
    let length = text.len() - rest.len();
    let length = if year_number.is_some() {
        swallow(text, length, GENITIVE_YEAR, language)
    } else {
        length
    };
    let mut spoken = date(day, month, year_number, before, language);
    // "1.º de enero": the mark asks for the ordinal.
    if day == 1 && language.profile.code == "es" && text[1..].trim_start_matches('.').starts_with('º') {
        spoken = spoken.replacen("uno", "primero", 1);
    }
    if prefixed {
        spoken = spoken.replacen(&language.months[month], &format!("ב{}", language.months[month]), 1);
    }
    Some(found(Class::Date, spoken, length))
}

/// Returns the month at the start of `text`, and the length of its name with the full stop.
fn month(text: &str, language: &Language) -> Option<(usize, usize)> {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    for (name, month, short) in &language.month_names {
        let mut length = 0;
        let mut letters = text.chars();
        let matches = name.chars().all(|wanted| {
            letters.next().is_some_and(|c| {
                length += c.len_utf8();
                c == wanted || c.to_lowercase().eq(std::iter::once(wanted))
            })
        });
        if !matches || text[length..].starts_with(char::is_alphabetic) {
            continue;
        }
        if text[length..].starts_with('.') && *short {
            length += 1;
        }
        return Some((*month, length));
    }
    None
}
