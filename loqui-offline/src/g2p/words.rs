//! Pronounces single words with the dictionaries.

use unicode_normalization::UnicodeNormalization;

use super::lexicon::{Dictionary, Entry, open};
use super::special::symbol_word;
use super::stress::{PRIMARY, SECONDARY, restress};
use super::strings::{drop_last, is_alpha, is_lower, is_upper, len, tail};
use super::tokens::Token;

/// The stress of a capitalized word, and of a word in capitals.
const CAPITAL_STRESS: f64 = 0.5;
const CAPITALS_STRESS: f64 = 2.0;
/// The maximum length of a capitalized name that is looked up as written.
const LONGEST_SHORT_NAME: usize = 7;

/// The context after a word.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Context {
    /// Whether the next sound is a vowel. Absent before a pause and at the end.
    pub(super) vowel: Option<bool>,
    /// Whether the next word is "to".
    pub(super) to: bool,
}

/// The dictionaries.
#[derive(Debug)]
pub(super) struct Words {
    gold: Dictionary,
    silver: Dictionary,
}

impl Words {
    /// Opens the dictionaries. Returns nothing if the data is invalid.
    pub(super) fn new() -> Option<Self> {
        let (gold, silver) = open()?;
        Some(Self { gold, silver })
    }

    /// Pronounces one token. Returns nothing if the dictionaries and rules do not cover it.
    pub(super) fn pronounce(&self, token: &Token, context: Context) -> Option<String> {
        let written = token.alias.as_deref().unwrap_or(&token.text).replace(['‘', '’'], "'");
        let word: String = written.nfkc().map(plain_digit).collect();
        let stress = if is_lower(&word) {
            None
        } else if is_upper(&word) {
            Some(CAPITALS_STRESS)
        } else {
            Some(CAPITAL_STRESS)
        };
        if let Some(phonemes) = self.word(&word, &token.tag, stress, context) {
            let phonemes = self.with_currency(phonemes, token.currency.as_deref());
            return Some(restress(&phonemes, token.stress));
        }
        self.number(&word, token)
            .map(|phonemes| restress(&phonemes, token.stress))
    }

    /// Pronounces a word without signs and numbers.
    pub(super) fn word(&self, word: &str, tag: &str, stress: Option<f64>, context: Context) -> Option<String> {
        if let Some(phonemes) = self.special(word, tag, stress, context) {
            return Some(phonemes);
        }
        let (tagged, within) = (Some(tag), Some(context));
        let lower = word.to_lowercase();
        let word = if self.is_in_lower_case(word, &lower, tag, stress, context) {
            lower.as_str()
        } else {
            word
        };
        if self.is_known(word) {
            return self.look_up(word, tagged, stress, within);
        }
        if word.ends_with("s'") {
            let possessive = format!("{}'s", drop_last(word, 2));
            if self.is_known(&possessive) {
                return self.look_up(&possessive, tagged, stress, within);
            }
        }
        if word.ends_with('\'') && self.is_known(drop_last(word, 1)) {
            return self.look_up(drop_last(word, 1), tagged, stress, within);
        }
        self.with_s(word, tagged, stress, within)
            .or_else(|| self.with_ed(word, tagged, stress, within))
            .or_else(|| self.with_ing(word, tagged, Some(stress.unwrap_or(0.5)), within))
    }

    /// Returns true if a word with capitals is read as the same word in lower case.
    fn is_in_lower_case(&self, word: &str, lower: &str, tag: &str, stress: Option<f64>, context: Context) -> bool {
        let (tagged, within) = (Some(tag), Some(context));
        len(word) > 1
            && is_alpha(&word.replace('\'', ""))
            && word != lower
            && (tag != "NNP" || len(word) > LONGEST_SHORT_NAME)
            && !self.is_listed(word)
            && (is_upper(word) || is_lower(tail(word)))
            && (self.is_listed(lower)
                || self.with_s(lower, tagged, stress, within).is_some()
                || self.with_ed(lower, tagged, stress, within).is_some()
                || self.with_ing(lower, tagged, stress, within).is_some())
    }

    fn is_listed(&self, word: &str) -> bool {
        self.gold.contains(word) || self.silver.contains(word)
    }

    /// Returns true if [`look_up`](Self::look_up) can pronounce a word. Words in capitals can at least be spelled.
    pub(super) fn is_known(&self, word: &str) -> bool {
        if self.gold.contains(word) || symbol_word(word).is_some() || self.silver.contains(word) {
            return true;
        }
        if !word.chars().all(|c| c.is_ascii_alphabetic()) || word.is_empty() {
            return false;
        }
        len(word) == 1 || (is_upper(word) && self.gold.contains(&word.to_lowercase())) || is_upper(tail(word))
    }

    /// Returns the pronunciation of a word for its part of speech and its context.
    pub(super) fn look_up(
        &self,
        word: &str,
        tag: Option<&str>,
        stress: Option<f64>,
        context: Option<Context>,
    ) -> Option<String> {
        let capitals = is_upper(word) && !self.gold.contains(word);
        let lower = capitals.then(|| word.to_lowercase());
        let word = lower.as_deref().unwrap_or(word);
        let is_name = capitals && tag == Some("NNP");
        let entry = self.gold.get(word).or_else(|| {
            let listed = !is_name;
            listed.then(|| self.silver.get(word)).flatten()
        });
        let phonemes = entry.and_then(|entry| reading(&entry, tag, context));
        let is_stressed = phonemes.as_deref().is_some_and(|phonemes| phonemes.contains(PRIMARY));
        if (phonemes.is_none() || (is_name && !is_stressed))
            && let Some(spelled) = self.spell(word)
        {
            return Some(spelled);
        }
        phonemes.map(|phonemes| restress(&phonemes, stress))
    }

    /// Returns the default pronunciation of a word in the gold dictionary.
    pub(super) fn usual(&self, word: &str) -> Option<String> {
        self.gold.get(word)?.usual().map(str::to_owned)
    }

    /// Returns the pronunciation of a word in the gold dictionary for a part of speech.
    pub(super) fn exactly(&self, word: &str, tag: &str) -> Option<String> {
        self.gold.get(word)?.of(tag).flatten().map(str::to_owned)
    }

    /// Spells a word, with the stress on the last letter. Returns nothing if a letter has no name.
    pub(super) fn spell(&self, word: &str) -> Option<String> {
        let mut names = String::new();
        for letter in word.chars().filter(|c| c.is_alphabetic()) {
            match self.gold.get(&letter.to_uppercase().to_string()) {
                Some(Entry::One(name)) => names.push_str(&name),
                _ => return None,
            }
        }
        let names = restress(&names, Some(0.0));
        Some(match names.rfind(SECONDARY) {
            Some(at) => format!("{}{PRIMARY}{}", &names[..at], &names[at + SECONDARY.len_utf8()..]),
            None => names,
        })
    }
}

/// Returns the matching pronunciation of an entry. A listed but absent one counts as well.
fn reading(entry: &Entry, tag: Option<&str>, context: Option<Context>) -> Option<String> {
    if let Entry::One(phonemes) = entry {
        return Some(phonemes.clone());
    }
    let before_pause = context.is_some_and(|context| context.vowel.is_none());
    let listed = before_pause
        .then(|| entry.of("None"))
        .flatten()
        .or_else(|| entry.of(tag?))
        .or_else(|| entry.of(parent(tag?)));
    match listed {
        Some(phonemes) => phonemes.map(str::to_owned),
        None => entry.usual().map(str::to_owned),
    }
}

/// Returns the part of speech of a tag.
pub(super) fn parent(tag: &str) -> &str {
    match tag {
        _ if tag.starts_with("VB") => "VERB",
        _ if tag.starts_with("NN") => "NOUN",
        _ if tag.starts_with("ADV") || tag.starts_with("RB") => "ADV",
        _ if tag.starts_with("ADJ") || tag.starts_with("JJ") => "ADJ",
        _ => tag,
    }
}

/// Returns the ASCII digit for a digit of another script.
fn plain_digit(c: char) -> char {
    /// The zeros of scripts with consecutive digits.
    const ZEROS: [u32; 12] = [
        0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66,
    ];
    if c.is_ascii_digit() || !c.is_numeric() {
        return c;
    }
    let code = u32::from(c);
    let zero = ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&code));
    zero.and_then(|zero| char::from_digit(code - zero, 10)).unwrap_or(c)
}
