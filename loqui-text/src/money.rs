//! Money. The pronunciation step reads "$3.50" as well, but a sum may make it put "dollars" behind the next number too.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::{NUMBER, is_one, pattern};

/// Sign or code, singular, plural.
const CURRENCIES: &[(&str, &str, &str)] = &[
    ("$", "dollar", "dollars"),
    ("£", "pound", "pounds"),
    ("€", "euro", "euros"),
    ("¥", "yen", "yen"),
    ("₹", "rupee", "rupees"),
    ("₩", "won", "won"),
    ("¢", "cent", "cents"),
    ("USD", "dollar", "dollars"),
    ("EUR", "euro", "euros"),
    ("GBP", "pound", "pounds"),
    ("JPY", "yen", "yen"),
    ("CHF", "Swiss franc", "Swiss francs"),
    ("CAD", "Canadian dollar", "Canadian dollars"),
    ("AUD", "Australian dollar", "Australian dollars"),
];

static SCALED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"([$£€¥₹₩])\s?({NUMBER})\s?(hundred|thousand|million|billion|trillion|[Kk]|[Mm]n?|[Bb]n?|tn)\b"
    ))
});
static SIGN_FIRST: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"([$£€¥₹₩]|\b(?:USD|EUR|GBP|JPY|CHF|CAD|AUD)\b)\s?({NUMBER})")));
static SIGN_LAST: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"({NUMBER})\s?([$£€¥₹₩¢]|(?:USD|EUR|GBP|JPY|CHF|CAD|AUD)\b)")));
static RANGE: LazyLock<Regex> = LazyLock::new(|| pattern(r"([$£€]\d[\d,.]*)\s?[-–]\s?([$£€]\d)"));
static WITH_CENTS: LazyLock<Regex> = LazyLock::new(|| pattern(r"([$£€])(\d+(?:,\d{3})*)\.(\d\d)\b"));
static APART: LazyLock<Regex> = LazyLock::new(|| pattern(r"([$£€])\s+(\d)"));
static NO_WHOLE: LazyLock<Regex> = LazyLock::new(|| pattern(r"([$£€])\.(\d)"));
static LONE_SIGN: LazyLock<Regex> = LazyLock::new(|| pattern(r"([$£€¥₹₩¢])(\D|$)"));

/// Spells out amounts, whether the sign or code stands before or behind the number.
pub(super) fn rewrite(text: &str) -> String {
    let text = APART.replace_all(text, "$1$2");
    let text = NO_WHOLE.replace_all(&text, "${1}0.$2");
    let text = RANGE.replace_all(&text, "$1 to $2");
    let text = SCALED.replace_all(&text, |found: &Captures<'_>| {
        let scale = match &found[3] {
            "k" | "K" => "thousand",
            "m" | "M" | "mn" | "Mn" => "million",
            "b" | "B" | "bn" | "Bn" => "billion",
            "tn" => "trillion",
            word => word,
        };
        format!("{} {scale} {}", &found[2], name(&found[1], false))
    });
    let text = WITH_CENTS.replace_all(&text, |found: &Captures<'_>| {
        with_cents(&found[1], &found[2], &found[3])
    });
    let text = SIGN_FIRST.replace_all(&text, |found: &Captures<'_>| amount(&found[2], &found[1]));
    let text = SIGN_LAST.replace_all(&text, |found: &Captures<'_>| amount(&found[1], &found[2]));
    LONE_SIGN
        .replace_all(&text, |found: &Captures<'_>| {
            format!(" {}{}", name(&found[1], true), &found[2])
        })
        .into_owned()
}

fn amount(number: &str, sign: &str) -> String {
    format!("{number} {}", name(sign, is_one(number)))
}

fn with_cents(sign: &str, whole: &str, cents: &str) -> String {
    let small = match (sign, cents) {
        ("£", "01") => "penny",
        ("£", _) => "pence",
        (_, "01") => "cent",
        _ => "cents",
    };
    let cents = cents.trim_start_matches('0');
    match (whole, cents) {
        (_, "") => amount(whole, sign),
        ("0", cents) => format!("{cents} {small}"),
        (whole, cents) => format!("{} and {cents} {small}", amount(whole, sign)),
    }
}

fn name(sign: &str, one: bool) -> &'static str {
    CURRENCIES
        .iter()
        .find(|(known, ..)| *known == sign)
        .map_or("", |(_, singular, plural)| if one { singular } else { plural })
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn amounts_are_spelled_out() {
        check(
            rewrite,
            &[
                ("$3.50, £20 and €1", "3 dollars and 50 cents, 20 pounds and 1 euro"),
                ("$1,250.75; £2.01", "1,250 dollars and 75 cents; 2 pounds and 1 penny"),
                ("$0.99 or $5.00", "99 cents or 5 dollars"),
                ("$12.", "12 dollars."),
                ("$5-$10", "5 dollars to 10 dollars"),
                ("$1.5bn", "1.5 billion dollars"),
                ("$2M or £3k", "2 million dollars or 3 thousand pounds"),
                ("$5 million", "5 million dollars"),
                ("$5.5", "5.5 dollars"),
                ("¥500", "500 yen"),
                ("₹1", "1 rupee"),
                ("USD 30 and 30 EUR", "30 dollars and 30 euros"),
                ("20€, 99¢", "20 euros, 99 cents"),
                ("$ 5 and £.50", "5 dollars and 50 pence"),
                ("the $ sign", "the  dollar sign"),
            ],
        );
    }

    #[test]
    fn every_sign_in_a_pattern_has_a_name() {
        for sign in [
            "$", "£", "€", "¥", "₹", "₩", "¢", "USD", "EUR", "GBP", "JPY", "CHF", "CAD", "AUD",
        ] {
            assert!(!name(sign, true).is_empty(), "{sign}");
        }
    }
}
