//! Dates, years, decades and eras.

use super::context::{Context, Reading};
use super::number::{cardinal, ordinal, plural, short_year, small, year};
use super::scan::Scan;
use crate::Class;

pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];
const ERAS: [(&str, &str); 4] = [("bce", "BCE"), ("bc", "BC"), ("ce", "CE"), ("ad", "AD")];

/// Returns the number of a month by its name, or by its abbreviation without the full stop.
pub(super) fn month(word: &str) -> Option<usize> {
    if !(3..=9).contains(&word.len()) || !word.is_ascii() {
        return None;
    }
    MONTHS.iter().position(|name| {
        name.eq_ignore_ascii_case(word)
            || word.eq_ignore_ascii_case(&name[..3])
            || *name == "September" && word.eq_ignore_ascii_case("sept")
    })
}

/// Returns the name of a weekday by its name, or by its abbreviation without the full stop.
pub(super) fn weekday(word: &str) -> Option<&'static str> {
    if !word.is_ascii() || word.len() < 3 {
        return None;
    }
    WEEKDAYS.into_iter().find(|name| {
        name.eq_ignore_ascii_case(word)
            || *name == "Wednesday" && word.eq_ignore_ascii_case("weds")
            || word.len() <= 5
                && name
                    .get(..word.len())
                    .is_some_and(|start| start.eq_ignore_ascii_case(word))
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    MonthFirst,
    DayFirst,
}

/// A date in numbers. The year is kept as digits.
struct Date<'a> {
    day: u32,
    last_day: Option<u32>,
    month: usize,
    year: Option<&'a str>,
    order: Order,
}

impl Date<'_> {
    fn say(&self, context: &Context<'_>) -> String {
        let day = |day: u32| ordinal(&day.to_string(), false);
        let month = MONTHS[self.month];
        let mut spoken = match self.order {
            Order::MonthFirst => match self.last_day {
                Some(last) => format!("{month} {} to {}", day(self.day), day(last)),
                None => format!("{month} {}", day(self.day)),
            },
            Order::DayFirst => {
                let the = if context.left == "the" { "" } else { "the " };
                match self.last_day {
                    Some(last) => format!("{the}{} to the {} of {month}", day(self.day), day(last)),
                    None => format!("{the}{} of {month}", day(self.day)),
                }
            }
        };
        if let Some(digits) = self.year {
            spoken.push_str(if self.order == Order::MonthFirst { ", " } else { " " });
            spoken.push_str(&say_year(digits));
        }
        spoken
    }
}

fn say_year(digits: &str) -> String {
    let digits = digits.trim_start_matches('\'');
    if digits.len() == 2 {
        short_year(digits)
    } else {
        year(digits)
    }
}

/// Reads a date that fills `text`.
pub(super) fn read(text: &str, context: &Context<'_>) -> Option<Reading> {
    let date = |spoken: String| Some(Reading::new(Class::Date, spoken));
    if let Some((parsed, reason)) = numeric(text, context.british) {
        let mut reading = Reading::new(Class::Date, parsed.say(context));
        reading.reason = reason;
        return Some(reading);
    }
    if let Some(parsed) = month_first(text).or_else(|| day_first(text)) {
        return date(parsed.say(context));
    }
    if let Some(spoken) = month_and_year(text)
        .or_else(|| with_era(text))
        .or_else(|| decade(text, context))
        .or_else(|| decades(text, context))
        .or_else(|| years(text, context))
        .or_else(|| quarter(text))
        .or_else(|| span_of_months(text))
        .or_else(|| span_of_days(text, context))
        .or_else(|| stamp(text, context))
    {
        return date(spoken);
    }
    None
}

/// `2024-10-01`, `10/06/2005`, `15.01.2020`, `11/17/05`
fn numeric(text: &str, british: bool) -> Option<(Date<'_>, Option<&'static str>)> {
    let mut scan = Scan::new(text);
    let first = scan.digits();
    let separator = scan.eat_any(&["-", "/", "."])?;
    let second = scan.digits();
    if !scan.eat(separator) {
        return None;
    }
    let third = scan.digits();
    if !scan.is_done() || !(1..=2).contains(&second.len()) {
        return None;
    }
    let number = |digits: &str| digits.parse::<u32>().ok();
    let day_of = |day: u32| (1..=31).contains(&day).then_some(day);
    let month_of = |month: u32| (1..=12).contains(&month).then(|| month as usize - 1);
    let (a, b, c) = (number(first)?, number(second)?, number(third)?);
    if first.len() == 4 && (1..=2).contains(&third.len()) && (1000..3000).contains(&a) {
        let order = if british { Order::DayFirst } else { Order::MonthFirst };
        return Some((
            Date {
                day: day_of(c)?,
                last_day: None,
                month: month_of(b)?,
                year: Some(first),
                order,
            },
            None,
        ));
    }
    let short = third.len() == 2 && (separator == "/" || first.len() == 2 && second.len() == 2);
    let long = third.len() == 4 && (1000..3000).contains(&c);
    if !(1..=2).contains(&first.len()) || !(short || long) {
        return None;
    }
    let month_first = (month_of(a), day_of(b));
    let day_first = (month_of(b), day_of(a));
    let ((month, day), order, reason) = match (month_first, day_first) {
        ((Some(_), Some(_)), (Some(_), Some(_))) if british => (
            day_first,
            Order::DayFirst,
            Some("both orders are possible: British readers put the day first"),
        ),
        ((Some(_), Some(_)), (Some(_), Some(_))) => (
            month_first,
            Order::MonthFirst,
            Some("both orders are possible: American readers put the month first"),
        ),
        ((Some(_), Some(_)), _) => (month_first, Order::MonthFirst, None),
        _ => (day_first, Order::DayFirst, None),
    };
    Some((
        Date {
            day: day?,
            last_day: None,
            month: month?,
            year: Some(third),
            order,
        },
        reason,
    ))
}

/// A day of a month: `5`, `25th`, `5-7`.
fn days(scan: &mut Scan<'_>) -> Option<(u32, Option<u32>)> {
    let day = |scan: &mut Scan<'_>| {
        let digits = scan.digits();
        let day: u32 = (digits.len() <= 2).then(|| digits.parse().ok())??;
        let rest = scan.rest();
        let suffix = rest.get(..2).unwrap_or_default();
        if ["st", "nd", "rd", "th"]
            .iter()
            .any(|known| suffix.eq_ignore_ascii_case(known))
        {
            scan.letters();
        }
        (1..=31).contains(&day).then_some(day)
    };
    let first = day(scan)?;
    let mut ahead = *scan;
    if ahead.eat_any(&[" - ", "-"]).is_some()
        && let Some(last) = day(&mut ahead)
        && last > first
        && !ahead.peek().is_some_and(|c| c.is_ascii_digit())
    {
        *scan = ahead;
        return Some((first, Some(last)));
    }
    Some((first, None))
}

/// The abbreviation of a month with its full stop.
fn named_month(scan: &mut Scan<'_>) -> Option<usize> {
    let month = month(scan.letters())?;
    scan.eat(".");
    Some(month)
}

/// A year: four digits, or two after an apostrophe.
fn year_of<'a>(scan: &mut Scan<'a>) -> Option<&'a str> {
    let rest = scan.rest();
    let mut ahead = *scan;
    let short = ahead.eat("'");
    let digits = ahead.digits();
    let fits = if short {
        digits.len() == 2
    } else {
        digits.len() == 4 && !digits.starts_with('0')
    };
    *scan = if fits { ahead } else { return None };
    Some(&rest[..digits.len() + usize::from(short)])
}

/// `July 25, 2012`, `Jan-15-2020`, `SEPT. 15`, `May 5-7`
fn month_first(text: &str) -> Option<Date<'_>> {
    let mut scan = Scan::new(text);
    let month = named_month(&mut scan)?;
    scan.eat_any(&[" the ", " ", "-", "/"])?;
    let (day, last_day) = days(&mut scan)?;
    let mut date = Date {
        day,
        last_day,
        month,
        year: None,
        order: Order::MonthFirst,
    };
    if !scan.is_done() {
        scan.eat_any(&[", ", ",", " ", "-", "/"])?;
        date.year = Some(year_of(&mut scan)?);
    }
    scan.is_done().then_some(date)
}

/// `25 July 2012`, `the 26th of May`, `15-Jan-2020`
fn day_first(text: &str) -> Option<Date<'_>> {
    let mut scan = Scan::new(text);
    let (day, last_day) = days(&mut scan)?;
    scan.eat_any(&[" of ", " ", "-", "/", ". "])?;
    let month = named_month(&mut scan)?;
    let mut date = Date {
        day,
        last_day,
        month,
        year: None,
        order: Order::DayFirst,
    };
    if !scan.is_done() {
        scan.eat_any(&[", ", ",", " ", "-", "/"])?;
        date.year = Some(year_of(&mut scan)?);
    }
    scan.is_done().then_some(date)
}

/// `January 2020`, `Sept. 1998`, `Jan '20`
fn month_and_year(text: &str) -> Option<String> {
    let mut scan = Scan::new(text);
    let month = named_month(&mut scan)?;
    scan.eat_any(&[" of ", ", ", " ", "-", "/"])?;
    let digits = year_of(&mut scan)?;
    scan.is_done()
        .then(|| format!("{} {}", MONTHS[month], say_year(digits)))
}

/// `Jan-Mar`, `June - July 2021`
fn span_of_months(text: &str) -> Option<String> {
    let mut scan = Scan::new(text);
    let first = named_month(&mut scan)?;
    scan.eat_any(&[" - ", "-"])?;
    let last = named_month(&mut scan)?;
    let mut spoken = format!("{} to {}", MONTHS[first], MONTHS[last]);
    if scan.space() {
        spoken.push(' ');
        spoken.push_str(&say_year(year_of(&mut scan)?));
    }
    scan.is_done().then_some(spoken)
}

/// `Jan. 5-Feb. 3`, `3 March - 5 April 2020`
fn span_of_days(text: &str, context: &Context<'_>) -> Option<String> {
    let one = |text| month_first(text).or_else(|| day_first(text));
    [" - ", "-"].into_iter().find_map(|dash| {
        text.match_indices(dash).take(4).find_map(|(at, _)| {
            let (first, last) = (one(&text[..at])?, one(&text[at + dash.len()..])?);
            Some(format!("{} to {}", first.say(context), last.say(&Context::default())))
        })
    })
}

/// The name of an era with or without full stops: `BC`, `A.D.`
fn era(scan: &mut Scan<'_>) -> Option<&'static str> {
    let rest = scan.rest();
    let letters: String = rest.chars().filter(|c| *c != '.').collect();
    let upper = letters.chars().all(|c| c.is_ascii_uppercase());
    let dotted = rest.contains('.');
    let (_, name) = ERAS
        .iter()
        .find(|(known, _)| letters.eq_ignore_ascii_case(known) && (upper || dotted))?;
    *scan = Scan::new("");
    Some(name)
}

/// `340 A.D.`, `AD 79`, `500 BC`, `c. 1200 BCE`, `500-400 BC`
fn with_era(text: &str) -> Option<String> {
    let year_word = |digits: &str| {
        if (1..=4).contains(&digits.len()) {
            Some(if digits.len() >= 3 {
                year(digits)
            } else {
                cardinal(digits, false)
            })
        } else {
            None
        }
    };
    let mut scan = Scan::new(text);
    if let Some(prefix) = scan.eat_any(&["AD ", "A.D. "]) {
        let digits = scan.digits();
        let spoken = year_word(digits)?;
        return (scan.is_done() && !prefix.is_empty()).then(|| format!("AD {spoken}"));
    }
    let first = scan.digits();
    let mut spoken = year_word(first)?;
    if scan.eat_any(&[" - ", "-"]).is_some() {
        spoken = format!("{spoken} to {}", year_word(scan.digits())?);
    }
    scan.space();
    let era = era(&mut scan)?;
    Some(format!("{spoken} {era}"))
}

/// `1980s`, `'80s`, `1980's`, `mid-1990s`, `the 830s`
pub(super) fn decade(text: &str, context: &Context<'_>) -> Option<String> {
    let mut scan = Scan::new(text);
    let mut prefix = "";
    if scan.peek().is_some_and(char::is_alphabetic) {
        let word = scan.letters();
        if !["mid", "late", "early", "pre", "post"]
            .iter()
            .any(|known| word.eq_ignore_ascii_case(known))
            || !scan.eat("-")
        {
            return None;
        }
        prefix = word;
    }
    scan.eat("'");
    let digits = scan.digits();
    let spaced = scan.space();
    if !spaced {
        scan.eat("'");
    }
    if !scan.eat("s") || !scan.is_done() || !digits.ends_with('0') {
        return None;
    }
    let number: u32 = digits.parse().ok()?;
    let spoken = match digits.len() {
        2 if !spaced => {
            if digits == "00" {
                "two thousands".to_owned()
            } else if seconds(context) && !text.starts_with('\'') {
                return None;
            } else {
                plural(&small(u64::from(number)))
            }
        }
        3 if !spaced && number.is_multiple_of(10) && context.left == "the" => plural(&year(digits)),
        4 if (1000..=2100).contains(&number) => plural(&year(digits)),
        _ => return None,
    };
    Some(if prefix.is_empty() {
        spoken
    } else {
        format!("{prefix} {spoken}")
    })
}

/// Returns true if the previous words show that `30s` means seconds.
fn seconds(context: &Context<'_>) -> bool {
    matches!(
        context.left.as_str(),
        "for"
            | "after"
            | "takes"
            | "took"
            | "within"
            | "every"
            | "last"
            | "lasted"
            | "wait"
            | "waited"
            | "waits"
            | "about"
            | "approximately"
            | "under"
            | "over"
            | "a"
            | "timeout"
            | "than"
    )
}

/// `1960s-80s`, `1960s-1980s`
fn decades(text: &str, context: &Context<'_>) -> Option<String> {
    let (first, last) = text.split_once('-')?;
    let first = decade(first, context)?;
    let last = decade(last, &Context::default())?;
    Some(format!("{first} to {last}"))
}

/// `1980-1986`, `1960-80`, `1914 - 1918`, `2023/24`, `2001-02`
fn years(text: &str, context: &Context<'_>) -> Option<String> {
    let mut scan = Scan::new(text);
    let first = scan.digits();
    let separator = scan.eat_any(&[" - ", "-", "/"])?;
    let last = scan.digits();
    if !scan.is_done() || first.len() != 4 {
        return None;
    }
    let from: u32 = first.parse().ok()?;
    let to: u32 = last.parse().ok()?;
    if !(1000..2100).contains(&from) || context.counts_noun() && context.left != "the" {
        return None;
    }
    match (last.len(), separator) {
        (4, "-" | " - ") if to > from && to < 2101 => Some(format!("{} to {}", year(first), year(last))),
        (2, "-") if to == from % 100 + 1 || to > from % 100 && to > 12 => {
            Some(format!("{} to {}", year(first), short_year(last)))
        }
        (2, "-") if (1..=12).contains(&to) && (1900..2100).contains(&from) => {
            Some(format!("{} {}", MONTHS[to as usize - 1], year(first)))
        }
        (2, "/") if to == from % 100 + 1 => Some(format!("{} {}", year(first), short_year(last))),
        _ => None,
    }
}

/// `2Q22`, `Q3 2024`, `3Q 2021`
fn quarter(text: &str) -> Option<String> {
    let mut scan = Scan::new(text);
    let digit = scan.digits();
    if digit.len() != 1 || !scan.eat("Q") {
        return None;
    }
    scan.space();
    scan.eat("'");
    let digits = scan.digits();
    if !scan.is_done() || !matches!(digits.len(), 2 | 4) || !(1..=4).contains(&digit.parse::<u32>().ok()?) {
        return None;
    }
    Some(format!("the {} quarter of {}", ordinal(digit, false), say_year(digits)))
}

/// `2024-10-01T12:30:00Z`
fn stamp(text: &str, context: &Context<'_>) -> Option<String> {
    let (date, time) = text.split_once('T')?;
    let (date, _) = numeric(date, context.british)?;
    let (clock, zulu) = match time.strip_suffix('Z') {
        Some(clock) => (clock, " UTC"),
        None => (time, ""),
    };
    let clock = clock.split_once('.').map_or(clock, |(clock, _)| clock);
    let parts: Vec<&str> = clock.split(':').collect();
    let [hour, minute] = parts.get(..2)? else {
        return None;
    };
    if parts.len() > 3
        || !parts
            .iter()
            .all(|part| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit()))
    {
        return None;
    }
    let spoken = super::time::say_clock(hour.parse().ok()?, minute.parse().ok()?);
    Some(format!("{}, {spoken}{zulu}", date.say(context)))
}
