//! The JSON form of a document.

use std::fmt;

use serde::de::{Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Attributes, Document, Paragraph, Part, Span};

/// A JSON text is no document.
#[derive(Debug)]
#[non_exhaustive]
pub struct InvalidDocument {
    message: String,
    source: Option<serde_json::Error>,
}

impl InvalidDocument {
    /// The code of this error.
    pub const CODE: &'static str = "script.document";
    /// The suggested fix.
    pub const HINT: &'static str = "A document is an object such as {\"version\": 1, \"parts\": [{\"title\": \"One\", \"paragraphs\": [\"Text.\"]}]}.";
}

impl fmt::Display for InvalidDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the script is no JSON document: {}", self.message)
    }
}

impl std::error::Error for InvalidDocument {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self.source.as_ref()?)
    }
}

impl Document {
    /// Reads the JSON form: a document, or the turns of a dialogue alone, as an array or as `{"turns": [...]}`.
    ///
    /// # Errors
    ///
    /// If the text is no JSON, has unknown fields, or has a later version.
    ///
    /// ```
    /// use loqui_text::Document;
    ///
    /// let json = r#"{"version": 1, "parts": [{"title": "One", "paragraphs": ["It begins.", {"text": "So!", "voice": "anna"}]}]}"#;
    /// let document = Document::from_json(json)?;
    /// assert_eq!(document.parts[0].paragraphs[1].spans[0].attributes.voice.as_deref(), Some("anna"));
    /// assert!(Document::from_json(r#"{"version": 2, "parts": []}"#).is_err());
    ///
    /// let turns = r#"[{"voice": "anna", "text": "Good morning."}, {"voice": "bob", "text": "Morning!"}]"#;
    /// assert_eq!(Document::from_json(turns)?.parts[0].paragraphs.len(), 2);
    /// # Ok::<(), loqui_text::InvalidDocument>(())
    /// ```
    pub fn from_json(json: &str) -> Result<Self, InvalidDocument> {
        let invalid = |source: serde_json::Error| InvalidDocument {
            message: source.to_string(),
            source: Some(source),
        };
        let mut document = if json.trim_start().starts_with('[') {
            Self {
                turns: serde_json::from_str(json).map_err(invalid)?,
                ..Self::default()
            }
        } else {
            serde_json::from_str::<Self>(json).map_err(invalid)?
        };
        if !document.turns.is_empty() {
            // Turns alone need no version.
            if document.version == 0 && document.parts.is_empty() {
                document.version = Self::VERSION;
            }
            let paragraphs = std::mem::take(&mut document.turns);
            document.parts.push(Part {
                paragraphs,
                ..Part::default()
            });
        }
        if document.version != Self::VERSION {
            let message = match document.version {
                0 => "its version is missing".to_owned(),
                other => format!("its version is {other}; this program reads version {}", Self::VERSION),
            };
            return Err(InvalidDocument { message, source: None });
        }
        for part in &mut document.parts {
            // A heading without a level is one of the highest.
            if part.title.is_some() {
                part.level = part.level.clamp(1, 6);
            }
        }
        Ok(document)
    }

    /// Writes the JSON form in one line.
    pub fn to_json(&self) -> String {
        // The types have only texts as keys, so this cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Returns true if a text is the JSON form of a document, from its first bytes.
    ///
    /// ```
    /// use loqui_text::Document;
    ///
    /// assert!(Document::is_json(r#" { "version": 1, "parts": [] }"#));
    /// assert!(!Document::is_json("{braces} in a text"));
    /// ```
    pub fn is_json(text: &str) -> bool {
        let text_of = text.trim_start_matches('\u{FEFF}').trim_start();
        let is_object = text_of
            .strip_prefix('{')
            .is_some_and(|inner| inner.trim_start().starts_with('"'));
        let is_array = text_of
            .strip_prefix('[')
            .is_some_and(|inner| inner.trim_start().starts_with('{'));
        (is_object || is_array) && serde_json::from_str::<IgnoredAny>(text.trim_start_matches('\u{FEFF}')).is_ok()
    }
}

/// A span with attributes.
#[derive(Serialize, Deserialize)]
struct Object {
    text: String,
    #[serde(flatten)]
    attributes: Attributes,
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.attributes.is_empty() {
            return serializer.serialize_str(&self.text);
        }
        let object = Object {
            text: self.text.clone(),
            attributes: self.attributes.clone(),
        };
        object.serialize(serializer)
    }
}

impl Serialize for Paragraph {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.spans.as_slice() {
            [span] => span.serialize(serializer),
            spans => spans.serialize(serializer),
        }
    }
}

/// A span, or several in a paragraph.
enum Spans {
    One(Span),
    Many(Vec<Span>),
}

struct SpansVisitor {
    /// Whether an array is permitted.
    many: bool,
}

impl<'de> Visitor<'de> for SpansVisitor {
    type Value = Spans;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.many {
            "a text, an object with a text, or an array of them"
        } else {
            "a text, or an object with a text"
        })
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Spans, E> {
        Ok(Spans::One(Span::new(text)))
    }

    fn visit_string<E: serde::de::Error>(self, text: String) -> Result<Spans, E> {
        Ok(Spans::One(Span::new(text)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Spans, A::Error> {
        let mut text = None;
        let mut fields = serde_json::Map::new();
        while let Some(key) = map.next_key::<String>()? {
            if key == "text" {
                text = Some(map.next_value()?);
            } else {
                fields.insert(key, map.next_value()?);
            }
        }
        let text = text.ok_or_else(|| A::Error::missing_field("text"))?;
        let attributes = Attributes::deserialize(serde_json::Value::Object(fields)).map_err(A::Error::custom)?;
        Ok(Spans::One(Span { text, attributes }))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Spans, A::Error> {
        if !self.many {
            return Err(A::Error::custom("an array within a paragraph"));
        }
        let mut spans = Vec::new();
        while let Some(span) = seq.next_element()? {
            spans.push(span);
        }
        Ok(Spans::Many(spans))
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_any(SpansVisitor { many: false })? {
            Spans::One(span) => Ok(span),
            Spans::Many(_) => Err(D::Error::custom("an array within a paragraph")),
        }
    }
}

impl<'de> Deserialize<'de> for Paragraph {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self {
            spans: match deserializer.deserialize_any(SpansVisitor { many: true })? {
                Spans::One(span) => vec![span],
                Spans::Many(spans) => spans,
            },
        })
    }
}
