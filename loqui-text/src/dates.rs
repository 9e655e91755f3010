//! Dates: day numbers become ordinals, months whole words.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::pattern;

const MONTHS: [&str; 12] = [
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
const MONTH: &str = r"(Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)";

static ISO: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(\d{4})-(\d{2})-(\d{2})\b"));
static SLASHES: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})\b"));
static MONTH_DAY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"\b{MONTH}\.? (\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (\d{{4}})\b)?"
    ))
});
static DAY_MONTH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"\b(?:[Tt]he )?(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?{MONTH}\b\.?"
    ))
});

/// Spells out dates; day and month are taken in the American order when both orders are possible.
pub(super) fn rewrite(text: &str) -> String {
    let text = ISO.replace_all(text, |found: &Captures<'_>| {
        date(number(&found[2]), number(&found[3]), &found[1]).unwrap_or_else(|| found[0].to_owned())
    });
    let text = SLASHES.replace_all(&text, |found: &Captures<'_>| {
        let (first, second) = (number(&found[1]), number(&found[2]));
        let (month, day) = if first > 12 { (second, first) } else { (first, second) };
        date(month, day, &whole_year(&found[3])).unwrap_or_else(|| found[0].to_owned())
    });
    let text = MONTH_DAY.replace_all(&text, |found: &Captures<'_>| {
        let year = found.get(3).map_or("", |year| year.as_str());
        month_of(&found[1])
            .and_then(|month| date(month, number(&found[2]), year))
            .unwrap_or_else(|| found[0].to_owned())
    });
    DAY_MONTH
        .replace_all(&text, |found: &Captures<'_>| {
            let day = number(&found[1]);
            match month_of(&found[2]) {
                Some(month) if is_day(day) => format!("the {} of {}", ordinal(day), MONTHS[month - 1]),
                _ => found[0].to_owned(),
            }
        })
        .into_owned()
}

/// Writes a number with its ordinal ending: "1st", "12th".
pub(super) fn ordinal(number: usize) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

/// Returns nothing when there is no such day in any calendar.
fn date(month: usize, day: usize, year: &str) -> Option<String> {
    let month = MONTHS.get(month.checked_sub(1)?)?;
    if !is_day(day) {
        return None;
    }
    let comma = if year.is_empty() { "" } else { ", " };
    Some(format!("{month} {}{comma}{year}", ordinal(day)))
}

fn month_of(name: &str) -> Option<usize> {
    MONTHS
        .iter()
        .position(|month| month.starts_with(&name[..3]))
        .map(|index| index + 1)
}

/// "26" is 2026 and "85" is 1985.
fn whole_year(year: &str) -> String {
    match (year.len(), number(year)) {
        (2, ..=40) => format!("20{year}"),
        (2, _) => format!("19{year}"),
        _ => year.to_owned(),
    }
}

fn is_day(day: usize) -> bool {
    (1..=31).contains(&day)
}

fn number(digits: &str) -> usize {
    digits.parse().expect("the patterns take at most four digits")
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn dates_are_spelled_out() {
        check(
            rewrite,
            &[
                ("3/14/2026", "March 14th, 2026"),
                ("14/3/26", "March 14th, 2026"),
                ("on 2026-03-01.", "on March 1st, 2026."),
                ("March 3rd", "March 3rd"),
                ("Mar. 3, 1985", "March 3rd, 1985"),
                ("Sept 12 2020", "September 12th, 2020"),
                ("the 3rd of March", "the 3rd of March"),
                ("22 May 1999", "the 22nd of May 1999"),
                ("May 45", "May 45"),
                ("2026-13-40 99/99/99", "2026-13-40 99/99/99"),
                ("12/31/85", "December 31st, 1985"),
                ("a 3/4 share", "a 3/4 share"),
            ],
        );
    }

    #[test]
    fn ordinals_end_right() {
        let written: Vec<_> = [1, 2, 3, 4, 11, 12, 13, 21, 102, 111]
            .into_iter()
            .map(ordinal)
            .collect();
        assert_eq!(
            written,
            [
                "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "111th"
            ]
        );
    }
}
