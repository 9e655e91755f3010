//! Division of a text into chunks of whole sentences.

use super::prepare;
use crate::Error;
use crate::config::Fields;
use crate::tokenizer::Tokenizer;

/// The text that the model speaks at a time.
#[derive(Clone, Debug)]
pub(crate) struct Chunk {
    pub(crate) text: String,
    pub(crate) tokens: Vec<u32>,
    /// Frames that follow the end of speech.
    pub(crate) tail: usize,
}

/// Prepares a text and divides it into chunks of at most `max_tokens` tokens where its punctuation allows that.
pub(crate) fn split(
    text: &str,
    config: &Fields,
    tokenizer: &Tokenizer,
    max_tokens: usize,
) -> Result<Vec<Chunk>, Error> {
    let text = prepare(text, config)?.text;
    sentences(text.trim(), tokenizer, max_tokens)
        .into_iter()
        .filter(|text| !text.is_empty())
        .map(|text| {
            let prepared = prepare(&text, config)?;
            Ok(Chunk {
                tokens: tokenizer.encode(&prepared.text),
                text: prepared.text,
                tail: prepared.tail,
            })
        })
        .collect()
}

fn sentences(text: &str, tokenizer: &Tokenizer, max_tokens: usize) -> Vec<String> {
    let tokens = tokenizer.encode(text);
    let mut segments = Vec::new();
    for segment in cut(&tokens, &marks(tokenizer, ".!...?"), tokenizer, true) {
        if segment.tokens <= max_tokens {
            segments.push(segment);
            continue;
        }
        let tokens = tokenizer.encode(segment.text.trim());
        let parts = cut(&tokens, &marks(tokenizer, ",;:"), tokenizer, false);
        if parts.len() > 1 {
            segments.extend(parts);
        } else {
            segments.push(segment);
        }
    }
    join(segments, max_tokens)
}

struct Segment {
    tokens: usize,
    text: String,
}

/// Joins neighbours as long as they stay within the limit.
fn join(segments: Vec<Segment>, max_tokens: usize) -> Vec<String> {
    let mut chunks: Vec<Segment> = Vec::new();
    for segment in segments {
        match chunks.last_mut() {
            Some(last) if last.text.is_empty() => *last = segment,
            Some(last) if last.tokens + segment.tokens <= max_tokens => {
                last.text.push(' ');
                last.text.push_str(&segment.text);
                last.tokens += segment.tokens;
            }
            _ => chunks.push(segment),
        }
    }
    chunks.into_iter().map(|chunk| chunk.text.trim().to_owned()).collect()
}

/// Returns the tokens of punctuation marks. The first token belongs to the start of a text.
fn marks(tokenizer: &Tokenizer, text: &str) -> Vec<u32> {
    tokenizer.encode(text).into_iter().skip(1).collect()
}

/// Cuts after every run of marks.
fn cut(tokens: &[u32], marks: &[u32], tokenizer: &Tokenizer, keep_decimals: bool) -> Vec<Segment> {
    let mut bounds = vec![0];
    let mut after_mark = false;
    for (index, token) in tokens.iter().enumerate() {
        let mark = marks.contains(token);
        if after_mark && !mark && !(keep_decimals && in_decimal(tokens, index, tokenizer)) {
            bounds.push(index);
        }
        after_mark = mark;
    }
    bounds.push(tokens.len());
    bounds
        .windows(2)
        .map(|bounds| Segment {
            tokens: bounds[1] - bounds[0],
            text: tokenizer.decode(&tokens[bounds[0]..bounds[1]]),
        })
        .collect()
}

/// Reports whether a token follows the point of a number such as 3.14.
fn in_decimal(tokens: &[u32], index: usize, tokenizer: &Tokenizer) -> bool {
    let before = tokenizer.decode(&tokens[..index]);
    let after = tokenizer.decode(&tokens[index..]);
    let digit = |c: Option<char>| c.is_some_and(char::is_numeric);
    before
        .strip_suffix('.')
        .is_some_and(|before| digit(before.chars().next_back()))
        && digit(after.chars().next())
}
