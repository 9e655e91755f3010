//! Formulas, ratios, ranges and dimensions of plain numbers.

use super::context::{Context, Reading};
use super::formula;
use super::number::{Number, cardinal, in_pairs};
use super::scan::Scan;
use crate::Class;

/// Words before or after the result of a match.
const SCORES: [&str; 26] = [
    "won", "win", "wins", "lost", "lose", "loses", "beat", "beaten", "score", "scored", "draw", "drew", "tied", "tie",
    "defeat", "defeated", "led", "lead", "leads", "leading", "trailed", "trailing", "victory", "final", "vote",
    "voted",
];

/// Reads a formula that fills `text`.
pub(super) fn read(text: &str, context: &Context<'_>) -> Option<Reading> {
    if let Some(reading) = range(text, context)
        .or_else(|| dimension(text))
        .or_else(|| verse(text, context))
        .or_else(|| ratio(text))
        .or_else(|| scientific(text))
    {
        return Some(reading);
    }
    formula::read(text).map(|spoken| Reading::new(Class::Math, spoken))
}

/// `2-5`, `10 - 20`, `1,000-2,000`
fn range(text: &str, context: &Context<'_>) -> Option<Reading> {
    let mut scan = Scan::new(text);
    let about = scan.eat("~");
    let first = Number::take_unsigned(&mut scan)?;
    scan.eat_any(&[" - ", "-"])?;
    let last = Number::take_unsigned(&mut scan)?;
    if !scan.is_done() {
        return None;
    }
    let say = |number: &Number| number.say(context.british);
    let value = |number: &Number| {
        format!("{}.{}", number.whole, number.fraction.as_deref().unwrap_or("0"))
            .parse::<f64>()
            .unwrap_or_default()
    };
    let scored = [&context.left, &context.before_that, &context.right]
        .iter()
        .any(|word| SCORES.contains(&word.as_str()));
    let small = first.is_bare() && last.is_bare() && first.whole.len() <= 3 && last.whole.len() <= 3;
    if scored && small {
        return Some(
            Reading::new(Class::Range, format!("{} {}", say(&first), say(&last)))
                .because("the result of a match is said without \"to\""),
        );
    }
    let padded = |number: &Number| number.whole.len() > 1 && number.whole.starts_with('0') && number.fraction.is_none();
    if padded(&first) || padded(&last) || first.whole.len() >= super::number::IDENTIFIER_DIGITS {
        return None;
    }
    let spoken_as_hours = first.whole == "9" && last.whole == "5";
    if value(&last) <= value(&first) && !spoken_as_hours {
        return None;
    }
    let about = if about { "about " } else { "" };
    let (from, to) = (say(&first), say(&last));
    Some(Reading::new(Class::Range, format!("{about}{from} to {to}")).because("the second number is greater"))
}

/// `1920x1080`, `3×4`, `2 x 4`
fn dimension(text: &str) -> Option<Reading> {
    let mut scan = Scan::new(text);
    let mut numbers = vec![Number::take_unsigned(&mut scan)?];
    let mut word = "by";
    while !scan.is_done() && numbers.len() < 4 {
        word = match scan.eat_any(&[" x ", "x", " X ", "X", " × ", "×", "*", " * "])? {
            "x" | "X" if text.len() <= 4 => "x",
            "×" | " × " if numbers[0].whole.len() < 3 => "times",
            "*" => "asterisk",
            " * " => "times",
            _ => "by",
        };
        numbers.push(Number::take_unsigned(&mut scan)?);
    }
    if !scan.is_done() || numbers.len() < 2 {
        return None;
    }
    let words: Vec<String> = numbers
        .iter()
        .map(|number| {
            if word == "by" && number.is_bare() && number.whole.len() == 4 {
                in_pairs(&number.whole)
            } else {
                number.say(false)
            }
        })
        .collect();
    Some(Reading::new(Class::Math, words.join(&format!(" {word} "))))
}

/// Books that are cited by chapter and verse.
const BOOKS: &[&str] = &[
    "genesis",
    "exodus",
    "leviticus",
    "numbers",
    "deuteronomy",
    "joshua",
    "judges",
    "ruth",
    "samuel",
    "kings",
    "chronicles",
    "ezra",
    "nehemiah",
    "esther",
    "job",
    "psalm",
    "psalms",
    "proverbs",
    "ecclesiastes",
    "isaiah",
    "jeremiah",
    "ezekiel",
    "daniel",
    "hosea",
    "joel",
    "amos",
    "jonah",
    "micah",
    "matthew",
    "mark",
    "luke",
    "john",
    "acts",
    "romans",
    "corinthians",
    "galatians",
    "ephesians",
    "philippians",
    "colossians",
    "thessalonians",
    "timothy",
    "titus",
    "hebrews",
    "peter",
    "revelation",
    "quran",
    "surah",
    "matt",
    "gen",
    "cor",
    "rev",
    "ps",
];

/// `23:4`, `3:16-18` after the name of a book.
fn verse(text: &str, context: &Context<'_>) -> Option<Reading> {
    if !BOOKS.contains(&context.left.trim_end_matches('.')) {
        return None;
    }
    let mut scan = Scan::new(text);
    let chapter = Number::take_unsigned(&mut scan)?;
    scan.eat(":").then_some(())?;
    let verse = Number::take_unsigned(&mut scan)?;
    let mut spoken = format!("{} {}", chapter.say(false), verse.say(false));
    if scan.eat("-") {
        spoken = format!("{spoken} to {}", Number::take_unsigned(&mut scan)?.say(false));
    }
    scan.is_done()
        .then(|| Reading::new(Class::Range, spoken).because("books are cited by chapter and verse"))
}

/// `16:9`, `2:1`, `1:1,000`
fn ratio(text: &str) -> Option<Reading> {
    let mut scan = Scan::new(text);
    let mut words = vec![Number::take_unsigned(&mut scan)?.say(false)];
    while scan.eat(":") {
        words.push(Number::take_unsigned(&mut scan)?.say(false));
    }
    (scan.is_done() && (2..=4).contains(&words.len())).then(|| Reading::new(Class::Math, words.join(" to ")))
}

/// `6.02×10^23`, `10^-7`, `1.5e10`, `x^2`
pub(super) fn scientific(text: &str) -> Option<Reading> {
    let mut scan = Scan::new(text);
    let number = Number::take(&mut scan)?;
    let mut spoken = number.say(false);
    if scan.eat_any(&["e", "E"]).is_some() {
        let exponent = Number::take(&mut scan)?;
        if exponent.fraction.is_some() || !scan.is_done() || number.fraction.is_none() && exponent.sign.is_none() {
            return None;
        }
        spoken = format!("{spoken} times ten to the {}", exponent_word(&exponent));
    } else {
        if scan.eat_any(&[" × ", "×", " x ", "x", "*", "·"]).is_some() {
            scan.eat("10").then_some(())?;
            spoken = format!("{spoken} times ten");
        }
        scan.eat("^").then_some(())?;
        let bracket = scan.eat("(");
        let exponent = Number::take(&mut scan)?;
        if bracket {
            scan.eat(")").then_some(())?;
        }
        if !scan.is_done() {
            return None;
        }
        spoken = match (exponent.sign, exponent.whole.as_str(), spoken.ends_with("times ten")) {
            (None, "2", false) => format!("{spoken} squared"),
            (None, "3", false) => format!("{spoken} cubed"),
            _ => format!("{spoken} to the {}", exponent_word(&exponent)),
        };
    }
    Some(Reading::new(Class::Math, spoken))
}

fn exponent_word(exponent: &Number) -> String {
    match exponent.sign {
        Some('-') => format!("power of minus {}", cardinal(&exponent.whole, false)),
        _ => format!("power of {}", cardinal(&exponent.whole, false)),
    }
}
