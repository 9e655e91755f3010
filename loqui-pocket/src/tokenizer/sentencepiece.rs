//! Models of [SentencePiece](https://github.com/google/sentencepiece/blob/master/src/sentencepiece_model.proto).

use super::bpe::Merges;
use super::charsmap::CharsMap;
use super::normalizer::{Normalizer, Rule};
use super::vocabulary::{Kind, Piece, Precision, Vocabulary, byte_piece};
use super::{Model, Tokenizer};

/// A value of a protobuf message.
enum Value<'a> {
    Number(u64),
    Float(f32),
    Bytes(&'a [u8]),
}

/// The fields of a protobuf message.
struct Message<'a>(&'a [u8]);

const DAMAGED: &str = "it is not a complete SentencePiece model";

impl<'a> Message<'a> {
    fn number(&mut self) -> Result<u64, String> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.0.split_first().ok_or(DAMAGED)?;
            self.0 = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(DAMAGED.to_owned())
    }

    fn take(&mut self, size: usize) -> Result<&'a [u8], String> {
        let (taken, rest) = self.0.split_at_checked(size).ok_or(DAMAGED)?;
        self.0 = rest;
        Ok(taken)
    }

    /// Returns the number and value of the next field.
    fn field(&mut self) -> Result<Option<(u64, Value<'a>)>, String> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let key = self.number()?;
        let value = match key & 7 {
            0 => Value::Number(self.number()?),
            1 => Value::Bytes(self.take(8)?),
            2 => {
                let size = usize::try_from(self.number()?).map_err(|_| DAMAGED)?;
                Value::Bytes(self.take(size)?)
            }
            5 => {
                let bytes = self.take(4)?.first_chunk().ok_or(DAMAGED)?;
                Value::Float(f32::from_le_bytes(*bytes))
            }
            _ => return Err(DAMAGED.to_owned()),
        };
        Ok(Some((key >> 3, value)))
    }
}

/// The parts of the training and normaliser specifications that matter.
struct Spec {
    model_type: u64,
    byte_fallback: bool,
    charsmap: Vec<u8>,
    dummy_prefix: bool,
    tidy_spaces: bool,
}

pub(super) fn parse(bytes: &[u8]) -> Result<Tokenizer, String> {
    let mut spec = Spec {
        model_type: 1,
        byte_fallback: false,
        charsmap: Vec::new(),
        dummy_prefix: true,
        tidy_spaces: true,
    };
    let mut pieces = Vec::new();
    let mut unknown = None;
    let mut message = Message(bytes);
    while let Some((field, value)) = message.field()? {
        match (field, value) {
            (1, Value::Bytes(bytes)) => {
                let (piece, is_unknown) = piece(bytes)?;
                if is_unknown {
                    unknown = u32::try_from(pieces.len()).ok();
                }
                pieces.push(piece);
            }
            (2, Value::Bytes(bytes)) => spec.training(bytes)?,
            (3, Value::Bytes(bytes)) => spec.normalizer(bytes)?,
            _ => {}
        }
    }
    let mut rules = Vec::new();
    if !spec.charsmap.is_empty() {
        rules.push(Rule::CharsMap(CharsMap::parse(&spec.charsmap)?));
    }
    if spec.tidy_spaces {
        rules.push(Rule::TidySpaces);
    }
    rules.push(Rule::Metaspace {
        prepend: spec.dummy_prefix,
    });
    let vocabulary = Vocabulary::new(pieces, unknown, spec.byte_fallback, Precision::Single)?;
    let model = match spec.model_type {
        1 => Model::Unigram,
        2 => Model::Bpe(Merges::ByScore),
        other => {
            return Err(format!(
                "model type {other} is not supported, only unigram and byte-pair encoding"
            ));
        }
    };
    Ok(Tokenizer {
        split_words: matches!(model, Model::Bpe(_)) && vocabulary.keeps_words_apart(),
        vocabulary,
        normalizer: Normalizer { rules },
        model,
    })
}

/// Returns a piece, and whether it is the unknown piece.
fn piece(bytes: &[u8]) -> Result<(Piece, bool), String> {
    let (mut text, mut score, mut kind) = (String::new(), 0.0, 1);
    let mut message = Message(bytes);
    while let Some((field, value)) = message.field()? {
        match (field, value) {
            (1, Value::Bytes(bytes)) => text = String::from_utf8_lossy(bytes).into_owned(),
            (2, Value::Float(value)) => score = f64::from(value),
            (3, Value::Number(value)) => kind = value,
            _ => {}
        }
    }
    let known = match kind {
        1 => Kind::Normal,
        4 => Kind::UserDefined,
        6 => byte_piece(&text).map_or(Kind::Silent, Kind::Byte),
        _ => Kind::Silent,
    };
    let piece = Piece {
        text,
        score,
        kind: known,
    };
    Ok((piece, kind == 2))
}

impl Spec {
    fn training(&mut self, bytes: &[u8]) -> Result<(), String> {
        let mut message = Message(bytes);
        while let Some((field, value)) = message.field()? {
            match (field, value) {
                (3, Value::Number(value)) => self.model_type = value,
                (35, Value::Number(value)) => self.byte_fallback = value != 0,
                _ => {}
            }
        }
        Ok(())
    }

    fn normalizer(&mut self, bytes: &[u8]) -> Result<(), String> {
        let mut message = Message(bytes);
        while let Some((field, value)) = message.field()? {
            match (field, value) {
                (2, Value::Bytes(bytes)) => bytes.clone_into(&mut self.charsmap),
                (3, Value::Number(value)) => self.dummy_prefix = value != 0,
                (4, Value::Number(value)) => self.tidy_spaces = value != 0,
                _ => {}
            }
        }
        Ok(())
    }
}
