//! Text to tokens and back.

use std::fmt;
use std::path::Path;

use kitoken::Kitoken;
use kitoken::convert::{convert_sentencepiece, convert_tokenizers};

use crate::Error;

/// The names under which a folder may hold its tokenizer: JSON of Hugging Face, or a `SentencePiece` model.
const FILES: [&str; 2] = ["tokenizer.json", "tokenizer.model"];

/// Largest tokenizer file that is read, in bytes. The published ones have less than 1 MB.
const MAX_BYTES: u64 = 16 << 20;

pub(crate) struct Tokenizer {
    inner: Kitoken,
    size: usize,
}

impl fmt::Debug for Tokenizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokenizer").field("size", &self.size).finish_non_exhaustive()
    }
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
        let definition = if json {
            convert_tokenizers(bytes)
        } else {
            convert_sentencepiece(bytes)
        };
        let definition = definition.map_err(|error| error.to_string())?;
        let words = definition.model.vocab().iter().map(|token| token.id);
        let specials = definition.specials.iter().map(|token| token.id);
        let found = words.chain(specials).max().map_or(0, |last| last as usize + 1);
        if found != size {
            return Err(format!("it has {found} entries, but the configuration expects {size}"));
        }
        let inner = Kitoken::try_from(definition).map_err(|error| error.to_string())?;
        Ok(Self { inner, size })
    }

    /// Splits text into tokens. Every token is smaller than the size of the tokenizer.
    pub(crate) fn encode(&self, text: &str) -> Vec<u32> {
        let mut tokens = self.inner.encode(text, false).unwrap_or_default();
        tokens.retain(|&token| (token as usize) < self.size);
        tokens
    }

    /// Joins tokens to text, without the space before the first word.
    pub(crate) fn decode(&self, tokens: &[u32]) -> String {
        let bytes = self.inner.decode(tokens, false).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        text.strip_prefix(' ').unwrap_or(&text).to_owned()
    }
}
