//! Converts normalized English to the phoneme ids of the network.

use std::collections::HashMap;
use std::ops::Range;

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
    /// The positions of the words in the pieces, in order.
    pub(crate) words: Vec<WordPlace>,
    /// Words with letters or digits but without phonemes.
    pub(crate) unspoken: Vec<String>,
}

/// The position of the phonemes of a word, without its punctuation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WordPlace {
    /// The word, with its punctuation.
    pub(crate) text: String,
    /// The index of the piece.
    pub(crate) piece: usize,
    /// The position in the ids of the piece.
    pub(crate) ids: Range<usize>,
}

/// The phonemes that are pauses or silent.
const PUNCTUATION: &str = ";:,.!?—…\"()“”";

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
        let mut tokens: Vec<Token> = Vec::new();
        for token in self.g2p.tokens(text) {
            let word = self.word(&token);
            if word.ids.is_empty() && token.text.contains(char::is_alphanumeric) {
                unspoken.push(token.text.clone());
            }
            tokens.push(Token {
                spoken: self.without_punctuation(&word.ids),
                length: word.ids.len(),
                ends_word: token.whitespace,
                text: token.text,
            });
            words.push(word);
        }
        let pieces = pack(words, longest);
        Pronunciation {
            words: places(tokens, &pieces, self.ids.get(&' ').copied()),
            pieces,
            unspoken,
        }
    }

    /// Returns the position of the ids from the first to the last sound.
    fn without_punctuation(&self, ids: &[i32]) -> Range<usize> {
        let sounds = |id: &i32| !PUNCTUATION.chars().any(|mark| self.ids.get(&mark) == Some(id));
        match (ids.iter().position(sounds), ids.iter().rposition(sounds)) {
            (Some(first), Some(last)) => first..last + 1,
            _ => 0..0,
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

/// A token of the text, with the position of its sounds in its ids.
struct Token {
    text: String,
    length: usize,
    spoken: Range<usize>,
    ends_word: bool,
}

/// Finds the words in the pieces that [`pack`] made of their tokens. Tokens without a space between them are one word.
fn places(tokens: Vec<Token>, pieces: &[Vec<i32>], space: Option<i32>) -> Vec<WordPlace> {
    let mut words: Vec<WordPlace> = Vec::new();
    let (mut piece, mut at) = (0, 0);
    // The text before the first sound of a word.
    let mut opening = String::new();
    let mut is_open = false;
    for token in tokens {
        if token.length > 0 {
            if pieces.get(piece).is_some_and(|ids| at >= ids.len()) {
                (piece, at) = (piece + 1, 0);
            }
            if at > 0 && space.is_some() && pieces.get(piece).and_then(|ids| ids.get(at)).copied() == space {
                at += 1;
            }
        }
        let ids = at + token.spoken.start..at + token.spoken.end;
        let continues = is_open && words.last().is_some_and(|word| word.piece == piece);
        if token.spoken.is_empty() {
            // A mark belongs to the word that it touches.
            match words.last_mut().filter(|_| is_open) {
                Some(word) => word.text.push_str(&token.text),
                None => opening.push_str(&token.text),
            }
        } else if let Some(word) = words.last_mut().filter(|_| continues) {
            word.text.push_str(&token.text);
            word.ids.end = ids.end;
        } else {
            words.push(WordPlace {
                text: std::mem::take(&mut opening) + &token.text,
                piece,
                ids,
            });
            is_open = true;
        }
        if token.ends_word {
            is_open = false;
            opening.clear();
        }
        // A token that is longer than a piece continues in the next ones.
        at += token.length;
        while let Some(ids) = pieces.get(piece)
            && at > ids.len()
        {
            at -= ids.len();
            piece += 1;
        }
    }
    words
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
    fn words_are_found_in_the_pieces() {
        let phonemes = Phonemes::load().unwrap();
        let text = "“Well,” said the well-known Dr Smith - who couldn't, in twenty-five years, lie: no!";
        for longest in [300, 40, 12, 5] {
            let spoken = phonemes.pronounce(text, longest);
            let found: Vec<&str> = spoken.words.iter().map(|word| word.text.as_str()).collect();
            assert_eq!(
                found.concat(),
                text.replace([' ', '-'], "")
                    .replace("wellknown", "well-known")
                    .replace("twentyfive", "twenty-five"),
                "{longest}"
            );
            for (index, word) in spoken.words.iter().enumerate() {
                let ids = &spoken.pieces[word.piece];
                assert!(!word.ids.is_empty(), "{word:?}");
                if longest > 12 {
                    let alone = phonemes.pronounce(&word.text, 300).pieces.concat();
                    assert!(word.ids.end <= ids.len(), "{word:?} in {} ids", ids.len());
                    let sounds = &ids[word.ids.clone()];
                    assert!(alone.len() >= sounds.len(), "{word:?}");
                    assert_ne!(sounds.first(), phonemes.ids.get(&' '), "{word:?}");
                }
                if let Some(next) = spoken.words.get(index + 1) {
                    assert!((word.piece, word.ids.start) < (next.piece, next.ids.start));
                }
            }
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
