//! M4B: AAC-LC in an MP4 file with chapters, as players of audiobooks expect it. AAC is written by `syom`.

mod boxes;
mod chapters;

use bytes::Bytes;
use syom::{EncodeOptions, EncodedFrame, Encoder};

use super::Ending;
use crate::audio::SPEECH_RATE;
use crate::error::{Error, Result, code};
use crate::speech::Provenance;
use crate::speech::tags::Tags;

/// The default bit rate, in bit/s: one voice at 24 kHz.
const BIT_RATE: u32 = 64_000;
/// The bit rates for one channel at 24 kHz, in bit/s.
const BIT_RATES: std::ops::RangeInclusive<u32> = 16_000..=128_000;
/// The number of frames in a chunk: about a second.
const FRAMES_IN_CHUNK: usize = 24;
/// The samples of a frame.
const FRAME: u64 = 1024;

pub(super) struct M4b {
    encoder: Encoder,
    provenance: Option<Provenance>,
    tags: Tags,
    /// Whether the start of the file will be replaced: it contains the length of the audio.
    rewindable: bool,
    begun: bool,
    /// The lengths of the frames, in bytes. Two bytes suffice for each.
    sizes: Vec<u16>,
    /// Where the chunks begin in the file.
    chunks: Vec<u64>,
    /// The length of the file so far.
    length: u64,
    /// The number of samples that were pushed.
    samples: u64,
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::new(&code::INTERNAL, format!("the AAC encoder failed: {error}"))
}

impl M4b {
    /// Starts a file with a bit rate in bit/s.
    pub(super) fn new(bit_rate: Option<u32>, provenance: Option<&Provenance>, tags: &Tags) -> Result<Self> {
        let bit_rate = bit_rate.unwrap_or(BIT_RATE);
        if !BIT_RATES.contains(&bit_rate) {
            let message = format!("M4B has no {} kbit/s for one voice", bit_rate / 1000);
            return Err(Error::new(&code::OUTPUT_FORMAT, message));
        }
        let options = EncodeOptions::raw().with_bitrate_bps(bit_rate);
        Ok(Self {
            encoder: Encoder::new(SPEECH_RATE, 1, &options).map_err(failed)?,
            provenance: provenance.cloned(),
            tags: tags.clone(),
            rewindable: false,
            begun: false,
            sizes: Vec::new(),
            chunks: Vec::new(),
            length: 0,
            samples: 0,
        })
    }

    pub(super) fn rewind(&mut self) {
        self.rewindable = true;
    }

    pub(super) fn push(&mut self, pcm16: &[u8]) -> Result<Bytes> {
        let mut out = self.begin()?;
        let samples: Vec<f32> = pcm16
            .chunks_exact(2)
            .map(|pair| f32::from(i16::from_le_bytes([pair[0], pair[1]])) / 32_768.0)
            .collect();
        self.samples += samples.len() as u64;
        let mut frames = Vec::new();
        self.encoder
            .feed(&[&samples], |frame| taken(&mut frames, &frame))
            .map_err(failed)?;
        self.add(&frames, &mut out);
        Ok(out.into())
    }

    /// Returns the bytes before the audio, once.
    fn begin(&mut self) -> Result<Vec<u8>> {
        if !self.rewindable {
            let message = "M4B is written to files only, because its start contains the length of the audio";
            return Err(Error::new(&code::OUTPUT_FORMAT, message)
                .with_hint("Write it to a file, or choose MP3, Opus or FLAC, which have chapters as well."));
        }
        if std::mem::replace(&mut self.begun, true) {
            return Ok(Vec::new());
        }
        let head = boxes::head(0);
        self.length = head.len() as u64;
        Ok(head)
    }

    fn add(&mut self, frames: &[Vec<u8>], out: &mut Vec<u8>) {
        for frame in frames {
            if self.sizes.len().is_multiple_of(FRAMES_IN_CHUNK) {
                self.chunks.push(self.length);
            }
            // A frame of one channel has at most 768 bytes.
            self.sizes.push(u16::try_from(frame.len()).unwrap_or(u16::MAX));
            self.length += frame.len() as u64;
            out.extend_from_slice(frame);
        }
    }

    pub(super) fn finish(mut self) -> Result<Ending> {
        let mut tail = self.begin()?;
        if self.samples == 0 {
            tail.extend(self.push(&[0; 2])?);
        }
        let mut frames = Vec::new();
        self.encoder
            .finish(|frame| taken(&mut frames, &frame))
            .map_err(failed)?;
        self.add(&frames, &mut tail);
        let marks = chapters::samples(&self.tags, self.samples);
        let text_at = self.length;
        for mark in &marks {
            tail.extend_from_slice(&mark.bytes);
            self.length += mark.bytes.len() as u64;
        }
        let movie = boxes::Movie {
            config: self.encoder.asc(),
            sizes: &self.sizes,
            chunks: &self.chunks,
            samples: self.samples,
            marks: &marks,
            text_at,
            tags: &self.tags,
            provenance: self.provenance.as_ref(),
        };
        tail.extend(movie.bytes());
        Ok(Ending {
            tail: tail.into(),
            head: boxes::head(self.length).into(),
        })
    }
}

/// Keeps a frame, whose bytes are valid during the call only.
fn taken(frames: &mut Vec<Vec<u8>>, frame: &EncodedFrame<'_>) -> syom::Result<()> {
    frames.push(frame.au.to_vec());
    Ok(())
}
