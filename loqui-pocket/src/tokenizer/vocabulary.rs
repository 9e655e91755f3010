//! The pieces of a tokenizer.

use std::collections::HashMap;

use super::VISIBLE_SPACE;

/// The role of a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Normal,
    /// Matches before everything else.
    UserDefined,
    /// Represents a byte of a character that has no piece.
    Byte(u8),
    /// Never matches text: control and unused pieces, and the unknown piece.
    Silent,
}

#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) score: f64,
    pub(super) kind: Kind,
}

#[derive(Debug)]
pub(super) struct Vocabulary {
    pieces: Vec<Piece>,
    tokens: HashMap<String, u32>,
    bytes: Box<[Option<u32>; 256]>,
    unknown: Option<u32>,
    /// Longest piece in bytes.
    longest: usize,
    /// Score of a character without a piece.
    unknown_score: f64,
    highest: f64,
    precision: Precision,
}

/// Distance between the lowest score of a piece and that of an unknown character.
const UNKNOWN_PENALTY: f64 = 10.0;

/// The precision in which scores are added up. It decides between sequences that are equally likely.
#[derive(Clone, Copy, Debug)]
pub(super) enum Precision {
    Single,
    Double,
}

impl Vocabulary {
    /// Collects pieces. Bytes are only used for unknown characters if `byte_fallback` is set.
    pub(super) fn new(
        pieces: Vec<Piece>,
        unknown: Option<u32>,
        byte_fallback: bool,
        precision: Precision,
    ) -> Result<Self, String> {
        if pieces.is_empty() || pieces.len() > 1 << 20 {
            return Err(format!("it has {} entries", pieces.len()));
        }
        if unknown.is_some_and(|unknown| unknown as usize >= pieces.len()) {
            return Err("its unknown token is outside of the vocabulary".to_owned());
        }
        let mut bytes = Box::new([None; 256]);
        let mut tokens = HashMap::with_capacity(pieces.len());
        let (mut lowest, mut highest) = (f64::INFINITY, f64::NEG_INFINITY);
        for (token, piece) in (0..).zip(&pieces) {
            if !piece.score.is_finite() {
                return Err(format!("the score of token {token} is not finite"));
            }
            match piece.kind {
                Kind::Byte(byte) if byte_fallback => bytes[usize::from(byte)] = Some(token),
                Kind::Byte(_) | Kind::Silent => {}
                Kind::Normal | Kind::UserDefined => {
                    tokens.entry(piece.text.clone()).or_insert(token);
                    if piece.kind == Kind::Normal {
                        lowest = lowest.min(piece.score);
                        highest = highest.max(piece.score);
                    }
                }
            }
        }
        Ok(Self {
            longest: pieces.iter().map(|piece| piece.text.len()).max().unwrap_or(0),
            unknown_score: if lowest.is_finite() { lowest } else { 0.0 } - UNKNOWN_PENALTY,
            highest: if highest.is_finite() { highest } else { 0.0 },
            pieces,
            tokens,
            bytes,
            unknown,
            precision,
        })
    }

    pub(super) fn len(&self) -> usize {
        self.pieces.len()
    }

    pub(super) fn longest(&self) -> usize {
        self.longest
    }

    pub(super) fn unknown_score(&self) -> f64 {
        self.unknown_score
    }

    /// Returns the token of a piece that may match text.
    pub(super) fn token(&self, text: &str) -> Option<u32> {
        self.tokens.get(text).copied()
    }

    /// Returns the score of a token in a sequence.
    pub(super) fn score(&self, token: u32) -> f64 {
        let piece = &self.pieces[token as usize];
        if piece.kind == Kind::UserDefined {
            piece.text.len() as f64 * self.highest - 0.1
        } else {
            piece.score
        }
    }

    /// Adds two scores.
    pub(super) fn add(&self, a: f64, b: f64) -> f64 {
        match self.precision {
            Precision::Single => f64::from(a as f32 + b as f32),
            Precision::Double => a + b,
        }
    }

    /// Appends the tokens of a character that has no piece: its bytes, or else one unknown token for each run.
    pub(super) fn push_unknown(&self, text: &str, follows_unknown: bool, tokens: &mut Vec<u32>) {
        let bytes: Option<Vec<u32>> = text.bytes().map(|byte| self.bytes[usize::from(byte)]).collect();
        match (bytes, self.unknown) {
            (Some(bytes), _) => tokens.extend(bytes),
            (None, Some(unknown)) if !follows_unknown => tokens.push(unknown),
            (None, _) => {}
        }
    }

    /// Appends the bytes that a token represents.
    pub(super) fn spell(&self, token: u32, out: &mut Vec<u8>) {
        let Some(piece) = self.pieces.get(token as usize) else {
            return;
        };
        match piece.kind {
            Kind::Byte(byte) => out.push(byte),
            Kind::Silent if Some(token) == self.unknown => out.extend(" \u{2047} ".bytes()),
            Kind::Silent => {}
            Kind::Normal | Kind::UserDefined => out.extend_from_slice(piece.text.as_bytes()),
        }
    }

    /// Reports whether every piece has its visible space in front, so that words can be tokenized one by one.
    pub(super) fn keeps_words_apart(&self) -> bool {
        self.pieces
            .iter()
            .filter(|piece| matches!(piece.kind, Kind::Normal | Kind::UserDefined))
            .all(|piece| !piece.text.chars().skip(1).any(|c| c == VISIBLE_SPACE))
    }
}

/// Returns the byte that a piece such as `<0x41>` represents.
pub(super) fn byte_piece(text: &str) -> Option<u8> {
    let digits = text.strip_prefix("<0x")?.strip_suffix('>')?;
    (digits.len() == 2).then(|| u8::from_str_radix(digits, 16).ok())?
}
