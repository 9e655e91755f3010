//! Everything that is no word and that no grammar reads whole: names with digits, codes, signs in between.

use super::context::{Context, Reading};
use super::date;
use super::money;
use super::number::{Number, in_name, in_pairs, one_by_one, plural, year};
use super::scan::Scan;
use crate::Class;

/// Signs that stand for a word.
const SIGNS: &[(char, &str)] = &[
    ('&', "and"),
    ('+', "plus"),
    ('@', "at"),
    ('=', "equals"),
    ('<', "less than"),
    ('>', "greater than"),
    ('%', "percent"),
    ('#', "hash"),
    ('\\', "backslash"),
    ('~', "about"),
    ('©', "copyright"),
    ('®', "registered"),
    ('™', "trademark"),
    ('§', "section"),
    ('¶', "paragraph"),
    ('±', "plus or minus"),
    ('×', "times"),
    ('÷', "divided by"),
    ('≈', "about"),
    ('≠', "is not equal to"),
    ('≤', "is at most"),
    ('≥', "is at least"),
    ('→', "to"),
    ('←', "from"),
    ('⇒', "implies"),
    ('√', "the square root of"),
    ('∞', "infinity"),
    ('‰', "per mille"),
    ('°', "degrees"),
    ('μ', "micro"),
    ('π', "pi"),
    ('¢', "cents"),
    ('∑', "sum"),
    ('∆', "delta"),
    ('∈', "in"),
    ('∩', "intersection"),
    ('∪', "union"),
    ('♯', "sharp"),
    ('♭', "flat"),
];

/// The word for a sign.
pub(super) fn sign(c: char) -> Option<&'static str> {
    SIGNS
        .iter()
        .find(|(known, _)| *known == c)
        .map(|(_, word)| *word)
        .or_else(|| money::lone_sign(c.encode_utf8(&mut [0; 4])))
}

/// The words for signs of several characters.
pub(super) fn operator(text: &str) -> Option<&'static str> {
    Some(match text {
        ">=" => "is at least",
        "<=" => "is at most",
        "==" | "===" => "equals",
        "!=" | "<>" => "is not equal to",
        "->" | "=>" | "-->" | "==>" => "to",
        "<-" => "from",
        "&&" => "and",
        "||" => "or",
        "+/-" => "plus or minus",
        "§§" => "sections",
        "¶¶" => "paragraphs",
        "#" => "number",
        ":)" | ":-)" | ";)" | ";-)" | ":(" | ":-(" | ":D" | ":-D" | "<3" | ":P" | "xD" => "",
        _ => return None,
    })
}

/// Reads groups of digits that are an identifier: `#2024-0017`, `978-0-306-40615-7`, `078-05-1120`.
pub(super) fn groups(text: &str, context: &Context<'_>) -> Option<Reading> {
    let (hash, digits) = match text.strip_prefix('#') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    // "#14C"
    let letter = digits.len() - digits.trim_end_matches(|c: char| c.is_ascii_alphabetic()).len();
    if hash && letter == 1 && digits.len() > 1 && digits[..digits.len() - 1].bytes().all(|byte| byte.is_ascii_digit()) {
        let (digits, letter) = digits.split_at(digits.len() - 1);
        return Some(Reading::new(
            Class::Serial,
            format!("number {} {letter}", in_pairs(digits)),
        ));
    }
    let groups: Vec<&str> = digits.split('-').collect();
    let all_digits = |group: &&str| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
    if groups.len() > 12 || !groups.iter().all(all_digits) {
        return None;
    }
    let number = if hash { "number " } else { "" };
    if let [single] = groups.as_slice() {
        return hash.then(|| {
            let spoken = if single.len() >= 5 || single.starts_with('0') {
                one_by_one(single)
            } else if single.len() == 4 {
                in_pairs(single)
            } else {
                super::number::cardinal(single, context.british)
            };
            Reading::new(Class::Serial, format!("{number}{spoken}"))
        });
    }
    let padded = groups.iter().any(|group| group.len() > 1 && group.starts_with('0'));
    let named = matches!(
        context.left.as_str(),
        "isbn"
            | "ssn"
            | "id"
            | "order"
            | "account"
            | "serial"
            | "code"
            | "invoice"
            | "case"
            | "ticket"
            | "policy"
            | "claim"
            | "zip"
            | "reference"
            | "ref"
            | "tracking"
            | "number"
    );
    let long = digits.len() - groups.len() >= 6 && groups.len() > 2;
    (hash || padded || named || long).then(|| {
        let words: Vec<String> = groups.iter().map(|group| one_by_one(group)).collect();
        Reading::new(Class::Serial, format!("{number}{}", words.join(", ")))
    })
}

/// Reads codes that are known by their shape: hexadecimal numbers, video sizes, flights.
pub(super) fn code(text: &str, context: &Context<'_>) -> Option<Reading> {
    let serial = |spoken: String| Some(Reading::new(Class::Serial, spoken));
    let each = |text: &str| {
        let parts: Vec<String> = text
            .chars()
            .map(|c| {
                if c.is_ascii_digit() {
                    one_by_one(c.encode_utf8(&mut [0; 4]))
                } else {
                    c.to_string()
                }
            })
            .collect();
        parts.join(" ")
    };
    if let Some(hex) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))
        && !hex.is_empty()
        && hex.len() <= 64
        && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
    {
        return serial(format!("zero x {}", each(hex)));
    }
    if let Some(lines) = text.strip_suffix(['p', 'i'])
        && matches!(lines, "240" | "360" | "480" | "576" | "720" | "1080" | "1440" | "2160")
    {
        return serial(format!("{} {}", in_pairs(lines), &text[lines.len()..]));
    }
    let mixed = text.bytes().any(|byte| byte.is_ascii_digit()) && text.bytes().any(|byte| byte.is_ascii_lowercase());
    if mixed
        && (7..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
        && text.bytes().filter(u8::is_ascii_digit).count() >= 2
    {
        return serial(each(text));
    }
    // "UUID"
    let uuid = text.len() == 36 && text.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
    if uuid && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-') {
        let words: Vec<String> = text.split('-').map(each).collect();
        return serial(words.join(", "));
    }
    // "BA2490", where a flight was named.
    let letters = text.bytes().take_while(u8::is_ascii_uppercase).count();
    let digits = &text[letters..];
    if letters > 0
        && (1..=5).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && matches!(
            context.left.as_str(),
            "flight" | "flights" | "room" | "gate" | "seat" | "order" | "code" | "plate" | "postcode"
        )
    {
        return serial(format!(
            "{} {}",
            &text[..letters],
            if digits.len() > 2 {
                one_by_one(digits)
            } else {
                in_name(digits, false)
            }
        ));
    }
    None
}

/// Reads what nothing else reads: words, digits and signs, one after the other. Gives nothing if nothing can be said.
pub(super) fn composite(text: &str) -> String {
    let mut spoken = Composite {
        text: String::with_capacity(text.len() * 2),
    };
    let letters_only = text
        .chars()
        .all(|c| c.is_alphabetic() || matches!(c, '/' | '\'' | '-' | '.'));
    let capitals = letters_only && !text.chars().any(char::is_lowercase);
    let signs = text.chars().filter(|c| sign(*c).is_some()).count();
    let mut scan = Scan::new(text);
    let mut before: Option<char> = None;
    let mut last_word = "";
    while let Some(c) = scan.peek() {
        let rest = scan.rest();
        if c.is_ascii_digit()
            || c == '.'
                && rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit)
                && before.is_none_or(|c| !c.is_alphanumeric())
        {
            let glued = before.is_some_and(char::is_alphabetic);
            let number = take_number(&mut scan);
            let Some(number) = number else { break };
            let mut after = scan;
            let letters = after.letters();
            let word = number_in_name(&number, letters, glued, last_word, &mut scan, after);
            spoken.word(&word);
            before = Some('0');
            last_word = "";
            continue;
        }
        if c.is_alphabetic() || c == '\'' && before.is_some_and(char::is_alphabetic) {
            let word =
                scan.run(|c| c.is_alphabetic() || c == '\'' || unicode_normalization::char::is_combining_mark(c));
            spoken.word(word);
            before = word.chars().next_back();
            last_word = word;
            continue;
        }
        scan.eat(&rest[..c.len_utf8()]);
        let after = scan.peek();
        let between = before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric);
        match c {
            '-' if between => spoken.hyphen(),
            '-' => {}
            '/' if between && rest.len() == 2 && before.is_some_and(|c| c.is_ascii_digit()) => spoken.word("over"),
            '/' if between && letters_only && !capitals => spoken.word("slash"),
            '/' if before.is_none() || letters_only && !capitals && after.is_some() => spoken.word("slash"),
            ',' | ';' | ':' | '!' | '?' if before.is_some_and(char::is_alphanumeric) => spoken.mark(c),
            '.' if between => {
                let lower = before.is_some_and(char::is_lowercase);
                if lower && after.is_some_and(char::is_uppercase) && last_word.chars().count() > 2 {
                    spoken.mark('.');
                } else if before.is_some_and(char::is_alphabetic) && last_word.chars().count() == 1 {
                    spoken.text.push('.');
                    spoken.glue();
                } else {
                    spoken.word("dot");
                }
            }
            '.' => {
                if last_word.chars().count() == 1 && signs == 0 && before.is_some_and(char::is_alphabetic) {
                    spoken.text.push('.');
                }
            }
            '^' => {
                // "word¹" is a mark of a note; "x²" a power.
                let power = scan.run(|c| c.is_ascii_digit() || matches!(c, '-' | '+' | 'n'));
                match (power, last_word.chars().count()) {
                    ("2", ..=2) => spoken.word("squared"),
                    ("3", ..=2) => spoken.word("cubed"),
                    ("", _) => {}
                    (power, ..=2) => {
                        spoken.word("to the power of");
                        if power.starts_with('-') {
                            spoken.word("minus");
                        }
                        spoken.word(&super::number::cardinal(power.trim_matches(['-', '+', 'n']), false));
                    }
                    _ => {}
                }
                before = Some('0');
                continue;
            }
            '\'' if before.is_some_and(|c| c.is_ascii_digit()) && scan.rest() == "s" => {
                scan.letters();
                spoken.text.push_str("'s");
            }
            '(' if !scan.rest().contains(')') => spoken.text.push_str(" ("),
            '*' if between && before.is_some_and(|c| c.is_ascii_digit()) => spoken.word("asterisk"),
            '(' if between => {
                // "file(s)" is one word.
                let inner = scan.run(|c| c != ')');
                if matches!(inner, "s" | "es") {
                    spoken.text.push_str(inner);
                } else {
                    spoken.word(&composite_inner(inner));
                }
                scan.eat(")");
            }
            _ => {
                if let Some(word) = sign(c) {
                    spoken.word(if c == '~' && before.is_some() { "tilde" } else { word });
                }
            }
        }
        before = Some(c);
        if !c.is_alphanumeric() {
            last_word = if matches!(c, '\'' | '-') { last_word } else { "" };
        }
    }
    spoken.text
}

/// The inside of a bracket: no bracket is open within it.
fn composite_inner(text: &str) -> String {
    if text.contains('(') {
        text.replace('(', " ")
    } else {
        composite(text)
    }
}

fn take_number(scan: &mut Scan<'_>) -> Option<Number> {
    let mut ahead = *scan;
    let number = Number::take_unsigned(&mut ahead)?;
    // "1.2.3" and "12.b" have points that are no decimal points.
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
    if number.fraction.is_some() || number.grouping != super::number::Grouping::None {
        return number.say(false);
    }
    let digits = number.whole.as_str();
    if glued && digits.len() == 4 && matches!(last_word, "FY" | "CY") {
        return year(digits);
    }
    if !glued {
        let suffix = format!("{digits}{letters}");
        if let Some(reading) = super::fraction::ordinal_number(&suffix, &Context::default()) {
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

struct Composite {
    text: String,
}

impl Composite {
    fn word(&mut self, word: &str) {
        if word.is_empty() {
            return;
        }
        if !self.text.is_empty() && !self.text.ends_with([' ', '-', '\u{1}']) {
            self.text.push(' ');
        }
        if self.text.ends_with('\u{1}') {
            self.text.pop();
        }
        self.text.push_str(word);
    }

    fn hyphen(&mut self) {
        self.text.push('-');
    }

    fn mark(&mut self, mark: char) {
        self.text.push(mark);
        self.text.push(' ');
    }

    /// The next word follows without a space.
    fn glue(&mut self) {
        self.text.push('\u{1}');
    }
}

/// Reads a span of weekdays or letters: `Mon-Fri`, `A–Z`.
pub(super) fn span(text: &str, dash: bool) -> Option<Reading> {
    let (first, last) = text.split_once('-').or_else(|| text.split_once(" - "))?;
    if let (Some(first), Some(last)) = (
        date::weekday(first.trim_end_matches('.')),
        date::weekday(last.trim_end_matches('.')),
    ) {
        return Some(Reading::new(Class::Range, format!("{first} to {last}")));
    }
    let letter = |part: &str| part.len() == 1 && part.bytes().all(|byte| byte.is_ascii_uppercase());
    (letter(first) && letter(last) && (dash || first == "A" && last == "Z"))
        .then(|| Reading::new(Class::Range, format!("{first} to {last}")))
}
