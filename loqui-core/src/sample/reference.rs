//! The excerpt of a recording that engines receive.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use sha2::{Digest as _, Sha256};

use super::judgement::Excerpt;
use super::measure::{self, Signal};
use crate::audio::{self, Clip, Input, Limits, SPEECH_RATE, fold, resample, wav};
use crate::error::{Error, Result, code};

/// The excerpt of a recording that engines receive: a WAV file, mono, 24 kHz, 16 bit.
///
/// Clones share the file.
#[derive(Clone)]
pub struct Reference {
    wav: Bytes,
    sha256: Arc<str>,
}

impl Reference {
    /// Wraps a WAV file.
    pub fn new(wav: Bytes) -> Self {
        let sha256 = hex::encode(Sha256::digest(&wav)).into();
        Self { wav, sha256 }
    }

    /// Returns the WAV file.
    pub fn wav(&self) -> &Bytes {
        &self.wav
    }

    /// Returns true if there are clones.
    pub(crate) fn is_shared(&self) -> bool {
        Arc::strong_count(&self.sha256) > 1
    }

    /// Returns the length, in seconds; 0 for a file that is no WAV.
    pub(crate) fn seconds(&self) -> f64 {
        wav::seconds(&self.wav).unwrap_or_default()
    }

    /// Returns the SHA-256 of the file in hexadecimal. Engines use it to find earlier uploads.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reference({} bytes, {})", self.wav.len(), &self.sha256[..8])
    }
}

/// The requirements of one model on a reference.
///
/// `ModelInfo::reference_limits` returns the limits of a model.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ReferenceLimits {
    /// The name of the model, for messages.
    pub model: String,
    /// The shortest reference that the model accepts, in seconds.
    pub min_seconds: f64,
}

impl ReferenceLimits {
    /// Creates the limits of a model: its name, and the shortest reference that it accepts, in seconds.
    pub fn new(model: impl Into<String>, min_seconds: f64) -> Self {
        Self {
            model: model.into(),
            min_seconds,
        }
    }

    pub(super) fn too_short_message(&self, seconds: f64) -> String {
        format!(
            "the recording gives {seconds:.1} s; {} needs at least {} s",
            self.model, self.min_seconds
        )
    }
}

/// Cuts out the chosen excerpt: mono, 24 kHz, 16 bit, without DC offset, at its original level.
pub(super) fn cut(signal: &Signal) -> Reference {
    encode(&signal.mono.samples()[signal.excerpt()], signal.mono.sample_rate())
}

/// Cuts out an excerpt that was chosen earlier. The result has the bytes that [`cut`] gave then.
///
/// # Errors
///
/// Those of [`decode`](crate::audio::decode); `internal` if the recording is shorter than the excerpt.
pub(super) fn cut_again(recording: &[u8], excerpt: &Excerpt) -> Result<Reference> {
    let frames = excerpt.frames.end.saturating_sub(excerpt.frames.start);
    let mut kept = audio::Excerpt::new(excerpt.frames.clone());
    let outcome = audio::run(&Input::Memory(recording), &Limits::default(), &mut kept)?;
    let decoded = outcome.decoded(kept.samples);
    let channels = &excerpt.channels;
    if decoded.frames() as u64 != frames || channels.iter().any(|channel| *channel >= decoded.channels) {
        let message = "the recording is shorter than its excerpt";
        return Err(Error::new(&code::INTERNAL, message));
    }
    let mono = measure::mono_without_offset(decoded, channels, excerpt.offset);
    Ok(encode(mono.samples(), mono.sample_rate()))
}

fn encode(samples: &[f32], sample_rate: u32) -> Reference {
    let mut clip = resample(Clip::new(samples.to_vec(), sample_rate), SPEECH_RATE);
    // Float files may exceed full scale, and resampling overshoots. Scaling avoids the distortion of clamping.
    let peak = fold::peak(clip.samples());
    if peak > 1.0 {
        clip.samples_mut().iter_mut().for_each(|x| *x /= peak);
    }
    Reference::new(wav::write(&clip, None))
}
