//! Roman numerals: centuries, rulers, chapters and other things that are counted.

mod words;

use super::data::Language;
use super::dates::german_ordinal;
use super::rules::{NUMBERING, say};
use crate::roman::value;
use words::Words;

/// Rulers, books and centuries have small numerals. Longer ones without such a word are more often acronyms: `CD`, `MC`.
const SMALL: &[char] = &['I', 'V', 'X'];

/// A numeral at the start of a word.
pub(super) struct Numeral {
    /// Bytes of the text from the start of the word.
    pub(super) length: usize,
    pub(super) spoken: String,
}

/// What a numeral counts, which decides its form.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Century,
    Counted,
    Ruler,
    /// Before a noun, after an article: `la II guerra`.
    Attribute,
    /// After another name: `Apollo XI`.
    Name,
}

/// Reads the numeral at `start`, which begins a word. Returns nothing if the context does not show that it is one.
pub(super) fn read(text: &str, start: usize, language: &Language) -> Option<Numeral> {
    let words = words::of(language.profile.code)?;
    let tail = &text[start..];
    let length = tail.bytes().take_while(|byte| b"IVXLCDM".contains(byte)).count();
    let numeral = &tail[..length];
    let number = value(numeral)?;
    let behind = &tail[length..];
    if let Some((ending, set)) = ending(behind, words) {
        return Some(Numeral {
            length: length + ending,
            spoken: say(u64::from(number), set, language),
        });
    }
    if behind.starts_with(|c: char| c.is_alphanumeric() || c == '\'' || c == '’') {
        return None;
    }
    let context = Context::new(text, start, behind);
    let used = context.use_of(numeral, words)?;
    let point = behind.starts_with('.') && context.point_belongs(used, words);
    Some(Numeral {
        length: length + usize::from(point),
        spoken: words.say(number, used, &context, language),
    })
}

/// The ending of an ordinal directly after the numeral: `XIXe`, `II.º`.
fn ending<'a>(behind: &str, words: &'a Words) -> Option<(usize, &'a str)> {
    words.endings.iter().find_map(|(ending, set)| {
        let rest = behind.strip_prefix(ending)?;
        (!rest.starts_with(char::is_alphanumeric)).then_some((ending.len(), *set))
    })
}

/// The words around a numeral.
struct Context<'a> {
    /// The words before it in the same sentence, the nearest first.
    before: [&'a str; 3],
    /// The next word, empty if punctuation other than a full stop is between.
    after: &'a str,
    /// Whether the full stop after the numeral is followed by text on the same line.
    continues: bool,
}

impl<'a> Context<'a> {
    fn new(text: &'a str, start: usize, behind: &'a str) -> Self {
        let mut before = [""; 3];
        let mut left = &text[..start];
        for word in &mut before {
            let trimmed = left.trim_end_matches([' ', '\u{A0}', '\u{202F}']);
            if trimmed.len() == left.len() {
                break;
            }
            *word = last_word(trimmed);
            left = &trimmed[..trimmed.len() - word.len()];
        }
        // "siglos XV y XVI": the second numeral has the context of the first.
        if value(before[1]).is_some() && before[0].chars().count() <= 3 {
            before = [before[2], "", ""];
        }
        let pointed = behind.strip_prefix('.').unwrap_or(behind);
        let next = pointed.trim_start_matches([' ', '\u{A0}', '\u{202F}']);
        let apart = next.len() < pointed.len();
        let length = next.find(|c: char| !c.is_alphabetic()).unwrap_or(next.len());
        Self {
            before,
            after: if apart { &next[..length] } else { "" },
            continues: apart && next.starts_with(char::is_alphanumeric),
        }
    }

    fn use_of(&self, numeral: &str, words: &Words) -> Option<Use> {
        let [before, ..] = self.before;
        let is = |list: &[&str], word: &str| list.iter().any(|known| *known == word.to_lowercase());
        if is(words.century, self.after) || is(words.century, before) {
            return Some(Use::Century);
        }
        if is(words.counted, before) {
            return Some(Use::Counted);
        }
        let small = numeral.chars().all(|c| SMALL.contains(&c));
        if words.ruler(before).is_some() && small {
            return Some(Use::Ruler);
        }
        if !small || numeral.len() < 2 {
            return None;
        }
        if words.article(before).is_some() && !self.after.is_empty() {
            return Some(Use::Attribute);
        }
        let named = before.starts_with(char::is_uppercase)
            && before.chars().count() > 2
            && before.chars().any(char::is_lowercase)
            && !is(words.starters, before);
        named.then_some(Use::Name)
    }

    /// Whether the full stop after the numeral is that of an ordinal, and not that of the sentence.
    fn point_belongs(&self, used: Use, words: &Words) -> bool {
        let ordinal = words.pointed && matches!(used, Use::Century | Use::Ruler | Use::Attribute);
        ordinal && self.continues
    }
}

fn last_word(text: &str) -> &str {
    let start = text
        .char_indices()
        .rev()
        .take(24)
        .take_while(|(_, c)| c.is_alphabetic())
        .last()
        .map_or(text.len(), |(at, _)| at);
    &text[start..]
}

impl Words {
    /// Returns a number in the form of its use.
    fn say(&self, number: u32, used: Use, context: &Context<'_>, language: &Language) -> String {
        let number = u64::from(number);
        let ordinal = |gender: char| {
            let set = if gender == 'f' { self.feminine } else { self.masculine };
            say(number, set, language)
        };
        let before = context.before[0];
        match used {
            Use::Century | Use::Attribute if language.profile.code == "de" => {
                german_ordinal(number, &before.to_lowercase(), language)
            }
            Use::Century => {
                let form = self
                    .century_forms
                    .iter()
                    .find(|(word, lead, _)| *word == context.after && (lead.is_empty() || *lead == before));
                match form {
                    Some((.., set)) => say(number, set, language),
                    None if number <= self.ordinals_to => ordinal('m'),
                    None => say(number, NUMBERING, language),
                }
            }
            Use::Attribute => ordinal(self.article(before).unwrap_or('m')),
            Use::Counted | Use::Name => say(number, NUMBERING, language),
            Use::Ruler => {
                let gender = self.ruler(before).unwrap_or('m');
                match language.profile.code {
                    "de" => words::german_ruler(number, gender, &context.before, language),
                    _ if number > self.ordinals_to => say(number, NUMBERING, language),
                    _ => format!("{}{}", self.ruler_article, ordinal(gender)),
                }
            }
        }
    }
}
