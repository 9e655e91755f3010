//! Times of day and clock durations.

use super::context::{Context, Reading};
use super::number::{one_by_one, small};
use super::scan::Scan;
use crate::Class;

const ZONES: &[&str] = &[
    "est", "edt", "cst", "cdt", "mst", "mdt", "pst", "pdt", "akst", "hst", "gmt", "utc", "cest", "cet", "eest", "eet",
    "bst", "ist", "jst", "kst", "aest", "aedt", "et", "pt", "ct", "mt", "zulu",
];

/// A time as it is written.
struct Time<'a> {
    hour: u32,
    minute: Option<u32>,
    second: Option<(u32, &'a str)>,
    half: Option<char>,
    zone: Option<String>,
    clock: bool,
    /// Whether the hour has two digits.
    padded: bool,
}

/// Reads a time, or two with a hyphen between them, that fills `text`.
pub(super) fn read(text: &str, context: &Context<'_>) -> Option<Reading> {
    let spoken = one(text, context)
        .or_else(|| span(text, context))
        .or_else(|| military(text))?;
    Some(Reading::new(Class::Time, spoken))
}

fn one(text: &str, context: &Context<'_>) -> Option<String> {
    let mut scan = Scan::new(text);
    let time = take(&mut scan)?;
    if !scan.is_done() || time.minute.is_none() && time.half.is_none() && !time.clock {
        return None;
    }
    // "1:30 minutes" and "John 3:16" read the same way; "2:30 goals" does not exist.
    time.say(context)
}

/// `2pm-5pm`, `4:00 am - 8:12 pm`, `9-11am`
fn span(text: &str, context: &Context<'_>) -> Option<String> {
    let mut scan = Scan::new(text);
    if let Some(word) = scan.eat_any(&["noon-", "midnight-", "Noon-", "Midnight-"]) {
        return Some(format!(
            "{} to {}",
            word.trim_end_matches('-'),
            one(scan.rest(), context)?
        ));
    }
    let first = take(&mut scan)?;
    scan.eat_any(&[" - ", "- ", " -", "-"])?;
    if (first.half.is_some() || first.minute.is_some()) && matches!(scan.rest(), "noon" | "midnight") {
        return Some(format!("{} to {}", first.say_short()?, scan.rest()));
    }
    let last = take(&mut scan)?;
    let timed = last.half.is_some() || first.minute.is_some() && last.minute.is_some();
    if !scan.is_done() || !timed || first.half.is_some() && last.half.is_none() {
        return None;
    }
    let bare = first.minute.is_none() && first.half.is_none();
    let first = if bare {
        small(u64::from(first.hour))
    } else {
        first.say_short()?
    };
    Some(format!(
        "{first} to {}",
        if last.half.is_some() {
            last.say(context)?
        } else {
            last.say_short()?
        }
    ))
}

/// `0900 hours`, `1430 hrs`
fn military(text: &str) -> Option<String> {
    let mut scan = Scan::new(text);
    let digits = scan.digits();
    let unit = scan.eat_any(&[" hours", " hrs", "hrs", "h"])?;
    if digits.len() != 4 || !scan.is_done() || unit.is_empty() {
        return None;
    }
    let (hour, minute) = (digits[..2].parse::<u64>().ok()?, digits[2..].parse::<u64>().ok()?);
    if hour > 24 || minute > 59 {
        return None;
    }
    let hour = if hour < 10 {
        format!("oh {}", small(hour))
    } else {
        small(hour)
    };
    let minute = match minute {
        0 => "hundred".to_owned(),
        1..10 => format!("oh {}", small(minute)),
        _ => small(minute),
    };
    Some(format!("{hour} {minute} hours"))
}

fn take<'a>(scan: &mut Scan<'a>) -> Option<Time<'a>> {
    let mut ahead = *scan;
    let two = |digits: &str| {
        (digits.len() == 2)
            .then(|| digits.parse::<u32>().ok())?
            .filter(|value| *value < 60)
    };
    let digits = ahead.digits();
    let hour = (1..=2).contains(&digits.len()).then(|| digits.parse::<u32>().ok())??;
    let mut time = Time {
        hour,
        minute: None,
        second: None,
        half: None,
        zone: None,
        clock: false,
        padded: digits.len() == 2,
    };
    let separator = ahead.eat_any(&[":", ".", "h"]);
    match separator {
        Some("h") if ahead.peek().is_none_or(|c| !c.is_ascii_digit()) => return None,
        Some(_) => time.minute = Some(two(ahead.digits())?),
        None => {}
    }
    if separator == Some(":") && ahead.eat(":") {
        let second = two(ahead.digits())?;
        let fraction = if ahead.eat(".") { ahead.digits() } else { "" };
        time.second = Some((second, fraction));
    }
    let mut suffix = ahead;
    suffix.space();
    if let Some(half) = half_of_day(&mut suffix) {
        time.half = Some(half);
        ahead = suffix;
    } else if time.minute.is_some()
        && time.second.is_none()
        && matches!(suffix.rest(), "a" | "p")
        && suffix.rest() == ahead.rest()
    {
        // "2:15p"
        time.half = suffix.peek().map(|letter| letter.to_ascii_uppercase());
        ahead = Scan::new("");
    } else if ["o'clock", "oclock", "O'Clock", "O'CLOCK"]
        .iter()
        .any(|word| suffix.eat(word))
    {
        time.clock = true;
        ahead = suffix;
    }
    let limit = if time.half.is_some() { 12 } else { 24 };
    if time.hour > limit && time.second.is_none() || separator == Some(".") && time.half.is_none() {
        return None;
    }
    if time.minute.is_some() || time.half.is_some() || time.clock {
        let mut suffix = ahead;
        let spaced = suffix.space();
        if let Some(zone) = zone(&mut suffix).or_else(|| spaced.then(|| offset(&mut suffix))?) {
            time.zone = Some(zone);
            ahead = suffix;
        }
    }
    *scan = ahead;
    Some(time)
}

/// `a.m.`, `PM`, `p.m`, with its full stops.
fn half_of_day(scan: &mut Scan<'_>) -> Option<char> {
    let mut ahead = *scan;
    let letter = ahead.peek()?.to_ascii_uppercase();
    if !matches!(letter, 'A' | 'P') {
        return None;
    }
    ahead.eat_any(&["a", "A", "p", "P"])?;
    let dotted = ahead.eat(".");
    if dotted {
        ahead.space();
    }
    ahead.eat_any(&["m", "M"])?;
    let dotted = ahead.eat(".") || dotted;
    if !dotted && ahead.peek().is_some_and(char::is_alphabetic) {
        return None;
    }
    *scan = ahead;
    Some(letter)
}

/// `EST`, `e.s.t`, `UTC+2`
fn zone(scan: &mut Scan<'_>) -> Option<String> {
    let mut ahead = *scan;
    let run = ahead.run(|c| c.is_ascii_alphabetic() || c == '.');
    let letters: String = run.chars().filter(char::is_ascii_alphabetic).collect();
    let name = ZONES.iter().find(|zone| zone.eq_ignore_ascii_case(&letters))?;
    // Two letters in lower case are a word.
    if name.len() == 2 && letters.chars().any(|c| c.is_ascii_lowercase()) {
        return None;
    }
    let mut zone = letters.to_ascii_uppercase();
    if let Some(sign) = ahead.eat_any(&["+", "-"]) {
        let hours: u64 = ahead.digits().parse().ok().filter(|hours| *hours < 15)?;
        zone = format!("{zone} {} {}", if sign == "+" { "plus" } else { "minus" }, small(hours));
        if ahead.eat(":") {
            let minutes: u64 = ahead.digits().parse().ok().filter(|minutes| *minutes < 60)?;
            if minutes > 0 {
                zone = format!("{zone} {}", small(minutes));
            }
        }
    }
    *scan = ahead;
    Some(zone)
}

/// `+0100` and `-0530`, as in the headers of mail.
fn offset(scan: &mut Scan<'_>) -> Option<String> {
    let mut ahead = *scan;
    let sign = if ahead.eat_any(&["+", "-"])? == "+" {
        "plus"
    } else {
        "minus"
    };
    let digits = ahead.digits();
    if digits.len() != 4 || !ahead.is_done() {
        return None;
    }
    let (hours, minutes) = (digits[..2].parse::<u64>().ok()?, digits[2..].parse::<u64>().ok()?);
    if hours > 14 || minutes > 59 {
        return None;
    }
    *scan = ahead;
    Some(match (hours, minutes) {
        (0, 0) => "UTC".to_owned(),
        (_, 0) => format!("UTC {sign} {}", small(hours)),
        _ => format!("UTC {sign} {} {}", small(hours), small(minutes)),
    })
}

/// Whether hours, minutes and seconds are a time of day and not a duration: a date or a word for a time precedes.
fn is_time_of_day(context: &Context<'_>, padded: bool) -> bool {
    let left = context.left.trim_end_matches('.');
    let year = left.len() == 4 && left.parse::<u32>().is_ok_and(|year| (1900..2100).contains(&year));
    let date = left.len() >= 6
        && ['-', '/', '.'].iter().any(|mark| left.matches(*mark).count() == 2)
        && left.bytes().all(|byte| byte.is_ascii_digit() || b"-/.".contains(&byte));
    let weekday = super::date::weekday(left).is_some() || super::date::month(left).is_some();
    year || date
        || weekday
        || matches!(left, "at" | "until" | "since" | "from" | "between" | "to") && padded
        || super::date::month(context.before_that.trim_end_matches('.')).is_some()
}

fn counted(number: u32, unit: &str) -> String {
    format!(
        "{} {unit}{}",
        small(u64::from(number)),
        if number == 1 { "" } else { "s" }
    )
}

/// Hours and minutes without any suffix.
pub(super) fn say_clock(hour: u32, minute: u32) -> String {
    let hour_word = small(u64::from(hour));
    match minute {
        0 if hour == 0 => "midnight".to_owned(),
        0 => format!("{hour_word} o'clock"),
        1..10 => format!("{hour_word} oh {}", small(u64::from(minute))),
        _ => format!("{hour_word} {}", small(u64::from(minute))),
    }
}

impl Time<'_> {
    /// Without "o'clock".
    fn say_short(&self) -> Option<String> {
        if self.minute == Some(0) && self.second.is_none() && self.half.is_none() && self.zone.is_none() {
            return Some(if self.hour > 12 || self.hour == 0 {
                format!("{} hundred", small(u64::from(self.hour)))
            } else {
                small(u64::from(self.hour))
            });
        }
        self.say(&Context::default())
    }

    fn say(&self, context: &Context<'_>) -> Option<String> {
        let offset = self.zone.is_some() && self.half.is_none();
        let clock = self.hour < 24 && (offset || is_time_of_day(context, self.padded));
        let mut spoken = if let Some((second, "")) = self.second
            && let Some(minute) = self.minute
            && clock
        {
            let time = say_clock(self.hour, minute);
            if second == 0 {
                time
            } else {
                format!("{time} and {}", counted(second, "second"))
            }
        } else if let Some((second, fraction)) = self.second {
            let seconds = if fraction.is_empty() {
                counted(second, "second")
            } else {
                format!("{} point {} seconds", small(u64::from(second)), one_by_one(fraction))
            };
            format!(
                "{} {} and {seconds}",
                counted(self.hour, "hour"),
                counted(self.minute?, "minute")
            )
        } else if self.clock {
            let minute = self.minute.filter(|minute| *minute > 0);
            minute.map_or_else(
                || format!("{} o'clock", small(u64::from(self.hour))),
                |minute| say_clock(self.hour, minute),
            )
        } else {
            match (self.minute, self.half) {
                (None | Some(0), Some(_)) => small(u64::from(self.hour)),
                (Some(minute), _) => {
                    let counted = matches!(context.right.as_str(), "o'clock");
                    if counted && minute == 0 {
                        small(u64::from(self.hour))
                    } else {
                        say_clock(self.hour, minute)
                    }
                }
                (None, None) => return None,
            }
        };
        if let Some(half) = self.half {
            spoken.push(' ');
            spoken.push(half);
            spoken.push('M');
        }
        if let Some(zone) = &self.zone {
            spoken.push(' ');
            spoken.push_str(zone);
        }
        Some(spoken)
    }
}
