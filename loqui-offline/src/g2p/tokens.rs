//! Tokens: words and signs with their properties.

use super::strings::last_char;

/// A word, a part of one, or a sign.
#[derive(Debug, Clone, Default)]
pub(super) struct Token {
    pub(super) text: String,
    /// The part of speech, as a tag of the Penn Treebank.
    pub(super) tag: String,
    /// The white space after it.
    pub(super) whitespace: String,
    /// Absent before the pronunciation, empty if silent.
    pub(super) phonemes: Option<String>,
    /// False if it belongs to the previous token.
    pub(super) is_head: bool,
    /// The text that is read instead.
    pub(super) alias: Option<String>,
    pub(super) stress: Option<f64>,
    /// The currency sign, for an amount.
    pub(super) currency: Option<String>,
    /// The flags for the reading of a number.
    pub(super) num_flags: String,
    /// True if it is separated from its neighbours in speech.
    pub(super) prespace: bool,
}

impl Token {
    /// Merges tokens without spaces between them. The result is not pronounced yet.
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

    /// Merges pronounced tokens.
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

/// Returns the text of consecutive tokens, without the white space after the last.
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

/// Returns the token with the most capital letters for its length, the first of equals.
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

/// Merges each token that is not a head with the previous one.
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
