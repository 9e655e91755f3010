//! Converts a source to plain text: encodings, markup, subtitles, wrapped lines, marks of notes, placeholders.
//!
//! Each stage processes the text once and keeps a map to its input, so that positions in the plain text resolve to
//! positions in the source.

mod encoding;
mod findings;
mod html;
mod lines;
mod map;
mod markdown;
mod markup;
mod notes;
mod subtitles;
mod voices;

use std::ops::Range;

use self::map::{Draft, Map};
pub(crate) use self::markup::{KINDS, Kept, LeftOut, PageRules, of as kind_of, refers_to_note};
use crate::{Document, Finding, Mark};
pub use encoding::UnreadableText;
pub(crate) use encoding::decode_page;
pub(crate) use html::attribute;

/// The format of a source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// Text, with HTML entities and the tags of SSML.
    #[default]
    Plain,
    /// Markdown: `CommonMark` with tables, notes, task lists and front matter.
    Markdown,
    /// A page in HTML.
    Html,
    /// A document in SSML.
    Ssml,
    /// Subtitles in `SubRip` format.
    SubRip,
    /// Subtitles in WebVTT format.
    WebVtt,
    /// A [`Document`] in its JSON form.
    Document,
}

impl Format {
    /// Names of all formats, as [`from_name`](Self::from_name) takes them.
    pub const NAMES: [&'static str; 7] = ["plain", "markdown", "html", "ssml", "srt", "vtt", "json"];

    /// Returns the format with this name.
    ///
    /// ```
    /// use loqui_text::Format;
    ///
    /// assert_eq!(Format::from_name("markdown"), Some(Format::Markdown));
    /// assert_eq!(Format::from_name("docx"), None);
    /// ```
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "plain" => Self::Plain,
            "markdown" => Self::Markdown,
            "html" => Self::Html,
            "ssml" => Self::Ssml,
            "srt" => Self::SubRip,
            "vtt" => Self::WebVtt,
            "json" => Self::Document,
            _ => return None,
        })
    }

    /// Returns the name of the format.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Ssml => "ssml",
            Self::SubRip => "srt",
            Self::WebVtt => "vtt",
            Self::Document => "json",
        }
    }

    /// Returns the format of files with this extension, without the full stop. Unknown extensions are plain text.
    pub fn from_extension(extension: &str) -> Self {
        match extension.to_ascii_lowercase().as_str() {
            "md" | "markdown" | "mdown" | "mkd" => Self::Markdown,
            "html" | "htm" | "xhtml" => Self::Html,
            "ssml" | "xml" => Self::Ssml,
            "srt" => Self::SubRip,
            "vtt" => Self::WebVtt,
            "json" => Self::Document,
            _ => Self::Plain,
        }
    }
}

/// Decodes the bytes of a text: by the byte order mark, as UTF-8, as UTF-16, or by the statistics of the bytes.
///
/// ```
/// assert_eq!(loqui_text::decode(b"\xFF\xFEh\0i\0").as_deref(), Ok("hi"));
/// ```
///
/// # Errors
///
/// If the bytes are no text in any encoding.
pub fn decode(bytes: &[u8]) -> Result<String, UnreadableText> {
    encoding::decode(bytes).map(|decoded| decoded.text.into_owned())
}

/// The plain text of a source.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Plain {
    /// The text to read. Blank lines separate paragraphs; `[pause 500ms]` stands for a pause.
    pub text: String,
    /// The name of the encoding that the bytes were in.
    pub encoding: &'static str,
    /// Findings about parts that were left out or look like a mistake, in the order of the source.
    pub findings: Vec<Finding>,
    /// What parts of the text are, in bytes, by their start: headings, and spans with attributes.
    pub marks: Vec<(Range<usize>, Mark)>,
    /// The title that the source gives itself: in the front matter of Markdown, the head of HTML, or a document.
    pub title: Option<String>,
    /// The authors that the source names.
    pub authors: Vec<String>,
    map: Map,
}

impl Plain {
    /// Decodes a source and reads it.
    ///
    /// ```
    /// use loqui_text::{Format, Plain};
    ///
    /// let plain = Plain::from_bytes(b"Caf\xE9 &amp; <b>bar</b>", Format::Plain)?;
    /// assert_eq!(plain.text, "Café & bar");
    /// assert_eq!(plain.encoding, "windows-1252");
    /// # Ok::<(), loqui_text::UnreadableText>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the bytes are not text in any encoding.
    pub fn from_bytes(bytes: &[u8], format: Format) -> Result<Self, UnreadableText> {
        let decoded = encoding::decode(bytes)?;
        let mut plain = Self::read(decoded.text.into_owned(), format);
        plain.encoding = decoded.encoding;
        if decoded.replaced {
            plain.findings.insert(0, findings::replaced(decoded.encoding));
        }
        Ok(plain)
    }

    /// Reads a source that is decoded already. JSON that is no [`Document`] is read as text; [`Document::from_json`] says why.
    ///
    /// ```
    /// use loqui_text::{Format, Plain};
    ///
    /// let plain = Plain::from_text("# Title\n\nSome **bold** text.", Format::Markdown);
    /// assert_eq!(plain.text, "Title\n\nSome bold text.");
    /// assert_eq!(plain.in_source(7..11), 9..13);
    /// ```
    pub fn from_text(text: &str, format: Format) -> Self {
        Self::read(text.to_owned(), format)
    }

    /// Reads a document. Positions are those in [`Document::to_text`].
    ///
    /// ```
    /// use loqui_text::{Document, Part, Plain};
    ///
    /// let mut document = Document::new("A book");
    /// document.parts.push(Part::new("One", 1).with_paragraph("It begins."));
    /// let plain = Plain::from_document(&document);
    /// assert_eq!(plain.text, "One\n\nIt begins.");
    /// assert_eq!(plain.marks[0].0, 0..3);
    /// ```
    pub fn from_document(document: &Document) -> Self {
        let (text, marks) = document.to_text();
        let mut draft = Draft::new(text)
            .with_marks(marks)
            .described(document.title.clone(), document.authors.clone());
        draft.stage(notes::strip);
        draft.finish()
    }

    /// Reads a page of a book.
    pub(crate) fn from_page(page: String, rules: &PageRules) -> Self {
        let mut draft = Draft::new(page);
        draft.stage(|text, out| markup::strip(text, markup::Rules::page(rules), out));
        draft.stage(notes::strip);
        draft.finish()
    }

    fn read(source: String, format: Format) -> Self {
        if format == Format::Document
            && let Ok(document) = Document::from_json(&source)
        {
            return Self::from_document(&document);
        }
        let mut draft = Draft::new(source);
        match format {
            // It is no document: all of it is read.
            Format::Document => {}
            Format::Plain => {
                draft.stage(voices::read);
                draft.stage(lines::unwrap);
                draft.stage(|text, out| markup::strip(text, markup::Rules::PLAIN, out));
            }
            Format::Ssml => {
                draft.stage(|text, out| markup::strip(text, markup::Rules::SSML, out));
                draft.stage(voices::read);
            }
            Format::Html => {
                draft.stage(|text, out| markup::strip(text, markup::Rules::page(&PageRules::DEFAULT), out));
                draft.stage(voices::read);
            }
            Format::Markdown => {
                draft.stage(voices::read);
                draft.stage(markdown::read);
                draft.stage(|text, out| markup::strip(text, markup::Rules::DECODED, out));
            }
            Format::SubRip | Format::WebVtt => {
                draft.stage(|text, out| subtitles::read(text, format == Format::WebVtt, out));
                draft.stage(|text, out| markup::strip(text, markup::Rules::PLAIN, out));
            }
        }
        draft.stage(notes::strip);
        draft.finish()
    }

    /// Returns the position in the source, in Unicode scalar values, of a part of the plain text, in bytes. Positions
    /// beyond the end count as the end.
    pub fn in_source(&self, range: Range<usize>) -> Range<usize> {
        self.map.resolve(&self.text, range)
    }

    /// Returns where a part of the plain text, in bytes, stands in the source, in bytes.
    ///
    /// ```
    /// use loqui_text::{Format, Plain};
    ///
    /// let plain = Plain::from_text("an <b>apple</b> a day", Format::Plain);
    /// assert_eq!(&plain.source()[plain.bytes_in_source(3..8)], "apple");
    /// ```
    pub fn bytes_in_source(&self, range: Range<usize>) -> Range<usize> {
        self.map.resolve_bytes(&self.text, range)
    }

    /// Returns the source as text.
    pub fn source(&self) -> &str {
        &self.map.source
    }

    /// Returns the same findings with their positions in this plain text, in scalar values, moved to the source.
    pub fn findings_in_source(&self, findings: Vec<Finding>) -> Vec<Finding> {
        let mut at = (0, 0);
        let mut byte = |scalar: usize| {
            if scalar < at.0 {
                at = (0, 0);
            }
            let rest = &self.text[at.1..];
            let ahead = rest
                .char_indices()
                .nth(scalar - at.0)
                .map_or(rest.len(), |(index, _)| index);
            at = (scalar, at.1 + ahead);
            at.1
        };
        findings
            .into_iter()
            .map(|finding| Finding {
                range: self.in_source(byte(finding.range.start)..byte(finding.range.end)),
                ..finding
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;
