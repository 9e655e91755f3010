//! Files of Hugging Face [tokenizers](https://github.com/huggingface/tokenizers).

use std::collections::HashMap;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use regex::Regex;
use serde::Deserialize;
use serde_json::Value;

use super::bpe::Merges;
use super::charsmap::CharsMap;
use super::normalizer::{Normalizer, Rule};
use super::vocabulary::{Kind, Piece, Precision, Vocabulary, byte_piece};
use super::{Model, Tokenizer, VISIBLE_SPACE};

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    added_tokens: Vec<AddedToken>,
    #[serde(default)]
    normalizer: Value,
    #[serde(default)]
    pre_tokenizer: Value,
    model: FileModel,
}

#[derive(Deserialize)]
struct AddedToken {
    id: u32,
    content: String,
}

#[derive(Deserialize)]
#[serde(tag = "type")]
enum FileModel {
    Unigram {
        vocab: Vec<(String, f64)>,
        unk_id: Option<u32>,
        #[serde(default)]
        byte_fallback: bool,
    },
    #[serde(rename = "BPE")]
    Bpe {
        vocab: HashMap<String, u32>,
        merges: Vec<Merge>,
        unk_token: Option<String>,
        #[serde(default)]
        byte_fallback: bool,
    },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Merge {
    Pair(String, String),
    Text(String),
}

impl Merge {
    fn pair(self) -> Result<(String, String), String> {
        match self {
            Self::Pair(left, right) => Ok((left, right)),
            Self::Text(text) => text
                .split_once(' ')
                .map(|(left, right)| (left.to_owned(), right.to_owned()))
                .ok_or_else(|| format!("merge {text:?} is not a pair")),
        }
    }
}

pub(super) fn parse(bytes: &[u8]) -> Result<Tokenizer, String> {
    let file: File = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let mut rules = Vec::new();
    normalizer(&file.normalizer, &mut rules)?;
    let split_words = pre_tokenizer(&file.pre_tokenizer, &mut rules)?;
    let special: Vec<u32> = file.added_tokens.iter().map(|token| token.id).collect();
    let kind = |token: u32, text: &str| match byte_piece(text) {
        Some(byte) => Kind::Byte(byte),
        None if special.contains(&token) => Kind::Silent,
        None => Kind::Normal,
    };
    let piece = |token: u32, text: String, score: f64| Piece {
        kind: kind(token, &text),
        text,
        score,
    };
    let (mut pieces, unknown, byte_fallback, model) = match file.model {
        FileModel::Unigram {
            vocab,
            unk_id,
            byte_fallback,
        } => {
            let pieces = (0..).zip(vocab).map(|(token, (text, score))| piece(token, text, score));
            (pieces.collect::<Vec<_>>(), unk_id, byte_fallback, Model::Unigram)
        }
        FileModel::Bpe {
            vocab,
            merges,
            unk_token,
            byte_fallback,
        } => {
            let unknown = unk_token.and_then(|text| vocab.get(&text).copied());
            let mut sorted: Vec<_> = vocab.into_iter().map(|(text, token)| (token, text)).collect();
            sorted.sort_unstable();
            if (0..).zip(&sorted).any(|(index, (token, _))| index != *token) {
                return Err("the tokens of its vocabulary are not numbered from 0 without gaps".to_owned());
            }
            let merges = merges.into_iter().map(Merge::pair).collect::<Result<Vec<_>, _>>()?;
            let ranks = merges.into_iter().zip(0..).collect();
            let pieces = sorted
                .into_iter()
                .map(|(token, text)| piece(token, text, 0.0))
                .collect();
            (pieces, unknown, byte_fallback, Model::Bpe(Merges::Listed(ranks)))
        }
    };
    if let Some(unknown) = unknown
        && let Some(piece) = pieces.get_mut(unknown as usize)
    {
        piece.kind = Kind::Silent;
    }
    // Added tokens may follow the vocabulary of the model.
    let mut added = file.added_tokens;
    added.sort_unstable_by_key(|token| token.id);
    for token in added
        .into_iter()
        .filter(|token| token.id as usize >= pieces.len())
        .collect::<Vec<_>>()
    {
        if token.id as usize != pieces.len() {
            return Err(format!("token {} does not follow the vocabulary", token.id));
        }
        pieces.push(Piece {
            text: token.content,
            score: 0.0,
            kind: Kind::Silent,
        });
    }
    Ok(Tokenizer {
        vocabulary: Vocabulary::new(pieces, unknown, byte_fallback, Precision::Double)?,
        normalizer: Normalizer { rules },
        split_words,
        model,
    })
}

fn kind_of(value: &Value) -> &str {
    value["type"].as_str().unwrap_or_default()
}

/// Parses a normaliser. A missing one does nothing.
fn normalizer(value: &Value, rules: &mut Vec<Rule>) -> Result<(), String> {
    if value.is_null() {
        return Ok(());
    }
    let flag = |name: &str| value[name].as_bool().unwrap_or(false);
    rules.push(match kind_of(value) {
        "Sequence" => {
            let parts = value["normalizers"].as_array().ok_or("its normalizer has no parts")?;
            return parts.iter().try_for_each(|part| normalizer(part, rules));
        }
        "Precompiled" => {
            let text = value["precompiled_charsmap"].as_str().unwrap_or_default();
            if text.is_empty() {
                return Ok(());
            }
            let bytes = BASE64_STANDARD.decode(text).map_err(|error| error.to_string())?;
            Rule::CharsMap(CharsMap::parse(&bytes)?)
        }
        "NFC" => Rule::Nfc,
        "NFD" => Rule::Nfd,
        "NFKC" => Rule::Nfkc,
        "NFKD" => Rule::Nfkd,
        "Lowercase" => Rule::Lowercase,
        "Strip" => Rule::Strip {
            left: flag("strip_left"),
            right: flag("strip_right"),
        },
        "Replace" => {
            let pattern = match (value["pattern"]["Regex"].as_str(), value["pattern"]["String"].as_str()) {
                (Some(pattern), _) => pattern.to_owned(),
                (None, Some(text)) => regex::escape(text),
                (None, None) => return Err("a replacement has no pattern".to_owned()),
            };
            Rule::Replace {
                pattern: Regex::new(&pattern).map_err(|error| error.to_string())?,
                content: value["content"].as_str().unwrap_or_default().to_owned(),
            }
        }
        "Prepend" => Rule::Prepend(value["prepend"].as_str().unwrap_or_default().to_owned()),
        other => return Err(format!("normalizer {other:?} is not supported")),
    });
    Ok(())
}

/// Parses a pre-tokenizer, and returns whether it splits words.
fn pre_tokenizer(value: &Value, rules: &mut Vec<Rule>) -> Result<bool, String> {
    if value.is_null() {
        return Ok(false);
    }
    match kind_of(value) {
        "Sequence" => {
            let parts = value["pretokenizers"]
                .as_array()
                .ok_or("its pre-tokenizer has no parts")?;
            let mut split = false;
            for part in parts {
                split |= pre_tokenizer(part, rules)?;
            }
            Ok(split)
        }
        "Metaspace" => {
            let replacement = value["replacement"].as_str().unwrap_or("\u{2581}");
            if !replacement.chars().eq([VISIBLE_SPACE]) {
                return Err(format!("the visible space {replacement:?} is not supported"));
            }
            let old = value["add_prefix_space"].as_bool().unwrap_or(true);
            let prepend = value["prepend_scheme"].as_str().map_or(old, |scheme| scheme != "never");
            rules.push(Rule::Metaspace { prepend });
            Ok(value["split"].as_bool().unwrap_or(true))
        }
        other => Err(format!("pre-tokenizer {other:?} is not supported")),
    }
}
