//! Fractions.

use super::context::{Context, Reading};
use super::number::{Number, cardinal, ordinal, plural};
use super::scan::Scan;
use crate::Class;

/// A fraction, with the whole number before it.
pub(super) struct Fraction<'a> {
    pub(super) whole: Option<&'a str>,
    negative: bool,
    above: &'a str,
    below: &'a str,
}

/// Reads the fraction that comes next: `1/2`, `2 1/2`, `1/4th`.
pub(super) fn take<'a>(scan: &mut Scan<'a>) -> Option<Fraction<'a>> {
    let mut ahead = *scan;
    let negative = ahead.eat("-");
    let mut whole = None;
    let mut above = ahead.digits();
    if ahead.space() || !above.is_empty() && ahead.rest().len() > 3 && ahead.eat("-") {
        whole = Some(above);
        above = ahead.digits();
    } else if ahead.rest().starts_with(" / ") {
        ahead.space();
    }
    let slash = ahead.eat("/") || whole.is_none() && ahead.eat(" / ");
    let below = ahead.digits();
    let fits = |digits: &str| (1..=9).contains(&digits.len());
    if !slash || !fits(above) || !fits(below) || whole.is_some_and(|whole| !fits(whole)) {
        return None;
    }
    if below.bytes().all(|digit| digit == b'0') || ahead.peek().is_some_and(|c| matches!(c, '/' | '.' | ',')) {
        return None;
    }
    *scan = ahead;
    Some(Fraction {
        whole,
        negative,
        above,
        below,
    })
}

impl Fraction<'_> {
    /// Returns true if it is less than one and has no whole number before it.
    pub(super) fn is_proper(&self) -> bool {
        let value = |digits: &str| digits.parse::<u64>().unwrap_or_default();
        self.whole.is_none() && !self.negative && value(self.above) < value(self.below)
    }

    pub(super) fn say(&self, and: bool) -> String {
        let above = cardinal(self.above, and);
        let one = self.above.trim_start_matches('0') == "1";
        let below = match (self.below.trim_start_matches('0'), one) {
            ("1", _) => "over one".to_owned(),
            ("2", true) => "half".to_owned(),
            ("2", false) => "halves".to_owned(),
            ("4", true) => "quarter".to_owned(),
            ("4", false) => "quarters".to_owned(),
            ("100", true) => "hundredth".to_owned(),
            ("100", false) => "hundredths".to_owned(),
            ("1000", true) => "thousandth".to_owned(),
            ("1000", false) => "thousandths".to_owned(),
            (digits, true) => ordinal(digits, and),
            (digits, false) => plural(&ordinal(digits, and)),
        };
        let minus = if self.negative { "minus " } else { "" };
        match self.whole {
            None => format!("{minus}{above} {below}"),
            Some(whole) if one && matches!(below.as_str(), "half" | "quarter") => {
                format!("{minus}{} and a {below}", cardinal(whole, and))
            }
            Some(whole) => format!("{minus}{} and {above} {below}", cardinal(whole, and)),
        }
    }
}

/// Pairs with a slash that are spoken as two numbers.
const SAID_AS_TWO: [(&str, &str); 5] = [
    ("24/7", "twenty-four seven"),
    ("9/11", "nine eleven"),
    ("7/7", "seven seven"),
    ("50/50", "fifty fifty"),
    ("20/20", "twenty twenty"),
];

/// Whether two numbers with a slash are a set phrase, such as `24/7`.
pub(super) fn is_set_phrase(text: &str) -> bool {
    SAID_AS_TWO.iter().any(|(known, _)| *known == text)
}

/// Reads a fraction that fills `text`.
pub(super) fn read(text: &str, context: &Context<'_>) -> Option<Reading> {
    if let Some((_, spoken)) = SAID_AS_TWO.iter().find(|(known, _)| *known == text) {
        return Some(Reading::new(Class::Plain, *spoken).because("a set phrase"));
    }
    if let Some((a, b)) = text.split_once('/')
        && let (Ok(a), Ok(b)) = (a.parse::<u64>(), b.parse::<u64>())
    {
        let say = |number: u64| cardinal(&number.to_string(), context.british);
        if a + b == 100 && a >= b {
            return Some(
                Reading::new(Class::Range, format!("{} {}", say(a), say(b))).because("the parts of a hundred"),
            );
        }
        let rates = |word: &str| {
            let word = word.trim_end_matches(':');
            matches!(
                word,
                "rating" | "rated" | "rate" | "score" | "scored" | "scores" | "grade" | "mark" | "pain"
            )
        };
        let linked = matches!(context.left.as_str(), "is" | "was" | "of" | "at" | "a") && rates(&context.before_that);
        let rated = rates(&context.left) || linked;
        if rated && a <= b && matches!(b, 5 | 6 | 10 | 20 | 100) {
            let spoken = format!("{} out of {}", say(a), say(b));
            return Some(Reading::new(Class::Range, spoken).because("a rating"));
        }
        let pressure = (80..=220).contains(&a) && (40..=130).contains(&b) && a > b;
        if pressure || matches!(context.left.as_str(), "bp" | "pressure") {
            let spoken = format!("{} over {}", super::number::in_pairs(&a.to_string()), say(b));
            return Some(Reading::new(Class::Measure, spoken).because("a blood pressure"));
        }
    }
    let squeezed = text.replace(" / ", "/");
    let mut scan = Scan::new(&squeezed);
    let fraction = take(&mut scan)?;
    let suffix = scan.letters();
    let is_suffix = |word: &str| {
        ["st", "nd", "rd", "th", "ths", "rds"]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(word))
    };
    if !scan.is_done() || !(suffix.is_empty() || is_suffix(suffix)) {
        return None;
    }
    Some(Reading::new(Class::Fraction, fraction.say(context.british)))
}

/// Reads a number that fills `text`: `1,250`, `-2`, `3.14`, `100 million`, `5+`, `~50`.
pub(super) fn number(text: &str, context: &Context<'_>) -> Option<Reading> {
    let mut scan = Scan::new(text);
    let about = scan.eat("~");
    if about {
        scan.space();
    }
    let number = Number::take(&mut scan)?;
    let mut spoken = number.say(context.british);
    let mut class = if number.fraction.is_some() {
        Class::Decimal
    } else {
        Class::Cardinal
    };
    if scan.eat("+") && scan.is_done() {
        spoken.push_str(" plus");
    } else if !scan.is_done() {
        let hyphen = scan.eat("-");
        if !hyphen {
            scan.space();
        }
        let word = scan.letters();
        let decimal = number.fraction.is_some() && text.ends_with(word) && !text.contains(' ');
        let short = match word {
            "k" | "K" if !hyphen && decimal => Some("thousand"),
            "M" if !hyphen && decimal => Some("million"),
            "B" if !hyphen && decimal => Some("billion"),
            "k" | "K" if !hyphen && context.counts_noun() => Some("thousand"),
            "M" if !hyphen && context.counts_noun() => Some("million"),
            "B" if !hyphen && context.counts_noun() => Some("billion"),
            _ => None,
        };
        let name = super::money::scale(word, false).or(short)?;
        spoken = format!("{spoken} {name}");
        class = Class::Decimal;
        let plus = scan.eat("+");
        if plus {
            spoken.push_str(" plus");
        }
        if !scan.is_done() {
            return None;
        }
    }
    Some(Reading::new(
        class,
        if about { format!("about {spoken}") } else { spoken },
    ))
}

/// Reads an ordinal that fills `text`: `3rd`, `1,000th`.
pub(super) fn ordinal_number(text: &str, context: &Context<'_>) -> Option<Reading> {
    let mut scan = Scan::new(text);
    let number = Number::take_unsigned(&mut scan)?;
    let suffix = scan.rest().trim_start_matches('^').to_ascii_lowercase();
    if number.fraction.is_some() || number.whole.len() > 15 {
        return None;
    }
    let digits = number.whole.as_bytes();
    let teen = digits.len() > 1 && digits[digits.len() - 2] == b'1';
    let right = match (digits.last()?, teen) {
        (b'1', false) => "st",
        (b'2', false) => "nd",
        (b'3', false) => "rd",
        _ => "th",
    };
    (suffix == right).then(|| Reading::new(Class::Ordinal, ordinal(&number.whole, context.british)))
}
