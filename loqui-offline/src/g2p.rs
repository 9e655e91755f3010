//! Converts English words to phonemes by the rules of misaki (<https://github.com/hexgrad/misaki>).
//!
//! `loqui-g2p` implements the same rules. Its tokenizer, its tagger and its network for unknown words are used here. Its
//! constructor parses JSON dictionaries, which takes a third of a second and 70 MB. So this module implements the rules
//! again over [`lexicon`], which needs no parsing. They follow the original in all details, because the voice was trained on
//! its output. [`parity`] compares the words of the dictionaries and many kinds of text. Licences: `data/NOTICE`.

mod endings;
mod grouping;
mod lexicon;
mod markup;
mod numbers;
#[cfg(test)]
mod parity;
mod reading;
mod special;
mod stress;
mod strings;
mod tokens;
mod words;

use std::sync::OnceLock;
use std::thread;

use loqui_g2p::tagger::Tagger;
use loqui_g2p::tokenize::Tokenizer;
use loqui_g2p::{Dialect, NeuralG2p, PhonemeToken};
use tokens::Token;
use words::Words;

use crate::error::Error;

/// The maximum length of a word without vowels that is spelled ("kg", "mph").
const LONGEST_WITHOUT_VOWELS: usize = 5;

/// Pronounces American English in the alphabet of Kokoro and misaki.
pub(crate) struct G2p {
    tokenizer: Tokenizer,
    tagger: Tagger,
    words: Words,
    /// The network for unknown words, loaded on first use.
    unknown: OnceLock<Option<NeuralG2p>>,
}

impl G2p {
    /// Loads the patterns of the tokenizer and the weights of the tagger in parallel.
    pub(crate) fn load() -> Result<Self, Error> {
        let failed = |source: loqui_g2p::Error| Error::Pronunciation(source.into());
        let (tokenizer, tagger) = thread::scope(|scope| {
            let tagger = thread::Builder::new().spawn_scoped(scope, Tagger::english);
            let tokenizer = Tokenizer::english();
            let tagger = match tagger {
                Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
                // If no thread can be started, load them in sequence.
                Err(_) => Tagger::english(),
            };
            (tokenizer, tagger)
        });
        Ok(Self {
            tokenizer: tokenizer.map_err(failed)?,
            tagger: tagger.map_err(failed)?,
            words: Words::new().ok_or_else(|| Error::Pronunciation("the dictionaries are damaged".into()))?,
            unknown: OnceLock::new(),
        })
    }

    /// Pronounces `text`. Returns a token per word. A word that cannot be pronounced has no phonemes.
    pub(crate) fn tokens(&self, text: &str) -> Vec<PhonemeToken> {
        let fallback = |word: &str| self.words.compose(word, &|part| Some(self.guess(part)));
        reading::read(&self.words, text, |text| self.tagged(text), &fallback)
            .into_iter()
            .map(|token| PhonemeToken {
                phonemes: token.phonemes.unwrap_or_default(),
                whitespace: !token.whitespace.is_empty(),
                text: token.text,
            })
            .collect()
    }

    /// Pronounces a word that is not covered by dictionaries and rules. Returns an empty string if the network knows no letter
    /// of it.
    fn guess(&self, word: &str) -> String {
        let without_vowels = !word.contains(|c| "aeiouyAEIOUY".contains(c));
        if without_vowels
            && word.chars().count() <= LONGEST_WITHOUT_VOWELS
            && let Some(spelled) = self.words.spell(word)
        {
            return spelled;
        }
        let network = self.unknown.get_or_init(|| NeuralG2p::load(Dialect::American).ok());
        let guessed = network.as_ref().and_then(|network| network.phonemize(word));
        guessed.unwrap_or_default()
    }

    fn tagged(&self, text: &str) -> Vec<Token> {
        let tokens = self.tokenizer.tokenize(text);
        let words: Vec<&str> = tokens.iter().map(|token| token.text.as_str()).collect();
        let tags = self.tagger.tag(&words);
        let pairs = tokens.into_iter().zip(tags);
        pairs
            .map(|(token, tag)| Token {
                // Addresses and numerals have certain tags, which replace those of the tagger.
                tag: if self.tokenizer.is_url(&token.text) {
                    "ADD".to_owned()
                } else if is_numeral(&token.text) {
                    "CD".to_owned()
                } else {
                    tag
                },
                whitespace: if token.space_after { " " } else { "" }.to_owned(),
                text: token.text,
                is_head: true,
                ..Token::default()
            })
            .collect()
    }
}

/// Returns true for digits with separators, a decimal point and a minus sign: "1,234,567.89", "-5".
fn is_numeral(text: &str) -> bool {
    let body = text.strip_prefix('-').unwrap_or(text);
    body.starts_with(|c: char| c.is_ascii_digit()) && body.chars().all(|c| c.is_ascii_digit() || c == ',' || c == '.')
}
