//! Takes to finished voice: verify, stitch, subtitles, provenance. Knows no engine, and no file but the one it saves.

mod activity;
mod encode;
mod format;
mod leveling;
mod manifest;
mod provenance;
mod save;
mod stitch;
mod subtitles;
pub mod verify;

use std::fmt;
use std::io::Cursor;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

pub(crate) use activity::samples_in;
use bytes::Bytes;
pub use encode::{Encoder, Ending};
pub(crate) use encode::{Piece, encoded, samples_of};
pub use format::SpeechFormat;
pub use leveling::{Loudness, common_level_dbfs};
pub use manifest::{Manifest, ProvenanceInfo};
pub use provenance::Provenance;
pub use save::save;
pub(crate) use save::save_stream;
pub use stitch::{Stitched, Stitcher, measure, stitch};
pub use subtitles::{SubtitleFormat, subtitles};

use crate::audio::{Clip, wav};
use crate::error::{Error, Result, code};
use crate::finding::Finding;
use crate::ledger::{GenerationInfo, SegmentInfo};

/// Finished speech: a WAV file, and what is known about it. Clones share it.
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
    /// `store.corrupt` if it is not such a file, or not a whole one.
    pub fn new(wav: Bytes, info: GenerationInfo) -> Result<Self> {
        let (sample_rate, length) = read_header(&wav).map_err(|broken| {
            Error::new(&code::STORE_CORRUPT, "the finished speech cannot be read")
                .with_generation(info.generation)
                .with_source(broken)
        })?;
        Ok(Self(Arc::new(Inner {
            wav,
            sample_rate,
            length,
            samples: OnceLock::new(),
            info,
        })))
    }

    /// The WAV file.
    pub fn wav(&self) -> &Bytes {
        &self.0.wav
    }

    /// The samples, from -1 to 1; decoded when they are first asked for.
    pub fn samples(&self) -> &[f32] {
        self.0.samples.get_or_init(|| {
            // The header and the length were checked when it was made.
            wav::read(&self.0.wav).map(Clip::into_samples).unwrap_or_default()
        })
    }

    /// The rate of the samples, in Hz.
    pub fn sample_rate(&self) -> u32 {
        self.0.sample_rate
    }

    /// How long it is.
    pub fn duration(&self) -> Duration {
        Duration::from_secs_f64(f64::from(self.0.length) / f64::from(self.0.sample_rate))
    }

    /// The script, piece by piece, with the times at which each sounds.
    pub fn segments(&self) -> &[SegmentInfo] {
        &self.0.info.segments
    }

    /// Subtitles with the words as they stand in the script.
    pub fn subtitles(&self, format: SubtitleFormat) -> String {
        self.info().subtitles(format)
    }

    /// What was noticed about sample, script and takes.
    pub fn warnings(&self) -> &[Finding] {
        &self.0.info.warnings
    }

    /// The number of the generation it came from.
    pub fn generation_id(&self) -> i64 {
        self.0.info.generation
    }

    /// What it cost, in US dollars.
    pub fn cost_usd(&self) -> f64 {
        self.0.info.cost_usd
    }

    /// The name of the engine that spoke.
    pub fn engine(&self) -> &str {
        &self.0.info.engine
    }

    /// The full name of the model that spoke.
    pub fn model(&self) -> &str {
        &self.0.info.model
    }

    /// The generation it came from, as JSON shows it.
    pub fn info(&self) -> &GenerationInfo {
        &self.0.info
    }

    /// Everything about it in one document: text, times, takes, seeds, prediction ids, cost, provenance.
    pub fn manifest(&self) -> Manifest<'_> {
        Manifest::of(self)
    }

    /// The file in another format.
    ///
    /// # Errors
    ///
    /// `output.format` if this build does not write that format.
    pub async fn encode(&self, format: SpeechFormat) -> Result<Bytes> {
        let wav = self.0.wav.clone();
        if format == SpeechFormat::Wav {
            return Ok(wav);
        }
        tokio::task::spawn_blocking(move || format.encode(wav))
            .await
            .map_err(|source| Error::new(&code::INTERNAL, "encoding broke off").with_source(source))?
    }

    /// Writes it in the format that the name asks for: `.flac`, `.opus` or `.ogg`, `.mp3`, else WAV. It appears under this name as a whole or not at
    /// all; a file that is there is replaced.
    ///
    /// # Errors
    ///
    /// `output.unwritable`, `output.format` for other audio formats.
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

/// Why a file is not finished speech.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error("it is not a WAV file")]
    Header(#[source] hound::Error),
    #[error("it has {channels} channels of {bits} bits at {rate} Hz; 1 channel of 16 bits is expected")]
    Layout { channels: u16, bits: u16, rate: u32 },
    #[error("it ends after {actual} bytes; {expected} are expected")]
    Truncated { actual: usize, expected: u64 },
}

/// The rate and the number of samples of a whole mono 16-bit file.
fn read_header(file: &[u8]) -> Result<(u32, u32), Broken> {
    let reader = hound::WavReader::new(Cursor::new(file)).map_err(Broken::Header)?;
    let (spec, length) = (reader.spec(), reader.duration());
    let layout = (spec.channels, spec.bits_per_sample, spec.sample_format);
    if layout != (1, 16, hound::SampleFormat::Int) || spec.sample_rate == 0 {
        return Err(Broken::Layout {
            channels: spec.channels,
            bits: spec.bits_per_sample,
            rate: spec.sample_rate,
        });
    }
    // The reader stands where the sound begins.
    let expected = reader.into_inner().position() + 2 * u64::from(length);
    if expected > file.len() as u64 {
        return Err(Broken::Truncated {
            actual: file.len(),
            expected,
        });
    }
    Ok((spec.sample_rate, length))
}

#[cfg(test)]
mod tests;
