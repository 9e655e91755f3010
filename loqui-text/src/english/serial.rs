//! Identifiers, codes and signs.

use super::context::{Context, Reading};
use super::date;
use super::money;
use super::number::{in_name, in_pairs, one_by_one};
use crate::Class;

/// Signs that are read as a word.
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
    ('★', "star"),
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
        ">>" | ">>>" | "//" | ":)" | ":-)" | ";)" | ";-)" | ":(" | ":-(" | ":D" | ":-D" | "<3" | ":P" | "xD" => "",
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
    let named = is_named(text, context);
    let long = digits.len() - groups.len() >= 6 && groups.len() > 2;
    (hash || padded || named || long).then(|| {
        let words: Vec<String> = groups.iter().map(|group| one_by_one(group)).collect();
        Reading::new(Class::Serial, format!("{number}{}", words.join(", ")))
    })
}

/// Reads groups of digits that end in letters, as identifiers do: `0042-7781-A`, `4471-B`.
pub(super) fn lettered(text: &str) -> Option<Reading> {
    let (digits, letters) = text.strip_suffix('.').unwrap_or(text).rsplit_once('-')?;
    let groups: Vec<&str> = digits.split('-').collect();
    let all_digits = |group: &&str| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
    let identifier = groups.iter().all(all_digits)
        && groups.len() <= 6
        && digits.len() >= 4
        && (1..=2).contains(&letters.len())
        && letters.bytes().all(|byte| byte.is_ascii_uppercase());
    identifier.then(|| {
        let words: Vec<String> = groups.iter().map(|group| one_by_one(group)).collect();
        let letters: Vec<String> = letters.chars().map(String::from).collect();
        Reading::new(Class::Serial, format!("{}, {}", words.join(", "), letters.join(" ")))
    })
}

/// Returns true if the previous words show that groups of digits are an identifier and not a range.
pub(super) fn is_named(text: &str, context: &Context<'_>) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    match context.left.trim_end_matches('.') {
        "isbn" | "ssn" => true,
        "no" | "number" | "order" | "sku" | "part" | "invoice" | "account" | "id" | "serial" | "code" | "ref"
        | "reference" | "case" | "ticket" | "policy" | "claim" | "tracking" | "#" => digits >= 5,
        _ => false,
    }
}

/// Reads codes with a known form: hexadecimal numbers, video sizes, flights.
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
    let octets = text.len() == 17 && [':', '-'].iter().any(|mark| text.split(*mark).map(str::len).eq([2; 6]));
    if octets
        && text
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'-'))
    {
        let words: Vec<String> = text.split([':', '-']).map(each).collect();
        return serial(words.join(", "));
    }
    // "UUID"
    let uuid = text.len() == 36 && text.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
    if uuid && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-') {
        let words: Vec<String> = text.split('-').map(each).collect();
        return serial(words.join(", "));
    }
    // "q6h" in a prescription
    if let Some(hours) = text
        .strip_prefix('q')
        .and_then(|rest| rest.strip_suffix('h').or_else(|| rest.strip_suffix("hr")))
        && (1..=2).contains(&hours.len())
        && hours.bytes().all(|byte| byte.is_ascii_digit())
    {
        let unit = if hours == "1" { "hour" } else { "hours" };
        return serial(format!("every {} {unit}", super::number::cardinal(hours, false)));
    }
    // "123 F.3d 456": the series of a law report
    if let Some((name, series)) = text.rsplit_once('.')
        && !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'.')
        && let Some(series) = match series {
            "2d" => Some("second"),
            "3d" => Some("third"),
            _ => None,
        }
    {
        let letters: Vec<&str> = name.split('.').collect();
        return serial(format!("{} {series}", letters.join(" ")));
    }
    // "BA2490" after a word such as "flight".
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
