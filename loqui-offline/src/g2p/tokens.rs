//! Tokens: words and signs with what is known of them, and how several become one.

use super::strings::last_char;

/// A word, a part of one, or a sign.
#[derive(Debug, Clone, Default)]
pub(super) struct Token {
    pub(super) text: String,
    /// Its part of speech, as the Penn Treebank calls it.
    pub(super) tag: String,
    /// What stands between it and the next one.
    pub(super) whitespace: String,
    /// Absent until it has been pronounced; empty for what is silent.
    pub(super) phonemes: Option<String>,
    /// True unless it belongs to the token before.
    pub(super) is_head: bool,
    /// What is read in its place.
    pub(super) alias: Option<String>,
    pub(super) stress: Option<f64>,
    /// The sign of the currency that it is an amount of.
    pub(super) currency: Option<String>,
    /// How its number is to be read.
    pub(super) num_flags: String,
    /// True if it is spoken apart from what it is written together with.
    pub(super) prespace: bool,
}

impl Token {
    /// One token for several that are written together, not pronounced yet.
    pub(super) fn joined(tokens: &[Self]) -> Self {
        let mut stresses = tokens.iter().filter_map(|token| token.stress);
        let stress = stresses
            .next()
            .filter(|first| stresses.all(|other| (other - first).abs() < f64::EPSILON));
        let mut num_flags: Vec<char> = tokens.iter().flat_map(|token| token.num_flags.chars()).collect();
        num_flags.sort_unstable();
        num_flags.dedup();
        Self {
            text: written(tokens),
            tag: most_capital(tokens).map(|token| token.tag.clone()).unwrap_or_default(),
            whitespace: tokens.last().map(|token| token.whitespace.clone()).unwrap_or_default(),
            phonemes: None,
            is_head: tokens.first().is_some_and(|token| token.is_head),
            alias: None,
            stress,
            currency: tokens.iter().filter_map(|token| token.currency.clone()).max(),
            num_flags: num_flags.into_iter().collect(),
            prespace: tokens.first().is_some_and(|token| token.prespace),
        }
    }

    /// The same with the pronunciations of all.
    pub(super) fn spoken(tokens: &[Self]) -> Self {
        let mut phonemes = String::new();
        for token in tokens {
            let own = token.phonemes.as_deref().unwrap_or_default();
            let apart = last_char(&phonemes).is_some_and(|last| !last.is_whitespace());
            if token.prespace && apart && !own.is_empty() {
                phonemes.push(' ');
            }
            phonemes.push_str(own);
        }
        Self {
            phonemes: Some(phonemes),
            ..Self::joined(tokens)
        }
    }
}

/// The text of tokens that follow each other, without what stands behind the last.
pub(super) fn written(tokens: &[Token]) -> String {
    let mut text = String::new();
    for (index, token) in tokens.iter().enumerate() {
        text.push_str(&token.text);
        if index + 1 < tokens.len() {
            text.push_str(&token.whitespace);
        }
    }
    text
}

/// The token with the most capital letters for its length, the first of several.
fn most_capital(tokens: &[Token]) -> Option<&Token> {
    let weight = |token: &Token| -> usize {
        let letters = token.text.chars();
        letters
            .map(|c| if c.to_lowercase().eq(std::iter::once(c)) { 1 } else { 2 })
            .sum()
    };
    tokens.iter().fold(None, |best, token| match best {
        Some(best) if weight(best) >= weight(token) => Some(best),
        _ => Some(token),
    })
}

/// Joins each token that is no head to the one before.
pub(super) fn joined_to_heads(tokens: Vec<Token>) -> Vec<Token> {
    let mut result: Vec<Token> = Vec::with_capacity(tokens.len());
    for token in tokens {
        match result.pop() {
            Some(before) if !token.is_head => result.push(Token::spoken(&[before, token])),
            before => {
                result.extend(before);
                result.push(token);
            }
        }
    }
    result
}
