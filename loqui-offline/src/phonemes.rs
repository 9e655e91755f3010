//! Converts normalized English to the phoneme ids of the network.

use std::collections::HashMap;

use loqui_g2p::PhonemeToken;

use crate::error::Error;
use crate::g2p::G2p;

/// The ids of the phonemes, from `hibari-tts` 0.2.1, in the alphabet of Kokoro and misaki.
static VOCABULARY: &str = include_str!("../data/vocab.json");

/// Pronounces English text in the alphabet of the network.
pub(crate) struct Phonemes {
    g2p: G2p,
    ids: HashMap<char, i32>,
}

/// The pronunciation of a text, split into pieces for the network.
#[derive(Debug, Default)]
pub(crate) struct Pronunciation {
    /// The phoneme ids. No piece is empty or longer than requested.
    pub(crate) pieces: Vec<Vec<i32>>,
    /// Words with letters or digits but without phonemes.
    pub(crate) unspoken: Vec<String>,
}

impl Phonemes {
    /// Loads the dictionaries and the rules.
    pub(crate) fn load() -> Result<Self, Error> {
        let g2p = G2p::load()?;
        let ids = serde_json::from_str(VOCABULARY).map_err(|source| Error::Pronunciation(source.into()))?;
        Ok(Self { g2p, ids })
    }

    /// Pronounces a normalized text in pieces of at most `longest` phonemes.
    pub(crate) fn pronounce(&self, text: &str, longest: usize) -> Pronunciation {
        let mut unspoken = Vec::new();
        let mut words = Vec::new();
        for token in self.g2p.tokens(text) {
            let word = self.word(&token);
            if word.ids.is_empty() && token.text.contains(char::is_alphanumeric) {
                unspoken.push(token.text);
            }
            words.push(word);
        }
        Pronunciation {
            pieces: pack(words, longest),
            unspoken,
        }
    }

    fn word(&self, token: &PhonemeToken) -> Word {
        let ids: Vec<i32> = token
            .phonemes
            .chars()
            .filter_map(|phoneme| self.ids.get(&phoneme).copied())
            .collect();
        Word {
            ends_clause: token.phonemes.ends_with([',', ';', ':', '—', '.', '!', '?', '…']),
            space: token.whitespace.then(|| self.ids.get(&' ').copied()).flatten(),
            ids,
        }
    }
}

struct Word {
    ids: Vec<i32>,
    space: Option<i32>,
    ends_clause: bool,
}

/// Joins words into pieces of at most `longest` ids. Pieces end after a clause if possible, otherwise after a word. No
/// piece starts or ends with a space.
fn pack(words: Vec<Word>, longest: usize) -> Vec<Vec<i32>> {
    let mut pieces = Vec::new();
    let mut piece: Vec<i32> = Vec::new();
    // The end of the last complete clause and the start of the next one.
    let mut clause: Option<(usize, usize)> = None;
    let mut space = None;
    for word in words {
        for part in word.ids.chunks(longest) {
            if piece.len() + usize::from(space.is_some()) + part.len() > longest
                && let Some((end, next)) = clause.take()
            {
                let rest = piece.split_off(next.min(piece.len()));
                piece.truncate(end);
                pieces.push(std::mem::replace(&mut piece, rest));
            }
            if piece.len() + usize::from(space.is_some()) + part.len() > longest {
                pieces.push(std::mem::take(&mut piece));
            }
            if !piece.is_empty() {
                piece.extend(space);
            }
            space = None;
            piece.extend_from_slice(part);
        }
        space = word.space.or(space);
        if word.ends_clause && !piece.is_empty() {
            clause = Some((piece.len(), piece.len() + usize::from(space.is_some())));
        }
    }
    pieces.push(piece);
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A word of `length` phonemes (9) with a space (1) after it.
    fn word(length: usize, ends_clause: bool) -> Word {
        Word {
            ids: vec![9; length],
            space: Some(1),
            ends_clause,
        }
    }

    fn lengths(words: Vec<Word>) -> Vec<usize> {
        pack(words, 10).iter().map(Vec::len).collect()
    }

    #[test]
    fn pieces_end_after_a_clause_if_possible() {
        assert_eq!(lengths(vec![word(3, false), word(3, false)]), [7]);
        assert_eq!(lengths(vec![word(3, true), word(3, false), word(4, false)]), [3, 8]);
        assert_eq!(lengths(vec![word(5, false), word(5, false), word(5, false)]), [5, 5, 5]);
        assert_eq!(lengths(vec![word(25, false), word(2, false)]), [10, 10, 8]);
        assert!(lengths(vec![]).is_empty());
    }

    #[test]
    fn pieces_contain_all_phonemes_within_the_limit() {
        for seed in 0..200 {
            let mut random = fastrand::Rng::with_seed(seed);
            let words: Vec<Word> = (0..30).map(|_| word(random.usize(0..14), random.bool())).collect();
            let total: usize = words.iter().map(|word| word.ids.len()).sum();
            let pieces = pack(words, 10);
            assert!(
                pieces.iter().all(|piece| (1..=10).contains(&piece.len())),
                "seed {seed}"
            );
            assert!(
                pieces.iter().all(|piece| piece[0] == 9 && piece.ends_with(&[9])),
                "seed {seed}"
            );
            let kept = pieces.iter().flatten().filter(|&&id| id == 9).count();
            assert_eq!(kept, total, "seed {seed}");
        }
    }

    #[test]
    fn text_is_pronounced_with_the_ids_of_the_vocabulary() {
        let phonemes = Phonemes::load().unwrap();
        let hello = phonemes.pronounce("Hello.", 400);
        let ids: Vec<i32> = "həlˈO.".chars().map(|phoneme| phonemes.ids[&phoneme]).collect();
        assert_eq!(hello.pieces, [ids]);
        assert_eq!(hello.unspoken, Vec::<String>::new());
        // The context selects the pronunciation of a heteronym. The alphabet of the network covers all phonemes.
        assert_ne!(
            phonemes.pronounce("I read it daily", 400).pieces,
            phonemes.pronounce("I read it yesterday", 400).pieces
        );
        let text =
            "Thirty-three zebras judged how Joyce's azure measure was chewed, “thinking” of rough vows: yes; no!";
        let tokens = phonemes.g2p.tokens(text);
        let length: usize = tokens
            .iter()
            .map(|token| token.phonemes.chars().count() + usize::from(token.whitespace))
            .sum();
        assert_eq!(phonemes.pronounce(text, 400).pieces.concat().len(), length);
        assert_eq!(phonemes.pronounce("日本", 400).unspoken, ["日本"]);
    }
}
