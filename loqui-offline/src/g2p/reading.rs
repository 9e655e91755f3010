//! A whole text, read from its end, because a word's sound depends on what follows it.

use std::collections::HashSet;

use super::grouping::{Word, grouped};
use super::markup::Unmarked;
use super::stress::{PRIMARY, VOWELS, restress, weight};
use super::tokens::{Token, joined_to_heads, written};
use super::words::{Context, Words};

/// Signs inside a word that are not spoken.
const JUNK: &str = "',-._‘’/";
/// Punctuation that makes a pause.
const PAUSES: &str = ";:,.!?—…";
const CONSONANTS: &str = "bdfhjklmnpstvwzðŋɡɹɾʃʒʤʧθ";

/// Pronounces a text, one token for each word. `tagged` cuts a text into tokens; `fallback` pronounces what neither
/// dictionaries nor rules know.
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
            // The voice's alphabet has a flap as T and a glottal stop as t.
            token.phonemes = token
                .phonemes
                .map(|phonemes| phonemes.replace('ɾ', "T").replace('ʔ', "t"));
            token
        })
        .collect()
}

/// Pronounces tokens that are written together: the longest stretch from the end that is known, then the rest; all of them
/// by the fallback if one is not known at all.
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

/// Gives the first token the phonemes of all.
fn fill(group: &mut [Token], phonemes: Option<String>) {
    if let Some((first, rest)) = group.split_first_mut() {
        first.phonemes = phonemes;
        for token in rest {
            token.phonemes = Some(String::new());
        }
    }
}

/// What the word before this one is followed by.
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

/// Decides which parts of a word are spoken apart, and takes stress away where parts with stress follow each other.
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
    let heard = group.iter().enumerate().filter_map(|(index, token)| {
        let phonemes = token.phonemes.as_deref().filter(|phonemes| !phonemes.is_empty())?;
        Some((phonemes.contains(PRIMARY), weight(phonemes), index))
    });
    let mut heard: Vec<(bool, usize, usize)> = heard.collect();
    if let [(.., first), (.., second)] = heard[..]
        && group[first].text.chars().count() == 1
    {
        weaken(&mut group[second]);
        return;
    }
    let stressed = heard.iter().filter(|(stressed, ..)| *stressed).count();
    if heard.len() < 2 || stressed <= heard.len().div_ceil(2) {
        return;
    }
    heard.sort_unstable();
    for (.., index) in &heard[..heard.len() / 2] {
        weaken(&mut group[*index]);
    }
}

fn weaken(token: &mut Token) {
    let weaker = |phonemes: String| restress(&phonemes, Some(-0.5));
    token.phonemes = token.phonemes.take().map(weaker);
}
