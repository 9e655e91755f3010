//! Marks of notes, placeholders, and characters that only control the display.

use std::ops::Range;

use super::findings;
use super::map::Output;

/// Longest placeholder, in bytes.
const LONGEST: usize = 80;
/// Findings, at most.
const MOST_FINDINGS: usize = 20;

/// Removes the marks of notes and the characters that change the writing direction, and reports placeholders.
pub(super) fn strip(text: &str, out: &mut Output) {
    let mut copied = 0;
    let mut directions: Option<(Range<usize>, usize)> = None;
    let mut controls: Option<(Range<usize>, usize)> = None;
    let mut placeholders = 0;
    let mut skip = 0;
    for (at, c) in text.char_indices() {
        if at < skip {
            continue;
        }
        match c {
            '[' => {
                if let Some(end) = note(text, at) {
                    out.copy(text, copied..at);
                    copied = end;
                    skip = end;
                    continue;
                }
                if let Some(end) = bracketed(text, at) {
                    placeholders += 1;
                    if placeholders <= MOST_FINDINGS {
                        out.note(at..end, findings::placeholder(&text[at..end]));
                    }
                    skip = end;
                }
            }
            '{' | '$' | '<' | '%' => {
                if let Some((end, inner)) = braced(text, at) {
                    placeholders += 1;
                    if placeholders <= MOST_FINDINGS {
                        out.note(at..end, findings::placeholder(&text[at..end]));
                    }
                    out.copy(text, copied..at);
                    out.copy(text, inner);
                    copied = end;
                    skip = end;
                }
            }
            '⁰' | '¹' | '²' | '³' | '⁴'..='⁹' => {
                if let Some(end) = raised(text, at) {
                    out.copy(text, copied..at);
                    copied = end;
                    skip = end;
                }
            }
            '†' | '‡' if text[..at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | ',' | '”' | '"')) =>
            {
                out.copy(text, copied..at);
                copied = at + c.len_utf8();
            }
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
                out.copy(text, copied..at);
                copied = at + c.len_utf8();
                count_one(&mut directions, at..copied);
            }
            // A form feed ends a page, and a vertical tab a line.
            _ if c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{B}' | '\u{C}' | '\u{85}') => {
                out.copy(text, copied..at);
                copied = at + c.len_utf8();
                count_one(&mut controls, at..copied);
            }
            _ => {}
        }
    }
    out.copy(text, copied..text.len());
    if let Some((range, count)) = directions {
        out.note(range, findings::direction(count));
    }
    if let Some((range, count)) = controls {
        out.note(range, findings::control(count));
    }
}

/// Counts a character of a kind and extends the range from the first to the last of them.
fn count_one(counted: &mut Option<(Range<usize>, usize)>, at: Range<usize>) {
    match counted {
        Some((range, count)) => {
            range.end = at.end;
            *count += 1;
        }
        None => *counted = Some((at, 1)),
    }
}

/// `[12]`, `[3, 4]`, `[5–7]`, `[^1]`: the mark of a note after a word or a sentence.
fn note(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at + 1..];
    let end = rest.bytes().take(24).position(|byte| byte == b']')?;
    let inner = rest[..end].strip_prefix('^').unwrap_or(&rest[..end]);
    let digits = inner
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, ',' | ' ' | '-' | '–'));
    let numbered = digits
        && inner.starts_with(|c: char| c.is_ascii_digit() && c != '0')
        && inner.split([',', ' ', '-', '–']).all(|part| part.len() <= 3);
    let before = text[..at].trim_end_matches(' ');
    let behind = !before.is_empty()
        && before.len() + 1 >= at
        && before.ends_with(|c: char| {
            c.is_alphanumeric() || matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '"' | '”' | '’' | ')' | ']')
        });
    (numbered && behind).then_some(at + 1 + end + 1)
}

/// A superscript number after a word is the mark of a note. After a short sign it is an exponent.
fn raised(text: &str, at: usize) -> Option<usize> {
    const UNITS: [&str; 14] = [
        "mile", "miles", "feet", "foot", "inch", "meter", "metre", "meters", "metres", "yard", "yards", "sin", "cos",
        "tan",
    ];
    let before = &text[..at];
    let marked = before.ends_with(['.', ',', '!', '?', ';', '”', '"', '’']);
    let word = before.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    if !marked && (word.chars().count() < 4 || UNITS.contains(&word))
        || marked
            && before
                .trim_end_matches(['.', ',', '!', '?', ';', '”', '"', '’'])
                .is_empty()
    {
        return None;
    }
    let rest = &text[at..];
    let length = rest
        .find(|c: char| !matches!(c, '⁰' | '¹' | '²' | '³' | '⁴'..='⁹'))
        .unwrap_or(rest.len());
    (!rest[length..].starts_with(char::is_alphanumeric)).then_some(at + length)
}

/// `{{name}}`, `${name}`, `{% if %}`, `<<name>>`, `%(name)s`: where it ends, and the words in it.
fn braced(text: &str, at: usize) -> Option<(usize, Range<usize>)> {
    let rest = &text[at..];
    let (open, close) = [("{{", "}}"), ("${", "}"), ("{%", "%}"), ("<<", ">>"), ("%(", ")s")]
        .into_iter()
        .find(|(open, _)| rest.starts_with(open))?;
    let mut limit = rest.len().min(LONGEST);
    while !rest.is_char_boundary(limit) {
        limit -= 1;
    }
    let inner = &rest[open.len()..limit];
    let end = inner.find(close)?;
    let words = &inner[..end];
    if words.trim().is_empty() || words.contains('\n') || words.contains(['{', '<']) {
        return None;
    }
    let start = at + open.len();
    Some((start + end + close.len(), start..start + end))
}

/// `[Your Name]`, `[INSERT DATE]`, `[NAME]`
fn bracketed(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at + 1..];
    let end = rest.bytes().take(LONGEST).position(|byte| byte == b']')?;
    let inner = &rest[..end];
    let capitals = inner.len() >= 3
        && inner
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || matches!(byte, b' ' | b'_'))
        && inner.split([' ', '_']).any(|word| word.len() > 3);
    let phrase = [
        "Your ", "your ", "Insert ", "insert ", "INSERT ", "Name", "Company", "Date", "TODO", "TBD",
    ]
    .iter()
    .any(|start| inner.starts_with(start));
    (capitals || phrase && inner.split(' ').count() <= 6).then_some(at + 1 + end + 1)
}
