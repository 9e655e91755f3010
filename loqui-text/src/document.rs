//! A script as a document: parts with titles, paragraphs, and spans with attributes.
//!
//! Readers of books build it. Its JSON form has a version and survives reading and writing.

mod json;
mod text;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use json::InvalidDocument;

/// A script as a document.
///
/// ```
/// use loqui_text::{Document, Part};
///
/// let mut document = Document::new("A short book");
/// document.parts.push(Part::new("One", 1).with_paragraph("It begins."));
/// let json = document.to_json();
/// assert_eq!(Document::from_json(&json)?, document);
/// # Ok::<(), loqui_text::InvalidDocument>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Document {
    /// The version of the JSON form: [`Document::VERSION`].
    pub version: u32,
    /// The title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The authors.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<String>,
    /// The language, as a tag such as `en` or `en-GB`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The parts, in the order in which they are read.
    pub parts: Vec<Part>,
    /// In JSON: paragraphs that follow the parts, usually the turns of a dialogue. They become a part without a title.
    #[serde(skip_serializing)]
    turns: Vec<Paragraph>,
}

/// A part of a document: what stands under one heading.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Part {
    /// The heading. It is spoken, and becomes the title of a chapter. A part without one continues the chapter before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The level of the heading: 1 for the highest, up to 6.
    #[serde(skip_serializing_if = "is_zero")]
    pub level: u8,
    /// Whether the title is only the name of the chapter, and not spoken: the text says it already, or the source had no
    /// heading.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub silent_title: bool,
    /// The paragraphs.
    pub paragraphs: Vec<Paragraph>,
}

/// A paragraph: its spans, in order.
///
/// In JSON a paragraph of plain text is a string, one with attributes an object such as `{"text": "Good.", "voice": "anna"}`,
/// and one of several spans an array of both.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Paragraph {
    /// The spans, in order. White space between them is part of their texts.
    pub spans: Vec<Span>,
}

/// A run of text with the same attributes.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Span {
    /// The text as written.
    pub text: String,
    /// How it is spoken.
    pub attributes: Attributes,
}

/// How a run of text is spoken. What is absent is as for the whole script.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Attributes {
    /// The label of the voice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voice: Option<String>,
    /// The language, as a tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Whether the text is emphasised.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub emphasis: bool,
    /// The words that are spoken instead of the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pronunciation: Option<String>,
    /// The pause after the text, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pause: Option<f64>,
    /// Settings of the voice by name, such as `exaggeration`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: BTreeMap<String, f64>,
}

/// What a stretch of a plain text is. [`Plain::marks`](crate::Plain::marks) has them in the order of the text.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Mark {
    /// A heading: a chapter begins with it.
    Heading {
        /// The level, 1 to 6.
        level: u8,
        /// The title of the chapter, if it differs from the text of the heading. A heading of an empty range is not spoken.
        title: Option<String>,
    },
    /// A run of text with attributes.
    Span(Attributes),
}

impl Document {
    /// The version of the JSON form that this version writes.
    pub const VERSION: u32 = 1;

    /// Creates a document without parts.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            version: Self::VERSION,
            title: Some(title.into()).filter(|title: &String| !title.is_empty()),
            ..Self::default()
        }
    }
}

impl Part {
    /// Creates a part with a heading. A level outside 1 to 6 becomes the nearest of them.
    pub fn new(title: impl Into<String>, level: u8) -> Self {
        Self {
            title: Some(title.into()),
            level: level.clamp(1, 6),
            ..Self::default()
        }
    }

    /// Adds a paragraph of plain text.
    #[must_use]
    pub fn with_paragraph(mut self, text: impl Into<String>) -> Self {
        self.paragraphs.push(Paragraph::plain(text));
        self
    }
}

impl Paragraph {
    /// Creates a paragraph without attributes.
    pub fn plain(text: impl Into<String>) -> Self {
        Self {
            spans: vec![Span::new(text)],
        }
    }
}

impl Span {
    /// Creates a span without attributes.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            attributes: Attributes::default(),
        }
    }

    /// Sets the attributes.
    #[must_use]
    pub fn with(mut self, attributes: Attributes) -> Self {
        self.attributes = attributes;
        self
    }
}

impl Attributes {
    /// Returns true if nothing is set.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Returns true if the text needs takes of its own: another voice, another language or other settings.
    pub fn needs_own_take(&self) -> bool {
        self.voice.is_some() || self.language.is_some() || !self.settings.is_empty()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_zero(level: &u8) -> bool {
    *level == 0
}

#[cfg(test)]
mod tests;
