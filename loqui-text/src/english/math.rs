//! Formulas, ratios, ranges and dimensions of plain numbers.

use super::context::{Context, Reading};
use super::number::{Number, cardinal, in_pairs, one_by_one, ordinal};
use super::scan::Scan;
use crate::Class;

/// Words behind or in front of the result of a match.
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
    formula(text).map(|spoken| Reading::new(Class::Math, spoken))
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
    Some(Reading::new(Class::Range, format!("{about}{from} to {to}")).because("the second number is the greater one"))
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

/// `23:4`, `3:16-18` behind the name of a book.
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

/// Operands are numbers and single letters; between them stand operators.
fn formula(text: &str) -> Option<String> {
    if text.len() > 200 {
        return None;
    }
    let mut spoken: Vec<String> = Vec::new();
    let mut scan = Scan::new(text);
    let mut operators = 0;
    let mut operands = 0;
    let mut wants_operand = true;
    let has_equals = text.contains(['=', '≈', '≠', '≤', '≥']);
    while !scan.is_done() {
        if scan.space() {
            continue;
        }
        let c = scan.peek()?;
        if wants_operand {
            if scan.eat("(") {
                spoken.push("open bracket".to_owned());
                continue;
            }
            if scan.eat("√") {
                spoken.push("the square root of".to_owned());
                operators += 1;
                continue;
            }
            if c == '-' || c == '±' || c == '+' {
                scan.eat_any(&["-", "±", "+"]);
                spoken.push(
                    if c == '-' {
                        "minus"
                    } else if c == '+' {
                        "plus"
                    } else {
                        "plus or minus"
                    }
                    .to_owned(),
                );
                continue;
            }
            if let Some(number) = Number::take_unsigned(&mut scan) {
                spoken.push(number.say(false));
                if scan.peek().is_some_and(char::is_alphabetic) {
                    let letters = scan.letters();
                    if letters.chars().count() > 1 + usize::from(has_equals) {
                        return None;
                    }
                    spoken.extend(letters.chars().map(String::from));
                }
            } else {
                let letters = scan.letters();
                let length = letters.chars().count();
                let function = matches!(letters, "sin" | "cos" | "tan" | "log" | "ln" | "exp" | "mc");
                if length == 0
                    || length > 1
                        && !function
                        && !(has_equals && length == 2 && letters.chars().all(char::is_lowercase))
                {
                    return None;
                }
                if length > 1 && !function || letters == "mc" {
                    spoken.extend(letters.chars().map(String::from));
                } else {
                    spoken.push(letters.to_owned());
                }
                if function && letters != "mc" {
                    scan.eat("(");
                    continue;
                }
            }
            operands += 1;
            wants_operand = false;
            if scan.eat("^") {
                let exponent = scan.rest();
                let power = scan.run(|c| c.is_ascii_digit() || c == '-' || c == 'n');
                spoken.push(match power {
                    "" => return None,
                    "2" => "squared".to_owned(),
                    "3" => "cubed".to_owned(),
                    "n" => "to the n".to_owned(),
                    _ if exponent.starts_with('-') => format!("to the power of minus {}", cardinal(&power[1..], false)),
                    _ => format!("to the power of {}", cardinal(power, false)),
                });
                operators += 1;
            }
            if scan.eat(")") {
                spoken.push("close bracket".to_owned());
            }
            if scan.eat("%") {
                spoken.push("percent".to_owned());
            }
            continue;
        }
        let operator = [
            ("<=", "is at most"),
            (">=", "is at least"),
            ("!=", "is not equal to"),
            ("==", "equals"),
            ("=", "equals"),
            ("≈", "is about"),
            ("≠", "is not equal to"),
            ("≤", "is at most"),
            ("≥", "is at least"),
            ("<", "is less than"),
            (">", "is greater than"),
            ("+", "plus"),
            ("-", "minus"),
            ("×", "times"),
            ("·", "times"),
            ("*", "times"),
            ("÷", "divided by"),
            ("/", "over"),
            ("±", "plus or minus"),
            ("x ", "times"),
        ]
        .into_iter()
        .find(|(sign, _)| scan.eat(sign))?;
        spoken.push(operator.1.to_owned());
        operators += 1;
        wants_operand = true;
    }
    // One operand and a hyphen or a slash are names: "f-1", "1/f", "a-b".
    let clear = has_equals || text.contains(['+', '×', '÷', '<', '>', '±', '√', '^', '·']);
    (!wants_operand && operators > 0 && clear && (operands > 1 || text.contains(['√', '^']))).then(|| spoken.join(" "))
}

/// Reads digits that the words around make an identifier.
pub(super) fn century(text: &str) -> Option<String> {
    let digits = text.strip_suffix('c')?;
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| ordinal(digits, false))
}

/// Reads digits one by one.
pub(super) fn digits(text: &str) -> String {
    one_by_one(text)
}
