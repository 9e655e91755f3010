//! A piece of the script that is spoken in one take.

use std::ops::Range;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What follows a segment in the script; decides the pause. Ordered from the weakest to the strongest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Boundary {
    /// The script goes on in the middle of a clause: it had to be cut.
    Word,
    /// A clause ended.
    Clause,
    /// A sentence ended.
    Sentence,
    /// A paragraph ended.
    Paragraph,
    /// The script ended.
    End,
}

impl Boundary {
    /// The pause after it (200 ms after a sentence, 450 ms after a paragraph).
    pub const fn pause(self) -> Duration {
        match self {
            Self::Word | Self::End => Duration::ZERO,
            Self::Clause => Duration::from_millis(100),
            Self::Sentence => Duration::from_millis(200),
            Self::Paragraph => Duration::from_millis(450),
        }
    }
}

/// A piece of the script that is spoken in one take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Segment {
    /// Its place in the script, from 0.
    pub index: u32,
    /// The words as the user wrote them: what subtitles show.
    pub text: String,
    /// What the engine is asked to say: `text`, normalised.
    pub spoken: String,
    /// Where `text` stands in the script, in bytes.
    pub span: Range<usize>,
    /// What follows it.
    pub boundary: Boundary,
    /// The pause after it where the script asks for one (`[pause 2s]`); that of the boundary if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_pause: Option<Duration>,
}

impl Segment {
    /// Builds a segment.
    pub fn new(index: u32, text: String, spoken: String, span: Range<usize>, boundary: Boundary) -> Self {
        Self {
            index,
            text,
            spoken,
            span,
            boundary,
            asked_pause: None,
        }
    }

    /// The same with the pause that the script asks for.
    #[must_use]
    pub fn with_pause(mut self, pause: Option<Duration>) -> Self {
        self.asked_pause = pause;
        self
    }

    /// How long to wait before the next segment.
    pub fn pause(&self) -> Duration {
        self.asked_pause.unwrap_or_else(|| self.boundary.pause())
    }
}
