//! Tokens that contain numbers: dates, times, amounts, measures, ordinals, ranges.

use super::data::Language;
use super::dates::{named_date, numeric_date, year};
use super::measures::measure;
use super::money::money;
use super::number::{Number, in_characters, one_by_one, set};
use super::ordinals::{counted, ordinal};
use super::rules::{Found, NUMBERING, digits_of, found, plus};
use super::times::time;
use crate::Class;

/// Reads the token at the start of `text`, given the previous word in lower case.
pub(super) fn read(text: &str, before: &str, language: &Language) -> Option<Found> {
    let token = numeric_date(text, before, language)
        .or_else(|| telephone(text, language))
        .or_else(|| named_date(text, before, language))
        .or_else(|| counted(text, before, language))
        .or_else(|| opening_times(text, before, language))
        .or_else(|| time(text, before, language))
        .or_else(|| range(text, language))
        .or_else(|| money(text, language))
        .or_else(|| numbered_noun(text, before, language))
        .or_else(|| measure(text, language))
        .or_else(|| ordinal(text, before, language))
        .or_else(|| plain(text, before, language))?;
    // A token is read completely: no digit follows it, not even after a separator.
    let behind = &text[token.length..];
    let mut rest = behind.chars();
    let next = rest.next();
    let joined = next.is_some_and(|c| matches!(c, '.' | ',' | ':' | '/' | '-'))
        && rest.next().is_some_and(|c| c.is_ascii_digit());
    (!joined && !next.is_some_and(|c| c.is_ascii_digit())).then_some(token)
}

/// `9:00–17:30`
fn opening_times(text: &str, before: &str, language: &Language) -> Option<Found> {
    let first = time(text, before, language)?;
    let rest = &text[first.length..];
    let dash = ["–", "-", " – ", " - "]
        .into_iter()
        .find(|dash| rest.starts_with(dash))?;
    let last = time(&rest[dash.len()..], "", language)?;
    let space = if language.profile.tight { "" } else { " " };
    Some(found(
        Class::Range,
        format!(
            "{}{space}{}{space}{}",
            first.spoken, language.profile.range, last.spoken
        ),
        first.length + dash.len() + last.length,
    ))
}

/// `3° piano`: before a noun the sign of degrees is that of an ordinal.
fn numbered_noun(text: &str, before: &str, language: &Language) -> Option<Found> {
    const SIDES: &[&str] = &[
        "sotto", "sopra", "bajo", "sobre", "abaixo", "acima", "e", "y", "a", "o", "di", "de", "in", "en", "em", "nord",
        "norte", "sud", "sur", "sul", "est", "este", "leste", "ovest", "oeste", "con", "com", "per", "para", "al",
    ];
    let digits = digits_of(text);
    let noun = text[digits.len()..].strip_prefix("° ")?;
    let word: String = noun.chars().take_while(|c| c.is_alphabetic()).take(20).collect();
    let named = word.starts_with(char::is_lowercase) && !SIDES.contains(&word.as_str());
    (named && digits.len() <= 2).then(|| ordinal(text, before, language))?
}

/// Digits with separators that no grammar reads. Each group is read separately.
pub(super) fn groups(text: &str, language: &Language) -> Found {
    let length = text
        .char_indices()
        .take(64)
        .take_while(|(_, c)| c.is_ascii_digit() || matches!(c, '.' | ',' | ':' | '/' | '-' | '+'))
        .last()
        .map_or(0, |(at, c)| at + c.len_utf8());
    let cluster = text[..length].trim_end_matches(['.', ',', ':', '/', '-', '+']);
    let groups: Vec<&str> = cluster
        .split(|c: char| !c.is_ascii_digit())
        .filter(|group| !group.is_empty())
        .collect();
    let identifier = groups.iter().any(|group| group.len() > 1 && group.starts_with('0'))
        || groups.iter().map(|group| group.len()).sum::<usize>() > 9;
    let words: Vec<String> = groups
        .into_iter()
        .map(|group| {
            let number = Number {
                negative: false,
                whole: group.to_owned(),
                fraction: None,
                grouped: false,
                point: false,
            };
            if identifier {
                one_by_one(group, language)
            } else {
                number.say(NUMBERING, language)
            }
        })
        .collect();
    found(
        Class::Serial,
        words.join(if identifier { ", " } else { " " }),
        cluster.len().max(1),
    )
}

/// Numbers with a country code, or groups that begin with a zero.
fn telephone(text: &str, language: &Language) -> Option<Found> {
    let start = usize::from(text.starts_with('+'));
    let mut groups = Vec::new();
    let mut at = start;
    loop {
        let group = digits_of(&text[at..]);
        if group.is_empty() {
            break;
        }
        groups.push(group);
        at += group.len();
        let separator = text[at..]
            .chars()
            .next()
            .filter(|c| matches!(c, ' ' | '-' | '/' | '\u{A0}'));
        match separator {
            Some(c) if text[at + c.len_utf8()..].starts_with(|c: char| c.is_ascii_digit()) => at += c.len_utf8(),
            _ => break,
        }
    }
    let total: usize = groups.iter().map(|group| group.len()).sum();
    // Groups of a number have three digits each.
    let uneven = groups.len() > 2 && total >= 9 && groups[1..].iter().any(|group| group.len() != 3);
    let zero = groups
        .first()
        .is_some_and(|group| group.starts_with('0') && group.len() >= 2);
    let shape = (7..=15).contains(&total)
        && (start == 1 && (groups.len() > 1 || total > 9) || zero && (groups.len() > 1 || total > 8) || uneven);
    if !shape || text[..at].matches('/').count() > 1 || (zero && text[..at].matches('-').count() > 1 && total == 8) {
        return None;
    }
    let words: Vec<String> = groups.iter().map(|group| one_by_one(group, language)).collect();
    let (plus, joiner) = match (start, language.profile.tight) {
        (1, false) => (format!("{} ", plus(language)), ", "),
        (1, true) => (plus(language).to_owned(), "，"),
        (_, false) => (String::new(), ", "),
        (_, true) => (String::new(), "，"),
    };
    Some(found(Class::Telephone, format!("{plus}{}", words.join(joiner)), at))
}

/// `5–10 km`, `1914–1918`
fn range(text: &str, language: &Language) -> Option<Found> {
    let (first, length) = Number::take(text, language)?;
    let rest = &text[length..];
    let dash = ["–", "-", " – ", " - ", "~", "〜"]
        .into_iter()
        .find(|dash| rest.starts_with(dash))?;
    let tail = &rest[dash.len()..];
    let (last, last_length) = Number::take(tail, language).filter(|_| !tail.starts_with(['-', '+']))?;
    if tail[last_length..].starts_with(['-', '–', '/', ':']) {
        return None;
    }
    let (from, to) = (first.value()?, last.value()?);
    if to <= from && first.fraction.is_none() || first.whole.starts_with('0') && first.whole.len() > 1 {
        return None;
    }
    let years = |number: &Number| {
        number.whole.len() == 4 && number.fraction.is_none() && (1100..2100).contains(&number.value().unwrap_or(0))
    };
    let between = language.profile.range;
    let space = if language.profile.tight { "" } else { " " };
    let start = length + dash.len();
    if let Some(end) = money(tail, language).or_else(|| measure(tail, language)) {
        let words = first.say(set('m', language), language);
        return Some(found(
            end.class,
            format!("{words}{space}{between}{space}{}", end.spoken),
            start + end.length,
        ));
    }
    let (a, b) = if years(&first) && years(&last) {
        (
            year(from, "%spellout-numbering-year", language),
            year(to, "%spellout-numbering-year", language),
        )
    } else {
        (first.say(NUMBERING, language), last.say(NUMBERING, language))
    };
    Some(found(
        Class::Range,
        format!("{a}{space}{between}{space}{b}"),
        start + last_length,
    ))
}

/// Years that are read as ordinals, in the grammatical case of the next word: `1961 году`, `w 1961 roku`.
fn year_with_noun(number: &Number, rest: &str, before: &str, language: &Language) -> Option<String> {
    if number.whole.len() != 4 || number.fraction.is_some() || number.grouped {
        return None;
    }
    let word: String = rest
        .trim_start()
        .chars()
        .take_while(|c| c.is_alphabetic())
        .take(8)
        .collect();
    let set = match (language.profile.code, word.as_str()) {
        ("ru", "год") | ("pl", "rok") => "%spellout-ordinal-masculine",
        ("ru", "году") => "%spellout-ordinal-masculine-prepositional",
        ("pl", "roku") if matches!(before, "w" | "we" | "po" | "o") => "%spellout-ordinal-masculine-locative",
        ("ru", "года") | ("pl", "roku") => "%spellout-ordinal-masculine-genitive",
        _ => return None,
    };
    language.rules.has(set).then(|| number.say(set, language))
}

/// `1920er`, `90er`: the decades of German.
fn decade(spoken: &str, rest: &str, language: &Language) -> Option<String> {
    let behind = rest.strip_prefix("er").filter(|_| language.profile.code == "de")?;
    (!behind.starts_with(char::is_alphanumeric)).then(|| format!("{spoken}er"))
}

/// A number that is not part of a larger token.
fn plain(text: &str, before: &str, language: &Language) -> Option<Found> {
    let (number, length) = Number::take(text, language)?;
    let rest = &text[length..];
    let code = language.profile.code;
    if let Some(spoken) = year_with_noun(&number, rest, before, language) {
        return Some(found(Class::Date, spoken, length));
    }
    let is_year = number.whole.len() == 4
        && !number.negative
        && !number.grouped
        && number.fraction.is_none()
        && number.value().is_some_and(|value| (1100..2100).contains(&value));
    if is_year && !matches!(code, "ru" | "pl" | "ko" | "zh" | "ja") {
        let spoken = year(number.value()?, "%spellout-numbering-year", language);
        if let Some(decade) = decade(&spoken, rest, language) {
            return Some(found(Class::Date, decade, length + "er".len()));
        }
        return Some(found(Class::Date, in_characters(spoken, language), length));
    }
    if number.whole.ends_with('0')
        && number.fraction.is_none()
        && !number.negative
        && let Some(decade) = decade(&number.say(NUMBERING, language), rest, language)
    {
        return Some(found(Class::Date, decade, length + "er".len()));
    }
    let in_front_of_noun = rest
        .strip_prefix([' ', '\u{A0}'])
        .is_some_and(|rest| rest.starts_with(char::is_alphabetic));
    let attributive =
        in_front_of_noun && number.fraction.is_none() && matches!(code, "de" | "es" | "fr" | "it" | "pt" | "el");
    let rules = if attributive {
        set(if code == "el" { 'n' } else { language.profile.noun }, language)
    } else if code == "ko" {
        "%spellout-cardinal-sinokorean"
    } else {
        NUMBERING
    };
    let class = if number.fraction.is_some() {
        Class::Decimal
    } else {
        Class::Cardinal
    };
    Some(found(class, number.say(rules, language), length))
}
