//! What is written and what is spoken, as data for people and programs.

use serde::Serialize;

use super::{Boundary, Chapter, Script, TokenReading, estimated_seconds};
use crate::finding::Finding;

/// What is written and what is spoken in each segment, with the findings.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ScriptReport {
    /// The language in which the text is read, as a tag such as `en` or `en-GB`.
    pub language: Option<String>,
    /// The title that the script gives itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The authors that the script names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<String>,
    /// The segments, in order.
    pub segments: Vec<SegmentReport>,
    /// The chapters, in order. None without headings.
    pub chapters: Vec<ChapterReport>,
    /// What may sound wrong.
    pub findings: Vec<Finding>,
}

/// What is written and what is spoken in one segment.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SegmentReport {
    /// The index in the script, from 0.
    pub index: u32,
    /// The label of the voice, in a script with several voices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voice: Option<String>,
    /// The text as written, without markup.
    pub text: String,
    /// The text as sent to the engine.
    pub spoken: String,
    /// The boundary after the segment.
    pub boundary: Boundary,
    /// The pause after the segment, in seconds.
    pub pause_seconds: f64,
    /// The tokens that are not spoken as they are written.
    pub readings: Vec<TokenReading>,
}

/// A chapter, and how long it will be.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ChapterReport {
    /// The title.
    pub title: String,
    /// The level of the heading: 1 for the highest, up to 6.
    pub level: u8,
    /// The index of the first segment, and the index past the last one.
    pub segments: (u32, u32),
    /// The estimated length with its pauses, in seconds.
    pub duration_seconds: f64,
}

impl Script {
    /// Returns what is written and what is spoken.
    pub fn report(&self) -> ScriptReport {
        let segments = self.segments().iter().enumerate();
        ScriptReport {
            language: self.language().map(str::to_owned),
            segments: segments
                .map(|(index, segment)| SegmentReport {
                    index: segment.index,
                    voice: segment.voice.clone(),
                    text: segment.text.clone(),
                    spoken: segment.spoken.clone(),
                    boundary: segment.boundary,
                    pause_seconds: segment.pause().as_secs_f64(),
                    readings: self.readings(index).to_vec(),
                })
                .collect(),
            title: self.title().map(str::to_owned),
            authors: self.authors().to_vec(),
            chapters: self
                .chapters()
                .into_iter()
                .map(|chapter| self.chapter(chapter))
                .collect(),
            findings: self.findings().to_vec(),
        }
    }

    fn chapter(&self, chapter: Chapter) -> ChapterReport {
        let segments = self.segments();
        let range = chapter.segments.0 as usize..chapter.segments.1 as usize;
        let own = segments.get(range).unwrap_or_default();
        let ends = chapter.segments.1 as usize == segments.len();
        let seconds = estimated_seconds(own, ends);
        ChapterReport {
            title: chapter.title,
            level: chapter.level,
            segments: chapter.segments,
            duration_seconds: (seconds * 10.0).round() / 10.0,
        }
    }
}
