//! Numerals, money, and words of letters and digits.

use loqui_g2p::numbers;

use super::endings::{add_ed, add_ing, add_s};
use super::strings::{drop_last, is_digits, len};
use super::tokens::Token;
use super::words::{Context, Words};

const ORDINALS: [&str; 4] = ["st", "nd", "rd", "th"];

/// The names of a currency and of its hundredth part.
pub(super) fn currency(sign: &str) -> Option<(&'static str, &'static str)> {
    match sign {
        "$" => Some(("dollar", "cent")),
        "£" => Some(("pound", "pence")),
        "€" => Some(("euro", "cent")),
        _ => None,
    }
}

/// The words of a numeral so far.
struct Numeral<'a> {
    words: &'a Words,
    flags: &'a str,
    spoken: Vec<String>,
}

impl Words {
    /// Adds the name of the currency to an amount.
    pub(super) fn with_currency(&self, phonemes: String, sign: Option<&str>) -> String {
        let unit = sign
            .and_then(currency)
            .and_then(|(major, _)| self.with_s(&format!("{major}s"), None, None, None));
        match unit {
            Some(unit) => format!("{phonemes} {unit}"),
            None => phonemes,
        }
    }

    /// Pronounces a numeral, with its ending ("3rd", "1990s"). Returns nothing for other words.
    pub(super) fn number(&self, word: &str, token: &Token) -> Option<String> {
        if !is_number(word, token.is_head) {
            return None;
        }
        let digits = word.trim_end_matches(|c: char| c.is_ascii_lowercase() || c == '\'');
        let suffix = &word[digits.len()..];
        let mut numeral = Numeral {
            words: self,
            flags: &token.num_flags,
            spoken: Vec::new(),
        };
        numeral.read(digits, suffix, token)?;
        if numeral.spoken.is_empty() {
            return None;
        }
        let spoken = numeral.spoken.join(" ");
        match suffix {
            "s" | "'s" => add_s(spoken),
            "ed" | "'d" => add_ed(spoken),
            "ing" => add_ing(spoken),
            _ => Some(spoken),
        }
    }

    /// Pronounces other mixtures: runs of digits as numbers (digit by digit after a zero), runs of letters as words, colons and
    /// points as punctuation. Skips other signs.
    pub(super) fn compose(&self, word: &str, guess: &dyn Fn(&str) -> Option<String>) -> Option<String> {
        #[derive(Clone, Copy, PartialEq)]
        enum Kind {
            Letters,
            Digits,
            Other,
        }
        let kind = |c: char| match c {
            '\'' => Kind::Letters,
            _ if c.is_alphabetic() => Kind::Letters,
            '0'..='9' => Kind::Digits,
            _ => Kind::Other,
        };
        if word.chars().all(|c| kind(c) == Kind::Letters || c == '-') {
            return guess(word);
        }
        let mut runs: Vec<(Kind, String)> = Vec::new();
        for c in word.chars() {
            match runs.last_mut() {
                Some((known, run)) if *known == kind(c) && *known != Kind::Other => run.push(c),
                _ => runs.push((kind(c), c.to_string())),
            }
        }
        let mut spoken = String::new();
        for (kind, run) in runs {
            match kind {
                Kind::Letters => {
                    let read = self.word(&run, "NN", None, Context::default());
                    spoken.extend(read.or_else(|| guess(&run)));
                }
                Kind::Digits => {
                    let mut numeral = Numeral {
                        words: self,
                        flags: "",
                        spoken: Vec::new(),
                    };
                    if run.len() > 1 && run.starts_with('0') {
                        numeral.each_digit(&run)?;
                    } else {
                        numeral.digits(&run, true)?;
                    }
                    spoken.push_str(&numeral.spoken.join(" "));
                }
                Kind::Other if run == ":" || run == "." => spoken.push_str(&run),
                Kind::Other => {}
            }
        }
        Some(spoken)
    }
}

impl Numeral<'_> {
    /// Reads `digits`. Returns nothing if they cannot be read.
    fn read(&mut self, digits: &str, suffix: &str, token: &Token) -> Option<()> {
        let mut digits = digits;
        if let Some(rest) = digits.strip_prefix('-') {
            self.word("minus", None)?;
            digits = rest;
        }
        let is_ordinal = ORDINALS.contains(&suffix);
        let units = token.currency.as_deref().and_then(currency);
        if is_digits(digits) && is_ordinal {
            self.names(&numbers::ordinal(digits.parse().ok()?), true)
        } else if self.spoken.is_empty() && len(digits) == 4 && units.is_none() && is_digits(digits) {
            self.names(&numbers::year(digits.parse().ok()?), true)
        } else if !token.is_head && !digits.contains('.') {
            self.inside_a_word(&digits.replace(',', ""))
        } else if digits.matches('.').count() > 1 || !token.is_head {
            self.parts(&digits.replace(',', ""))
        } else if let Some(units) = units.filter(|_| is_money(digits)) {
            self.money(&digits.replace(',', ""), units)
        } else {
            self.plain(digits, is_ordinal)
        }
    }

    /// Reads a number after letters, as in "B22" or "MP3": long ones digit by digit, "A320" as "three twenty".
    fn inside_a_word(&mut self, digits: &str) -> Option<()> {
        if digits.starts_with('0') || len(digits) > 3 {
            self.each_digit(digits)
        } else if len(digits) == 3 && !digits.ends_with("00") {
            self.digits(&digits[..1], true)?;
            if &digits[1..2] == "0" {
                self.word("O", Some(-2.0))?;
                self.digits(&digits[2..], false)
            } else {
                self.digits(&digits[1..], false)
            }
        } else {
            self.digits(digits, true)
        }
    }

    /// Reads numbers between points, as in "1.2.3".
    fn parts(&mut self, digits: &str) -> Option<()> {
        for (index, part) in digits.split('.').enumerate() {
            if part.is_empty() {
            } else if part.starts_with('0') || (len(part) != 2 && part.chars().skip(1).any(|c| c != '0')) {
                self.each_digit(part)?;
            } else {
                self.digits(part, index == 0)?;
            }
        }
        Some(())
    }

    fn money(&mut self, digits: &str, (major, minor): (&str, &str)) -> Option<()> {
        let amounts = digits.split('.').zip([major, minor]).map(|(amount, unit)| {
            let amount: u64 = if amount.is_empty() { 0 } else { amount.parse().ok()? };
            Some((amount, unit))
        });
        let mut amounts: Vec<(u64, &str)> = amounts.collect::<Option<_>>()?;
        if amounts.len() > 1 {
            if amounts[1].0 == 0 {
                amounts.truncate(1);
            } else if amounts[0].0 == 0 {
                amounts.remove(0);
            }
        }
        for (index, (amount, unit)) in amounts.into_iter().enumerate() {
            if index > 0 {
                self.word("and", None)?;
            }
            self.digits(&amount.to_string(), index == 0)?;
            let unit = if amount != 1 && unit != "pence" {
                self.words.with_s(&format!("{unit}s"), None, None, None)
            } else {
                self.words.look_up(unit, None, None, None)
            };
            self.spoken.push(unit?);
        }
        Some(())
    }

    /// Reads a number with or without a fraction.
    fn plain(&mut self, digits: &str, is_ordinal: bool) -> Option<()> {
        let plain = digits.replace(',', "");
        let names = if is_digits(digits) {
            numbers::cardinal(digits.parse().ok()?)
        } else if let Some(fraction) = plain.strip_prefix('.') {
            let names = fraction
                .chars()
                .map(|digit| digit.to_digit(10).map(|digit| numbers::cardinal(digit.into())));
            format!("point {}", names.collect::<Option<Vec<_>>>()?.join(" "))
        } else if digits.contains('.') {
            numbers::decimal(&plain)?
        } else if is_ordinal {
            numbers::ordinal(plain.parse().ok()?)
        } else {
            numbers::cardinal(plain.parse().ok()?)
        };
        self.names(&names, true)
    }

    fn each_digit(&mut self, digits: &str) -> Option<()> {
        digits
            .chars()
            .try_for_each(|digit| self.digits(&digit.to_string(), false))
    }

    fn digits(&mut self, digits: &str, first: bool) -> Option<()> {
        self.names(&numbers::cardinal(digits.parse().ok()?), first)
    }

    /// Pronounces the words of a number. Omits "and" unless a flag keeps it.
    fn names(&mut self, names: &str, first: bool) -> Option<()> {
        let names: Vec<&str> = names
            .split(|c: char| !c.is_ascii_lowercase())
            .filter(|name| !name.is_empty())
            .collect();
        for (index, name) in names.iter().enumerate() {
            if *name == "and" && !self.flags.contains('&') {
                if self.flags.contains('n')
                    && let Some(last) = self.spoken.last_mut()
                {
                    last.push_str("ən");
                }
            } else if first && index == 0 && names.len() > 1 && *name == "one" && self.flags.contains('a') {
                self.spoken.push("ə".to_owned());
            } else {
                self.word(name, (*name == "point").then_some(-2.0))?;
            }
        }
        Some(())
    }

    fn word(&mut self, word: &str, stress: Option<f64>) -> Option<()> {
        self.spoken.push(self.words.look_up(word, None, stress, None)?);
        Some(())
    }
}

/// Returns true for an amount with at most two digits after the point.
fn is_money(digits: &str) -> bool {
    match digits.matches('.').count() {
        0 => true,
        1 => digits.split('.').nth(1).is_some_and(|cents| len(cents) < 3),
        _ => false,
    }
}

/// Returns true for digits with separators and an ending, and with a minus sign at the start of a word.
fn is_number(word: &str, is_head: bool) -> bool {
    const ENDINGS: [&str; 9] = ["ing", "'d", "ed", "'s", "st", "nd", "rd", "th", "s"];
    if !word.contains(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let ending = ENDINGS.iter().find(|ending| word.ends_with(**ending));
    let digits = drop_last(word, ending.map_or(0, |ending| ending.len()));
    digits
        .chars()
        .enumerate()
        .all(|(index, c)| c.is_ascii_digit() || c == ',' || c == '.' || (is_head && index == 0 && c == '-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_money_are_recognized() {
        assert!(is_number("3rd", true) && is_number("1,234.5", true) && is_number("-5", true));
        assert!(!is_number("-5", false) && !is_number("B22", true) && !is_number("third", true));
        assert!(is_money("12") && is_money("12.50") && !is_money("12.500") && !is_money("1.2.3"));
    }
}
