//! Reads, checks and splits text. No files and no network access.
//!
//! A text passes these stages: the source becomes plain text without markup (`loqui_text::Plain`), the plain text
//! becomes tokens with their words, and both are split at the ends of sentences and clauses. Each stage maps its
//! positions back to the stage before, so that findings refer to positions in the source.
//!
//! Terms: a *character* is a Unicode scalar value; a *segment* is spoken in one take; a *piece* is a part of the script
//! that becomes a segment or a part of one; the *spoken* text is what an engine receives, while subtitles show the text as
//! written.

mod blocks;
mod findings;
mod lint;
mod normalize;
mod options;
mod reading;
mod report;
mod segment;
mod split;

use std::ops::Range;

pub use loqui_text::{Format as TextFormat, Pronunciations};
use loqui_text::{Plain, decode as decode_text};
pub use options::ScriptOptions;
use reading::Reading;
pub use report::{ScriptReport, SegmentReport};
pub use segment::{Boundary, Segment};
use serde::Serialize;

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
    /// The maximum length of the spoken text of a segment. The default is 300; values below 40 count as 40.
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

/// A token that is not spoken as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TokenReading {
    /// The token as written.
    pub written: String,
    /// The words for it. Empty if it is left out.
    pub spoken: String,
    /// What it stands for, for example `date` or `telephone`.
    pub class: &'static str,
    /// Why an ambiguous token is read this way, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
}

/// A text that was split into segments and checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Script {
    text: String,
    language: Option<String>,
    segments: Vec<Segment>,
    readings: Vec<Vec<TokenReading>>,
    findings: Vec<Finding>,
}

impl Script {
    /// Reads a plain text: [`read`](Self::read) with the limits and the language only.
    ///
    /// # Errors
    ///
    /// Those of [`read`](Self::read).
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
        Self::read(text, &ScriptOptions::new(*limits, language))
    }

    /// Reads a text, splits it into segments, and checks it for what may sound wrong.
    ///
    /// Markup of the format is removed. A plain text may contain HTML entities and tags of SSML. Numbers, money, dates,
    /// units, signs and abbreviations become words by the conventions of the language. `[pause]`, `[pause 2s]` and
    /// `<break time="500ms"/>` insert silence and are not spoken.
    ///
    /// # Errors
    ///
    /// `script.empty` for only white space, `script.unspeakable` for a text without letters and digits, `script.too_long`
    /// above `limits.max_script_characters`.
    ///
    /// # Examples
    ///
    /// ```
    /// use loqui_core::script::{Limits, Script, ScriptOptions, TextFormat};
    ///
    /// let mut options = ScriptOptions::new(Limits::default(), Some("en-GB"));
    /// options.format = TextFormat::Markdown;
    /// let script = Script::read("We met on **01/10/2024** at [the pub](https://example.org).", &options)?;
    /// assert_eq!(script.segments()[0].text, "We met on 01/10/2024 at the pub.");
    /// assert_eq!(script.segments()[0].spoken, "We met on the first of October twenty twenty-four at the pub.");
    /// # Ok::<(), loqui_core::Error>(())
    /// ```
    pub fn read(text: &str, options: &ScriptOptions) -> Result<Self> {
        Self::read_edited(text, options, &[])
    }

    /// Reads an edited text as [`read`](Self::read) does, but keeps the segments of an earlier version that did not change,
    /// so that their audio can be reused.
    ///
    /// # Errors
    ///
    /// Those of [`read`](Self::read).
    pub fn read_edited(text: &str, options: &ScriptOptions, earlier: &[Segment]) -> Result<Self> {
        if text.trim().is_empty() {
            return Err(Unusable::Empty.into());
        }
        let characters = text.chars().count();
        let limit = options.limits.max_script_characters;
        if characters > limit {
            return Err(Unusable::TooLong { characters, limit }.into());
        }
        let source = Plain::from_text(text, options.format);
        let plain = source.text.as_str();
        let reading = Reading::of(plain, options);
        let mut segments = split::split(plain, &reading, options, &[]);
        // The search finds not all segments in text without white space, so skip it for an unchanged text.
        let same = segments
            .iter()
            .map(|new| &new.text)
            .eq(earlier.iter().map(|old| &old.text));
        if !earlier.is_empty() && !same {
            segments = split::split(plain, &reading, options, earlier);
        }
        if segments.is_empty() {
            return Err(Unusable::Unspeakable { characters }.into());
        }
        let readings = segments
            .iter()
            .map(|segment| reading.tokens(plain, segment.span.clone()))
            .collect();
        let findings = lint::lint(&source, &reading, options);
        for segment in &mut segments {
            segment.span = source.bytes_in_source(segment.span.clone());
        }
        Ok(Self {
            text: text.to_owned(),
            language: options.language.clone(),
            segments,
            readings,
            findings,
        })
    }

    /// Returns the language in which the text was read, as a tag such as `en` or `en-GB`.
    pub fn language(&self) -> Option<&str> {
        self.language.as_deref()
    }

    /// Returns the tokens of a segment that are not spoken as they are written, in order.
    pub fn readings(&self, segment: usize) -> &[TokenReading] {
        self.readings.get(segment).map_or(&[], Vec::as_slice)
    }

    /// Returns the text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the segments, in order. There is at least one.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Returns the findings about text that may sound wrong.
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
    let options = ScriptOptions::new(Limits::default(), language);
    let reading = Reading::of(text, &options);
    let language = options.primary_language();
    blocks::paragraphs(text)
        .into_iter()
        .flat_map(|paragraph| split::sentences(text, paragraph, language.as_deref(), &reading))
        .collect()
}

/// Decodes the bytes of a text file: UTF-8, UTF-16 or Windows-1252, with or without a byte order mark.
///
/// # Errors
///
/// `script.unreadable` if the bytes are no text in any encoding.
///
/// # Examples
///
/// ```
/// assert_eq!(loqui_core::script::decode(b"Caf\xE9")?, "Café");
/// # Ok::<(), loqui_core::Error>(())
/// ```
pub fn decode(bytes: &[u8]) -> Result<String> {
    decode_text(bytes)
        .map_err(|source| Error::new(&code::SCRIPT_UNREADABLE, "the file is not text").with_source(source))
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
