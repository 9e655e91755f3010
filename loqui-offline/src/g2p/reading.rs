//! Pronounces a text from its end, because the pronunciation of a word depends on the next one.

use std::collections::HashSet;

use super::grouping::{Word, grouped};
use super::markup::Unmarked;
use super::stress::{PRIMARY, VOWELS, restress, weight};
use super::tokens::{Token, joined_to_heads, written};
use super::words::{Context, Words};

/// Silent signs within a word.
const JUNK: &str = "',-._‘’/";
/// Punctuation with a pause.
const PAUSES: &str = ";:,.!?—…";
const CONSONANTS: &str = "bdfhjklmnpstvwzðŋɡɹɾʃʒʤʧθ";

/// Pronounces a text. Returns a token per word. `tagged` splits a text into tokens, and `fallback` pronounces words that the
/// dictionaries and rules do not cover.
pub(super) fn read(
    known: &Words,
    text: &str,
    tagged: impl FnOnce(&str) -> Vec<Token>,
    fallback: &dyn Fn(&str) -> Option<String>,
) -> Vec<Token> {
    let unmarked = Unmarked::of(text);
    let mut tokens = tagged(&unmarked.text);
    unmarked.mark(&mut tokens);
    let mut words = grouped(&joined_to_heads(tokens));
    let mut context = Context::default();
    for word in words.iter_mut().rev() {
        match word {
            Word::One(token) => {
                if token.phonemes.is_none() {
                    token.phonemes = known.pronounce(token, context).or_else(|| fallback(&token.text));
                }
                context = before(context, token.phonemes.as_deref(), token);
            }
            Word::Many(group) => context = read_group(known, group, context, fallback),
        }
    }
    let spoken = words.into_iter().map(|word| match word {
        Word::One(token) => token,
        Word::Many(group) => Token::spoken(&group),
    });
    spoken
        .map(|mut token| {
            // The alphabet of the voice has T for a flap and t for a glottal stop.
            token.phonemes = token
                .phonemes
                .map(|phonemes| phonemes.replace('ɾ', "T").replace('ʔ', "t"));
            token
        })
        .collect()
}

/// Pronounces tokens without spaces between them: the longest known part at the end, then the rest. Uses the fallback for
/// all of them if one is unknown.
fn read_group(
    known: &Words,
    group: &mut [Token],
    mut context: Context,
    fallback: &dyn Fn(&str) -> Option<String>,
) -> Context {
    let (mut left, mut right) = (0, group.len());
    while left < right {
        let span = &group[left..right];
        let is_open = span
            .iter()
            .all(|token| token.alias.is_none() && token.phonemes.is_none());
        let joined = is_open.then(|| Token::joined(span));
        let phonemes = joined.as_ref().and_then(|token| known.pronounce(token, context));
        if let (Some(phonemes), Some(token)) = (phonemes, joined) {
            context = before(context, Some(&phonemes), &token);
            fill(&mut group[left..right], Some(phonemes));
            right = left;
            left = 0;
        } else if left + 1 < right {
            left += 1;
        } else {
            right -= 1;
            left = 0;
            let token = &mut group[right];
            if token.phonemes.is_some() {
            } else if token.text.chars().all(|c| JUNK.contains(c)) {
                token.phonemes = Some(String::new());
            } else {
                let whole = fallback(&written(group));
                fill(group, whole);
                return context;
            }
        }
    }
    settle(group);
    context
}

/// Moves the phonemes of all tokens to the first one.
fn fill(group: &mut [Token], phonemes: Option<String>) {
    if let Some((first, rest)) = group.split_first_mut() {
        first.phonemes = phonemes;
        for token in rest {
            token.phonemes = Some(String::new());
        }
    }
}

/// Returns the context of the previous word.
fn before(context: Context, phonemes: Option<&str>, token: &Token) -> Context {
    let sound = phonemes.and_then(|phonemes| {
        phonemes
            .chars()
            .find(|c| VOWELS.contains(*c) || CONSONANTS.contains(*c) || PAUSES.contains(*c))
    });
    Context {
        vowel: match sound {
            None => context.vowel,
            Some(pause) if PAUSES.contains(pause) => None,
            Some(sound) => Some(VOWELS.contains(sound)),
        },
        to: matches!(token.text.as_str(), "to" | "To")
            || (token.text == "TO" && matches!(token.tag.as_str(), "TO" | "IN")),
    }
}

/// Separates the parts of a word, and reduces the stress of consecutive stressed parts.
fn settle(group: &mut [Token]) {
    let text = written(group);
    let kinds: HashSet<u8> = text
        .chars()
        .filter(|c| !JUNK.contains(*c))
        .map(|c| match c {
            _ if c.is_alphabetic() => 0,
            '0'..='9' => 1,
            _ => 2,
        })
        .collect();
    let apart = text.contains([' ', '/']) || kinds.len() > 1;
    let count = group.len();
    for (index, token) in group.iter_mut().enumerate() {
        if token.phonemes.is_some() {
            token.prespace |= index > 0 && apart;
        } else if index + 1 == count && token.text.chars().count() == 1 && PAUSES.contains(token.text.as_str()) {
            token.phonemes = Some(token.text.clone());
        } else if token.text.chars().all(|c| JUNK.contains(c)) {
            token.phonemes = Some(String::new());
        }
    }
    if apart {
        return;
    }
    let spoken = group.iter().enumerate().filter_map(|(index, token)| {
        let phonemes = token.phonemes.as_deref().filter(|phonemes| !phonemes.is_empty())?;
        Some((phonemes.contains(PRIMARY), weight(phonemes), index))
    });
    let mut spoken: Vec<(bool, usize, usize)> = spoken.collect();
    if let [(.., first), (.., second)] = spoken[..]
        && group[first].text.chars().count() == 1
    {
        weaken(&mut group[second]);
        return;
    }
    let stressed = spoken.iter().filter(|(stressed, ..)| *stressed).count();
    if spoken.len() < 2 || stressed <= spoken.len().div_ceil(2) {
        return;
    }
    spoken.sort_unstable();
    for (.., index) in &spoken[..spoken.len() / 2] {
        weaken(&mut group[*index]);
    }
}

fn weaken(token: &mut Token) {
    let weaker = |phonemes: String| restress(&phonemes, Some(-0.5));
    token.phonemes = token.phonemes.take().map(weaker);
}
