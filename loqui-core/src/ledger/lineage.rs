//! The edit that made a generation: its parent, and the takes that it takes over.

use serde::{Deserialize, Serialize};

use crate::id::GenerationId;

/// The edit that made a generation. The parent never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Lineage {
    /// The generation that was edited.
    pub parent: GenerationId,
    /// The takes that segments take over, by segment. A segment that is not listed is spoken anew.
    #[serde(default)]
    pub takes: Vec<Inherited>,
    /// The lowest number that no sentence of this generation and its ancestors has had.
    pub next_id: u32,
}

/// The takes that a segment takes over from the parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Inherited {
    /// The segment, from 0.
    pub segment: u32,
    /// The segment of the parent.
    pub from: u32,
    /// The number of the take that is kept. Without it the segment is spoken again, and earlier takes can still be chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep: Option<u32>,
}

impl Lineage {
    /// An edit of a generation, with no takes yet.
    pub fn new(parent: impl Into<GenerationId>, next_id: u32) -> Self {
        Self {
            parent: parent.into(),
            takes: Vec::new(),
            next_id,
        }
    }

    /// The take of a segment that is kept; none if the segment is spoken.
    pub fn kept(&self, segment: u32) -> Option<Inherited> {
        self.takes
            .iter()
            .copied()
            .find(|inherited| inherited.segment == segment && inherited.keep.is_some())
    }
}

impl Inherited {
    /// A segment that takes over the takes of a segment of the parent, and keeps the one with this number.
    pub const fn new(segment: u32, from: u32, keep: Option<u32>) -> Self {
        Self { segment, from, keep }
    }
}
