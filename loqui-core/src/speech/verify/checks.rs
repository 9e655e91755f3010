//! What may be looked at beside the sound itself: whose voice it is, and which words it says.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use crate::audio::Clip;
use crate::error::Result;
use crate::finding::{Finding, Severity, TakeFault};

/// More wrong words than this share, and a take is taken again.
const MOST_WRONG_WORDS: f64 = 0.25;

/// Listens to a take with a speech recogniser of your own.
///
/// # Examples
///
/// ```
/// use loqui_core::audio::Clip;
/// use loqui_core::speech::verify::{TranscriptCheck, wrong_words};
///
/// struct Recogniser;
///
/// #[async_trait::async_trait]
/// impl TranscriptCheck for Recogniser {
///     async fn transcribe(&self, _take: &Clip, _language: Option<&str>) -> loqui_core::Result<String> {
///         Ok("hello word".to_owned()) // what your recogniser heard
///     }
/// }
///
/// assert_eq!(wrong_words("Hello, world!", "hello word"), 0.5);
/// ```
#[async_trait]
pub trait TranscriptCheck: Send + Sync + 'static {
    /// The words that are heard in a take. `language` is an ISO 639-1 code where it is known.
    ///
    /// # Errors
    ///
    /// A take is kept if its recogniser fails: the error is logged.
    async fn transcribe(&self, take: &Clip, language: Option<&str>) -> Result<String>;
}

/// What is looked at beside the sound itself; nothing unless told, since it takes time.
#[derive(Clone, Default)]
pub struct Checks {
    similarity: bool,
    transcript: Option<Arc<dyn TranscriptCheck>>,
}

impl Checks {
    /// Compares the voice of each take with the sample: about 14 ms of processor time for each second of speech. Needs the
    /// feature `analysis`; without it nothing is compared.
    #[must_use]
    pub fn with_similarity(mut self, similarity: bool) -> Self {
        self.similarity = similarity;
        self
    }

    /// Compares the words of each take with the script.
    #[must_use]
    pub fn with_transcript(mut self, check: Arc<dyn TranscriptCheck>) -> Self {
        self.transcript = Some(check);
        self
    }

    /// Whether voices are compared.
    pub fn similarity(&self) -> bool {
        self.similarity
    }

    /// What is found by listening to the words of a take; nothing without a recogniser.
    pub(crate) async fn listen(&self, take: &Clip, text: &str, language: Option<&str>) -> Option<Finding> {
        let heard = match self.transcript.as_ref()?.transcribe(take, language).await {
            Ok(heard) => heard,
            Err(error) => {
                tracing::warn!(code = error.code(), "a take was not listened to: {error}");
                return None;
            }
        };
        let share = wrong_words(text, &heard);
        let finding = if share > MOST_WRONG_WORDS {
            Finding::new(
                Severity::Error,
                TakeFault::WrongWords.code(),
                format!("{:.0} % of the words are wrong: {heard:?} was heard", 100.0 * share),
                "It is taken again with another seed, as far as takes and budget allow.",
            )
        } else {
            Finding::new(
                Severity::Note,
                "take.words",
                "the words were compared",
                "Nothing is to be done.",
            )
        };
        Some(finding.with_measure(share, MOST_WRONG_WORDS, ""))
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

/// The share of words that were replaced, left out or added, 0 to 1 and more: the word error rate. Case and punctuation do
/// not count.
pub fn wrong_words(text: &str, heard: &str) -> f64 {
    let words = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_alphanumeric() && c != '\'')
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect()
    };
    let (expected, heard) = (words(text), words(heard));
    // Levenshtein's distance, one row at a time.
    let mut row: Vec<usize> = (0..=heard.len()).collect();
    for (index, word) in expected.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], index + 1);
        for (place, other) in heard.iter().enumerate() {
            let replaced = diagonal + usize::from(word != other);
            diagonal = row[place + 1];
            row[place + 1] = replaced.min(row[place] + 1).min(diagonal + 1);
        }
    }
    row[heard.len()] as f64 / expected.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_as_recognisers_are_judged() {
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
