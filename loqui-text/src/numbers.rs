//! Numbers that are not plain quantities: ranges, fractions, telephone and version numbers, very long ones.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::pattern;

/// The pronunciation step names numbers up to this many digits correctly; longer ones are read digit by digit.
const LONGEST_NAMED: usize = 15;

static PHONE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:\+?\b(\d{1,3})[-. ])?(?:\((\d{3})\)\s?|\b(\d{3})[-. ])(\d{3})[-.](\d{4})\b"));
static SHORT_PHONE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(\d{3})-(\d{4})\b"));
/// Fractions by their looks that are said as two numbers.
static PAIR: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(24|9|7|20|50)/(7|11|20|50)\b"));
static FRACTION: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:\b(\d{1,3})\s)?\b(\d{1,2})/(\d{1,3})\b"));
static VULGAR: LazyLock<Regex> = LazyLock::new(|| pattern(r"(\d)?\s?([½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞])"));
static RANGE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(^|[^\w.-])(\d{1,4}(?:\.\d+)?%?)\s?[-–]\s?(\d{1,4}(?:\.\d+)?)\b"));
static DIFFERENCE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(\d)\s?[-–]\s?(\d+\s?=)"));
static VERSION: LazyLock<Regex> = LazyLock::new(|| pattern(r"\d+(?:\.\d+){2,}"));
static DIGITS: LazyLock<Regex> = LazyLock::new(|| pattern(r"(^|[^\d.,])(\d[\d,]*\d)"));
static BY: LazyLock<Regex> = LazyLock::new(|| pattern(r"(\d)\s?x\s?(\d)"));
static TIMES: LazyLock<Regex> = LazyLock::new(|| pattern(r"(\d)(?:x\b|\s?[×*]\s?(\d))"));
static SIGNED: LazyLock<Regex> = LazyLock::new(|| pattern(r"(^|[\s(])([−+])(\d)"));

/// Spells out such numbers.
pub(super) fn rewrite(text: &str) -> String {
    let text = PHONE.replace_all(text, |found: &Captures<'_>| {
        let groups: Vec<_> = found
            .iter()
            .skip(1)
            .flatten()
            .map(|group| spaced(group.as_str()))
            .collect();
        groups.join(", ")
    });
    let text = SHORT_PHONE.replace_all(&text, |found: &Captures<'_>| {
        format!("{}, {}", spaced(&found[1]), spaced(&found[2]))
    });
    let text = PAIR.replace_all(&text, "$1 $2");
    let text = VULGAR.replace_all(&text, |found: &Captures<'_>| {
        let words = vulgar(&found[2]);
        found.get(1).map_or_else(
            || format!(" {words} "),
            |whole| format!("{} and {words} ", whole.as_str()),
        )
    });
    let text = FRACTION.replace_all(&text, fraction);
    let text = DIFFERENCE.replace_all(&text, "$1 minus $2");
    let text = RANGE.replace_all(&text, "$1$2 to $3");
    let text = VERSION.replace_all(&text, |found: &Captures<'_>| found[0].replace('.', " point "));
    let text = BY.replace_all(&text, "$1 by $2");
    let text = TIMES.replace_all(&text, "$1 times $2");
    let text = SIGNED.replace_all(&text, |found: &Captures<'_>| {
        let sign = if &found[2] == "+" { "plus " } else { "minus " };
        format!("{}{sign}{}", &found[1], &found[3])
    });
    DIGITS
        .replace_all(&text, |found: &Captures<'_>| {
            let digits = found[2].replace(',', "");
            if digits.len() > LONGEST_NAMED || digits.starts_with('0') {
                format!("{}{}", &found[1], spaced(&digits))
            } else {
                found[0].to_owned()
            }
        })
        .into_owned()
}

/// Puts a space between all digits.
fn spaced(digits: &str) -> String {
    let digits: Vec<_> = digits.chars().map(String::from).collect();
    digits.join(" ")
}

fn vulgar(sign: &str) -> &'static str {
    match sign {
        "½" => "one half",
        "⅓" => "one third",
        "⅔" => "two thirds",
        "¼" => "one quarter",
        "¾" => "three quarters",
        "⅕" => "one fifth",
        "⅖" => "two fifths",
        "⅗" => "three fifths",
        "⅘" => "four fifths",
        "⅙" => "one sixth",
        "⅚" => "five sixths",
        "⅛" => "one eighth",
        "⅜" => "three eighths",
        "⅝" => "five eighths",
        _ => "seven eighths",
    }
}

fn fraction(found: &Captures<'_>) -> String {
    let number = |group: usize| found[group].parse::<u32>().unwrap_or_default();
    let (above, below) = (number(2), number(3));
    let name = match below {
        2 => "half",
        3 => "third",
        4 => "quarter",
        5 => "fifth",
        6 => "sixth",
        7 => "seventh",
        8 => "eighth",
        9 => "ninth",
        10 => "tenth",
        16 => "sixteenth",
        100 => "hundredth",
        _ => "",
    };
    let whole = found.get(1).map(|whole| whole.as_str());
    if name.is_empty() || above == 0 || above >= below {
        let whole = whole.map(|whole| format!("{whole} ")).unwrap_or_default();
        return format!("{whole}{above} over {below}");
    }
    let whole = whole.map(|whole| format!("{whole} and ")).unwrap_or_default();
    if above == 1 {
        format!("{whole}one {name}")
    } else {
        format!("{whole}{above} {name}s")
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn numbers_are_spelled_out() {
        check(
            rewrite,
            &[
                ("555-1234", "5 5 5, 1 2 3 4"),
                ("(415) 555-2671", "4 1 5, 5 5 5, 2 6 7 1"),
                ("+1-415-555-2671", "1, 4 1 5, 5 5 5, 2 6 7 1"),
                ("1/2 and 3/4, 2 1/2", "one half and 3 quarters, 2 and one half"),
                ("5/12, 9/11", "5 over 12, 9 11"),
                ("½ cup, 2½ cups", " one half  cup, 2 and one half  cups"),
                ("10-20 people, 2019–2021", "10 to 20 people, 2019 to 2021"),
                ("5-3=2", "5 minus 3=2"),
                ("version 2.0.1", "version 2 point 0 point 1"),
                (
                    "1920x1080, 3 × 4, 4x faster",
                    "1920 by 1080, 3 times 4, 4 times  faster",
                ),
                ("007", "0 0 7"),
                ("1,234,567 and 12.05 and 0.5", "1,234,567 and 12.05 and 0.5"),
                ("12345678901234567", "1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7"),
                ("+5 or −3", "plus 5 or minus 3"),
                ("COVID-19", "COVID-19"),
            ],
        );
    }
}
