//! Windows: one chunk or several that are tried as one token.

use super::chunk::{Chunk, Kind};
use super::context::{Context, Reading};
use super::rules::{self, Digits};
use super::{address, date, electronic, fraction, math, measure, money, number, roman, serial, telephone, time, units};
use crate::Class;

/// Most chunks that one token takes.
pub(super) const MOST_CHUNKS: usize = 9;
/// Longest token of several chunks, in bytes.
const LONGEST: usize = 120;

/// Whether `next` may belong to the token that `text` begins and whose last chunk is `last`.
pub(super) fn extends(text: &str, last: &Chunk<'_>, next: &Chunk<'_>) -> bool {
    if next.kind != Kind::Word || !next.spaced || text.len() + next.core.len() > LONGEST || next.core.is_empty() {
        return false;
    }
    let word = next.core.as_ref();
    let digits = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    if !(next.lead.is_empty() || next.lead == "(" && digits(word) || next.lead == "'" && digits(word)) {
        return false;
    }
    let month = |word: &str| date::month(word.trim_end_matches('.')).is_some();
    match last.trail {
        // One digit behind another is a list.
        "" if last.core.len() == 1 && word.len() == 1 && digits(word) && digits(&last.core) => return false,
        "" => {}
        "," => {
            let date = text.split([' ', '-']).any(month);
            return date && word.len() == 4 && digits(word)
                || text.ends_with(|c: char| c.is_ascii_digit()) && word.starts_with("ext");
        }
        "." => {
            let abbreviated = last.core.rsplit('-').next().is_some_and(month)
                || matches!(
                    last.core.to_ascii_lowercase().as_str(),
                    "a.m" | "p.m" | "sq" | "cu" | "fl" | "ext" | "a" | "p" | "ft" | "lb" | "a.d" | "rs"
                )
                || digits(text) && month(word);
            if !abbreviated {
                return false;
            }
        }
        // "(555) 555-5555" and `5' 10"`
        ")" => return digits(word) && text.ends_with(|c: char| c.is_ascii_digit()),
        "\"" | "”" | "″" => return digits(text) && matches!(word, "x" | "×" | "by"),
        "'" | "’" | "′" => return digits(word) && text.len() <= 2,
        _ => return false,
    }
    if digits(word) || word.starts_with(money::is_sign) {
        // "May 5", "5 1/2", "123 456 7890", "- 5", "= 5", "$5 - $10"
        let last = last.core.as_ref();
        return last.starts_with(|c: char| c.is_ascii_digit() || "+-=<>×x*/÷·~≤≥≈±(".contains(c) || money::is_sign(c))
            || month(last)
            || money::is_code(last)
            || last.ends_with(money::is_sign)
            || last.ends_with(|c: char| "-=+<>".contains(c) || c.is_ascii_digit())
            || matches!(last, "AD" | "A.D" | "to" | "of" | "the" | "extension" | "ext" | "Rs")
            || text.contains('=');
    }
    let operator = |c: char| "+-=<>×*/÷·≤≥≈≠±–".contains(c);
    if word.starts_with(operator) {
        return word.len() <= 12;
    }
    let mut letters = word.chars();
    if letters.next().is_some_and(char::is_alphabetic) && letters.next().is_none() {
        let after_operator = last.core.ends_with(operator);
        return after_operator && !matches!(last.core.as_ref(), "-" | "/")
            || text.contains(['=', '+'])
            || matches!(
                word,
                "x" | "X"
                    | "s"
                    | "m"
                    | "g"
                    | "l"
                    | "L"
                    | "W"
                    | "V"
                    | "A"
                    | "N"
                    | "J"
                    | "h"
                    | "K"
                    | "M"
                    | "B"
                    | "k"
                    | "b"
                    | "C"
                    | "F"
                    | "S"
                    | "E"
                    | "T"
                    | "a"
                    | "p"
            )
            || units::may_be_unit(word);
    }
    month(word)
        || matches!(
            word.to_ascii_lowercase().trim_end_matches('.'),
            "of" | "the"
                | "am"
                | "pm"
                | "a.m"
                | "p.m"
                | "m"
                | "o'clock"
                | "oclock"
                | "hours"
                | "hrs"
                | "ext"
                | "extension"
                | "est"
                | "edt"
                | "cst"
                | "cdt"
                | "mst"
                | "mdt"
                | "pst"
                | "pdt"
                | "gmt"
                | "utc"
                | "cet"
                | "cest"
                | "bst"
                | "ist"
                | "jst"
                | "e.s.t"
                | "p.s.t"
                | "c.s.t"
                | "g.m.t"
                | "et"
                | "pt"
                | "ct"
                | "mt"
                | "ad"
                | "a.d"
                | "bc"
                | "b.c"
                | "bce"
                | "b.c.e"
                | "ce"
                | "c.e"
        )
        || money::scale(word, true).is_some()
        || money::is_code(word)
        || units::may_be_unit(word)
        || word.starts_with('x') && digits(&word[1..])
        || word.contains('/') && word.len() < 24 && word.split('/').next().is_some_and(units::may_be_unit)
        || last.core.ends_with(['×', '=', '+']) && word.len() <= 3
        || ["a.m.", "p.m."]
            .iter()
            .any(|half| word.len() <= 12 && word.to_ascii_lowercase().starts_with(half))
}

/// Reads the token that fills `text`, which was `chunks` chunks.
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
    if (matches!(context.left.as_str(), "isbn" | "ssn") || first == '#')
        && let Some(reading) = serial::groups(text, context)
    {
        return Some(reading);
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
        .or_else(|| unit_marks.then(|| measure::read(text, context))?)
        .or_else(|| fraction::number(text, context))
        .or_else(|| (chunks == 1 && !letters).then(|| serial::groups(text, context))?)
        .or_else(|| address::is_zip(text).then(|| Reading::new(Class::Address, address::zip(text))))
        .or_else(|| (chunks == 1).then(|| electronic::read(text))?)
        .or_else(|| (chunks == 1).then(|| serial::code(text, context))?)
        .or_else(|| (chunks == 1 && letters && !first.is_ascii_digit()).then(|| bare_unit(text))?)
        .or_else(|| math::read(text, context))
        .or_else(|| (chunks > 1).then(|| spaced_thousands(text, context))?)
}

/// A unit without a number: `kg/m³`, `°C`.
fn bare_unit(text: &str) -> Option<Reading> {
    if !text.contains(['/', '·', '°', '^']) {
        return None;
    }
    units::unit(text).map(|name| Reading::new(Class::Measure, name.many))
}

/// `10 000` and `1 234 567`, as many countries write them.
fn spaced_thousands(text: &str, context: &Context<'_>) -> Option<Reading> {
    let groups: Vec<&str> = text.split(' ').collect();
    let (first, rest) = groups.split_first()?;
    let digits = |group: &&str| group.bytes().all(|byte| byte.is_ascii_digit());
    let shape = (1..=3).contains(&first.len())
        && !first.starts_with('0')
        && rest.iter().all(|group| group.len() == 3)
        && groups.iter().all(digits)
        && (rest.len() > 1 || rest.contains(&"000"));
    shape.then(|| {
        Reading::new(Class::Cardinal, number::cardinal(&groups.concat(), context.british))
            .because("groups of three digits are one number")
    })
}

/// Digits without anything else.
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
