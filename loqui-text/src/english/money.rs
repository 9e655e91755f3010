//! Amounts of money.

use super::context::{Context, Reading};
use super::number::{Grouping, Number, cardinal};
use super::scan::Scan;
use super::units;
use crate::Class;

/// A currency: how it is written, its names, and the names of its hundredth part.
struct Currency {
    signs: &'static [&'static str],
    one: &'static str,
    many: &'static str,
    minor: Option<(&'static str, &'static str)>,
}

const fn currency(
    signs: &'static [&'static str],
    one: &'static str,
    many: &'static str,
    minor: Option<(&'static str, &'static str)>,
) -> Currency {
    Currency {
        signs,
        one,
        many,
        minor,
    }
}

const CENTS: Option<(&str, &str)> = Some(("cent", "cents"));

/// Longer signs come first, so that `US$` is read completely.
const CURRENCIES: &[Currency] = &[
    currency(&["US$", "U.S.$"], "US dollar", "US dollars", CENTS),
    currency(&["CA$", "C$", "CAD"], "Canadian dollar", "Canadian dollars", CENTS),
    currency(&["AU$", "A$", "AUD"], "Australian dollar", "Australian dollars", CENTS),
    currency(&["NZ$", "NZD"], "New Zealand dollar", "New Zealand dollars", CENTS),
    currency(&["HK$", "HKD"], "Hong Kong dollar", "Hong Kong dollars", CENTS),
    currency(&["S$", "SGD"], "Singapore dollar", "Singapore dollars", CENTS),
    currency(&["R$", "BRL"], "real", "reais", Some(("centavo", "centavos"))),
    currency(
        &["MX$", "MXN"],
        "Mexican peso",
        "Mexican pesos",
        Some(("centavo", "centavos")),
    ),
    currency(&["$", "USD"], "dollar", "dollars", CENTS),
    currency(&["£", "GBP"], "pound", "pounds", Some(("penny", "pence"))),
    currency(&["€", "EUR"], "euro", "euros", CENTS),
    currency(&["CN¥", "RMB", "CNY"], "yuan", "yuan", Some(("fen", "fen"))),
    currency(&["¥", "JPY"], "yen", "yen", None),
    currency(&["₹", "INR", "Rs.", "Rs"], "rupee", "rupees", Some(("paisa", "paise"))),
    currency(&["₩", "KRW"], "won", "won", None),
    currency(&["₽", "RUB"], "ruble", "rubles", Some(("kopeck", "kopecks"))),
    currency(&["₺", "TRY"], "lira", "lira", Some(("kurus", "kurus"))),
    currency(&["₪", "ILS"], "shekel", "shekels", Some(("agora", "agorot"))),
    currency(&["₫", "VND"], "dong", "dong", None),
    currency(&["฿", "THB"], "baht", "baht", Some(("satang", "satang"))),
    currency(&["₴", "UAH"], "hryvnia", "hryvnias", Some(("kopiyka", "kopiykas"))),
    currency(&["₦", "NGN"], "naira", "naira", Some(("kobo", "kobo"))),
    currency(&["₱", "PHP"], "peso", "pesos", Some(("centavo", "centavos"))),
    currency(&["₿", "BTC"], "bitcoin", "bitcoins", None),
    currency(&["CHF"], "Swiss franc", "Swiss francs", Some(("centime", "centimes"))),
    currency(&["SEK"], "Swedish krona", "Swedish kronor", Some(("ore", "ore"))),
    currency(&["NOK"], "Norwegian krone", "Norwegian kroner", Some(("ore", "ore"))),
    currency(&["DKK"], "Danish krone", "Danish kroner", Some(("ore", "ore"))),
    currency(&["PLN"], "zloty", "zlotys", Some(("grosz", "groszy"))),
    currency(&["CZK"], "Czech koruna", "Czech korunas", None),
    currency(&["HUF"], "forint", "forints", None),
    currency(&["ZAR"], "rand", "rand", CENTS),
    currency(&["AED"], "dirham", "dirhams", Some(("fils", "fils"))),
    currency(&["SAR"], "riyal", "riyals", None),
];

const SCALES: &[(&str, &str)] = &[
    ("hundred", "hundred"),
    ("thousand", "thousand"),
    ("million", "million"),
    ("billion", "billion"),
    ("trillion", "trillion"),
    ("quadrillion", "quadrillion"),
    ("lakh", "lakh"),
    ("lakhs", "lakh"),
    ("crore", "crore"),
    ("crores", "crore"),
    ("k", "thousand"),
    ("m", "million"),
    ("mn", "million"),
    ("mm", "million"),
    ("mil", "million"),
    ("mio", "million"),
    ("mln", "million"),
    ("b", "billion"),
    ("bn", "billion"),
    ("bln", "billion"),
    ("t", "trillion"),
    ("tn", "trillion"),
    ("trn", "trillion"),
    ("cr", "crore"),
];

/// Returns the name of a power of ten. Letters are valid with money only, words in any context.
pub(super) fn scale(word: &str, letters: bool) -> Option<&'static str> {
    SCALES
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(word) && (letters || known.len() > 3))
        .map(|(_, name)| *name)
}

fn sign(scan: &mut Scan<'_>) -> Option<&'static Currency> {
    CURRENCIES.iter().find(|currency| {
        currency.signs.iter().any(|sign| {
            let mut ahead = *scan;
            let code = sign.ends_with(|c: char| c.is_alphabetic());
            if !ahead.eat(sign) || code && ahead.peek().is_some_and(char::is_alphabetic) {
                return false;
            }
            *scan = ahead;
            true
        })
    })
}

/// Reads the name of a currency sign that stands alone.
pub(super) fn lone_sign(text: &str) -> Option<&'static str> {
    let mut chars = text.chars();
    let (first, None) = (chars.next()?, chars.next()) else {
        return (text == "US$").then_some("US dollar");
    };
    if first == '¢' {
        return Some("cent");
    }
    if first.is_alphabetic() {
        return None;
    }
    CURRENCIES
        .iter()
        .find(|currency| currency.signs.contains(&text))
        .map(|currency| currency.one)
}

/// Reads a price without its amount: `$/kg`.
pub(super) fn price(text: &str) -> Option<String> {
    let sign = text.chars().next().filter(|c| is_sign(*c))?;
    let (sign, rest) = text.split_at(sign.len_utf8());
    let currency = CURRENCIES.iter().find(|currency| currency.signs.contains(&sign))?;
    Some(format!("{} {}", currency.many, per(rest)?))
}

/// Whether a character is the sign of a currency.
pub(super) fn is_sign(c: char) -> bool {
    matches!(
        c,
        '$' | '£' | '€' | '¥' | '₹' | '₩' | '₽' | '₺' | '₪' | '₫' | '฿' | '₴' | '₦' | '₱' | '₿' | '¢'
    )
}

/// Whether a word is the code of a currency.
pub(super) fn is_code(word: &str) -> bool {
    word.len() == 3
        && word.bytes().all(|byte| byte.is_ascii_uppercase())
        && CURRENCIES.iter().any(|currency| currency.signs.contains(&word))
}

struct Amount {
    number: Number,
    scale: Option<&'static str>,
    currency: Option<&'static Currency>,
    /// A hyphen joins it to the next word: `$100-million`.
    joined: bool,
    negative: bool,
}

/// Reads an amount, or two with a hyphen between them, that fills `text`.
pub(super) fn read(text: &str, context: &Context<'_>) -> Option<Reading> {
    let mut scan = Scan::new(text);
    let mut plus = false;
    let first = take(&mut scan, false)?;
    let describes = context.describes_noun();
    let spoken = if scan.is_done() || scan.rest() == "+" {
        plus = scan.eat("+");
        first.currency?;
        first.say(first.joined || describes, context.british)?
    } else if let Some(per) = per(scan.rest()) {
        first.currency?;
        format!("{} {per}", first.say(false, context.british)?)
    } else {
        scan.eat_any(&[" - ", "- ", "-"])?;
        let last = take(&mut scan, first.currency.is_some())?;
        let per = if scan.is_done() {
            String::new()
        } else {
            format!(" {}", per(scan.rest())?)
        };
        let same = match (first.currency, last.currency) {
            (Some(_), None) | (None, Some(_)) => true,
            (Some(a), Some(b)) => {
                if a.one == b.one && first.scale.is_some() == last.scale.is_some() {
                    return Some(Reading::new(
                        Class::Money,
                        format!(
                            "{} to {}{per}",
                            first.say(false, context.british)?,
                            last.say(describes, context.british)?
                        ),
                    ));
                }
                false
            }
            (None, None) => return None,
        };
        if same {
            let currency = first.currency.or(last.currency);
            let number = first.number.say(context.british);
            let scale = match (first.scale, last.scale) {
                (Some(scale), _) => format!(" {scale}"),
                _ => String::new(),
            };
            let last = Amount { currency, ..last };
            format!(
                "{number}{scale} to {}{per}",
                last.say_plain(describes, context.british)?
            )
        } else {
            format!(
                "{} to {}{per}",
                first.say(false, context.british)?,
                last.say(describes, context.british)?
            )
        }
    };
    Some(Reading::new(
        Class::Money,
        if plus { format!("{spoken} plus") } else { spoken },
    ))
}

/// The slash of a price and the unit after it.
fn per(rest: &str) -> Option<String> {
    let rest = rest.strip_prefix(" / ").or_else(|| rest.strip_prefix('/'))?;
    if let Some(word) = units::per(rest) {
        return Some(format!("per {word}"));
    }
    (rest.len() >= 2 && rest.chars().all(|c| c.is_alphabetic() || c == '-')).then(|| format!("per {rest}"))
}

/// Reads one amount. `money` is true for an amount without a currency.
fn take(scan: &mut Scan<'_>, money: bool) -> Option<Amount> {
    let mut ahead = *scan;
    let mut negative = ahead.eat("-");
    let mut currency = sign(&mut ahead);
    if currency.is_some() {
        ahead.space();
        negative = ahead.eat("-") || negative;
    }
    let european = european(ahead, currency.is_some_and(|known| known.signs.contains(&"€")));
    let number = match european {
        Some((number, rest)) => {
            ahead = rest;
            number
        }
        None => Number::take(&mut ahead)?,
    };
    if matches!(number.sign, Some('-')) && negative {
        return None;
    }
    let mut scaled = None;
    let mut joined = false;
    let mut suffix = ahead;
    let hyphen = suffix.eat("-");
    if !hyphen {
        suffix.space();
    }
    let before = suffix;
    let letters = suffix.letters();
    if let Some(name) = scale(letters, true) {
        // A letter is a power of ten with money only; `mm` and `t` only after a currency sign.
        let is_word = letters.len() > 3;
        let mut behind = suffix;
        behind.space();
        if is_word || money || currency.is_some() || letters.len() <= 2 && sign(&mut behind).is_some() {
            scaled = Some(name);
            joined = hyphen;
            ahead = suffix;
        }
    } else {
        suffix = before;
    }
    let _ = suffix;
    if currency.is_none() {
        let mut behind = ahead;
        behind.space();
        if behind.eat("¢") {
            let mut cents = number.clone();
            if cents.fraction.is_none() && cents.sign.is_none() {
                cents.grouping = Grouping::None;
            }
            *scan = behind;
            return Some(Amount {
                number: cents,
                scale: None,
                currency: Some(&CENT),
                joined: false,
                negative,
            });
        }
        if let Some(found) = sign(&mut behind) {
            currency = Some(found);
            ahead = behind;
        }
    } else {
        // "$5 USD" names the currency twice.
        let mut behind = ahead;
        behind.space();
        if let Some(found) = sign(&mut behind)
            && behind.rest().is_empty()
        {
            currency = Some(found);
            ahead = behind;
        }
    }
    *scan = ahead;
    Some(Amount {
        number,
        scale: scaled,
        currency,
        joined,
        negative,
    })
}

const CENT: Currency = currency(&["¢"], "cent", "cents", None);

/// `1.234,56` and `5,32`, as they are written with euros.
fn european(mut scan: Scan<'_>, euro: bool) -> Option<(Number, Scan<'_>)> {
    let first = scan.digits();
    if first.is_empty() {
        return None;
    }
    let mut whole = first.to_owned();
    let mut groups = 0;
    while first.len() <= 3 {
        let mut ahead = scan;
        if ahead.eat_any(&[".", " ", "\u{2009}"]).is_none() {
            break;
        }
        let group = ahead.digits();
        if group.len() != 3 {
            break;
        }
        whole.push_str(group);
        groups += 1;
        scan = ahead;
    }
    let mut ahead = scan;
    let fraction = (ahead.eat(","))
        .then(|| ahead.digits())
        .filter(|digits| (1..=2).contains(&digits.len()));
    let fraction = fraction.map(|digits| {
        scan = ahead;
        digits.to_owned()
    });
    let mut behind = scan;
    behind.space();
    let euro = euro || behind.rest().starts_with('€') || behind.rest().starts_with("EUR");
    (euro && (fraction.is_some() || groups > 0)).then_some((
        Number {
            sign: None,
            whole,
            fraction,
            grouping: Grouping::Thousands,
        },
        scan,
    ))
}

impl Amount {
    fn say(&self, singular: bool, and: bool) -> Option<String> {
        let currency = self.currency?;
        let minus = if self.negative { "minus " } else { "" };
        let plain = || self.say_plain(singular, and).map(|spoken| format!("{minus}{spoken}"));
        let (Some(fraction), None, Some((penny, pence))) = (&self.number.fraction, self.scale, currency.minor) else {
            return plain();
        };
        let cents = fraction.trim_end_matches('0');
        if cents.len() > 2 {
            return plain();
        }
        let cents: u32 = format!("{cents:0<2}").parse().ok()?;
        let whole = Number {
            fraction: None,
            ..self.number.clone()
        };
        let zero = whole.whole.trim_start_matches('0').is_empty();
        let units = format!(
            "{} {}",
            whole.say(and),
            if whole.is_one() || singular {
                currency.one
            } else {
                currency.many
            }
        );
        let parts = format!(
            "{} {}",
            cardinal(&cents.to_string(), and),
            if cents == 1 { penny } else { pence }
        );
        Some(match (zero, cents) {
            (_, 0) => format!("{minus}{units}"),
            (true, _) => format!("{minus}{parts}"),
            _ => format!("{minus}{units} and {parts}"),
        })
    }

    fn say_plain(&self, singular: bool, and: bool) -> Option<String> {
        let currency = self.currency?;
        let number = self.number.say(and);
        Some(match self.scale {
            Some(scale) => format!(
                "{number} {scale} {}",
                if singular { currency.one } else { currency.many }
            ),
            None => format!(
                "{number} {}",
                if self.number.is_one() || singular {
                    currency.one
                } else {
                    currency.many
                }
            ),
        })
    }
}
