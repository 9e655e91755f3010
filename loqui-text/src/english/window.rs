//! Windows: one or several chunks that are read as one token.

use super::context::{Context, Reading};
use super::rules::{self, Digits};
use super::{address, date, electronic, fraction, math, measure, money, number, roman, serial, telephone, time, units};
use crate::Class;

/// The maximum number of chunks of a token.
pub(super) const MOST_CHUNKS: usize = 9;

/// Reads the token that fills `text`, which has `chunks` chunks.
pub(super) fn classify(text: &str, chunks: usize, context: &Context<'_>, dash: bool) -> Option<Reading> {
    let has = |wanted: fn(char) -> bool| text.chars().any(wanted);
    let digits = has(|c| c.is_ascii_digit());
    let letters = has(char::is_alphabetic);
    let first = text.chars().next()?;
    if !digits {
        return without_digits(text, chunks, context, dash);
    }
    if !letters && chunks == 1 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return telephone::read(text, context).or_else(|| bare(text, context));
    }
    if chunks == 1
        && let Some(reading) = by_its_words(text, context)
    {
        return Some(reading);
    }
    // "PHP 8.1" is no amount of pesos.
    if let Some(rest) = text.strip_prefix("PHP ")
        && rest.trim_end_matches('+').len() <= 3
        && let Some(numbers) = electronic::release(rest)
    {
        return Some(Reading::new(Class::Serial, format!("PHP {numbers}")).because("it follows the name of a program"));
    }
    if let Some(reading) = compared(text, chunks, context, dash) {
        return Some(reading);
    }
    if (serial::is_named(text, context) || first == '#')
        && let Some(reading) = serial::groups(text, context)
    {
        return Some(reading);
    }
    if let Some(digits) = text
        .strip_prefix("No")
        .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
    {
        return Some(Reading::new(
            Class::Serial,
            format!("number {}", number::cardinal(digits, context.british)),
        ));
    }
    let slash = text.contains('/');
    if slash && chunks == 1 && !fraction::is_set_phrase(text) {
        let rule = rules::decide(rules::DATE_OR_FRACTION, text, context);
        if let Some(rule) = rule
            && rule.reading
            && let Some((a, b)) = text.split_once('/')
        {
            let (month, day) = if context.british && b.parse::<u32>().is_ok_and(|b| b <= 12)
                || a.parse::<u32>().is_ok_and(|a| a > 12)
            {
                (b, a)
            } else {
                (a, b)
            };
            let name = date::MONTHS.get(month.parse::<usize>().ok()?.checked_sub(1)?)?;
            return Some(
                Reading::new(Class::Date, format!("{name} {}", number::ordinal(day, false))).because(rule.reason),
            );
        }
    }
    let money_sign = has(money::is_sign) || letters;
    let time_marks = text.contains(':') || letters;
    let unit_marks = letters || has(|c| matches!(c, '%' | '°' | '\'' | '"' | '‰'));
    let separators = has(|c| matches!(c, '-' | '/' | '.' | '\''));
    None.or_else(|| (letters || separators).then(|| date::read(text, context))?)
        .or_else(|| time_marks.then(|| time::read(text, context))?)
        .or_else(|| money_sign.then(|| money::read(text, context))?)
        .or_else(|| (chunks == 1).then(|| fraction::ordinal_number(text, context))?)
        .or_else(|| telephone::read(text, context))
        .or_else(|| slash.then(|| fraction::read(text, context))?)
        .or_else(|| (chunks == 1 && letters).then(|| serial::lettered(text))?)
        .or_else(|| unit_marks.then(|| measure::read(text, context))?)
        .or_else(|| fraction::number(text, context))
        .or_else(|| (chunks == 1 && !letters).then(|| serial::groups(text, context))?)
        .or_else(|| address::is_zip(text).then(|| Reading::new(Class::Address, address::zip(text))))
        .or_else(|| (chunks == 1).then(|| electronic::read(text))?)
        .or_else(|| (chunks == 1).then(|| serial::code(text, context))?)
        .or_else(|| (chunks == 1 && letters && !first.is_ascii_digit()).then(|| bare_unit(text))?)
        .or_else(|| math::read(text, context))
}

/// Numbers that the words around them, or the letters in them, explain.
fn by_its_words(text: &str, context: &Context<'_>) -> Option<Reading> {
    let release = |text: &str| {
        electronic::release(text).or_else(|| {
            let (first, last) = text.split_once('-')?;
            Some(format!(
                "{} to {}",
                electronic::release(first)?,
                electronic::release(last)?
            ))
        })
    };
    if let Some(spoken) = release(text).filter(|_| rules::is_release(context)) {
        return Some(Reading::new(Class::Serial, spoken).because("it follows the name of a program"));
    }
    // "an 18th-c. church"
    if let Some(century) = ["-c.", "-cent."].iter().find_map(|end| text.strip_suffix(end))
        && let Some(reading) = fraction::ordinal_number(century, context)
    {
        return Some(Reading::new(Class::Ordinal, format!("{} century", reading.spoken)));
    }
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    // "the 1999/2000 season", "2023/24"
    if let Some((first, last)) = text
        .split_once('/')
        .filter(|(first, last)| digits(first) && digits(last))
        && first.len() == 4
        && matches!(last.len(), 2 | 4)
        && first
            .parse::<u32>()
            .is_ok_and(|year| (1500..2100).contains(&year) && format!("{}", year + 1).ends_with(last))
    {
        let last = if last.len() == 4 {
            number::year(last)
        } else {
            number::in_pairs(last)
        };
        return Some(
            Reading::new(Class::Date, format!("{} {last}", number::year(first))).because("two years in a row"),
        );
    }
    // "10/10 would recommend"
    if let Some((given, most)) = text.split_once('/')
        && given == most
        && matches!(most, "5" | "10")
    {
        let number = number::cardinal(most, context.british);
        return Some(Reading::new(Class::Fraction, format!("{number} out of {number}")).because("a full mark"));
    }
    // "two 5s"
    if let Some(digit) = text.strip_suffix('s')
        && digit.len() == 1
        && digits(digit)
        && (number::is_small_word(&context.left) || matches!(context.left.as_str(), "many" | "several" | "all"))
    {
        return Some(Reading::new(
            Class::Cardinal,
            number::plural(&number::cardinal(digit, false)),
        ));
    }
    // "Boeing 747-400"
    if context.left == "boeing"
        && let Some((first, last)) = text
            .split_once('-')
            .filter(|(first, last)| digits(first) && digits(last))
        && first.len() == 3
        && last.len() <= 3
    {
        let spoken = format!(
            "{} {}",
            number::in_pairs(first),
            number::cardinal(last, context.british)
        );
        return Some(Reading::new(Class::Serial, spoken));
    }
    // "a 4x4", "a 3x5 card": "2x8" alone is read with its letter.
    if let Some((first, last)) = text
        .split_once('x')
        .filter(|(first, last)| digits(first) && digits(last))
        && first.len() <= 3
        && last.len() <= 3
        && !text.starts_with('0')
        && (first == last || !context.broken && context.precedes_compared())
    {
        let say = |part: &str| number::cardinal(part, context.british);
        return Some(Reading::new(Class::Measure, format!("{} by {}", say(first), say(last))));
    }
    None
}

/// An amount after a comparison sign: `~$20`, `<5 min`, `≥18`.
fn compared(text: &str, chunks: usize, context: &Context<'_>, dash: bool) -> Option<Reading> {
    const SIGNS: [(&str, &str); 6] = [
        ("~", "about"),
        ("≈", "about"),
        ("<", "less than"),
        (">", "more than"),
        ("≥", "at least"),
        ("≤", "at most"),
    ];
    let (sign, words) = SIGNS.into_iter().find(|(sign, _)| text.starts_with(sign))?;
    let amount = text[sign.len()..].trim_start();
    if !amount.starts_with(|c: char| c.is_ascii_digit() || money::is_sign(c) || matches!(c, '-' | '.')) {
        return None;
    }
    let reading = classify(amount, chunks, context, dash)?;
    let plain = !matches!(reading.class, Class::Electronic | Class::Telephone | Class::Serial);
    plain.then(|| Reading {
        spoken: format!("{words} {}", reading.spoken),
        ..reading
    })
}

/// A unit without a number: `kg/m³`, `°C`.
fn bare_unit(text: &str) -> Option<Reading> {
    // "A/B" has two letters, not amps per byte.
    let letters = text
        .split('/')
        .all(|part| part.len() == 1 && part.bytes().all(|byte| byte.is_ascii_uppercase()));
    if letters || !text.contains(['/', '·', '°', '^']) {
        return None;
    }
    units::unit(text).map(|name| Reading::new(Class::Measure, name.many))
}

/// Digits only.
fn bare(text: &str, context: &Context<'_>) -> Option<Reading> {
    let rule = rules::decide(rules::DIGITS, text, context)?;
    let (class, spoken) = match rule.reading {
        Digits::OneByOne => (Class::Serial, number::one_by_one(text)),
        Digits::Pairs => (Class::Serial, number::in_pairs(text)),
        Digits::Year => (Class::Date, number::year(text)),
        Digits::Quantity => (Class::Cardinal, number::cardinal(text, context.british)),
    };
    Some(Reading::new(class, spoken).because(rule.reason))
}

fn without_digits(text: &str, chunks: usize, context: &Context<'_>, dash: bool) -> Option<Reading> {
    if text.contains(['=', '+', '<', '>', '×', '√', '≤', '≥', '≈', '^'])
        && let Some(reading) = math::read(text, context)
    {
        return Some(reading);
    }
    if text.contains('-') {
        if let Some(reading) = serial::span(text, dash).or_else(|| date::read(text, context)) {
            return Some(reading);
        }
        if let Some(reading) = roman::read(text, context, false) {
            return Some(reading);
        }
    }
    if chunks > 1 {
        return None;
    }
    // "a B- in math": elsewhere a hyphen at the end joins the next word, "A- and B-roads".
    if matches!(text, "A-" | "B-" | "C-" | "D-" | "O-" | "AB-")
        && (matches!(
            context.right.as_str(),
            "grade" | "average" | "student" | "blood" | "in" | "on" | "for"
        ) || matches!(context.left.as_str(), "a" | "an" | "type" | "got" | "blood")
            && context.right != "and"
            && context.right != "or")
    {
        return Some(Reading::new(
            Class::Sign,
            format!("{} minus", text.trim_end_matches('-')),
        ));
    }
    if let Some(spoken) = money::price(text) {
        return Some(Reading::new(Class::Money, spoken));
    }
    bare_unit(text).or_else(|| electronic::read(text))
}

/// Reads a street address whose house number is the first of `words`.
pub(super) fn street(words: &[&str], context: &Context<'_>) -> Option<(Reading, usize)> {
    let year = words[0].len() == 4 && matches!(context.left.as_str(), "in" | "since" | "by" | "until" | "from" | "of");
    if year {
        return None;
    }
    let (spoken, length) = address::read(words)?;
    Some((Reading::new(Class::Address, spoken), length))
}
