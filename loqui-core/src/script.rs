//! Normalizes, checks and splits text. No files and no network access.
//!
//! Terms: a *character* is a Unicode scalar value; a *segment* is spoken in one take; a *piece* is a part of the script
//! that becomes a segment or a part of one; the *spoken* text is what an engine receives, while subtitles show the text as
//! written.

mod findings;
mod lint;
mod normalize;
mod segment;
mod split;

use std::ops::Range;

pub use segment::{Boundary, Segment};

use crate::error::{Error, Result, code};
use crate::finding::Finding;

/// Limits on the length of segments and scripts, in characters, and the letters that a model supports.
///
/// `ModelInfo::script_limits` returns the limits of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Sentences are combined into a segment up to this length. The default is 250.
    pub target_characters: usize,
    /// The maximum length of the spoken text of a segment. The default is 300; values below 24 count as 24.
    pub max_characters: usize,
    /// The maximum length of a script. The default is 1,000,000.
    pub max_script_characters: usize,
    /// Whether accents are removed from the spoken text. The default is false.
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
    /// Sets the target and the maximum length of segments, in characters.
    #[must_use]
    pub fn with_segments(mut self, target_characters: usize, max_characters: usize) -> Self {
        self.target_characters = target_characters;
        self.max_characters = max_characters;
        self
    }

    /// Sets whether accents are removed, for models that support only plain letters.
    #[must_use]
    pub fn with_plain_letters(mut self, plain_letters: bool) -> Self {
        self.plain_letters = plain_letters;
        self
    }

    /// Sets the maximum length of a script, in characters.
    #[must_use]
    pub fn with_max_script(mut self, max_script_characters: usize) -> Self {
        self.max_script_characters = max_script_characters;
        self
    }
}

/// A text that was split into segments and checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Script {
    text: String,
    segments: Vec<Segment>,
    findings: Vec<Finding>,
}

impl Script {
    /// Splits `text` into segments and checks it for what may sound wrong.
    ///
    /// `language` is an ISO 639-1 code such as `en` or a tag such as `pt-BR`. It selects the abbreviations. Findings about
    /// digits and foreign letters need it. English text is spelled out: numbers, money, dates, units, signs and
    /// abbreviations become words.
    ///
    /// `[pause]`, `[pause 2s]` and `<break time="500ms"/>` insert silence and are not spoken.
    ///
    /// # Errors
    ///
    /// `script.empty` for only white space, `script.unspeakable` for a text without letters and digits, `script.too_long`
    /// above `limits.max_script_characters`.
    ///
    /// # Examples
    ///
    /// ```
    /// use loqui_core::script::{Boundary, Limits, Script};
    ///
    /// let script = Script::parse("“Hello!” said Dr. Who…\n\nSo it began, as it had to", &Limits::default(), Some("en"))?;
    /// let [first, second] = script.segments() else { panic!("one segment per paragraph") };
    /// assert_eq!(first.text, "“Hello!” said Dr. Who…");
    /// assert_eq!(first.spoken, "\"Hello!\" said Doctor Who...");
    /// assert_eq!(first.boundary, Boundary::Paragraph);
    /// assert_eq!(second.spoken, "So it began, as it had to.");
    /// # Ok::<(), loqui_core::Error>(())
    /// ```
    pub fn parse(text: &str, limits: &Limits, language: Option<&str>) -> Result<Self> {
        Self::parse_edited(text, limits, language, &[])
    }

    /// Splits an edited text as [`parse`](Self::parse) does, but keeps the segments of an earlier version that did not
    /// change, so that their audio can be reused.
    ///
    /// # Errors
    ///
    /// Those of [`parse`](Self::parse).
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
        // The search finds not all segments in text without white space, so skip it for an unchanged text.
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

    /// Returns the text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the segments, in order. There is at least one.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Returns the findings: what may sound wrong.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Returns the number of characters of the text.
    pub fn characters(&self) -> usize {
        self.text.chars().count()
    }

    /// Returns the number of characters of the spoken text of all segments. Providers charge by it.
    pub fn spoken_characters(&self) -> usize {
        self.segments.iter().map(|segment| segment.spoken.chars().count()).sum()
    }

    /// Returns the segments and the findings.
    pub fn into_parts(self) -> (Vec<Segment>, Vec<Finding>) {
        (self.segments, self.findings)
    }
}

/// Returns the sentences of a text as byte ranges, without the white space around them.
///
/// `language` is an ISO 639-1 code such as `en`. It selects the abbreviations.
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

/// Returns the primary language of a tag: `pt` for `pt-BR` and `PT_br`.
fn primary_language(tag: &str) -> String {
    tag.split(['-', '_']).next().unwrap_or(tag).trim().to_ascii_lowercase()
}

/// The reason why a text cannot be spoken.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
enum Unusable {
    #[error("the script is empty")]
    Empty,
    #[error("the script has {characters} characters, but no letters and no digits")]
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
