//! Numbers: parsed from digits, written in words.

use super::scan::Scan;

const SMALL: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] = [
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];
/// Names of the powers of a thousand.
const SCALES: [&str; 12] = [
    "",
    "thousand",
    "million",
    "billion",
    "trillion",
    "quadrillion",
    "quintillion",
    "sextillion",
    "septillion",
    "octillion",
    "nonillion",
    "decillion",
];
/// Irregular ordinals, which are not the number with "th" appended.
const IRREGULAR: [(&str, &str); 8] = [
    ("one", "first"),
    ("two", "second"),
    ("three", "third"),
    ("five", "fifth"),
    ("eight", "eighth"),
    ("nine", "ninth"),
    ("twelve", "twelfth"),
    ("ty", "tieth"),
];
/// Numbers of this many digits without separators are identifiers, not quantities.
pub(super) const IDENTIFIER_DIGITS: usize = 10;

/// Returns true if `word` is a number below twenty.
pub(super) fn is_small_word(word: &str) -> bool {
    SMALL[1..].contains(&word)
}

/// The grouping of the digits of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grouping {
    /// `1234567`
    None,
    /// `1,234,567` or `1 234 567`
    Thousands,
    /// `12,34,567`, as in India.
    Lakhs,
}

/// A number as it is written in digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Number {
    pub(super) sign: Option<char>,
    /// Digits before the point, without separators. Empty in `.5`.
    pub(super) whole: String,
    /// The digits after the point.
    pub(super) fraction: Option<String>,
    pub(super) grouping: Grouping,
}

impl Number {
    /// Reads a number that fills `text`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut scan = Scan::new(text);
        let number = Self::take(&mut scan)?;
        scan.is_done().then_some(number)
    }

    /// Reads the number that comes next, with its sign.
    pub(super) fn take(scan: &mut Scan<'_>) -> Option<Self> {
        let mut ahead = *scan;
        let sign = ahead.eat_any(&["-", "+", "±"]).and_then(|sign| sign.chars().next());
        let mut number = Self::take_unsigned(&mut ahead)?;
        number.sign = sign;
        *scan = ahead;
        Some(number)
    }

    /// Reads the next number. Separators must be at valid positions: `1,23` is not a number.
    pub(super) fn take_unsigned(scan: &mut Scan<'_>) -> Option<Self> {
        let mut ahead = *scan;
        let first = ahead.digits();
        let mut whole = first.to_owned();
        let mut grouping = Grouping::None;
        if (1..=3).contains(&first.len()) {
            for separator in [",", "\u{2009}", "'", " "] {
                let mut groups = ahead;
                let mut parts: Vec<&str> = Vec::new();
                loop {
                    let mut next = groups;
                    let part = if next.eat(separator) { next.digits() } else { "" };
                    if part.is_empty() {
                        break;
                    }
                    groups = next;
                    parts.push(part);
                    if !(2..=3).contains(&part.len()) {
                        break;
                    }
                }
                let Some((last, middle)) = parts.split_last() else {
                    continue;
                };
                // An ordinary space joins groups only if they cannot be two numbers.
                if separator == " " && middle.is_empty() && *last != "000" {
                    continue;
                }
                if last.len() == 3 && middle.iter().all(|part| part.len() == 3) {
                    grouping = Grouping::Thousands;
                } else if separator == ","
                    && last.len() == 3
                    && first.len() <= 2
                    && middle.iter().all(|part| part.len() == 2)
                {
                    grouping = Grouping::Lakhs;
                } else {
                    continue;
                }
                whole.extend(parts);
                ahead = groups;
                break;
            }
        }
        let mut fraction = None;
        let mut point = ahead;
        if point.eat(".") {
            let digits = point.digits();
            if !digits.is_empty() {
                fraction = Some(digits.to_owned());
                ahead = point;
            }
        }
        if whole.is_empty() && fraction.is_none() {
            return None;
        }
        *scan = ahead;
        Some(Self {
            sign: None,
            whole,
            fraction,
            grouping,
        })
    }

    /// Returns true if a unit after this number is in the singular.
    pub(super) fn is_one(&self) -> bool {
        self.whole.trim_start_matches('0') == "1"
            && self
                .fraction
                .as_deref()
                .is_none_or(|digits| digits.bytes().all(|digit| digit == b'0'))
    }

    /// Returns true if this has digits only: no sign, no separators, no point.
    pub(super) fn is_bare(&self) -> bool {
        self.sign.is_none() && self.fraction.is_none() && self.grouping == Grouping::None
    }

    /// The number in words, as a quantity.
    pub(super) fn say(&self, and: bool) -> String {
        let mut spoken = String::new();
        spoken.push_str(match self.sign {
            Some('-') => "minus ",
            Some('+') => "plus ",
            Some('±') => "plus or minus ",
            _ => "",
        });
        let ungrouped = self.grouping == Grouping::None;
        if !self.whole.is_empty() {
            let leading_zero = self.whole.len() > 1 && self.whole.starts_with('0');
            let round = self.whole.ends_with("000");
            if self.grouping == Grouping::Lakhs {
                spoken.push_str(&lakhs(&self.whole, and));
            } else if leading_zero || ungrouped && self.whole.len() >= IDENTIFIER_DIGITS && !round {
                spoken.push_str(&one_by_one(&self.whole));
            } else {
                spoken.push_str(&cardinal(&self.whole, and));
            }
        }
        if let Some(digits) = &self.fraction {
            if !self.whole.is_empty() {
                spoken.push(' ');
            }
            spoken.push_str("point ");
            spoken.push_str(&one_by_one(digits));
        }
        spoken
    }
}

/// Reads the digits one by one. Other characters are left out.
pub(super) fn one_by_one(digits: &str) -> String {
    let words: Vec<_> = digits
        .bytes()
        .filter(u8::is_ascii_digit)
        .map(|digit| SMALL[usize::from(digit - b'0')])
        .collect();
    words.join(" ")
}

/// A number below a thousand in words.
fn below_thousand(number: usize, and: bool, spoken: &mut String) {
    let (hundreds, rest) = (number / 100, number % 100);
    if hundreds > 0 {
        spoken.push_str(SMALL[hundreds]);
        spoken.push_str(" hundred");
        if rest > 0 {
            spoken.push_str(if and { " and " } else { " " });
        }
    }
    match rest {
        0 if hundreds > 0 => {}
        0..20 => spoken.push_str(SMALL[rest]),
        _ => {
            spoken.push_str(TENS[rest / 10]);
            if !rest.is_multiple_of(10) {
                spoken.push('-');
                spoken.push_str(SMALL[rest % 10]);
            }
        }
    }
}

/// A whole number in words. Numbers beyond the names are read digit by digit. `and` adds "and" after the hundreds.
pub(super) fn cardinal(digits: &str, and: bool) -> String {
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        return SMALL[0].to_owned();
    }
    if digits.len() > SCALES.len() * 3 {
        return one_by_one(digits);
    }
    let mut spoken = String::new();
    let mut rest = digits;
    while !rest.is_empty() {
        let (group, tail) = rest.split_at((rest.len() - 1) % 3 + 1);
        rest = tail;
        let value: usize = group.parse().unwrap_or_default();
        if value == 0 {
            continue;
        }
        if !spoken.is_empty() {
            spoken.push_str(if and && tail.is_empty() && value < 100 {
                " and "
            } else {
                " "
            });
        }
        below_thousand(value, and, &mut spoken);
        let scale = SCALES[tail.len() / 3];
        if !scale.is_empty() {
            spoken.push(' ');
            spoken.push_str(scale);
        }
    }
    spoken
}

/// A small whole number in words.
pub(super) fn small(number: u64) -> String {
    cardinal(&number.to_string(), false)
}

/// Indian grouping: crores and lakhs.
fn lakhs(digits: &str, and: bool) -> String {
    let mut parts = Vec::new();
    let (rest, below) = digits.split_at(digits.len().saturating_sub(5));
    let (crores, lakhs) = rest.split_at(rest.len().saturating_sub(2));
    let worth = |digits: &str| digits.bytes().any(|digit| digit != b'0');
    if worth(crores) {
        parts.push(format!("{} crore", cardinal(crores, and)));
    }
    if worth(lakhs) {
        parts.push(format!("{} lakh", cardinal(lakhs, and)));
    }
    if worth(below) {
        parts.push(cardinal(below, and));
    }
    parts.join(" ")
}

/// The ordinal of a cardinal in words.
pub(super) fn ordinal_of(cardinal: &str) -> String {
    for (ending, irregular) in IRREGULAR {
        if let Some(stem) = cardinal.strip_suffix(ending) {
            return format!("{stem}{irregular}");
        }
    }
    format!("{cardinal}th")
}

/// An ordinal in words.
pub(super) fn ordinal(digits: &str, and: bool) -> String {
    ordinal_of(&cardinal(digits, and))
}

/// The plural of a number word: "eighties", "sixths", "hundreds".
pub(super) fn plural(word: &str) -> String {
    match word.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None if word.ends_with('x') => format!("{word}es"),
        None => format!("{word}s"),
    }
}

/// Two digits as in years and house numbers: "oh five", "twelve", "hundred".
fn pair(digits: &str) -> String {
    match digits.as_bytes() {
        [b'0', b'0'] => "hundred".to_owned(),
        [b'0', _] => format!("oh {}", one_by_one(&digits[1..])),
        _ => cardinal(digits, false),
    }
}

/// A year: "nineteen ninety-nine", "two thousand five", "ten sixty-six", "three forty".
pub(super) fn year(digits: &str) -> String {
    let digits = digits.trim_start_matches('0');
    match digits.len() {
        3 if &digits[1..] == "00" => cardinal(digits, false),
        3 => format!("{} {}", one_by_one(&digits[..1]), pair(&digits[1..])),
        4 if &digits[1..3] == "00" => cardinal(digits, false),
        4 => format!("{} {}", cardinal(&digits[..2], false), pair(&digits[2..])),
        _ => cardinal(digits, false),
    }
}

/// Years given by their last two digits: "ninety-eight", "oh five".
pub(super) fn short_year(digits: &str) -> String {
    match digits {
        "00" => "two thousand".to_owned(),
        _ => pair(digits),
    }
}

/// House, room and flight numbers: "seven zero eight", "one twenty-three", "fourteen twenty-eight".
pub(super) fn in_pairs(digits: &str) -> String {
    match (digits.len(), digits.as_bytes()) {
        (3, [b'1'..=b'9', b'0', b'0']) | (4, [b'1'..=b'9', b'0', b'0', b'0']) | (1 | 2, [b'1'..=b'9', ..]) => {
            cardinal(digits, false)
        }
        (3, [b'1'..=b'9', ..]) => format!("{} {}", one_by_one(&digits[..1]), pair(&digits[1..])),
        (4, [b'1'..=b'9', ..]) => format!("{} {}", cardinal(&digits[..2], false), pair(&digits[2..])),
        _ => one_by_one(digits),
    }
}

/// Numbers inside a name such as `C24`, `t2000` or `ab9453`. `apart` is true if no letter is next to the number.
pub(super) fn in_name(digits: &str, apart: bool) -> String {
    match (digits.len(), digits.as_bytes()) {
        (_, [b'0', _, ..]) => one_by_one(digits),
        (1 | 2, _) => cardinal(digits, false),
        (3 | 4, _) if apart || digits.ends_with("00") => cardinal(digits, false),
        (3, [_, b'1'..=b'9', b'0']) => in_pairs(digits),
        (5..=7, _) if digits.ends_with("000") => cardinal(digits, false),
        _ => one_by_one(digits),
    }
}
