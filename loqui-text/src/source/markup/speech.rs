//! The elements of SSML.

use super::tags::{Tag, window};
use super::{LONGEST_TAG, Stripper};
use crate::source::html::attribute;

impl Stripper<'_, '_> {
    pub(super) fn speech(&mut self, tag: &Tag<'_>) -> usize {
        let end = tag.range.end;
        match tag.name.as_str() {
            "break" => {
                let pause = pause(tag.inner);
                let space = if self.out.text.ends_with(|c: char| !c.is_whitespace()) {
                    " "
                } else {
                    ""
                };
                self.out
                    .replace(tag.range.clone(), &format!("{space}[pause {pause}ms]"));
                if self.text[end..].starts_with(|c: char| !c.is_whitespace()) {
                    self.out.replace(end..end, " ");
                }
                end
            }
            "say-as" if !tag.closing && !tag.empty => {
                let kind = attribute(tag.inner, "interpret-as").unwrap_or_default();
                let Some(close) = window(&self.text[end..], LONGEST_TAG)
                    .find("</")
                    .map(|found| end + found)
                else {
                    return end;
                };
                let content = &self.text[end..close];
                if content.len() > 200 || content.contains('<') {
                    return end;
                }
                match said_as(content.trim(), kind) {
                    Some(words) => {
                        self.out.replace(end..close, &words);
                        self.closing_tag(close, "say-as", LONGEST_TAG).unwrap_or(close)
                    }
                    None => end,
                }
            }
            _ => end,
        }
    }
}

/// Milliseconds of a `break`.
fn pause(inner: &str) -> u64 {
    let named = match attribute(inner, "strength") {
        Some("none") => Some(0),
        Some("x-weak") => Some(100),
        Some("weak") => Some(250),
        Some("strong") => Some(1000),
        Some("x-strong") => Some(2000),
        _ => None,
    };
    let timed = attribute(inner, "time").and_then(|time| {
        let (number, unit) = time.strip_suffix("ms").map_or_else(
            || time.strip_suffix('s').map(|number| (number, 1000.0)),
            |number| Some((number, 1.0)),
        )?;
        number
            .trim()
            .parse::<f64>()
            .ok()
            .filter(|value| *value >= 0.0)
            .map(|value| (value * unit).min(60_000.0) as u64)
    });
    timed.or(named).unwrap_or(500)
}

/// Rewrites the content of `say-as` so that the next stages read it as requested.
fn said_as(content: &str, kind: &str) -> Option<String> {
    let spaced = |text: &str| {
        let letters: Vec<String> = text.chars().filter(|c| !c.is_whitespace()).map(String::from).collect();
        letters.join(" ")
    };
    let digits = !content.is_empty() && content.bytes().all(|byte| byte.is_ascii_digit());
    match kind {
        "characters" | "spell-out" | "verbatim" | "letters" | "digits" => Some(spaced(content)),
        "ordinal" if digits => {
            let suffix = match content.as_bytes() {
                [.., b'1', _] => "th",
                [.., b'1'] => "st",
                [.., b'2'] => "nd",
                [.., b'3'] => "rd",
                _ => "th",
            };
            Some(format!("{content}{suffix}"))
        }
        "cardinal" | "number" if digits && content.len() > 3 => {
            let mut grouped = String::new();
            for (index, digit) in content.chars().enumerate() {
                if index > 0 && (content.len() - index).is_multiple_of(3) {
                    grouped.push(',');
                }
                grouped.push(digit);
            }
            Some(grouped)
        }
        _ => None,
    }
}
