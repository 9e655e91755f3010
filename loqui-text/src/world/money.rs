//! Amounts of other languages.

use super::data::{Currency, Language};
use super::number::{Number, with_noun};
use super::rbnf::form;
use super::rules::{Found, NUMBERING, found};
use crate::Class;

/// Returns the code of the currency at the start of `text`, and the length of its sign.
pub(super) fn currency_sign(text: &str, language: &Language) -> Option<(&'static str, usize)> {
    const SIGNS: &[(&str, &str)] = &[
        ("US$", "USD"),
        ("R$", "BRL"),
        ("€", "EUR"),
        ("£", "GBP"),
        ("₽", "RUB"),
        ("₹", "INR"),
        ("₩", "KRW"),
        ("元", "CNY"),
        ("円", "JPY"),
        ("원", "KRW"),
        ("₺", "TRY"),
        ("₪", "ILS"),
        ("zł", "PLN"),
        ("RM", "MYR"),
        ("TSh", "TZS"),
        ("KSh", "KES"),
        ("Fr.", "CHF"),
        ("руб.", "RUB"),
        ("р.", "RUB"),
        ("TL", "TRY"),
        ("ر.س", "SAR"),
        ("ج.م", "EGP"),
        ("د.إ", "AED"),
    ];
    const CODES: &[&str] = &[
        "USD", "EUR", "GBP", "JPY", "CHF", "CNY", "INR", "KRW", "RUB", "PLN", "SEK", "NOK", "DKK", "BRL", "TRY", "ILS",
        "SAR", "AED", "EGP", "MYR", "KES", "TZS", "MXN", "CAD", "AUD", "ARS",
    ];
    if let Some((sign, code)) = SIGNS.iter().find(|(sign, _)| text.starts_with(sign)) {
        let letters = sign.ends_with(char::is_alphabetic) && text[sign.len()..].starts_with(char::is_alphabetic);
        return (!letters).then_some((*code, sign.len()));
    }
    if let Some(code) = CODES.iter().find(|code| text.starts_with(*code)) {
        return (!text[code.len()..].starts_with(char::is_alphanumeric)
            || text[code.len()..].starts_with(|c: char| c.is_ascii_digit()))
        .then_some((*code, code.len()));
    }
    let local = language.profile.local;
    if text.starts_with('$') {
        return Some(("USD", 1));
    }
    if text.starts_with(['¥', '￥']) {
        let code = if local == "CNY" { "CNY" } else { "JPY" };
        return Some((code, text.chars().next().map_or(1, char::len_utf8)));
    }
    if matches!(local, "SEK" | "NOK" | "DKK") && text.starts_with("kr") && !text[2..].starts_with(char::is_alphabetic) {
        return Some((
            match local {
                "SEK" => "SEK",
                "NOK" => "NOK",
                _ => "DKK",
            },
            2 + usize::from(text[2..].starts_with('.') && text[3..].starts_with(' ')),
        ));
    }
    None
}

/// `5,32 €`, `$20`, `100 kr`
pub(super) fn money(text: &str, language: &Language) -> Option<Found> {
    let negative = text.starts_with('-');
    let body = &text[usize::from(negative)..];
    if let Some((code, length)) = currency_sign(body, language) {
        let rest = &body[length..];
        let gap = rest.len() - rest.trim_start_matches([' ', '\u{A0}']).len();
        let (mut number, number_length) = Number::take(&rest[gap..], language).filter(|_| gap <= 2)?;
        number.negative |= negative;
        let total = usize::from(negative) + length + gap + number_length;
        return Some(found(
            Class::Money,
            amount(&number, language.currencies.get(code)?, language),
            total,
        ));
    }
    let (number, length) = Number::take(text, language)?;
    let rest = &text[length..];
    if let Some((spoken, behind)) = scaled(&number, rest, language) {
        return Some(found(Class::Money, spoken, length + behind));
    }
    let gap = rest.len() - rest.trim_start_matches([' ', '\u{A0}', '\u{202F}']).len();
    let (code, sign) = currency_sign(&rest[gap..], language).filter(|_| gap <= 3)?;
    Some(found(
        Class::Money,
        amount(&number, language.currencies.get(code)?, language),
        length + gap + sign,
    ))
}

fn amount(number: &Number, currency: &Currency, language: &Language) -> String {
    let profile = language.profile;
    let whole = Number {
        fraction: None,
        ..number.clone()
    };
    match (&number.fraction, &currency.minor) {
        (Some(digits), Some(minor)) if digits.len() <= 2 => {
            let cents: u64 = format!("{digits:0<2}").parse().unwrap_or_default();
            let part = Number {
                negative: false,
                whole: cents.to_string(),
                fraction: None,
                grouped: false,
                point: false,
            };
            let zero = whole.value() == Some(0);
            if cents == 0 {
                return with_noun(&whole, &currency.name, language);
            }
            let smaller = with_noun(&part, minor, language);
            if zero {
                return smaller;
            }
            let smaller = if profile.names_minor {
                smaller
            } else {
                part.say(NUMBERING, language)
            };
            format!(
                "{}{}{smaller}",
                with_noun(&whole, &currency.name, language),
                profile.money
            )
        }
        (Some(digits), _) if digits.bytes().all(|digit| digit == b'0') => with_noun(&whole, &currency.name, language),
        (Some(digits), None) => {
            let trimmed = Number {
                fraction: Some(digits.trim_end_matches('0').to_owned()),
                ..number.clone()
            };
            with_noun(&trimmed, &currency.name, language)
        }
        _ => with_noun(number, &currency.name, language),
    }
}

/// Powers of ten before a currency, and the words for abbreviated ones.
const SCALES: &[(&str, &str)] = &[
    ("Mio.", "Millionen"),
    ("Mrd.", "Milliarden"),
    ("Tsd.", "tausend"),
    ("Millionen", "Millionen"),
    ("Milliarden", "Milliarden"),
    ("millions d'", "millions d'"),
    ("milliards d'", "milliards d'"),
    ("millions", "millions"),
    ("milliards", "milliards"),
    ("million", "million"),
    ("milliard", "milliard"),
    ("millones de", "millones de"),
    ("millones", "millones de"),
    ("milioni di", "milioni di"),
    ("miliardi di", "miliardi di"),
    ("milioni", "milioni di"),
    ("miliardi", "miliardi di"),
    ("mln", "milioni di"),
    ("milhões de", "milhões de"),
    ("milhões", "milhões de"),
    ("bilhões", "bilhões de"),
    ("miljoen", "miljoen"),
    ("miljard", "miljard"),
    ("miljoner", "miljoner"),
    ("miljarder", "miljarder"),
    ("millioner", "millioner"),
    ("milliarder", "milliarder"),
    ("mio.", "millioner"),
    ("mia.", "milliarder"),
    ("miljoonaa", "miljoonaa"),
    ("miljardia", "miljardia"),
    ("milyon", "milyon"),
    ("milyar", "milyar"),
    ("juta", "juta"),
    ("тыс.", "тысяч"),
    ("млн", "миллионов"),
    ("млрд", "миллиардов"),
    ("εκατ.", "εκατομμύρια"),
    ("δισ.", "δισεκατομμύρια"),
];

/// `3,2 Mio. €`
fn scaled(number: &Number, rest: &str, language: &Language) -> Option<(String, usize)> {
    let tail = rest.trim_start_matches([' ', '\u{A0}']);
    let (sign, words) = SCALES.iter().find(|(sign, _)| tail.starts_with(sign))?;
    // "mln" is Polish too.
    let words = if *sign == "mln" && language.profile.code == "pl" {
        "milionów"
    } else {
        words
    };
    let behind = &tail[sign.len()..];
    let symbol = behind.trim_start_matches([' ', '\u{A0}']);
    let (code, length) = currency_sign(symbol, language)?;
    let many = form(&language.currencies.get(code)?.name.forms, (language.plural)(1_000_000));
    let space = if words.ends_with('\'') { "" } else { " " };
    let spoken = format!("{} {words}{space}{many}", number.say(NUMBERING, language));
    Some((spoken, rest.len() - symbol.len() + length))
}
