//! What is done to recordings before they become a voice.

use serde::{Deserialize, Serialize};

use super::Sample;
use crate::compute;
use crate::error::{Error, Result, code};

/// What is done to recordings before they become a voice: the speech of one speaker is chosen, each recording is cleaned, and
/// several recordings are joined, in this order.
///
/// # Examples
///
/// ```
/// use loqui_core::Sample;
/// use loqui_core::sample::Preparation;
///
/// # let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/voices/slt.mp3");
/// let sample = Sample::from_bytes(std::fs::read(path).unwrap())?;
/// let prepared = Preparation::default().with_clean(true).apply(&[sample])?;
/// assert!(prepared.report().cleaning.is_some());
/// # Ok::<(), loqui_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Preparation {
    /// Whether the recordings are cleaned: [`Sample::clean`].
    pub clean: bool,
    /// The number of the speaker whose speech is used, from 1: [`Sample::speaker`].
    pub speaker: Option<u32>,
}

impl Preparation {
    /// Sets whether the recordings are cleaned.
    #[must_use]
    pub fn with_clean(self, clean: bool) -> Self {
        Self { clean, ..self }
    }

    /// Sets the number of the speaker whose speech is used, from 1.
    #[must_use]
    pub fn with_speaker(self, number: Option<u32>) -> Self {
        Self {
            speaker: number,
            ..self
        }
    }

    /// Makes one sample as [`apply`](Self::apply) does, without blocking the thread.
    ///
    /// # Errors
    ///
    /// Those of [`apply`](Self::apply).
    pub async fn prepare(self, recordings: Vec<Sample>) -> Result<Sample> {
        if let [one] = &*recordings
            && self == Self::default()
        {
            return Ok(one.clone());
        }
        compute::run(move || self.apply(&recordings)).await.map_err(|cause| {
            Error::new(&code::INTERNAL, "the preparation of the recording was interrupted").with_source(cause)
        })?
    }

    /// Makes one sample from one recording or several of the same voice. Blocks the thread.
    ///
    /// # Errors
    ///
    /// Those of [`Sample::speaker`], [`Sample::clean`] and [`Sample::join`]; `option.unsupported` for a speaker in a build without
    /// the feature `analysis`.
    pub fn apply(&self, recordings: &[Sample]) -> Result<Sample> {
        let prepared: Result<Vec<Sample>> = recordings.iter().map(|recording| self.one(recording)).collect();
        Sample::join(&prepared?)
    }

    fn one(&self, recording: &Sample) -> Result<Sample> {
        let chosen = match self.speaker {
            None => recording.clone(),
            Some(number) => choose(recording, number)?,
        };
        if self.clean { chosen.clean() } else { Ok(chosen) }
    }
}

#[cfg(feature = "analysis")]
fn choose(recording: &Sample, number: u32) -> Result<Sample> {
    recording.speaker(number)
}

#[cfg(not(feature = "analysis"))]
fn choose(_: &Sample, _: u32) -> Result<Sample> {
    let message = "this build cannot tell speakers apart: it lacks the feature analysis";
    Err(Error::new(&code::OPTION_UNSUPPORTED, message))
}
