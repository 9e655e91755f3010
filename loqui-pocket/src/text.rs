//! Preparation of text, and its division into chunks that the model speaks one at a time.
//!
//! The models are trained on single sentences with the punctuation that these rules produce.

mod chunks;

pub(crate) use chunks::{Chunk, split};

use crate::Error;
use crate::config::Fields;

const TERMINAL: &[char] = &['.', '!', '?', '\u{2026}'];
const WEAK: &[char] = &[',', ';', ':', '-', '\u{2013}', '\u{2014}'];
const CLOSERS: &[char] = &['"', '\'', '\u{201d}', '\u{2019}', ')', ']', '\u{bb}'];

/// Words up to which a text counts as short. Short texts end later and may be padded.
const SHORT_WORDS: usize = 4;

/// Text as the model expects it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Prepared {
    pub(crate) text: String,
    /// Frames that follow the end of speech.
    pub(crate) tail: usize,
}

/// Applies the text rules of a model.
pub(crate) fn prepare(text: &str, config: &Fields) -> Result<Prepared, Error> {
    let mut text = text.trim().to_owned();
    if !config.replace_characters.is_empty() {
        text = replace(&text, config);
    }
    if text.is_empty() {
        return Err(Error::EmptyText);
    }
    text = text.replace(['\n', '\r'], " ").replace("  ", " ");
    if config.remove_semicolons {
        text = text.replace(';', ",");
    }
    let short = text.split_whitespace().count() <= SHORT_WORDS;
    if config.capitalize_first_letter {
        text = capitalize(&text);
    }
    if config.append_terminal_punctuation {
        text = terminate(text);
    }
    if config.pad_with_spaces_for_short_inputs && text.split_whitespace().count() <= SHORT_WORDS {
        text.insert_str(0, "        ");
    }
    Ok(Prepared {
        text,
        tail: if short { 5 } else { 3 },
    })
}

/// Replaces characters, collapses white space, and drops a comma that a removed quote left after a sentence mark.
fn replace(text: &str, config: &Fields) -> String {
    let mut replaced = String::with_capacity(text.len());
    for c in text.chars() {
        match config.replace_characters.get(&c) {
            Some(replacement) => replaced.push_str(replacement),
            None => replaced.push(c),
        }
    }
    let words: Vec<_> = replaced.split_whitespace().collect();
    let text = words.join(" ");
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        out.push(c);
        if TERMINAL.contains(&c)
            && let Some(after) = rest.trim_start().strip_prefix([',', ';', ':'])
        {
            rest = after;
        }
    }
    out
}

fn capitalize(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) if !first.is_uppercase() => first.to_uppercase().chain(chars).collect(),
        _ => text.to_owned(),
    }
}

/// Ends the text on a sentence mark. Closing quotes and brackets stay behind the mark that is there.
fn terminate(mut text: String) -> String {
    let closer_or_space = |c: char| c == ' ' || CLOSERS.contains(&c);
    let core = text.trim_end_matches(closer_or_space);
    match core.chars().next_back() {
        None => text,
        Some(last) if TERMINAL.contains(&last) => text,
        Some(last) if WEAK.contains(&last) => {
            let closers = text[core.len()..].trim();
            let core = core.trim_end_matches(|c: char| c == ' ' || WEAK.contains(&c));
            format!("{core}.{closers}")
        }
        Some(_) => {
            text.push('.');
            text
        }
    }
}
