//! Finished speech as users hold it.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;

use super::manifest::Manifest;
use crate::audio::{Clip, wav};
use crate::error::{Error, Result, code};
use crate::finding::Finding;
use crate::id::GenerationId;
use crate::ledger::{GenerationInfo, SegmentInfo};
use crate::speech::{SpeechFormat, SubtitleOptions, save};

/// Finished speech: a WAV file and the generation that it came from. Clones share it.
///
/// [`Loqui::speak`](crate::Loqui::speak) returns it.
#[derive(Clone)]
pub struct Speech(Arc<Inner>);

struct Inner {
    wav: Bytes,
    sample_rate: u32,
    length: u32,
    samples: OnceLock<Vec<f32>>,
    info: GenerationInfo,
}

impl Speech {
    /// Wraps a finished WAV file (mono, 16 bit) and the generation that it came from.
    ///
    /// # Errors
    ///
    /// `store.corrupt` if the file has another format or is truncated.
    pub fn new(wav: Bytes, info: GenerationInfo) -> Result<Self> {
        let header = wav::read_header(&wav).map_err(|broken| {
            Error::new(&code::STORE_CORRUPT, "the finished speech cannot be read")
                .with_generation(info.generation)
                .with_source(broken)
        })?;
        Ok(Self(Arc::new(Inner {
            wav,
            sample_rate: header.sample_rate,
            length: header.samples,
            samples: OnceLock::new(),
            info,
        })))
    }

    /// Returns the WAV file.
    pub fn wav(&self) -> &Bytes {
        &self.0.wav
    }

    /// Returns the samples, from -1 to 1. The first call decodes the file.
    pub fn samples(&self) -> &[f32] {
        self.0.samples.get_or_init(|| {
            // `new` has checked the header and the length.
            wav::read(&self.0.wav).map(Clip::into_samples).unwrap_or_default()
        })
    }

    /// Returns the sample rate in Hz.
    pub fn sample_rate(&self) -> u32 {
        self.0.sample_rate
    }

    /// Returns the length of the speech.
    pub fn duration(&self) -> Duration {
        Duration::from_secs_f64(f64::from(self.0.length) / f64::from(self.0.sample_rate))
    }

    /// Returns the segments of the script with their times and those of their words.
    pub fn segments(&self) -> &[SegmentInfo] {
        &self.0.info.segments
    }

    /// Returns subtitles with the text as written in the script. A [`SubtitleFormat`](crate::SubtitleFormat) is enough for the
    /// options.
    pub fn subtitles(&self, options: impl Into<SubtitleOptions>) -> String {
        self.info().subtitles(options)
    }

    /// Returns the findings about the sample, the script and the takes.
    pub fn warnings(&self) -> &[Finding] {
        &self.0.info.warnings
    }

    /// Returns the id of the generation.
    pub fn generation_id(&self) -> GenerationId {
        self.0.info.generation
    }

    /// Returns the cost in US dollars.
    pub fn cost_usd(&self) -> f64 {
        self.0.info.cost_usd
    }

    /// Returns the name of the engine.
    pub fn engine(&self) -> &str {
        &self.0.info.engine
    }

    /// Returns the full name of the model.
    pub fn model(&self) -> &str {
        &self.0.info.model
    }

    /// Returns the generation in its JSON form.
    pub fn info(&self) -> &GenerationInfo {
        &self.0.info
    }

    /// Returns the manifest: text, times, takes, seeds, prediction ids, cost and provenance in one document.
    pub fn manifest(&self) -> Manifest<'_> {
        Manifest::of(self)
    }

    /// Encodes the speech in another format.
    ///
    /// # Errors
    ///
    /// `output.format` if this build cannot write the format.
    pub async fn encode(&self, format: SpeechFormat) -> Result<Bytes> {
        let wav = self.0.wav.clone();
        if format == SpeechFormat::Wav {
            return Ok(wav);
        }
        tokio::task::spawn_blocking(move || format.encode(wav))
            .await
            .map_err(|source| Error::new(&code::INTERNAL, "encoding was interrupted").with_source(source))?
    }

    /// Writes the speech to a file in the format of the extension: `.flac`, `.opus`, `.ogg`, `.mp3`, otherwise WAV.
    ///
    /// The file is written atomically and replaces an existing one. Writing continues if the future is dropped.
    ///
    /// # Errors
    ///
    /// `output.unwritable`, and `output.format` for the extension of another audio format.
    pub async fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let file = self.encode(SpeechFormat::of(path)?).await?;
        save(path, file).await
    }
}

impl fmt::Debug for Speech {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { wav, sample_rate, .. } = &*self.0;
        write!(
            f,
            "Speech({:?} at {sample_rate} Hz, {} bytes)",
            self.duration(),
            wav.len()
        )
    }
}

#[cfg(test)]
mod tests;
