//! What is written and what is spoken, as data for people and programs.

use serde::Serialize;

use super::{Boundary, Script, TokenReading};
use crate::finding::Finding;

/// What is written and what is spoken in each segment, with the findings.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ScriptReport {
    /// The language in which the text is read, as a tag such as `en` or `en-GB`.
    pub language: Option<String>,
    /// The segments, in order.
    pub segments: Vec<SegmentReport>,
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
            findings: self.findings().to_vec(),
        }
    }
}
