//! Text to segments: normalise, lint, split. No file, no network, no engine.
//!
//! Words: a *character* is a Unicode scalar value; a *piece* is a stretch of the script on its way to become a segment;
//! *spoken* text is what an engine is sent, while subtitles show what the user wrote.

mod findings;
mod lint;
mod normalize;
mod segment;
mod split;

use std::ops::Range;

pub use segment::{Boundary, Segment};

use crate::error::{Error, Result, code};
use crate::finding::Finding;

/// How long segments and the whole script may be, in characters, and which letters are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Sentences are packed into a segment up to this many characters; 250.
    pub target_characters: usize,
    /// No segment is sent with more characters than this; 300. At least 16 whatever is said here.
    pub max_characters: usize,
    /// No script may have more characters than this; 1,000,000.
    pub max_script_characters: usize,
    /// Accents come off before anything is sent; no.
    pub plain_letters: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            target_characters: 250,
            max_characters: 300,
            max_script_characters: 1_000_000,
            plain_letters: false,
        }
    }
}

impl Limits {
    /// Packs segments up to `target_characters`, and never above `max_characters`.
    #[must_use]
    pub fn with_segments(mut self, target_characters: usize, max_characters: usize) -> Self {
        self.target_characters = target_characters;
        self.max_characters = max_characters;
        self
    }

    /// Removes accents before anything is sent, for models that know only plain letters.
    #[must_use]
    pub fn with_plain_letters(mut self, plain_letters: bool) -> Self {
        self.plain_letters = plain_letters;
        self
    }

    /// Refuses scripts of more than `max_script_characters`.
    #[must_use]
    pub fn with_max_script(mut self, max_script_characters: usize) -> Self {
        self.max_script_characters = max_script_characters;
        self
    }
}

/// A text that can be spoken: cut into segments, and checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Script {
    text: String,
    segments: Vec<Segment>,
    findings: Vec<Finding>,
}

impl Script {
    /// Cuts `text` into segments and notes what may sound wrong.
    ///
    /// `language` is an ISO 639-1 code such as `en` or a tag such as `pt-BR`. It decides what counts as an abbreviation,
    /// and whether digits and foreign letters are worth a finding; without it those two findings are never made. English
    /// is spelled out: numbers, money, dates, units, signs and abbreviations are sent as words.
    ///
    /// `[pause]`, `[pause 2s]` and `<break time="500ms"/>` ask for silence; they are not spoken.
    ///
    /// # Errors
    ///
    /// `script.empty` for nothing but white space, `script.unspeakable` if there is no letter and no digit,
    /// `script.too_long` above `limits.max_script_characters`.
    ///
    /// # Examples
    ///
    /// ```
    /// use loqui_core::script::{Boundary, Limits, Script};
    ///
    /// let script = Script::parse("“Hello!” said Dr. Who…\n\nSo it began, as it had to", &Limits::default(), Some("en"))?;
    /// let [first, second] = script.segments() else { panic!("a segment for each paragraph, as neither is tiny") };
    /// assert_eq!(first.text, "“Hello!” said Dr. Who…");
    /// assert_eq!(first.spoken, "\"Hello!\" said Doctor Who...");
    /// assert_eq!(first.boundary, Boundary::Paragraph);
    /// assert_eq!(second.spoken, "So it began, as it had to.");
    /// # Ok::<(), loqui_core::Error>(())
    /// ```
    pub fn parse(text: &str, limits: &Limits, language: Option<&str>) -> Result<Self> {
        Self::parse_edited(text, limits, language, &[])
    }

    /// Cuts an edited text as [`parse`](Self::parse) does, but where `earlier` was cut before: what did not change stays
    /// the same segment, and need not be spoken again.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    pub fn parse_edited(text: &str, limits: &Limits, language: Option<&str>, earlier: &[Segment]) -> Result<Self> {
        if text.trim().is_empty() {
            return Err(Unusable::Empty.into());
        }
        let characters = text.chars().count();
        if characters > limits.max_script_characters {
            return Err(Unusable::TooLong {
                characters,
                limit: limits.max_script_characters,
            }
            .into());
        }
        let language = language.map(primary_language);
        let mut segments = split::split(text, limits, language.as_deref(), &[]);
        // Where no white space stands between segments, not all of them are found again: the same text needs no search.
        let same = segments
            .iter()
            .map(|new| &new.text)
            .eq(earlier.iter().map(|old| &old.text));
        if !earlier.is_empty() && !same {
            segments = split::split(text, limits, language.as_deref(), earlier);
        }
        if segments.is_empty() {
            return Err(Unusable::Unspeakable { characters }.into());
        }
        Ok(Self {
            findings: lint::lint(&split::without_pauses(text), limits, language.as_deref()),
            text: text.to_owned(),
            segments,
        })
    }

    /// The text as it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The segments, in order. There is at least one.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// What may sound wrong.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// How many characters the text has.
    pub fn characters(&self) -> usize {
        self.text.chars().count()
    }

    /// How many characters the engine is sent, all segments together: what providers charge for.
    pub fn spoken_characters(&self) -> usize {
        self.segments.iter().map(|segment| segment.spoken.chars().count()).sum()
    }

    /// Gives segments and findings away.
    pub fn into_parts(self) -> (Vec<Segment>, Vec<Finding>) {
        (self.segments, self.findings)
    }
}

/// The sentences of a text, in bytes, without the white space around them. `language` is a code such as `en`: it decides
/// what counts as an abbreviation.
///
/// # Examples
///
/// ```
/// use loqui_core::script::sentences;
///
/// let text = "Dr. Who paid $3.50. Why?\n\nNobody knows";
/// let found: Vec<&str> = sentences(text, Some("en")).into_iter().map(|span| &text[span]).collect();
/// assert_eq!(found, ["Dr. Who paid $3.50.", "Why?", "Nobody knows"]);
/// ```
pub fn sentences(text: &str, language: Option<&str>) -> Vec<Range<usize>> {
    let language = language.map(primary_language);
    let paragraphs = split::paragraphs(text).into_iter();
    paragraphs
        .flat_map(|paragraph| {
            let spans = split::sentences(&text[paragraph.clone()], language.as_deref());
            spans
                .into_iter()
                .map(move |span| paragraph.start + span.start..paragraph.start + span.end)
        })
        .collect()
}

/// `pt-BR` and `PT_br` are both `pt`.
fn primary_language(tag: &str) -> String {
    tag.split(['-', '_']).next().unwrap_or(tag).trim().to_ascii_lowercase()
}

/// Why a text cannot be spoken at all.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
enum Unusable {
    #[error("the script is empty")]
    Empty,
    #[error("the script has {characters} characters, but no letter and no digit")]
    Unspeakable { characters: usize },
    #[error("the script has {characters} characters; the limit is {limit}")]
    TooLong { characters: usize, limit: usize },
}

impl From<Unusable> for Error {
    fn from(unusable: Unusable) -> Self {
        let code = match unusable {
            Unusable::Empty => &code::SCRIPT_EMPTY,
            Unusable::Unspeakable { .. } => &code::SCRIPT_UNSPEAKABLE,
            Unusable::TooLong { .. } => &code::SCRIPT_TOO_LONG,
        };
        Self::new(code, unusable.to_string())
    }
}

#[cfg(test)]
mod tests;
