//! Tokens that are not words and that no grammar reads: names with digits and signs.

use unicode_normalization::char::is_combining_mark;

use super::context::Context;
use super::fraction;
use super::number::{Grouping, Number, cardinal, in_name, in_pairs, plural, year};
use super::scan::Scan;
use super::serial::sign;

/// A placeholder for a space that is removed later.
const GLUE: char = '\u{1}';

/// Reads words, digits and signs one after the other. Returns nothing if none of them can be spoken.
pub(super) fn read(text: &str) -> String {
    let words = text
        .chars()
        .all(|c| c.is_alphabetic() || matches!(c, '/' | '\'' | '-' | '.'));
    let mut composite = Composite {
        scan: Scan::new(text),
        text: String::with_capacity(text.len() * 2),
        before: None,
        last_word: "",
        slashes: words && text.chars().any(char::is_lowercase),
        signs: text.chars().any(|c| sign(c).is_some()),
    };
    while composite.step() {}
    composite.text.replace(GLUE, "")
}

struct Composite<'a> {
    scan: Scan<'a>,
    /// The spoken text so far.
    text: String,
    /// The previous character.
    before: Option<char>,
    /// The first word of this part of the token.
    last_word: &'a str,
    /// Whether slashes are between words and are spoken.
    slashes: bool,
    signs: bool,
}

impl Composite<'_> {
    fn step(&mut self) -> bool {
        let Some(c) = self.scan.peek() else {
            return false;
        };
        let rest = self.scan.rest();
        let after_letter = self.before.is_some_and(char::is_alphabetic);
        let pointed = c == '.'
            && rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit)
            && self.before.is_none_or(|c| !c.is_alphanumeric());
        if c.is_ascii_digit() || pointed {
            let Some(number) = take_number(&mut self.scan) else {
                return false;
            };
            let mut after = self.scan;
            let letters = after.letters();
            let words = number_in_name(&number, letters, after_letter, self.last_word, &mut self.scan, after);
            self.word(&words);
            self.before = Some('0');
            self.last_word = "";
        } else if c.is_alphabetic() || c == '\'' && after_letter {
            let word = self
                .scan
                .run(|c| c.is_alphabetic() || c == '\'' || is_combining_mark(c));
            self.word(word);
            self.before = word.chars().next_back();
            self.last_word = word;
        } else {
            self.scan.eat(&rest[..c.len_utf8()]);
            self.sign(c);
            self.before = Some(if c == '^' { '0' } else { c });
            if !matches!(c, '\'' | '-') {
                self.last_word = "";
            }
        }
        true
    }

    fn sign(&mut self, c: char) {
        let after = self.scan.peek();
        let after_digit = self.before.is_some_and(|c| c.is_ascii_digit());
        let between = self.before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric);
        match c {
            '-' if between => self.text.push('-'),
            '/' if between && after_digit && self.scan.rest().len() == 1 => self.word("over"),
            '/' if self.before.is_none() || self.slashes && after.is_some() => self.word("slash"),
            ',' | ';' | ':' | '!' | '?' if self.before.is_some_and(char::is_alphanumeric) => self.mark(c),
            '.' => self.point(between, after),
            '^' => self.power(),
            '\'' if after_digit && self.scan.rest() == "s" => {
                self.scan.letters();
                self.text.push_str("'s");
            }
            '(' if !self.scan.rest().contains(')') => self.text.push_str(" ("),
            '(' if between => self.bracket(),
            '*' if between && after_digit => self.word("asterisk"),
            '~' if self.before.is_some() => self.word("tilde"),
            '-' => {}
            _ => self.word(sign(c).unwrap_or_default()),
        }
    }

    fn point(&mut self, between: bool, after: Option<char>) {
        let after_letter = self.before.is_some_and(char::is_alphabetic);
        let initial = after_letter && self.last_word.chars().count() == 1;
        let sentence = self.before.is_some_and(char::is_lowercase)
            && after.is_some_and(char::is_uppercase)
            && self.last_word.chars().count() > 2;
        if between && sentence {
            self.mark('.');
        } else if between && initial {
            self.text.push('.');
            self.text.push(GLUE);
        } else if between {
            self.word("dot");
        } else if initial && !self.signs {
            self.text.push('.');
        }
    }

    /// "word¹" is the mark of a note; "x²" a power.
    fn power(&mut self) {
        let power = self.scan.run(|c| c.is_ascii_digit() || matches!(c, '-' | '+' | 'n'));
        if self.last_word.chars().count() > 2 {
            return;
        }
        match power {
            "" => {}
            "2" => self.word("squared"),
            "3" => self.word("cubed"),
            _ => {
                self.word("to the power of");
                if power.starts_with('-') {
                    self.word("minus");
                }
                self.word(&cardinal(power.trim_matches(['-', '+', 'n']), false));
            }
        }
    }

    /// "file(s)" is one word.
    fn bracket(&mut self) {
        let inner = self.scan.run(|c| c != ')');
        if matches!(inner, "s" | "es") {
            self.text.push_str(inner);
        } else if inner.contains('(') {
            self.word(&inner.replace('(', " "));
        } else {
            self.word(&read(inner));
        }
        self.scan.eat(")");
    }

    fn word(&mut self, word: &str) {
        if word.is_empty() {
            return;
        }
        if !self.text.is_empty() && !self.text.ends_with([' ', '-', GLUE]) {
            self.text.push(' ');
        }
        self.text.push_str(word);
    }

    fn mark(&mut self, mark: char) {
        self.text.push(mark);
        self.text.push(' ');
    }
}

fn take_number(scan: &mut Scan<'_>) -> Option<Number> {
    let mut ahead = *scan;
    let number = Number::take_unsigned(&mut ahead)?;
    // "1.2.3" and "12.b" have full stops that are not decimal points.
    let chained = number.fraction.is_some() && (ahead.rest().starts_with('.') && ahead.rest().len() > 1);
    if chained {
        let mut plain = *scan;
        let digits = plain.digits();
        if digits.is_empty() {
            *scan = ahead;
            return Some(number);
        }
        *scan = plain;
        return Number::parse(digits);
    }
    *scan = ahead;
    Some(number)
}

fn number_in_name<'a>(
    number: &Number,
    letters: &'a str,
    glued: bool,
    last_word: &str,
    scan: &mut Scan<'a>,
    after: Scan<'a>,
) -> String {
    if number.fraction.is_some() || number.grouping != Grouping::None {
        return number.say(false);
    }
    let digits = number.whole.as_str();
    if glued && digits.len() == 4 && matches!(last_word, "FY" | "CY") {
        return year(digits);
    }
    if !glued {
        let suffix = format!("{digits}{letters}");
        if let Some(reading) = fraction::ordinal_number(&suffix, &Context::default()) {
            *scan = after;
            return reading.spoken;
        }
        if letters == "s" && digits.ends_with('0') && digits.len() == 4 {
            *scan = after;
            return plural(&year(digits));
        }
        if letters == "s" && digits.len() > 1 {
            *scan = after;
            return plural(&in_pairs(digits));
        }
        if digits.len() == 3 && matches!(last_word, "I" | "US" | "SR") {
            return in_pairs(digits);
        }
        if digits.len() == 3 && letters.len() == 1 && letters.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return in_pairs(digits);
        }
        let era = digits.len() == 4
            && matches!(
                last_word.to_lowercase().as_str(),
                "pre" | "post" | "mid" | "early" | "late"
            );
        if era {
            return year(digits);
        }
    }
    in_name(digits, !glued && letters.is_empty())
}
