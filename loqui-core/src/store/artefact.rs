//! The artefacts of samples: what was computed from a recording, kept by its content.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::apply;

/// A value that was computed from a recording. A store has at most one of each kind for a recording, however many owners
/// have a sample of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SampleArtefact {
    /// The SHA-256 of the recording, in hexadecimal: [`SampleRecord::sha256`](super::SampleRecord::sha256).
    pub sha256: String,
    /// The kind, for instance `voiceprint`.
    pub kind: String,
    /// The version of the computation and of its input. A reader that expects another version computes the value again.
    pub version: String,
    /// The value.
    pub value: ArtefactValue,
    /// When it was computed.
    pub created_at: Timestamp,
}

impl SampleArtefact {
    /// An artefact of the recording with this SHA-256.
    pub fn new(
        sha256: impl Into<String>,
        kind: impl Into<String>,
        version: impl Into<String>,
        value: ArtefactValue,
        created_at: Timestamp,
    ) -> Self {
        Self {
            sha256: sha256.into(),
            kind: kind.into(),
            version: version.into(),
            value,
            created_at: apply::stored(created_at),
        }
    }
}

/// The value of an artefact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a store must keep both; a third would be a change of the contract"
)]
pub enum ArtefactValue {
    /// A small value.
    Inline(Vec<u8>),
    /// The key of a large value in the audio store.
    Audio(String),
}

impl ArtefactValue {
    /// Returns the key in the audio store, if the value is there.
    pub fn key(&self) -> Option<&str> {
        match self {
            Self::Inline(_) => None,
            Self::Audio(key) => Some(key),
        }
    }
}

/// The result of [`GenerationStore::put_artefact`](super::GenerationStore::put_artefact).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PutArtefact {
    /// Whether the artefact is kept. A store refuses one of a recording of which no sample exists.
    pub kept: bool,
    /// The key of the large value that it replaced, which the caller deletes from the audio store.
    pub replaced: Option<String>,
}

impl PutArtefact {
    /// The artefact is not kept.
    pub fn refused() -> Self {
        Self::default()
    }

    /// The artefact is kept, and replaced the large value under this key, if there was one.
    pub fn kept(replaced: Option<String>) -> Self {
        Self { kept: true, replaced }
    }
}
