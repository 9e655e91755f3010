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
mod breaks;
mod chapter;
mod file;
mod findings;
mod label;
mod lint;
mod normalize;
mod options;
mod reading;
mod report;
mod segment;
mod split;
mod voices;

use std::ops::Range;

use breaks::Breaks;
pub use chapter::{Chapter, ChapterStart, chapters};
pub use file::ScriptFile;
pub(crate) use label::VoiceLabel;
pub use loqui_text::{
    Attributes, Book, BookOptions, Cover, Document, Format as TextFormat, Mark, Paragraph, Part, Pronunciations, Span,
};
use loqui_text::{InvalidDocument, Plain, decode as decode_text};
pub use options::ScriptOptions;
use reading::Reading;
pub use report::{ChapterReport, ScriptReport, SegmentReport};
pub use segment::{Boundary, Segment};
use serde::Serialize;

use crate::error::{Error, Result, code};
use crate::finding::Finding;

/// The most characters of the JSON form of a document for each character of its text.
const JSON_PER_TEXT: usize = 8;

/// A mark on a part of a plain text, in bytes.
type TextMark = (Range<usize>, Mark);

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
    /// The maximum length of a script. The default is 5,000,000, which is more than the longest books have.
    pub max_script_characters: usize,
    /// Whether accents are removed from the spoken text. The default is false.
    pub plain_letters: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            target_characters: 250,
            max_characters: 300,
            max_script_characters: 5_000_000,
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
    characters: usize,
    title: Option<String>,
    authors: Vec<String>,
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
    /// above `limits.max_script_characters`, `script.document` for JSON that is no document.
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
        let limit = options.limits.max_script_characters;
        let is_document = options.format == TextFormat::Document;
        // The JSON form of a document has more characters than its text.
        let given = text.chars().count();
        if given > limit && !(is_document && given <= limit.saturating_mul(JSON_PER_TEXT)) {
            let characters = given;
            return Err(Unusable::TooLong { characters, limit }.into());
        }
        let source = if is_document {
            Plain::from_document(&Document::from_json(text)?)
        } else {
            Plain::from_text(text, options.format)
        };
        let characters = source.source().chars().count();
        if characters > limit {
            return Err(Unusable::TooLong { characters, limit }.into());
        }
        let plain = source.text.as_str();
        let breaks = Breaks::of(&source);
        let reading = Reading::of_marked(plain, &source.marks, &breaks, options);
        let mut segments = split::split(plain, &reading, options, &[], &breaks);
        // The search finds not all segments in text without white space, so skip it for an unchanged text.
        let same = segments
            .iter()
            .map(|new| &new.text)
            .eq(earlier.iter().map(|old| &old.text));
        if !earlier.is_empty() && !same {
            segments = split::split(plain, &reading, options, earlier, &breaks);
        }
        if segments.is_empty() {
            return Err(Unusable::Unspeakable { characters }.into());
        }
        chapter::set(&mut segments, plain, &source.marks, source.title.as_deref());
        voices::set(&mut segments, &source.marks);
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
            characters,
            title: source.title,
            authors: source.authors,
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

    /// Returns the title that the script gives itself.
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// Returns the authors that the script names.
    pub fn authors(&self) -> &[String] {
        &self.authors
    }

    /// Returns the chapters; none if there are no headings.
    pub fn chapters(&self) -> Vec<Chapter> {
        chapters(&self.segments)
    }

    /// Returns the text that was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the segments, in order. There is at least one.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Returns the segments, to name their voices.
    pub(crate) fn segments_mut(&mut self) -> &mut [Segment] {
        &mut self.segments
    }

    /// Returns the labels of the voices that the script names, each once, in the order of their first lines.
    ///
    /// # Examples
    ///
    /// ```
    /// use loqui_core::script::{Limits, Script};
    ///
    /// let text = "[anna]: Good morning.\n[Bob]: Good morning.\n[Anna]: How are you?";
    /// let script = Script::parse(text, &Limits::default(), Some("en"))?;
    /// assert_eq!(script.voices(), ["anna", "Bob"]);
    /// # Ok::<(), loqui_core::Error>(())
    /// ```
    pub fn voices(&self) -> Vec<&str> {
        let mut voices: Vec<&str> = Vec::new();
        for voice in self.segments.iter().filter_map(|segment| segment.voice.as_deref()) {
            let label = VoiceLabel::lenient(voice);
            if !voices.iter().any(|known| label.is(known)) {
                voices.push(voice);
            }
        }
        voices
    }

    /// Returns the findings about text that may sound wrong.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Adds findings about the file that the script comes from ([`ScriptFile::findings`]). They stand before the others.
    #[must_use]
    pub fn with_findings(mut self, findings: Vec<Finding>) -> Self {
        self.findings.splice(0..0, findings);
        self
    }

    /// Returns the number of characters of the text; for a document, of its titles and paragraphs.
    pub fn characters(&self) -> usize {
        self.characters
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

/// The average pace of Chatterbox, in characters per second: 5,000 characters take about five and a half minutes.
const CHARACTERS_PER_SECOND: f64 = 15.15;

/// Estimates how long segments with their pauses take, in seconds. No pause follows the last one if they end the script.
pub(crate) fn estimated_seconds(segments: &[Segment], ends: bool) -> f64 {
    let characters: usize = segments.iter().map(|segment| segment.spoken.chars().count()).sum();
    let last = segments.len().saturating_sub(usize::from(ends));
    let pauses: f64 = segments[..last]
        .iter()
        .map(|segment| segment.pause().as_secs_f64())
        .sum();
    characters as f64 / CHARACTERS_PER_SECOND + pauses
}

/// Returns the title and the authors that a script names.
pub(crate) fn about(text: &str, format: TextFormat) -> (Option<String>, Vec<String>) {
    match format {
        TextFormat::Document => Document::from_json(text)
            .map(|document| (document.title, document.authors))
            .unwrap_or_default(),
        TextFormat::Markdown | TextFormat::Html => {
            let plain = Plain::from_text(text, format);
            (plain.title, plain.authors)
        }
        _ => (None, Vec::new()),
    }
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

impl From<InvalidDocument> for Error {
    fn from(invalid: InvalidDocument) -> Self {
        let message = invalid.to_string();
        Self::new(&code::SCRIPT_DOCUMENT, message)
            .with_hint(InvalidDocument::HINT)
            .with_source(invalid)
    }
}

impl From<loqui_text::UnreadableBook> for Error {
    fn from(unreadable: loqui_text::UnreadableBook) -> Self {
        let message = unreadable.to_string();
        Self::new(&code::SCRIPT_BOOK, message).with_hint(unreadable.hint())
    }
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
