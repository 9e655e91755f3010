//! Numbers of a language: parsed by its separators, written in its words.

use super::data::{Language, Noun};
use super::plural::Category;
use super::rbnf::form;

/// The rule set of plain numbers.
pub(super) const NUMBERING: &str = "%spellout-numbering";
/// Longer numbers are read digit by digit.
const LONGEST: usize = 15;

/// A number as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Number {
    pub(super) negative: bool,
    pub(super) whole: String,
    pub(super) fraction: Option<String>,
    pub(super) grouped: bool,
    /// Whether a point precedes the fraction, in a language that uses a comma.
    pub(super) point: bool,
}

impl Number {
    /// Reads the number at the start of `text`. Also returns its length.
    pub(super) fn take(text: &str, language: &Language) -> Option<(Self, usize)> {
        let unsigned = text.trim_start_matches(['-', '+']);
        let sign = text.len() - unsigned.len();
        if sign > 1 {
            return None;
        }
        let digits_of = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let first = digits_of(unsigned);
        if first == 0 {
            return None;
        }
        let mut whole = unsigned[..first].to_owned();
        let mut at = first;
        let mut grouped = false;
        let spaced = language.group.is_whitespace();
        while (1..=3).contains(&first) {
            let rest = &unsigned[at..];
            let Some(separator) = rest.chars().next() else { break };
            // A no-break space groups digits in every language, an ordinary space in Spanish too.
            let no_break = matches!(separator, '\u{A0}' | '\u{202F}');
            let spanish = language.profile.code == "es" && separator == ' ';
            let fits = separator == language.group || spaced && separator.is_whitespace() || no_break || spanish;
            if !fits {
                break;
            }
            let group = &rest[separator.len_utf8()..];
            let length = digits_of(group);
            // In India, the digits before the last three are in groups of two.
            let lakh = language.profile.code == "hi"
                && length == 2
                && group[length..]
                    .strip_prefix(language.group)
                    .is_some_and(|next| digits_of(next) >= 2);
            if length != 3 && !lakh {
                break;
            }
            // An ordinary space joins groups only if they cannot be two numbers.
            if separator == ' ' && first == 3 && !grouped && !group[..length].ends_with('0') {
                break;
            }
            whole.push_str(&group[..length]);
            at += separator.len_utf8() + length;
            grouped = true;
        }
        let mut fraction = None;
        let mut point = false;
        let rest = &unsigned[at..];
        if let Some(separator) = rest.chars().next().filter(|c| matches!(c, '.' | ',')) {
            let length = digits_of(&rest[1..]);
            let own = separator == language.decimal;
            let other = !grouped && separator == '.' && length != 3 && !rest[1 + length..].starts_with(['.', ',']);
            if length > 0 && (own || other) {
                fraction = Some(rest[1..=length].to_owned());
                point = !own;
                at += 1 + length;
            }
        }
        Some((
            Self {
                negative: text.starts_with('-'),
                whole,
                fraction,
                grouped,
                point,
            },
            sign + at,
        ))
    }

    /// The value of a whole number.
    pub(super) fn value(&self) -> Option<u64> {
        (self.whole.len() <= LONGEST).then(|| self.whole.parse().ok())?
    }

    /// The number in words, with the rules of `set`.
    pub(super) fn say(&self, set: &str, language: &Language) -> String {
        let leading_zero = self.whole.len() > 1 && self.whole.starts_with('0');
        let long = !self.grouped && self.whole.len() >= 10 && !self.whole.ends_with("000");
        let words = match (self.value(), &self.fraction) {
            (None, _) => one_by_one(&self.whole, language),
            _ if leading_zero || long => one_by_one(&self.whole, language),
            (Some(value), None) => language.rules.whole(set, value, language.plural),
            (Some(value), Some(digits)) => language.rules.decimal(NUMBERING, value, digits, language.plural),
        };
        let mut words = in_characters(words, language);
        // CLDR always has "punto". In Spanish the name of the written sign is spoken.
        if language.profile.code == "es" && self.fraction.is_some() && !self.point {
            words = words.replacen(" punto ", " coma ", 1);
        }
        if self.negative {
            language.rules.negative(set, &words)
        } else {
            words
        }
    }

    fn category(&self, language: &Language) -> Category {
        match (&self.fraction, self.value()) {
            (None, Some(value)) => (language.plural)(value),
            _ => Category::Other,
        }
    }
}

/// Replaces characters of the rules by those that are spoken.
pub(super) fn in_characters(words: String, language: &Language) -> String {
    match language.profile.code {
        "zh" => words.replace('〇', "零"),
        // The rules share the stems of tens and teens.
        "pl" if words.contains("dziesi") => words
            .replace("piętdziesi", "pięćdziesi")
            .replace("szesdziesi", "sześćdziesi")
            .replace("dziewiętdziesi", "dziewięćdziesi"),
        "ja" => words.replace('・', "点").replace('〇', "零"),
        _ => words,
    }
}

/// Reads the digits one by one.
pub(super) fn one_by_one(digits: &str, language: &Language) -> String {
    let words: Vec<String> = digits
        .bytes()
        .filter(u8::is_ascii_digit)
        .map(|digit| {
            in_characters(
                language
                    .rules
                    .whole(NUMBERING, u64::from(digit - b'0'), language.plural),
                language,
            )
        })
        .collect();
    words.join(if language.profile.tight { "" } else { " " })
}

/// The rule set of numbers before a noun of this gender.
pub(super) fn set(gender: char, language: &Language) -> &'static str {
    let wanted: &[&str] = match gender {
        'f' => &["%spellout-cardinal-feminine"],
        'n' => &["%spellout-cardinal-neuter"],
        'c' => &["%spellout-cardinal-common", "%spellout-cardinal-reale"],
        _ => &["%spellout-cardinal-masculine"],
    };
    wanted
        .iter()
        .chain(&[
            "%spellout-cardinal-masculine",
            "%spellout-cardinal-common",
            "%spellout-cardinal-reale",
            "%spellout-cardinal-sinokorean",
            "%spellout-cardinal",
        ])
        .copied()
        .find(|set| language.rules.has(set))
        .unwrap_or(NUMBERING)
}

/// Returns a number with a noun in the form that the number requires.
pub(super) fn with_noun(number: &Number, noun: &Noun, language: &Language) -> String {
    let code = language.profile.code;
    let pattern = form(&noun.forms, number.category(language));
    // A pattern may have a sign instead of a word. Then use the form for other numbers, which has the word.
    let pattern = if pattern.contains(['%', '٪']) {
        form(&noun.forms, Category::Other)
    } else {
        pattern
    };
    let value = number.value().filter(|_| number.fraction.is_none() && !number.negative);
    let words = number.say(set(noun.gender, language), language);
    if pattern.contains("{0}") {
        if code == "ar" && value == Some(1) && !pattern.starts_with("{0}%") {
            return pattern.replace("{0}", "").trim().to_owned() + " " + &words;
        }
        if language.profile.tight {
            return pattern.replace(' ', "").replace("{0}", &words);
        }
        return pattern
            .replace("{0}", &words)
            .replace('%', if code == "ko" { " 퍼센트" } else { "" });
    }
    match (code, value) {
        ("ar" | "he", Some(1)) | ("sw", _) => format!("{pattern} {words}"),
        ("ar", Some(2)) => pattern.to_owned(),
        ("he", Some(2)) => format!("{} {pattern}", if noun.gender == 'f' { "שתי" } else { "שני" }),
        _ if language.profile.tight => format!("{words}{pattern}"),
        _ => format!("{words} {pattern}"),
    }
}
