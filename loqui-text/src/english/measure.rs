//! Numbers with units.

use super::context::{Context, Reading};
use super::fraction;
use super::money::scale;
use super::number::{Number, small};
use super::scan::Scan;
use super::units::{self, Name};
use crate::Class;

/// A quantity before a unit.
struct Quantity {
    spoken: String,
    one: bool,
}

/// Reads a measure that fills `text`.
pub(super) fn read(text: &str, context: &Context<'_>) -> Option<Reading> {
    let spoken = blood_pressure(text)
        .or_else(|| age(text))
        .or_else(|| multiple(text, context))
        .or_else(|| feet_and_inches(text, context))
        .or_else(|| compound(text))
        .or_else(|| coordinates(text))
        .or_else(|| plain(text, context))
        .or_else(|| both_with_units(text, context))
        .or_else(|| rate(text, context))
        .or_else(|| scientific(text))?;
    Some(Reading::new(Class::Measure, spoken))
}

/// `120/80 mmHg`
fn blood_pressure(text: &str) -> Option<String> {
    let (above, below) = text.strip_suffix("mmHg")?.trim_end().split_once('/')?;
    let (above, below) = (Number::parse(above)?, Number::parse(below)?);
    let above = super::number::in_pairs(&above.whole);
    Some(format!("{above} over {} millimeters of mercury", below.say(false)))
}

/// `6'2"`, `5' 10"`, `6'`, `10"`
fn feet_and_inches(text: &str, context: &Context<'_>) -> Option<String> {
    let mut scan = Scan::new(text);
    if let Some(mixed) = fraction::take(&mut scan) {
        let unit = if mixed.whole.is_none() || context.describes_noun() {
            "inch"
        } else {
            "inches"
        };
        return (scan.rest() == "\"").then(|| format!("{} {unit}", mixed.say(context.british)));
    }
    let number = Number::take_unsigned(&mut scan)?;
    let spoken = number.say(context.british);
    if scan.eat("\"") {
        let unit = if number.is_one() || context.describes_noun() {
            "inch"
        } else {
            "inches"
        };
        return scan.is_done().then(|| format!("{spoken} {unit}"));
    }
    if !scan.eat("'") {
        return None;
    }
    if scan.is_done() {
        let unit = if number.is_one() || context.describes_noun() {
            "foot"
        } else {
            "feet"
        };
        return (number.whole.len() <= 2).then(|| format!("{spoken} {unit}"));
    }
    scan.space();
    let inches = Number::take_unsigned(&mut scan)?;
    scan.eat_any(&["\"", "''"]);
    (scan.is_done() && number.whole.len() <= 2 && inches.whole.len() <= 2)
        .then(|| format!("{spoken} foot {}", inches.say(context.british)))
}

/// `1h30m`, `2h 15min`, `5 ft 10 in`, `3 lb 4 oz`, `1 min 30 s`
fn compound(text: &str) -> Option<String> {
    const FAMILIES: [&[(&str, &str)]; 3] = [
        &[
            ("h", "hour"),
            ("hr", "hour"),
            ("hrs", "hour"),
            ("m", "minute"),
            ("min", "minute"),
            ("mins", "minute"),
            ("s", "second"),
            ("sec", "second"),
        ],
        &[("ft", "foot"), ("ft.", "foot"), ("in", "inch"), ("in.", "inch")],
        &[("lb", "pound"), ("lbs", "pound"), ("oz", "ounce")],
    ];
    for family in FAMILIES {
        let mut scan = Scan::new(text);
        let mut parts = Vec::new();
        loop {
            let digits = scan.digits();
            if digits.is_empty() || digits.len() > 4 {
                break;
            }
            scan.space();
            let sign = scan.run(|c| c.is_ascii_lowercase() || c == '.');
            let name = family.iter().find(|(known, _)| *known == sign).map(|(_, name)| *name);
            // "2h30": minutes without their sign.
            let name = match (name, parts.len(), sign) {
                (Some(name), ..) => name,
                (None, 1, "") if family[0].0 == "h" && digits.len() == 2 => "minute",
                _ => break,
            };
            let plural = match name {
                "foot" => "feet".to_owned(),
                "inch" => "inches".to_owned(),
                other => format!("{other}s"),
            };
            let number: u64 = digits.parse().ok()?;
            parts.push(format!(
                "{} {}",
                small(number),
                if number == 1 { name } else { &plural }
            ));
            if scan.is_done() {
                return (parts.len() > 1).then(|| parts.join(" "));
            }
            scan.space();
        }
    }
    None
}

/// `40°42'N`, `40°42'46"N`
fn coordinates(text: &str) -> Option<String> {
    let mut scan = Scan::new(text);
    let degrees = Number::take_unsigned(&mut scan)?;
    if !scan.eat("°") {
        return None;
    }
    scan.space();
    let minutes = Number::take_unsigned(&mut scan)?;
    if !scan.eat("'") {
        return None;
    }
    scan.space();
    let mut spoken = format!("{} degrees {} minutes", degrees.say(false), minutes.say(false));
    if let Some(seconds) = Number::take_unsigned(&mut scan) {
        scan.eat("\"").then_some(())?;
        scan.space();
        spoken = format!("{spoken} {} seconds", seconds.say(false));
    }
    let side = match scan.rest() {
        "" => "",
        "N" => " north",
        "S" => " south",
        "E" => " east",
        "W" => " west",
        _ => return None,
    };
    Some(format!("{spoken}{side}"))
}

/// Words for times behind a slash.
const TIMES: &[(&str, &str)] = &[
    ("s", "second"),
    ("sec", "second"),
    ("min", "minute"),
    ("h", "hour"),
    ("hr", "hour"),
    ("hour", "hour"),
    ("d", "day"),
    ("day", "day"),
    ("night", "night"),
    ("wk", "week"),
    ("week", "week"),
    ("mo", "month"),
    ("month", "month"),
    ("yr", "year"),
    ("year", "year"),
];

/// Whether `word` is something that happens so often in a time: `req/s`, `runs/wk`.
pub(super) fn is_rate(word: &str) -> bool {
    word.trim_end_matches('.').split_once('/').is_some_and(|(what, time)| {
        what.len() < 16
            && !what.is_empty()
            && what.bytes().all(|byte| byte.is_ascii_lowercase())
            && TIMES.iter().any(|(known, _)| *known == time)
    })
}

/// `12,500 req/s`, `3x/day`
fn rate(text: &str, context: &Context<'_>) -> Option<String> {
    let mut scan = Scan::new(text);
    let number = Number::take(&mut scan)?;
    scan.space();
    let rest = scan.rest().trim_end_matches('.');
    let (what, time) = rest.split_once('/').filter(|_| is_rate(rest))?;
    let (_, time) = TIMES.iter().find(|(known, _)| *known == time)?;
    let what = match what {
        "x" if number.is_one() => "time",
        "x" => "times",
        "req" if number.is_one() => "request",
        "req" | "reqs" => "requests",
        "ops" | "op" => "operations",
        "msg" | "msgs" => "messages",
        "rev" | "revs" => "revolutions",
        other => other,
    };
    Some(format!("{} {what} per {time}", number.say(context.british)))
}

/// The number before a unit, or two numbers with a hyphen, "to" or "x" between them.
fn quantity(scan: &mut Scan<'_>, context: &Context<'_>) -> Option<Quantity> {
    let and = context.british;
    let mut ahead = *scan;
    if let Some(mixed) = fraction::take(&mut ahead) {
        *scan = ahead;
        // "1/4-1/2 tsp"
        let mut more = ahead;
        if more.eat_any(&["-", " - "]).is_some()
            && let Some(most) = fraction::take(&mut more)
        {
            *scan = more;
            return Some(Quantity {
                spoken: format!("{} to {}", mixed.say(and), most.say(and)),
                one: most.whole.is_none(),
            });
        }
        return Some(Quantity {
            spoken: mixed.say(and),
            one: mixed.whole.is_none(),
        });
    }
    let number = Number::take(&mut ahead)?;
    let mut quantity = Quantity {
        spoken: number.say(and),
        one: number.is_one() && number.fraction.is_none(),
    };
    *scan = ahead;
    for (sign, word) in [
        (" - ", " to "),
        ("-", " to "),
        (" x ", " by "),
        ("x", " by "),
        ("×", " by "),
        (" × ", " by "),
        ("±", " plus or minus "),
        (" ± ", " plus or minus "),
    ] {
        let mut more = ahead;
        if more.eat(sign)
            && let Some(next) = Number::take_unsigned(&mut more)
        {
            quantity = Quantity {
                spoken: format!("{}{word}{}", quantity.spoken, next.say(and)),
                one: false,
            };
            *scan = more;
            // "10 x 20 x 30 cm"
            let mut third = more;
            if word == " by "
                && third.eat(sign)
                && let Some(next) = Number::take_unsigned(&mut third)
            {
                quantity.spoken = format!("{} by {}", quantity.spoken, next.say(and));
                *scan = third;
            }
            break;
        }
    }
    Some(quantity)
}

fn plain(text: &str, context: &Context<'_>) -> Option<String> {
    let mut scan = Scan::new(text);
    let about = scan.eat("~");
    let mut quantity = quantity(&mut scan, context)?;
    let mut ahead = scan;
    ahead.space();
    let word = ahead.letters();
    if let Some(name) = scale(word, false) {
        quantity.spoken = format!("{} {name}", quantity.spoken);
        quantity.one = false;
        scan = ahead;
    }
    // "12/kg"
    if let Some(below) = scan.rest().strip_prefix('/') {
        let below = units::per(below)?;
        return Some(format!("{} per {below}", quantity.spoken));
    }
    let hyphen = scan.eat("-");
    let spaced = !hyphen && scan.space();
    let sign = units::take_sign(&mut scan);
    let name = sign_of(sign, spaced, context, text)?;
    if name.word && !hyphen {
        return None;
    }
    if !name.length {
        quantity.spoken = quantity.spoken.replace(" by ", " times ");
    }
    let singular = quantity.one || hyphen || context.describes_noun() || context.describes_noun_with(&name);
    let unit = if name.word {
        sign.to_lowercase()
    } else if singular {
        name.one
    } else {
        name.many
    };
    Some(format!(
        "{}{} {unit}",
        if about { "about " } else { "" },
        quantity.spoken
    ))
}

/// Reads the unit after a number. Letters with several meanings need more than a match in the table.
fn sign_of(sign: &str, spaced: bool, context: &Context<'_>, text: &str) -> Option<Name> {
    let decimal = text.contains('.') && !text.ends_with('.');
    match sign {
        // "4s" is a name, "30s" a decade, "2.5s" and "5 s" seconds.
        "s" if !spaced && !decimal && !waits(context) => return None,
        // "5m users"
        "m" if counted(context) => {
            return Some(Name::invariable("million"));
        }
        "in" if !(spaced && (context.right.is_empty() || context.broken || decimal || text.contains('x')))
            && !context.describes_noun()
            && !matches!(
                context.right.as_str(),
                "wide" | "long" | "high" | "tall" | "deep" | "thick" | "by"
            ) =>
        {
            return None;
        }
        "mo" | "ha" | "ct" | "min." | "M" if spaced && context.right == "of" => {}
        "d" if !spaced => return None,
        "x" | "X" => return None,
        "K" if spaced && is_temperature(context) => return Some(Name::invariable("kelvin")),
        _ => {}
    }
    // "5 A" and "3 F" are names; "5A" a room.
    units::unit(sign)
}

/// Returns true if `273 K` is a temperature. Before a noun and after an article the letter means thousands.
fn is_temperature(context: &Context<'_>) -> bool {
    let noun = context.counts_noun()
        || matches!(
            context.right.as_str(),
            "run" | "race" | "resolution" | "video" | "a" | "per" | "salary"
        );
    !noun && !matches!(context.left.as_str(), "" | "a" | "an" | "the" | "another" | "this")
}

/// `45-y/o`, `45yo`
fn age(text: &str) -> Option<String> {
    let number = ["-y/o", "y/o", "-yo", "yo"]
        .iter()
        .find_map(|end| text.strip_suffix(end))?;
    let digits = (1..=3).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| format!("{} year old", super::number::cardinal(number, false)))
}

/// `2x faster`, `3x daily`, `23x platinum`: without such a word the letter is read.
fn multiple(text: &str, context: &Context<'_>) -> Option<String> {
    let number = Number::parse(text.strip_suffix(['x', 'X', '×'])?)?;
    let compared = !context.broken && context.precedes_compared();
    let times = if number.is_one() { "time" } else { "times" };
    compared.then(|| format!("{} {times}", number.say(context.british)))
}

fn waits(context: &Context<'_>) -> bool {
    matches!(
        context.left.as_str(),
        "for"
            | "after"
            | "takes"
            | "took"
            | "within"
            | "every"
            | "wait"
            | "waited"
            | "waits"
            | "about"
            | "under"
            | "over"
            | "timeout"
            | "than"
            | "lasted"
    )
}

fn counted(context: &Context<'_>) -> bool {
    !context.broken
        && matches!(
            context.right.as_str(),
            "people"
                | "users"
                | "views"
                | "dollars"
                | "euros"
                | "pounds"
                | "followers"
                | "subscribers"
                | "downloads"
                | "units"
                | "copies"
                | "customers"
                | "records"
                | "rows"
                | "tokens"
                | "parameters"
                | "members"
                | "visitors"
                | "copies,"
                | "shares"
                | "jobs"
                | "homes"
                | "barrels"
        )
}

/// `9×10^16 J`, `5×10^9/L`
fn scientific(text: &str) -> Option<String> {
    if let Some((number, below)) = text.rsplit_once('/').filter(|(number, _)| number.contains("10^")) {
        let number = super::math::scientific(number)?;
        return Some(format!("{} per {}", number.spoken, units::per(below)?));
    }
    let (number, sign) = text.rsplit_once(' ')?;
    let number = number.contains("10^").then(|| super::math::scientific(number))??;
    let unit = units::unit(sign).or_else(|| units::behind_power(sign))?;
    Some(format!("{} {}", number.spoken, unit.many))
}

/// `50%-60%`, `5 km - 10 km`, `350°F/180°C`
fn both_with_units(text: &str, context: &Context<'_>) -> Option<String> {
    for (separator, word) in [
        (" - ", "to"),
        ("-", "to"),
        ("/", "or"),
        (" / ", "or"),
        (" x ", "by"),
        ("x", "by"),
    ] {
        let Some((first, last)) = text.split_once(separator) else {
            continue;
        };
        let clear = |part: &str| {
            part.ends_with(['%', 'C', 'F', '°', 'V']) || part.chars().filter(|c| c.is_alphabetic()).count() > 1
        };
        if separator == "/" && !(clear(first) && clear(last)) {
            continue;
        }
        let none = Context::default();
        let one = |text, context: &Context<'_>| feet_and_inches(text, context).or_else(|| plain(text, context));
        if let (Some(first), Some(last)) = (
            one(first, if word == "by" { context } else { &none }),
            one(last, context),
        ) {
            return Some(format!("{first} {word} {last}"));
        }
    }
    None
}
