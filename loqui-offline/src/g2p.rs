//! English words to phonemes: the rules of misaki, over dictionaries that need no loading.
//!
//! `loqui-g2p` has the same rules, and its tokenizer, tagger and network for unknown words are used here. Its dictionaries
//! are JSON that its only constructor parses, which takes a third of a second and 70 MB before the first word can be
//! said; so the rules stand here once more, over [`lexicon`], which is looked up as it lies in the binary. They follow
//! the original branch by branch, its odd corners included, because the voice was trained on what it says; [`parity`]
//! compares every word of the dictionaries, and text of many kinds. Licences: `data/NOTICE`.

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

/// Longest abbreviation without a vowel that is spelled out ("kg", "mph").
const LONGEST_VOWELLESS: usize = 5;

/// Pronounces American English in the alphabet of Kokoro and misaki.
pub(crate) struct G2p {
    tokenizer: Tokenizer,
    tagger: Tagger,
    words: Words,
    /// The network for words that nothing else knows, loaded with the first of them.
    unknown: OnceLock<Option<NeuralG2p>>,
}

impl G2p {
    /// Reads what has to be read: the tokenizer's patterns and the tagger's weights, side by side.
    pub(crate) fn load() -> Result<Self, Error> {
        let failed = |source: loqui_g2p::Error| Error::Pronunciation(source.into());
        let (tokenizer, tagger) = thread::scope(|scope| {
            let tagger = thread::Builder::new().spawn_scoped(scope, Tagger::english);
            let tokenizer = Tokenizer::english();
            let tagger = match tagger {
                Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
                // No thread is to be had: one after the other, then.
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

    /// Pronounces `text`, a token for each word. A word that cannot be pronounced has no phonemes.
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

    /// Pronounces a word that no dictionary, ending or number explains; empty if it has no letter the network knows.
    fn guess(&self, word: &str) -> String {
        let vowelless = !word.contains(|c| "aeiouyAEIOUY".contains(c));
        if vowelless
            && word.chars().count() <= LONGEST_VOWELLESS
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
                // What is certain is not left to statistics: addresses are read sign by sign, numerals as numbers.
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

/// Digits with separators, a decimal point and a minus in front: "1,234,567.89", "-5".
fn is_numeral(text: &str) -> bool {
    let body = text.strip_prefix('-').unwrap_or(text);
    body.starts_with(|c: char| c.is_ascii_digit()) && body.chars().all(|c| c.is_ascii_digit() || c == ',' || c == '.')
}
