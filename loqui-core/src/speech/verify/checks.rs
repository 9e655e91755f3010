//! The optional checks of takes: the voice and the words.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use super::findings;
use crate::audio::Clip;
use crate::error::Result;
use crate::finding::Finding;

/// The word error rate above which a take is rejected.
const MOST_WRONG_WORDS: f64 = 0.25;

/// Transcribes takes with a speech recognizer.
///
/// # Examples
///
/// ```
/// use loqui_core::audio::Clip;
/// use loqui_core::speech::verify::{TranscriptCheck, wrong_words};
///
/// struct Recognizer;
///
/// #[async_trait::async_trait]
/// impl TranscriptCheck for Recognizer {
///     async fn transcribe(&self, _take: &Clip, _language: Option<&str>) -> loqui_core::Result<String> {
///         Ok("hello word".to_owned()) // the output of the recognizer
///     }
/// }
///
/// assert_eq!(wrong_words("Hello, world!", "hello word"), 0.5);
/// ```
#[async_trait]
pub trait TranscriptCheck: Send + Sync + 'static {
    /// Returns the words of a take. `language` is an ISO 639-1 code, if the language is known.
    ///
    /// # Errors
    ///
    /// Any error is logged, and the take is kept.
    async fn transcribe(&self, take: &Clip, language: Option<&str>) -> Result<String>;
}

/// The optional checks of takes. All are off by default, because they take time.
#[derive(Clone, Default)]
pub struct Checks {
    similarity: bool,
    transcript: Option<Arc<dyn TranscriptCheck>>,
}

impl Checks {
    /// Compares the voice of each take with the sample. Takes about 14 ms of processor time per second of speech.
    ///
    /// Without the feature `analysis` this has no effect.
    #[must_use]
    pub fn with_similarity(mut self, similarity: bool) -> Self {
        self.similarity = similarity;
        self
    }

    /// Compares the words of each take with the text, using a speech recognizer.
    #[must_use]
    pub fn with_transcript(mut self, check: Arc<dyn TranscriptCheck>) -> Self {
        self.transcript = Some(check);
        self
    }

    /// Returns whether voices are compared.
    pub fn similarity(&self) -> bool {
        self.similarity
    }

    /// Transcribes a take and judges the words. Returns nothing without a recognizer or if it fails.
    pub(crate) async fn listen(&self, take: &Clip, text: &str, language: Option<&str>) -> Option<Finding> {
        let heard = match self.transcript.as_ref()?.transcribe(take, language).await {
            Ok(heard) => heard,
            Err(error) => {
                tracing::warn!(code = error.code(), "could not transcribe a take: {error}");
                return None;
            }
        };
        Some(findings::words(wrong_words(text, &heard), &heard, MOST_WRONG_WORDS))
    }
}

impl fmt::Debug for Checks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checks")
            .field("similarity", &self.similarity)
            .field("transcript", &self.transcript.is_some())
            .finish()
    }
}

/// Returns the word error rate: replaced, missing and added words as a share of the words of the text. It can exceed 1.
/// Case and punctuation do not count.
///
/// # Examples
///
/// ```
/// use loqui_core::speech::verify::wrong_words;
///
/// assert_eq!(wrong_words("One two three four.", "one two four"), 0.25);
/// ```
pub fn wrong_words(text: &str, heard: &str) -> f64 {
    let words = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_alphanumeric() && c != '\'')
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect()
    };
    let (expected, heard) = (words(text), words(heard));
    // The Levenshtein distance, one row at a time.
    let mut row: Vec<usize> = (0..=heard.len()).collect();
    for (position, word) in expected.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], position + 1);
        for (index, other) in heard.iter().enumerate() {
            let replaced = diagonal + usize::from(word != other);
            diagonal = row[index + 1];
            row[index + 1] = replaced.min(row[index] + 1).min(diagonal + 1);
        }
    }
    row[heard.len()] as f64 / expected.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn word_error_rate_counts_replaced_missing_and_added_words() {
        for (text, heard, wrong) in [
            ("One two three four.", "one two three four", 0.0),
            ("One two three four.", "one two four", 0.25),
            ("One two three four.", "one two two three five", 0.5),
            ("One two", "", 1.0),
            ("", "noise", 1.0),
        ] {
            assert!((wrong_words(text, heard) - wrong).abs() < 1e-9, "{text} / {heard}");
        }
    }
}
