//! Audio that is stored in a file without packets: uncompressed samples, or blocks of equal size.

use std::io::Read as _;
use std::ops::Range;

use super::adpcm::{self, Quicktime};
use super::gsm::{self, Gsm};
use super::pcm::Pcm;
use super::sink::{End, Format, Sink};
use crate::audio::input::Input;

/// The number of bytes that are read at once.
const READ: usize = 1 << 16;
/// The shortest continuation behind a declared end, in seconds. Less is padding or junk.
const LEAST_REST: f64 = 0.25;
/// Sizes from here on are placeholders in formats with sizes of 32 bits: a pipe writes the largest number instead of the
/// size.
pub(crate) const PLACEHOLDER: u64 = 0x7ff0_0000;

/// The audio of a file, and how it is stored.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Raw {
    pub(crate) coding: Coding,
    pub(crate) channels: u16,
    /// The sample rate, in Hz.
    pub(crate) sample_rate: u32,
    /// The positions of the channels as a bit mask of WAV, if the file has them.
    pub(crate) mask: Option<u32>,
    /// The parts of the file with audio.
    pub(crate) parts: Vec<Range<u64>>,
    /// The number of bytes of audio that the header declares, if it does.
    pub(crate) declared: Option<u64>,
    /// The number of frames without the padding of the last block, if the header has it.
    pub(crate) frames: Option<u64>,
    pub(crate) faults: Vec<HeaderFault>,
}

/// How samples are stored.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Coding {
    Pcm(Pcm),
    /// IMA ADPCM in blocks of this many bytes.
    Ima {
        block: usize,
    },
    /// Microsoft ADPCM in blocks of this many bytes.
    Microsoft {
        block: usize,
        predictors: Vec<[i16; 2]>,
    },
    /// IMA ADPCM in the blocks of QuickTime.
    Quicktime,
    /// GSM 6.10, in the blocks of WAV or in single frames.
    Gsm {
        wav: bool,
    },
    /// A stream that has its own headers, such as MP3.
    Contained,
    /// Another codec, by its name.
    Other(String),
}

/// A contradiction between a header and its file. The file is right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum HeaderFault {
    /// The header declares only this many seconds.
    Stale { seconds: f64 },
    /// The header has no size: the recorder stopped before it wrote it, or it wrote into a pipe.
    NoSize,
    /// The audio is in this many pieces.
    Pieces(usize),
    /// The header declares this many bytes per second.
    ByteRate(u32),
    /// The header declares frames of this many bytes.
    BlockSize(u16),
}

impl Coding {
    /// Returns the bytes and the frames of a block.
    fn block(&self, channels: u16) -> (usize, usize) {
        let channels = usize::from(channels);
        match self {
            Self::Pcm(pcm) => (pcm.bytes * channels, 1),
            Self::Ima { block } => (*block, (block.saturating_sub(4 * channels)) * 2 / channels + 1),
            Self::Microsoft { block, .. } => (*block, (block.saturating_sub(7 * channels)) * 2 / channels + 2),
            Self::Quicktime => (adpcm::QUICKTIME_BLOCK * channels, 64),
            Self::Gsm { wav: true } => (gsm::WAV_BLOCK, 320),
            Self::Gsm { wav: false } => (gsm::FRAME, 160),
            Self::Contained | Self::Other(_) => (1, 0),
        }
    }
}

impl Raw {
    /// Returns the number of bytes with audio.
    pub(crate) fn bytes(&self) -> u64 {
        self.parts.iter().map(|part| part.end - part.start).sum()
    }

    /// Returns the length of this many bytes, in seconds. Returns nothing for a variable bit rate.
    pub(crate) fn seconds_of(&self, bytes: u64) -> Option<f64> {
        let (size, frames) = self.coding.block(self.channels);
        let seconds = bytes as f64 / size as f64 * frames as f64 / f64::from(self.sample_rate);
        (frames > 0).then_some(seconds)
    }

    /// Returns the declared length in seconds. Returns nothing without a declaration or for a variable bit rate.
    pub(crate) fn declared_seconds(&self) -> Option<f64> {
        self.seconds_of(self.declared?)
    }

    /// Returns true if the header declares more audio than there is.
    pub(crate) fn is_truncated(&self) -> bool {
        self.declared.is_some_and(|declared| declared > self.bytes())
    }

    /// Adds the audio that starts at `start`, for which the header declares a size. `rest_is_chunks` tells whether only valid
    /// chunks follow a position.
    pub(crate) fn add_part(
        &mut self,
        input: &Input<'_>,
        start: u64,
        size: Option<u64>,
        rest_is_chunks: impl Fn(u64) -> bool,
    ) {
        let end = input.len();
        let start = start.min(end);
        // After a crash of the recorder the size is zero, and audio follows. In an empty recording only chunks follow.
        let size = size.filter(|size| *size > 0 || rest_is_chunks(start));
        let Some(size) = size else {
            self.parts.push(start..end);
            self.faults.push(HeaderFault::NoSize);
            return;
        };
        let stop = start.saturating_add(size).min(end);
        self.parts.push(start..stop);
        *self.declared.get_or_insert(0) += size;
        if stop < end && !rest_is_chunks(stop) && self.goes_on(input, stop..end) {
            if let Some(part) = self.parts.last_mut() {
                part.end = end;
            }
            let seconds = self.declared_seconds().unwrap_or_default();
            self.faults.push(HeaderFault::Stale { seconds });
            self.declared = None;
        }
    }

    /// Returns true if the bytes behind the declared end are audio as well.
    fn goes_on(&self, input: &Input<'_>, rest: Range<u64>) -> bool {
        let length = rest.end - rest.start;
        if self.seconds_of(length).is_none_or(|seconds| seconds < LEAST_REST) || is_tag(&input.bytes(rest.start, 8)) {
            return false;
        }
        match &self.coding {
            Coding::Pcm(pcm) => is_smooth(*pcm, usize::from(self.channels), input, rest),
            // Blocks look like noise. A continuation longer than the declared part is no tag.
            _ => self.declared.is_some_and(|declared| length > declared),
        }
    }

    /// Decodes everything into a sink.
    pub(crate) fn decode(&self, input: &Input<'_>, sink: &mut dyn Sink) -> std::io::Result<End> {
        let format = Format {
            rate: self.sample_rate,
            channels: self.channels,
            mask: self.mask,
        };
        let (size, frames) = self.coding.block(self.channels);
        let channels = usize::from(self.channels);
        let mut left = self.padded_frames(size, frames).map(|frames| frames * channels as u64);
        let mut decoder = Decoder::of(&self.coding, channels);
        let mut view = input.view(self.parts.clone());
        let mut bytes = vec![0; size * (READ / size).max(1)];
        let mut samples = Vec::new();
        loop {
            let mut count = 0;
            while count < bytes.len() {
                match view.read(&mut bytes[count..])? {
                    0 => break,
                    more => count += more,
                }
            }
            if count == 0 {
                return Ok(End::Reached);
            }
            samples.clear();
            for block in bytes[..count].chunks(decoder.unit(size)) {
                decoder.decode(block, size, &mut samples);
            }
            samples.truncate(samples.len() - samples.len() % channels);
            if let Some(left) = &mut left {
                samples.truncate(usize::try_from(*left).unwrap_or(usize::MAX).min(samples.len()));
                *left -= samples.len() as u64;
            }
            if sink.push(&samples, format).is_break() {
                return Ok(End::Stopped);
            }
        }
    }

    /// Returns the number of frames without padding, if the header has it and it agrees with the size.
    fn padded_frames(&self, size: usize, frames: usize) -> Option<u64> {
        let all = self.bytes().div_ceil(size as u64) * frames as u64;
        self.frames
            .filter(|declared| frames > 1 && *declared <= all && all - declared < 2 * frames as u64)
    }
}

/// The decoder of a coding.
enum Decoder<'a> {
    Pcm(Pcm),
    Ima(usize),
    Microsoft(usize, &'a [[i16; 2]]),
    Quicktime(Quicktime),
    Gsm { decoder: Gsm, wav: bool },
    None,
}

impl<'a> Decoder<'a> {
    fn of(coding: &'a Coding, channels: usize) -> Self {
        match coding {
            Coding::Pcm(pcm) => Self::Pcm(*pcm),
            Coding::Ima { .. } => Self::Ima(channels),
            Coding::Microsoft { predictors, .. } => Self::Microsoft(channels, predictors),
            Coding::Quicktime => Self::Quicktime(Quicktime::new(channels)),
            Coding::Gsm { wav } => Self::Gsm {
                decoder: Gsm::default(),
                wav: *wav,
            },
            Coding::Contained | Coding::Other(_) => Self::None,
        }
    }

    /// Returns the number of bytes that are decoded at once.
    fn unit(&self, block: usize) -> usize {
        match self {
            Self::Pcm(_) | Self::None => usize::MAX,
            _ => block,
        }
    }

    fn decode(&mut self, bytes: &[u8], block: usize, into: &mut Vec<f32>) {
        match self {
            Self::Pcm(pcm) => pcm.decode(bytes, into),
            Self::Ima(channels) => adpcm::ima_block(bytes, *channels, into),
            Self::Microsoft(channels, predictors) => adpcm::ms_block(bytes, *channels, predictors, into),
            Self::Quicktime(decoder) if bytes.len() == block => decoder.blocks(bytes, into),
            Self::Gsm { decoder, wav: true } if bytes.len() == block => decoder.wav_block(bytes, into),
            Self::Gsm { decoder, wav: false } if bytes.len() == block => decoder.frame(bytes, into),
            Self::Quicktime(_) | Self::Gsm { .. } | Self::None => {}
        }
    }
}

/// Returns true for the start of a tag or of another file, which writers and accidents append.
fn is_tag(start: &[u8]) -> bool {
    let tags: [&[u8]; 9] = [
        b"TAG",
        b"ID3",
        b"APETAGEX",
        b"RIFF",
        b"LIST",
        b"PK\x03\x04",
        b"\xff\xd8\xff",
        b"\x89PNG",
        b"<?x",
    ];
    tags.iter().any(|tag| start.starts_with(tag))
}

/// Returns true if neighbouring samples are similar, as in sound and unlike in other data. Looks at a few places.
fn is_smooth(pcm: Pcm, channels: usize, input: &Input<'_>, rest: Range<u64>) -> bool {
    const PLACES: u64 = 8;
    const LENGTH: usize = 1 << 15;
    let frame = (pcm.bytes * channels) as u64;
    let (mut products, mut powers) = (0.0, 0.0);
    let mut samples = Vec::new();
    for place in 0..PLACES {
        let offset = (rest.end - rest.start) * place / PLACES;
        samples.clear();
        pcm.decode(&input.bytes(rest.start + offset / frame * frame, LENGTH), &mut samples);
        let valid = |x: &f32| if x.abs() <= 2.0 { f64::from(*x) } else { 0.0 };
        for (now, before) in samples.iter().skip(channels).zip(&samples) {
            let (now, before) = (valid(now), valid(before));
            products += now * before;
            powers += now * now;
        }
    }
    products > 0.3 * powers
}
