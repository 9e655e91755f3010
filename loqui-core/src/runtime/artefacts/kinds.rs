//! The kinds of artefacts: how each is named, versioned and encoded.

use bytes::Bytes;

use super::ArtefactKey;
use crate::engine::Reference;
use crate::error::{Error, Result, code};
use crate::sample::{Judgement, Source};

/// A value that can be stored with a recording.
pub(crate) trait Artefact: Sized {
    /// Returns the value as it is stored.
    ///
    /// # Errors
    ///
    /// `internal`.
    fn encode(&self) -> Result<Bytes>;

    /// Reads a stored value; `None` if it is damaged.
    fn decode(bytes: &Bytes) -> Option<Self>;
}

impl ArtefactKey {
    /// The report and the excerpt of a recording.
    pub(crate) fn judgement(sha256: &str) -> Self {
        Self {
            sha256: sha256.to_owned(),
            kind: "judgement".to_owned(),
            version: Judgement::version(),
        }
    }

    /// A file that a recording was made from, from 0.
    pub(crate) fn source(sha256: &str, index: usize) -> Self {
        Self {
            sha256: sha256.to_owned(),
            kind: format!("source/{index}"),
            version: "1".to_owned(),
        }
    }

    /// The speaker embedding of the reference of a recording.
    #[cfg(feature = "analysis")]
    pub(crate) fn print(sha256: &str, reference: &Reference) -> Self {
        let version = format!("{}.1", loqui_analysis::Voiceprint::VERSION);
        Self::of_reference(sha256, "voiceprint", &version, reference)
    }

    /// What an engine computes from the reference of a recording for one of its models.
    pub(crate) fn voice(sha256: &str, engine: &str, model: &str, version: &str, reference: &Reference) -> Self {
        Self::of_reference(sha256, &format!("voice/{engine}/{model}"), version, reference)
    }

    /// A program may have cut another reference out of the same recording, so the reference is a part of the version.
    fn of_reference(sha256: &str, kind: &str, version: &str, reference: &Reference) -> Self {
        let input = reference.sha256();
        Self {
            sha256: sha256.to_owned(),
            kind: kind.to_owned(),
            version: format!("{version}.{}", input.get(..16).unwrap_or(input)),
        }
    }
}

impl Artefact for Judgement {
    fn encode(&self) -> Result<Bytes> {
        let json = serde_json::to_vec(self).map_err(|source| {
            Error::new(&code::INTERNAL, "a judgement could not be written as JSON").with_source(source)
        })?;
        Ok(json.into())
    }

    fn decode(bytes: &Bytes) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

/// The name, and a zero byte between it and the file.
impl Artefact for Source {
    fn encode(&self) -> Result<Bytes> {
        let name = self.name.replace('\0', "");
        Ok([name.as_bytes(), b"\0", &self.file].concat().into())
    }

    fn decode(bytes: &Bytes) -> Option<Self> {
        let end = bytes.iter().position(|byte| *byte == 0)?;
        let name = String::from_utf8(bytes.slice(..end).to_vec()).ok()?;
        Some(Self {
            name,
            file: bytes.slice(end + 1..),
        })
    }
}

/// What an engine computed from a reference. Only the engine can read it.
#[derive(Clone, Debug)]
pub(crate) struct EngineVoice(pub(crate) Bytes);

impl Artefact for EngineVoice {
    fn encode(&self) -> Result<Bytes> {
        Ok(self.0.clone())
    }

    fn decode(bytes: &Bytes) -> Option<Self> {
        Some(Self(bytes.clone()))
    }
}

/// The speaker embedding of a reference; none if it has too little speech. Stored as little-endian numbers.
#[cfg(feature = "analysis")]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ReferencePrint(pub(crate) Option<loqui_analysis::Voiceprint>);

#[cfg(feature = "analysis")]
impl Artefact for ReferencePrint {
    fn encode(&self) -> Result<Bytes> {
        let numbers = self.0.iter().flat_map(loqui_analysis::Voiceprint::embedding);
        Ok(numbers.flat_map(|number| number.to_le_bytes()).collect())
    }

    fn decode(bytes: &Bytes) -> Option<Self> {
        if bytes.is_empty() {
            return Some(Self(None));
        }
        let (numbers, rest) = bytes.as_chunks::<4>();
        let numbers = numbers.iter().map(|number| f32::from_le_bytes(*number)).collect();
        let print = loqui_analysis::Voiceprint::from_embedding(numbers).filter(|_| rest.is_empty())?;
        Some(Self(Some(print)))
    }
}
