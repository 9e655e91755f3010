//! Telephone numbers, card numbers and other groups of digits.

use super::context::{Context, Reading};
use super::number::{cardinal, one_by_one};
use super::scan::Scan;
use crate::Class;

/// Words before a telephone number.
const DIALLED: [&str; 16] = [
    "call",
    "dial",
    "phone",
    "tel",
    "telephone",
    "fax",
    "mobile",
    "cell",
    "text",
    "ring",
    "hotline",
    "calling",
    "dialed",
    "dialled",
    "sms",
    "whatsapp",
];

/// Reads a telephone number that fills `text`.
pub(super) fn read(text: &str, context: &Context<'_>) -> Option<Reading> {
    let spoken = letters(text)
        .or_else(|| international(text))
        .or_else(|| groups(text, context))
        .or_else(|| short(text, context))?;
    Some(Reading::new(Class::Telephone, spoken))
}

/// The extension after a number: `ext. 5`, `x123`.
fn extension(scan: &mut Scan<'_>) -> Option<String> {
    let mut ahead = *scan;
    ahead.eat_any(&[", ", " "]);
    ahead.eat_any(&["extension", "ext.", "ext", "Ext.", "Ext", "x"])?;
    ahead.space();
    let digits = ahead.digits();
    if digits.is_empty() || !ahead.is_done() {
        return None;
    }
    *scan = ahead;
    Some(format!(", extension {}", one_by_one(digits)))
}

/// `+44 20 7946 0958`, `+1 (123)-123-5678`
fn international(text: &str) -> Option<String> {
    let mut scan = Scan::new(text);
    let prefixed = scan.eat("+") || scan.eat("00") && text.len() > 10 && text.contains(' ');
    if !prefixed {
        return None;
    }
    let country = scan.digits();
    if !(1..=3).contains(&country.len()) {
        // "+442079460958"
        return (text.starts_with('+') && scan.is_done() && (8..=15).contains(&country.len()))
            .then(|| format!("plus {}", one_by_one(country)));
    }
    let rest = rest_of(&mut scan)?;
    let digits: usize = rest.iter().map(|group| group.len()).sum();
    let written_out = text.starts_with('+') || rest.len() > 1;
    if rest.is_empty() || !written_out || !(5..=13).contains(&digits) {
        return None;
    }
    let extension = extension(&mut scan);
    let groups: Vec<_> = rest.into_iter().map(one_by_one).collect();
    scan.is_done().then(|| {
        format!(
            "plus {}, {}{}",
            one_by_one(country),
            groups.join(", "),
            extension.unwrap_or_default()
        )
    })
}

/// Groups of digits with separators and brackets between them.
fn rest_of<'a>(scan: &mut Scan<'a>) -> Option<Vec<&'a str>> {
    let mut groups = Vec::new();
    loop {
        let mut ahead = *scan;
        ahead.eat_any(&[" - ", " ", "-", ".", "/", "\u{2009}"]);
        let bracket = ahead.eat("(");
        let group = ahead.digits();
        if group.is_empty() {
            return Some(groups);
        }
        if bracket {
            ahead.eat(")").then_some(())?;
        }
        groups.push(group);
        *scan = ahead;
    }
}

/// `123-123-5678`, `(123) 123-5678`, `0800 123 4567`, `4111 1111 1111 1111`, `111-11-1111`, `555-1234`
fn groups(text: &str, context: &Context<'_>) -> Option<String> {
    let mut scan = Scan::new(text);
    let bracketed = text.starts_with('(');
    let groups = rest_of(&mut scan)?;
    let extension = extension(&mut scan);
    if !scan.is_done() || groups.len() < 2 || text.contains(" - ") || text.starts_with([' ', '-', '.', '/']) {
        return None;
    }
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    let digits: usize = lengths.iter().sum();
    let spaced = text.contains(' ') && !bracketed;
    let dialled = DIALLED.contains(&context.left.as_str())
        || matches!(context.left.as_str(), "at" | "on" | "to" | "is" | "number")
            && (DIALLED.contains(&context.before_that.as_str())
                || context.before_that == "me"
                || context.before_that == "us");
    let shape = match lengths.as_slice() {
        [3, 3 | 2, 4] | [3, 3, 4, 1..=6] | [1, 3, 3, 4] | [4, 4, 4, 4] | [4, 4, 4] | [4, 6, 5] => true,
        [3, 4] => !spaced && text.contains('-') || bracketed || dialled,
        _ if bracketed => text[..text.find(')').unwrap_or(0)].len() > 2 && (7..=13).contains(&digits),
        // Numbers that start with a zero and have long enough groups are not quantities.
        [first, rest @ ..] if groups[0].starts_with('0') && *first >= 2 => {
            (8..=13).contains(&digits) && rest.iter().all(|length| (2..=7).contains(length)) && !text.contains('.')
        }
        _ => dialled && (7..=13).contains(&digits),
    };
    if !shape || text.contains('/') && !dialled {
        return None;
    }
    let first_apart = lengths.first() == Some(&1);
    let words: Vec<_> = groups
        .iter()
        .enumerate()
        .map(|(index, group)| {
            let free =
                index <= 1 && matches!(*group, "800" | "900") && (first_apart || index == 0 && lengths.len() == 3);
            if free {
                cardinal(group, false)
            } else {
                one_by_one(group)
            }
        })
        .collect();
    Some(format!("{}{}", words.join(", "), extension.unwrap_or_default()))
}

/// `1-800-GO-U-HAUL`
fn letters(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split('-').collect();
    let [first, area, rest @ ..] = parts.as_slice() else {
        return None;
    };
    let (country, area, rest) = if *first == "1" {
        (Some("one"), *area, rest.to_vec())
    } else {
        let mut all = vec![*area];
        all.extend(rest);
        (None, *first, all)
    };
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_letters = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_uppercase());
    if area.len() != 3
        || !is_digits(area)
        || country.is_none() && !matches!(area, "800" | "888" | "877" | "866" | "900")
        || rest.is_empty()
        || !rest.iter().all(|part| is_digits(part) || is_letters(part))
        || !rest.iter().any(|part| is_letters(part))
        || !(4..=8).contains(&rest.iter().map(|part| part.len()).sum::<usize>())
    {
        return None;
    }
    let area = if area.ends_with("00") {
        cardinal(area, false)
    } else {
        one_by_one(area)
    };
    let mut spoken: Vec<String> = country.into_iter().map(str::to_owned).collect();
    spoken.push(area);
    let words: Vec<String> = rest
        .iter()
        .map(|part| {
            if is_digits(part) {
                one_by_one(part)
            } else {
                (*part).to_owned()
            }
        })
        .collect();
    spoken.push(words.join(" "));
    Some(spoken.join(", "))
}

/// `911` or other digits after a verb such as "call".
fn short(text: &str, context: &Context<'_>) -> Option<String> {
    let digits = text.len();
    let bare = text.bytes().all(|byte| byte.is_ascii_digit());
    let counted = context.counts_noun() || context.right == "times";
    let dialled = DIALLED.contains(&context.left.as_str());
    (bare && dialled && !counted && matches!(digits, 3..=13)).then(|| one_by_one(text))
}
