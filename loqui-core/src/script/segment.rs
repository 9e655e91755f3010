//! A part of the script that is spoken in one take.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::chapter::ChapterStart;

/// The boundary after a segment, from the weakest to the strongest. It determines the pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Boundary {
    /// Within a clause that was too long.
    Word,
    /// The end of a clause.
    Clause,
    /// The end of a sentence.
    Sentence,
    /// The end of a turn: another voice follows.
    Turn,
    /// The end of a paragraph.
    Paragraph,
    /// The end of a chapter.
    Chapter,
    /// The end of the script.
    End,
}

impl Boundary {
    /// Returns the pause: 100 ms after a clause, 200 ms after a sentence, 350 ms after a turn, 450 ms after a paragraph, 1.2 s
    /// after a chapter,
    /// otherwise none.
    ///
    /// # Examples
    ///
    /// ```
    /// use loqui_core::script::Boundary;
    ///
    /// assert_eq!(Boundary::Paragraph.pause().as_millis(), 450);
    /// ```
    pub const fn pause(self) -> Duration {
        match self {
            Self::Word | Self::End => Duration::ZERO,
            Self::Clause => Duration::from_millis(100),
            Self::Sentence => Duration::from_millis(200),
            Self::Turn => Duration::from_millis(350),
            Self::Paragraph => Duration::from_millis(450),
            Self::Chapter => Duration::from_millis(1200),
        }
    }
}

/// A part of the script that is spoken in one take.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Segment {
    /// The index in the script, from 0.
    pub index: u32,
    /// The text as written. Subtitles show it.
    pub text: String,
    /// The normalized text that the engine receives.
    pub spoken: String,
    /// The position of `text` in the script, in bytes.
    pub span: Range<usize>,
    /// The boundary after the segment.
    pub boundary: Boundary,
    /// The pause that the script sets after the segment (`[pause 2s]`). Absent for the pause of the boundary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_pause: Option<Duration>,
    /// The label of the voice. Absent for text without a label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice: Option<String>,
    /// The number by which edits name the sentence, from 1. It stays the same in all edited versions. Absent if the script
    /// was not split by sentences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u32>,
    /// The language of the segment, if it is not that of the script.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Settings of the voice that hold for the segment only, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: BTreeMap<String, f64>,
    /// The chapter that begins with the segment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chapter: Option<ChapterStart>,
}

impl Segment {
    /// Creates a segment.
    pub fn new(index: u32, text: String, spoken: String, span: Range<usize>, boundary: Boundary) -> Self {
        Self {
            index,
            text,
            spoken,
            span,
            boundary,
            asked_pause: None,
            voice: None,
            id: None,
            language: None,
            settings: BTreeMap::new(),
            chapter: None,
        }
    }

    /// Sets the pause that the script contains.
    #[must_use]
    pub fn with_pause(mut self, pause: Option<Duration>) -> Self {
        self.asked_pause = pause;
        self
    }

    /// Returns the number by which edits name the segment: its [`id`](Self::id), or else its position, from 1.
    pub fn number(&self) -> u32 {
        self.id.unwrap_or(self.index + 1)
    }

    /// Returns the pause after the segment.
    pub fn pause(&self) -> Duration {
        self.asked_pause.unwrap_or_else(|| self.boundary.pause())
    }
}
