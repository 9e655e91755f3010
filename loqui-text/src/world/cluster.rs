//! What a number may be part of: dates, times, amounts, measures, ordinals, ranges.

use super::data::{Currency, Language};
use super::number::{Number, in_characters, one_by_one, set, with_noun};
use crate::Class;

const NUMBERING: &str = "%spellout-numbering";

/// A token that was read at the start of a text.
pub(super) struct Found {
    pub(super) class: Class,
    pub(super) spoken: String,
    /// Bytes of the text.
    pub(super) length: usize,
}

const fn found(class: Class, spoken: String, length: usize) -> Found {
    Found { class, spoken, length }
}

/// Reads the token at the start of `text`, given the word in front of it in lower case.
pub(super) fn read(text: &str, before: &str, language: &Language) -> Option<Found> {
    let token = telephone(text, language)
        .or_else(|| numeric_date(text, before, language))
        .or_else(|| named_date(text, before, language))
        .or_else(|| counted(text, language))
        .or_else(|| time(text, language))
        .or_else(|| range(text, language))
        .or_else(|| money(text, language))
        .or_else(|| measure(text, language))
        .or_else(|| ordinal(text, before, language))
        .or_else(|| plain(text, language))?;
    // Nothing is read in part: behind it stands no digit, not even behind a separator.
    let behind = &text[token.length..];
    let mut rest = behind.chars();
    let next = rest.next();
    let joined = next.is_some_and(|c| matches!(c, '.' | ',' | ':' | '/' | '-'))
        && rest.next().is_some_and(|c| c.is_ascii_digit());
    (!joined && !next.is_some_and(|c| c.is_ascii_digit())).then_some(token)
}

/// Digits with separators that nothing reads: each group by itself.
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

fn digits_of(text: &str) -> &str {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    &text[..length]
}

/// A number by its value, with a rule set.
fn say(number: u64, set: &str, language: &Language) -> String {
    let set = if language.rules.has(set) { set } else { NUMBERING };
    in_characters(language.rules.whole(set, number, language.plural), language)
}

fn fill(pattern: &str, parts: &[(&str, &str)]) -> String {
    parts
        .iter()
        .fold(pattern.to_owned(), |text, (key, words)| text.replace(key, words))
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
    let zero = groups
        .first()
        .is_some_and(|group| group.starts_with('0') && group.len() >= 2);
    let shape = (7..=15).contains(&total)
        && (start == 1 && groups.len() > 1 || start == 1 && total > 9 || zero && groups.len() > 1 || zero && total > 8);
    if !shape || text[..at].matches('/').count() > 1 || (zero && text[..at].matches('-').count() > 1 && total == 8) {
        return None;
    }
    let words: Vec<String> = groups.iter().map(|group| one_by_one(group, language)).collect();
    let plus = if start == 1 { "plus " } else { "" };
    Some(found(Class::Telephone, format!("{plus}{}", words.join(", ")), at))
}

/// The words of a day; German bends them by the word in front.
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

fn german_ordinal(number: u64, before: &str, language: &Language) -> String {
    let set = match before {
        "der" | "die" | "das" => "%spellout-ordinal",
        "" | "ein" | "kein" | "mein" | "sein" | "ihr" | "montag" | "dienstag" | "mittwoch" | "donnerstag"
        | "freitag" | "samstag" | "sonntag" => "%spellout-ordinal-r",
        _ => "%spellout-ordinal-n",
    };
    say(number, set, language)
}

/// The words of a year.
fn year(number: u64, set: &str, language: &Language) -> String {
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

/// Months that are numbers: `10月`, `10월`.
fn numbered_month(month: usize, language: &Language) -> String {
    match (language.profile.code, month) {
        ("ko", 5) => "유월".to_owned(),
        ("ko", 9) => "시월".to_owned(),
        ("ko", _) => format!("{}월", say(month as u64 + 1, "%spellout-cardinal-sinokorean", language)),
        _ => format!("{}月", say(month as u64 + 1, NUMBERING, language)),
    }
}

/// `03.10.2024`, `3/10/24`, `2024-10-03`
fn numeric_date(text: &str, before: &str, language: &Language) -> Option<Found> {
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
    let length = swallow(text, length, &["г.", "года", "r.", "roku"], language);
    Some(found(
        Class::Date,
        date(day, month as usize - 1, Some(year), before, language),
        length,
    ))
}

/// Takes a word behind a token that its own words have already: `Uhr`, `г.`
fn swallow(text: &str, length: usize, words: &[&str], language: &Language) -> usize {
    let rest = &text[length..];
    let trimmed = rest.trim_start_matches([' ', '\u{A0}']);
    for word in words {
        let Some(behind) = trimmed.strip_prefix(word) else {
            continue;
        };
        let ends = !behind.starts_with(char::is_alphabetic);
        let pattern = language.profile.date.contains("года")
            || language.profile.date.contains("roku")
            || !word.starts_with(['г', 'r']);
        if ends && pattern {
            return text.len() - behind.len();
        }
    }
    length
}

/// `3. Oktober 2024`, `3 de octubre de 2024`, `1er mai`
fn named_date(text: &str, before: &str, language: &Language) -> Option<Found> {
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
    // Hebrew puts "in" in front of the month.
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
        swallow(text, length, &["г.", "года", "r.", "roku"], language)
    } else {
        length
    };
    let mut spoken = date(day, month, year_number, before, language);
    if prefixed {
        spoken = spoken.replacen(&language.months[month], &format!("ב{}", language.months[month]), 1);
    }
    Some(found(Class::Date, spoken, length))
}

/// The month whose name begins `text`, and the length of the name with its point.
fn month(text: &str, language: &Language) -> Option<(usize, usize)> {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    for (name, month) in &language.month_names {
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
        if text[length..].starts_with('.') && name.chars().count() < 6 {
            length += 1;
        }
        return Some((*month, length));
    }
    None
}

/// Numbers in front of the counters of Chinese, Japanese and Korean.
fn counted(text: &str, language: &Language) -> Option<Found> {
    let digits = digits_of(text);
    let code = language.profile.code;
    let behind = &text[digits.len()..];
    let number: u64 = digits.parse().ok().filter(|_| digits.len() <= 4)?;
    let words = match code {
        "zh" if behind.starts_with('年') && digits.len() == 4 => say(number, "%spellout-numbering-year", language),
        "zh" if number == 2
            && behind.starts_with(|c: char| "个位天只本次件张块岁瓶杯条辆家间名套遍周点".contains(c)) =>
        {
            "两".to_owned()
        }
        "ja" if behind.starts_with('年') && digits.len() == 4 => say(number, NUMBERING, language),
        "ko" if behind.starts_with('월') && (1..=12).contains(&number) => {
            return Some(found(
                Class::Date,
                numbered_month(number as usize - 1, language),
                digits.len() + '월'.len_utf8(),
            ));
        }
        "ko" => {
            let native = behind.trim_start();
            let hour = native.starts_with('시') && !native.starts_with("시간") && number <= 12;
            let counter = [
                "살", "개", "명", "마리", "권", "잔", "병", "시간", "달", "채", "벌", "그루", "대", "송이", "사람",
                "가지",
            ]
            .iter()
            .any(|counter| native.starts_with(counter) && !native.starts_with("개월"));
            let set = if (hour || counter) && (1..100).contains(&number) {
                "%spellout-cardinal-native-attributive"
            } else if native.starts_with(['년', '일', '분', '초', '원', '층', '번', '회', '호'])
                || native.starts_with("개월")
            {
                "%spellout-cardinal-sinokorean"
            } else {
                return None;
            };
            // A counter is a word of its own.
            let spoken = say(number, set, language);
            let joined = behind.starts_with(|c: char| !c.is_whitespace());
            let space = if joined { " " } else { "" };
            return Some(found(Class::Cardinal, format!("{spoken}{space}"), digits.len()));
        }
        _ => return None,
    };
    Some(found(Class::Cardinal, words, digits.len()))
}

/// `14:30`, `14.30 Uhr`, `14h30`
fn time(text: &str, language: &Language) -> Option<Found> {
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
        "ms" => &[],
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

/// The code of a currency that begins `text`, and the length of its sign.
pub(super) fn currency_sign(text: &str, language: &Language) -> Option<(&'static str, usize)> {
    const SIGNS: &[(&str, &str)] = &[
        ("US$", "USD"),
        ("R$", "BRL"),
        ("€", "EUR"),
        ("£", "GBP"),
        ("₽", "RUB"),
        ("₹", "INR"),
        ("₩", "KRW"),
        ("₺", "TRY"),
        ("₪", "ILS"),
        ("zł", "PLN"),
        ("RM", "MYR"),
        ("TSh", "TZS"),
        ("KSh", "KES"),
        ("Fr.", "CHF"),
        ("руб.", "RUB"),
        ("р.", "RUB"),
        ("TL", "TRY"),
        ("ر.س", "SAR"),
        ("ج.م", "EGP"),
        ("د.إ", "AED"),
    ];
    const CODES: &[&str] = &[
        "USD", "EUR", "GBP", "JPY", "CHF", "CNY", "INR", "KRW", "RUB", "PLN", "SEK", "NOK", "DKK", "BRL", "TRY", "ILS",
        "SAR", "AED", "EGP", "MYR", "KES", "TZS", "MXN", "CAD", "AUD", "ARS",
    ];
    if let Some((sign, code)) = SIGNS.iter().find(|(sign, _)| text.starts_with(sign)) {
        let letters = sign.ends_with(char::is_alphabetic) && text[sign.len()..].starts_with(char::is_alphabetic);
        return (!letters).then_some((*code, sign.len()));
    }
    if let Some(code) = CODES.iter().find(|code| text.starts_with(*code)) {
        return (!text[code.len()..].starts_with(char::is_alphanumeric)
            || text[code.len()..].starts_with(|c: char| c.is_ascii_digit()))
        .then_some((*code, code.len()));
    }
    let local = language.profile.local;
    if text.starts_with('$') {
        return Some(("USD", 1));
    }
    if text.starts_with(['¥', '￥']) {
        let code = if local == "CNY" { "CNY" } else { "JPY" };
        return Some((code, text.chars().next().map_or(1, char::len_utf8)));
    }
    if matches!(local, "SEK" | "NOK" | "DKK") && text.starts_with("kr") && !text[2..].starts_with(char::is_alphabetic) {
        return Some((
            match local {
                "SEK" => "SEK",
                "NOK" => "NOK",
                _ => "DKK",
            },
            2 + usize::from(text[2..].starts_with('.') && text[3..].starts_with(' ')),
        ));
    }
    None
}

/// `5,32 €`, `$20`, `100 kr`
fn money(text: &str, language: &Language) -> Option<Found> {
    let negative = text.starts_with('-');
    let body = &text[usize::from(negative)..];
    if let Some((code, length)) = currency_sign(body, language) {
        let rest = &body[length..];
        let gap = rest.len() - rest.trim_start_matches([' ', '\u{A0}']).len();
        let (mut number, number_length) = Number::take(&rest[gap..], language).filter(|_| gap <= 2)?;
        number.negative |= negative;
        let total = usize::from(negative) + length + gap + number_length;
        return Some(found(
            Class::Money,
            amount(&number, language.currencies.get(code)?, language),
            total,
        ));
    }
    let (number, length) = Number::take(text, language)?;
    let rest = &text[length..];
    let gap = rest.len() - rest.trim_start_matches([' ', '\u{A0}', '\u{202F}']).len();
    let (code, sign) = currency_sign(&rest[gap..], language).filter(|_| gap <= 3)?;
    Some(found(
        Class::Money,
        amount(&number, language.currencies.get(code)?, language),
        length + gap + sign,
    ))
}

fn amount(number: &Number, currency: &Currency, language: &Language) -> String {
    let profile = language.profile;
    let whole = Number {
        fraction: None,
        ..number.clone()
    };
    match (&number.fraction, &currency.minor) {
        (Some(digits), Some(minor)) if digits.len() <= 2 => {
            let cents: u64 = format!("{digits:0<2}").parse().unwrap_or_default();
            let part = Number {
                negative: false,
                whole: cents.to_string(),
                fraction: None,
                grouped: false,
                point: false,
            };
            let zero = whole.value() == Some(0);
            if cents == 0 {
                return with_noun(&whole, &currency.name, language);
            }
            let smaller = with_noun(&part, minor, language);
            if zero {
                return smaller;
            }
            let smaller = if profile.names_minor {
                smaller
            } else {
                part.say(NUMBERING, language)
            };
            format!(
                "{}{}{smaller}",
                with_noun(&whole, &currency.name, language),
                profile.money
            )
        }
        (Some(digits), _) if digits.bytes().all(|digit| digit == b'0') => with_noun(&whole, &currency.name, language),
        _ => with_noun(number, &currency.name, language),
    }
}

/// `50 %`, `20 km/h`, `%50`
fn measure(text: &str, language: &Language) -> Option<Found> {
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
        .take(8)
        .find(|(_, c)| {
            !(c.is_ascii_alphabetic()
                || matches!(c, '°' | '/' | '²' | '³' | 'μ' | 'µ' | 'к' | 'м' | 'г' | 'с' | 'л' | 'ч'))
        })
        .map_or(
            tail.len()
                .min(tail.char_indices().nth(8).map_or(tail.len(), |(at, _)| at)),
            |(at, _)| at,
        );
    let sign = &tail[..end];
    // Russian writes its units in its own letters.
    let sign_latin = match sign {
        "км" => "km",
        "м" => "m",
        "см" => "cm",
        "мм" => "mm",
        "кг" => "kg",
        "г" => "g",
        "л" => "l",
        "мл" => "ml",
        "км/ч" => "km/h",
        "L" => "l",
        "mL" => "ml",
        other => other,
    };
    let noun = language.units.get(sign_latin)?;
    // Single letters may be words or names.
    if sign_latin.len() == 1 && gap == 0 && !matches!(sign_latin, "%" | "m" | "g" | "l" | "V" | "W")
        || sign_latin.is_empty()
    {
        return None;
    }
    if tail[end..].starts_with(|c: char| c.is_alphanumeric())
        && tail[end..].starts_with(|c: char| c.is_ascii_alphanumeric())
    {
        return None;
    }
    Some(found(
        Class::Measure,
        with_noun(&number, noun, language),
        length + gap + end,
    ))
}

/// `1er`, `2.º`, `3e`, `3:e`, `3-й`, `3.` in front of a noun
fn ordinal(text: &str, before: &str, language: &Language) -> Option<Found> {
    let digits = digits_of(text);
    if digits.is_empty() || digits.len() > 4 {
        return None;
    }
    let number: u64 = digits.parse().ok()?;
    let rest = &text[digits.len()..];
    let code = language.profile.code;
    let endings: &[(&str, &str)] = match code {
        "fr" => &[
            ("ère", "feminine"),
            ("ere", "feminine"),
            ("re", "feminine"),
            ("er", "masculine"),
            ("ième", "masculine"),
            ("ème", "masculine"),
            ("eme", "masculine"),
            ("nde", "feminine"),
            ("nd", "masculine"),
            ("e", "masculine"),
        ],
        "es" | "pt" => &[
            (".º", "masculine"),
            (".ª", "feminine"),
            ("º", "masculine"),
            ("ª", "feminine"),
            ("°", "masculine"),
        ],
        "it" => &[("º", "masculine"), ("ª", "feminine"), ("°", "masculine")],
        "nl" => &[("ste", ""), ("de", ""), ("e", "")],
        "sv" => &[(":a", "neuter"), (":e", "neuter")],
        "ru" => &[
            ("-ый", "masculine"),
            ("-ой", "masculine"),
            ("-й", "masculine"),
            ("-ая", "feminine"),
            ("-я", "feminine"),
            ("-ое", "neuter"),
            ("-е", "neuter"),
            ("-ого", "neuter-genitive"),
            ("-го", "neuter-genitive"),
        ],
        "el" => &[("ος", "masculine"), ("ο", "neuter"), ("η", "feminine")],
        "hi" => &[("वां", "masculine"), ("वाँ", "masculine"), ("वीं", "feminine")],
        _ => &[],
    };
    for (ending, gender) in endings {
        let Some(behind) = rest.strip_prefix(ending) else {
            continue;
        };
        if behind.starts_with(|c: char| c.is_alphanumeric()) {
            continue;
        }
        let set = if gender.is_empty() {
            "%spellout-ordinal".to_owned()
        } else {
            format!("%spellout-ordinal-{gender}")
        };
        let set = if language.rules.has(&set) {
            set
        } else {
            "%spellout-ordinal-masculine".to_owned()
        };
        return Some(found(
            Class::Ordinal,
            say(number, &set, language),
            digits.len() + ending.len(),
        ));
    }
    let noun = rest
        .strip_prefix(". ")
        .filter(|_| language.profile.ordinal_point && digits.len() <= 3)?;
    let small = noun.starts_with(char::is_lowercase);
    let led = matches!(
        before,
        "der"
            | "die"
            | "das"
            | "den"
            | "dem"
            | "des"
            | "am"
            | "im"
            | "vom"
            | "zum"
            | "zur"
            | "beim"
            | "ein"
            | "eine"
            | "einen"
            | "einem"
            | "seinen"
            | "seinem"
            | "ihren"
            | "ihrem"
            | "meinen"
            | "meinem"
            | "ins"
            | "det"
            | "denne"
            | "i"
            | "på"
    );
    if !(small && code != "de" || led && noun.starts_with(char::is_alphabetic)) {
        return None;
    }
    let spoken = match code {
        "de" => german_ordinal(number, before, language),
        "da" => say(number, "%spellout-ordinal-common", language),
        "no" | "pl" => say(number, "%spellout-ordinal-masculine", language),
        _ => say(number, "%spellout-ordinal", language),
    };
    Some(found(Class::Ordinal, spoken, digits.len() + 1))
}

/// A number that stands for itself.
fn plain(text: &str, language: &Language) -> Option<Found> {
    let (number, length) = Number::take(text, language)?;
    let rest = &text[length..];
    let code = language.profile.code;
    let is_year = number.whole.len() == 4
        && !number.negative
        && !number.grouped
        && number.fraction.is_none()
        && number.value().is_some_and(|value| (1100..2100).contains(&value));
    if is_year && !matches!(code, "ru" | "pl" | "ko" | "zh" | "ja") {
        let spoken = year(number.value()?, "%spellout-numbering-year", language);
        return Some(found(Class::Date, in_characters(spoken, language), length));
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
