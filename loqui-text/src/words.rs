//! Digits to words: quantities, ordinals, years, decades, decimals.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::{digits, pattern};

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
const SCALES: [(u64, &str); 5] = [
    (1_000_000_000_000, "trillion"),
    (1_000_000_000, "billion"),
    (1_000_000, "million"),
    (1_000, "thousand"),
    (100, "hundred"),
];
/// Ordinals that are not the number with "th" behind it.
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
/// Longer numbers are read digit by digit.
const LONGEST_NAMED: usize = 15;
/// Words on "s" that are not something counted: "in 1999 was".
const NOT_COUNTED: [&str; 9] = ["was", "is", "has", "does", "as", "us", "this", "its", "his"];

static ORDINAL: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(\d{1,3}(?:,\d{3})+|\d+)(?:st|nd|rd|th)\b"));
static DECADE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(['’]?)\b(\d\d|1[1-9]\d0|20\d0)['’]?s\b"));
static YEAR: LazyLock<Regex> = LazyLock::new(|| pattern(r"(^|[^\p{L}\d.,-])(1[1-9]\d\d|20\d\d)(\b)(\s+\p{Ll}+)?"));
static QUANTITY: LazyLock<Regex> = LazyLock::new(|| pattern(r"(-?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?"));

/// Writes every number in words.
///
/// ```
/// assert_eq!(loqui_text::in_words("In 1999, the 2nd of 1,250 was -3.05."),
///     "In nineteen ninety-nine, the second of one thousand two hundred fifty was minus three point zero five.");
/// ```
pub fn in_words(text: &str) -> String {
    let text = digits::rewrite(text);
    if !text.contains(|c: char| c.is_ascii_digit()) {
        return text;
    }
    let text = ORDINAL.replace_all(&text, |found: &Captures<'_>| {
        number(&found[1]).map_or_else(|| found[0].to_owned(), |number| ordinal(&cardinal(number)))
    });
    let text = DECADE.replace_all(&text, |found: &Captures<'_>| decade(&found[2], &found[0]));
    let text = YEAR.replace_all(&text, |found: &Captures<'_>| {
        let next = found.get(4).map_or("", |word| word.as_str());
        let word = next.trim();
        let counted = word.len() > 2 && word.ends_with('s') && !NOT_COUNTED.contains(&word);
        if counted
            || matches!(
                word,
                "percent" | "people" | "men" | "women" | "children" | "feet" | "of"
            )
        {
            return found[0].to_owned();
        }
        format!("{}{}{next}", &found[1], year(&found[2]))
    });
    let mut last = 0;
    let mut spoken = String::with_capacity(text.len() * 2);
    for found in QUANTITY.captures_iter(&text) {
        let place = found.get(0).map_or(last..last, |whole| whole.range());
        let before = text[..place.start].chars().next_back();
        let after = text[place.end..].chars().next();
        spoken.push_str(&text[last..place.start]);
        let minus = match (&found[1], before) {
            ("", _) => false,
            (_, Some(c)) if c.is_alphanumeric() => {
                // "COVID-19": a hyphen, which keeps its place.
                spoken.push('-');
                false
            }
            _ => true,
        };
        // "MP3", "B2B": apart from the letters.
        if found[1].is_empty() && before.is_some_and(char::is_alphabetic) {
            spoken.push(' ');
        }
        if minus {
            spoken.push_str("minus ");
        }
        spoken.push_str(&quantity(&found[2]));
        if let Some(fraction) = found.get(3) {
            spoken.push_str(" point ");
            spoken.push_str(&one_by_one(&fraction.as_str()[1..]));
        }
        if after.is_some_and(char::is_alphabetic) {
            spoken.push(' ');
        }
        last = place.end;
    }
    spoken.push_str(&text[last..]);
    spoken
}

fn quantity(written: &str) -> String {
    let plain = written.replace(',', "");
    match number(written) {
        Some(number) if plain.len() == 1 || !plain.starts_with('0') => cardinal(number),
        _ => one_by_one(&plain),
    }
}

/// One digit after the other.
fn one_by_one(written: &str) -> String {
    let words: Vec<_> = written.bytes().map(|digit| SMALL[usize::from(digit - b'0')]).collect();
    words.join(" ")
}

fn number(written: &str) -> Option<u64> {
    let plain = written.replace(',', "");
    (plain.len() <= LONGEST_NAMED).then(|| plain.parse().ok()).flatten()
}

fn cardinal(number: u64) -> String {
    if number < 20 {
        return SMALL[number as usize].to_owned();
    }
    if number < 100 {
        let (ten, one) = (TENS[number as usize / 10], number % 10);
        return if one == 0 {
            ten.to_owned()
        } else {
            format!("{ten}-{}", SMALL[one as usize])
        };
    }
    let (scale, name) = SCALES
        .iter()
        .find(|(scale, _)| number >= *scale)
        .expect("a hundred is the smallest scale");
    let rest = number % scale;
    let head = format!("{} {name}", cardinal(number / scale));
    if rest == 0 {
        head
    } else {
        format!("{head} {}", cardinal(rest))
    }
}

fn ordinal(cardinal: &str) -> String {
    for (ending, irregular) in IRREGULAR {
        if let Some(stem) = cardinal.strip_suffix(ending) {
            return format!("{stem}{irregular}");
        }
    }
    format!("{cardinal}th")
}

/// "nineteen ninety-nine", "two thousand five", "twenty ten", "nineteen oh five".
fn year(written: &str) -> String {
    let year: u64 = written.parse().unwrap_or_default();
    let (century, rest) = (year / 100, year % 100);
    match rest {
        _ if (2000..2010).contains(&year) => cardinal(year),
        0 => format!("{} hundred", cardinal(century)),
        1..10 => format!("{} oh {}", cardinal(century), cardinal(rest)),
        _ => format!("{} {}", cardinal(century), cardinal(rest)),
    }
}

/// "nineteen eighties", "twenties", "two thousands".
fn decade(written: &str, whole: &str) -> String {
    let number: u64 = written.parse().unwrap_or_default();
    let plural = |word: String| {
        word.strip_suffix('y')
            .map_or_else(|| format!("{word}s"), |stem| format!("{stem}ies"))
    };
    match number {
        20..100 if number.is_multiple_of(10) => plural(cardinal(number)),
        0..100 => whole.to_owned(),
        _ => plural(year(written)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn numbers_are_written_in_words() {
        check(
            in_words,
            &[
                (
                    "0 1 12 21 100 101",
                    "zero one twelve twenty-one one hundred one hundred one",
                ),
                (
                    "1,234,567",
                    "one million two hundred thirty-four thousand five hundred sixty-seven",
                ),
                (
                    "3.14 and -5 and 0.50",
                    "three point one four and minus five and zero point five zero",
                ),
                (
                    "the 1st, 2nd, 3rd, 12th, 20th, 21st",
                    "the first, second, third, twelfth, twentieth, twenty-first",
                ),
                (
                    "In 1999. In 2005, in 2010; 1905 was",
                    "In nineteen ninety-nine. In two thousand five, in twenty ten; nineteen oh five was",
                ),
                (
                    "1500 dollars, 1900",
                    "one thousand five hundred dollars, nineteen hundred",
                ),
                ("the 1980s and the '20s", "the nineteen eighties and the twenties"),
                ("COVID-19, MP3, B2B, A4.", "COVID-nineteen, MP three, B two B, A four."),
                (
                    "007 and 12345678901234567",
                    "zero zero seven and one two three four five six seven eight nine zero one two three four five six seven",
                ),
                ("no numbers here", "no numbers here"),
                ("5 5 5, 1 2 3 4", "five five five, one two three four"),
            ],
        );
    }
}
