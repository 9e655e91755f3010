//! Text to tokens and back.
//!
//! Reads `SentencePiece` models and the JSON files of Hugging Face, if those were converted from `SentencePiece`
//! models: unigram and byte-pair models over words that start with a visible space.

mod bpe;
mod charsmap;
mod json;
mod normalizer;
mod sentencepiece;
#[cfg(test)]
mod tests;
mod unigram;
mod vocabulary;

use std::path::Path;

use crate::Error;
use bpe::Merges;
use normalizer::Normalizer;
use vocabulary::Vocabulary;

/// The names under which a folder may hold its tokenizer.
const FILES: [&str; 2] = ["tokenizer.json", "tokenizer.model"];

/// Largest tokenizer file that is read, in bytes. The published ones have less than 1 MB.
const MAX_BYTES: u64 = 16 << 20;

/// Represents a space within pieces.
const VISIBLE_SPACE: char = '\u{2581}';

#[derive(Debug)]
pub(crate) struct Tokenizer {
    vocabulary: Vocabulary,
    normalizer: Normalizer,
    /// Whether words are tokenized one by one.
    split_words: bool,
    model: Model,
}

#[derive(Debug)]
enum Model {
    /// The most likely sequence of pieces, by the scores of the pieces.
    Unigram,
    /// The result of merging neighbours in a fixed order.
    Bpe(Merges),
}

impl Tokenizer {
    /// Reads the tokenizer of a model folder, which must have `size` entries.
    pub(crate) fn load(folder: &Path, size: usize) -> Result<Self, Error> {
        let found = FILES.iter().map(|file| folder.join(file)).find(|path| path.is_file());
        let path = found.ok_or_else(|| Error::MissingFile {
            file: "tokenizer.json or tokenizer.model",
            folder: folder.to_owned(),
        })?;
        let io = |source| Error::Io {
            path: path.clone(),
            source,
        };
        let invalid = |reason| Error::Tokenizer {
            path: path.clone(),
            reason,
        };
        if std::fs::metadata(&path).map_err(io)?.len() > MAX_BYTES {
            return Err(invalid(format!("it has more than {MAX_BYTES} bytes")));
        }
        let bytes = std::fs::read(&path).map_err(io)?;
        let json = path.extension().is_some_and(|extension| extension == "json");
        Self::parse(&bytes, json, size).map_err(invalid)
    }

    pub(crate) fn parse(bytes: &[u8], json: bool, size: usize) -> Result<Self, String> {
        let tokenizer = if json {
            json::parse(bytes)?
        } else {
            sentencepiece::parse(bytes)?
        };
        let found = tokenizer.vocabulary.len();
        if found != size {
            return Err(format!("it has {found} entries, but the configuration expects {size}"));
        }
        Ok(tokenizer)
    }

    /// Splits text into tokens. Every token is smaller than the size of the tokenizer.
    pub(crate) fn encode(&self, text: &str) -> Vec<u32> {
        let text = self.normalizer.apply(text);
        let mut tokens = Vec::new();
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let end = if self.split_words { word_end(rest) } else { rest.len() };
            let (word, after) = rest.split_at(end);
            match &self.model {
                Model::Unigram => unigram::encode(word, &self.vocabulary, &mut tokens),
                Model::Bpe(merges) => merges.encode(word, &self.vocabulary, &mut tokens),
            }
            rest = after;
        }
        tokens
    }

    /// Joins tokens to text, without the space before the first word.
    pub(crate) fn decode(&self, tokens: &[u32]) -> String {
        let mut bytes = Vec::new();
        for &token in tokens {
            self.vocabulary.spell(token, &mut bytes);
        }
        let text = String::from_utf8_lossy(&bytes).replace(VISIBLE_SPACE, " ");
        text.strip_prefix(' ').unwrap_or(&text).to_owned()
    }
}

/// Returns where the next word starts.
fn word_end(text: &str) -> usize {
    let mut spaces = text.char_indices().skip(1).filter(|&(_, c)| c == VISIBLE_SPACE);
    spaces.next().map_or(text.len(), |(index, _)| index)
}
