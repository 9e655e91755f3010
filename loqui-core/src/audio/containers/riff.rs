//! Parses WAV files, whose headers may be damaged.
//!
//! Known damage is a size of zero after a crash of the recorder, a size of all ones from a pipe, a size that was written early
//! and never updated, and a size beyond the end of the file. Audio may be in several chunks. Odd chunks may lack their padding
//! byte, and the block size may contradict the sample size.
//!
//! The format: <https://www.mmsp.ece.mcgill.ca/Documents/AudioFormats/WAVE/WAVE.html>.

use super::{HeaderError, MOST_CHUNKS, check, is_name};
use crate::audio::decode::adpcm::MS_PREDICTORS;
use crate::audio::decode::pcm::Pcm;
use crate::audio::decode::raw::{Coding, HeaderFault, PLACEHOLDER, Raw};
use crate::audio::input::Input;

/// Finds the audio in the WAV file that starts at `start`.
pub(crate) fn walk(input: &Input<'_>, start: u64) -> Result<Raw, HeaderError> {
    let mut raw: Option<Raw> = None;
    let mut long_size = None;
    let mut frames = None;
    let mut pieces = 0;
    let mut chunks = Chunks::of(input, start);
    while let Some(chunk) = chunks.next() {
        match &chunk.id {
            b"fmt " if raw.is_none() => {
                let body = input.bytes(chunk.start, chunk.present(input).min(4096) as usize);
                raw = Some(parse_format(&body)?);
            }
            b"fact" => {
                frames = input
                    .array(chunk.start)
                    .map(|count| u64::from(u32::from_le_bytes(count)));
            }
            // RF64 has the size of the data here, after the size of the file.
            b"ds64" => long_size = input.array(chunk.start + 8).map(u64::from_le_bytes),
            b"data" => {
                let raw = raw.as_mut().ok_or(HeaderError::NoFormat)?;
                let size = match long_size {
                    Some(long) if chunk.size == u64::from(u32::MAX) => Some(long),
                    _ => Some(chunk.size).filter(|size| *size < PLACEHOLDER),
                };
                let after = |at| only_chunks_follow(input, at);
                raw.add_part(input, chunk.start, size, after);
                pieces += 1;
                chunks.skip_to(raw.parts.last().map_or(chunk.start, |part| part.end));
            }
            // Behind the audio, anything may follow that is not a chunk.
            id if pieces > 0 && !is_name(*id) => break,
            _ => {}
        }
    }
    let Some(mut raw) = raw else {
        return Err(HeaderError::NoFormat);
    };
    if pieces == 0 {
        return Err(HeaderError::NoData);
    }
    if pieces > 1 {
        raw.parts.retain(|part| !part.is_empty());
        raw.faults.push(HeaderFault::Pieces(pieces));
    }
    raw.frames = frames;
    Ok(raw)
}

/// Finds a chunk in an undamaged WAV file.
pub(crate) fn find(bytes: &[u8], id: [u8; 4]) -> Option<&[u8]> {
    let input = Input::Memory(bytes);
    let chunk = Chunks::of(&input, 0).find(|chunk| chunk.id == id)?;
    let end = chunk.start + chunk.present(&input);
    bytes.get(chunk.start as usize..end as usize)
}

/// Reads the format of the samples, and replaces fields that are missing by those that imply them.
pub(super) fn parse_format(body: &[u8]) -> Result<Raw, HeaderError> {
    let u16_at = |at: usize| {
        body.get(at..)
            .and_then(|rest| rest.first_chunk())
            .copied()
            .map(u16::from_le_bytes)
    };
    let u32_at = |at: usize| {
        body.get(at..)
            .and_then(|rest| rest.first_chunk())
            .copied()
            .map(u32::from_le_bytes)
    };
    let field = |at| u16_at(at).ok_or(HeaderError::NoFormat);
    let (mut channels, block) = (field(2)?, field(12)?);
    // Headers of compressed formats may end here.
    let mut bits = u16_at(14).unwrap_or(0);
    let mut sample_rate = u32_at(4).ok_or(HeaderError::NoFormat)?;
    let byte_rate = u32_at(8).unwrap_or(0);
    // The extensible format has the tag at the start of its GUID.
    let (tag, mask) = match field(0)? {
        0xfffe => (field(24)?, u32_at(20).filter(|mask| *mask != 0)),
        tag => (tag, None),
    };
    if channels == 0 && bits >= 8 {
        channels = block / (bits / 8);
    }
    if sample_rate == 0 && matches!(tag, 1 | 3 | 6 | 7) {
        sample_rate = byte_rate.checked_div(block.into()).unwrap_or(0);
    }
    check(channels, sample_rate)?;
    // Samples of 20 or 24 bits may be stored in a wider container, whose width counts.
    let container = (block / channels).saturating_mul(8);
    if matches!(container, 8 | 16 | 24 | 32 | 64) && container > bits {
        bits = container;
    }
    let coding = coding(tag, bits, channels, sample_rate, block, body)?;
    let mut faults = Vec::new();
    if let Coding::Pcm(pcm) = &coding {
        let frame = pcm.bytes * usize::from(channels);
        if usize::from(block) != frame {
            faults.push(HeaderFault::BlockSize(block));
        } else if u64::from(byte_rate) != u64::from(sample_rate) * frame as u64 {
            faults.push(HeaderFault::ByteRate(byte_rate));
        }
    }
    Ok(Raw {
        coding,
        channels,
        sample_rate,
        mask: mask.filter(|mask| mask.count_ones() == u32::from(channels)),
        parts: Vec::new(),
        declared: None,
        frames: None,
        faults,
    })
}

/// Returns the coding for a registered number (<https://www.rfc-editor.org/rfc/rfc2361>).
fn coding(tag: u16, bits: u16, channels: u16, rate: u32, block: u16, body: &[u8]) -> Result<Coding, HeaderError> {
    let least = |bytes: u16| {
        usize::from(if block >= bytes * channels {
            block
        } else {
            default_block(channels, rate)
        })
    };
    let pcm = |pcm: Pcm| {
        if pcm.is_valid() {
            Ok(Coding::Pcm(pcm))
        } else {
            Err(HeaderError::Bits(bits))
        }
    };
    match tag {
        1 => pcm(Pcm::little(usize::from(bits.div_ceil(8)))),
        3 => pcm(Pcm::float(usize::from(bits / 8), false)),
        6 => Ok(Coding::Pcm(Pcm::A_LAW)),
        7 => Ok(Coding::Pcm(Pcm::MU_LAW)),
        0x02 => Ok(Coding::Microsoft {
            block: least(8),
            predictors: predictors(body),
        }),
        0x11 | 0x69 => Ok(Coding::Ima { block: least(5) }),
        0x31 | 0x32 if channels == 1 => Ok(Coding::Gsm { wav: true }),
        0x50 | 0x55 | 0x1600 | 0xf1ac => Ok(Coding::Contained),
        other => Ok(Coding::Other(codec_name(other))),
    }
}

/// The block size that Windows uses for ADPCM.
fn default_block(channels: u16, rate: u32) -> u16 {
    let scale = (rate / 11_025).clamp(1, 8) as u16;
    (256 * scale).saturating_mul(channels)
}

/// The predictors in the header of Microsoft ADPCM, or the usual ones.
fn predictors(body: &[u8]) -> Vec<[i16; 2]> {
    let count = body.get(20..22).map_or(0, |count| usize::from(count[0]));
    let (pairs, _) = body.get(22..).unwrap_or_default().as_chunks::<4>();
    let read: Vec<[i16; 2]> = pairs
        .iter()
        .take(count)
        .map(|[a, b, c, d]| [i16::from_le_bytes([*a, *b]), i16::from_le_bytes([*c, *d])])
        .collect();
    if read.len() < MS_PREDICTORS.len() {
        MS_PREDICTORS.to_vec()
    } else {
        read
    }
}

fn codec_name(tag: u16) -> String {
    match tag {
        0x31 | 0x32 => "GSM 6.10 in stereo".to_owned(),
        0x22 => "TrueSpeech".to_owned(),
        0x40 | 0x45 | 0x64 => "G.726 ADPCM".to_owned(),
        0x42 | 0x111 => "G.723.1".to_owned(),
        0x83 | 0x133 => "G.729".to_owned(),
        0x92 | 0x2000 => "Dolby Digital".to_owned(),
        0xff | 0x1601 | 0x1602 => "AAC".to_owned(),
        0x160..=0x163 => "Windows Media Audio".to_owned(),
        0x270 => "ATRAC3".to_owned(),
        tag => format!("codec {tag:#06x}"),
    }
}

#[derive(Clone, Copy)]
struct Chunk {
    id: [u8; 4],
    /// The size that the file declares.
    size: u64,
    /// The offset of the body in the file.
    start: u64,
}

impl Chunk {
    /// Returns how many bytes of the body there are.
    fn present(&self, input: &Input<'_>) -> u64 {
        self.size.min(input.len().saturating_sub(self.start))
    }
}

struct Chunks<'a> {
    input: &'a Input<'a>,
    at: u64,
    left: usize,
}

impl<'a> Chunks<'a> {
    /// Iterates over the chunks after the header of twelve bytes. Ignores the size in the header.
    fn of(input: &'a Input<'a>, start: u64) -> Self {
        Self {
            input,
            at: start + 12,
            left: MOST_CHUNKS,
        }
    }

    /// Goes to the chunk after a body that ends at `end`. The format requires a padding byte after an odd chunk, but some
    /// writers omit it.
    fn skip_to(&mut self, end: u64) {
        let known = |at: u64| self.input.array(at).is_some_and(is_known);
        let odd = !end.is_multiple_of(2);
        let unpadded = known(end) && !known(end + 1);
        self.at = if odd && !unpadded { end + 1 } else { end };
    }
}

impl Iterator for Chunks<'_> {
    type Item = Chunk;

    fn next(&mut self) -> Option<Chunk> {
        self.left = self.left.checked_sub(1)?;
        let [a, b, c, d, size @ ..] = self.input.array::<8>(self.at)?;
        let chunk = Chunk {
            id: [a, b, c, d],
            size: u32::from_le_bytes(size).into(),
            start: self.at + 8,
        };
        self.skip_to((chunk.start + chunk.size).min(self.input.len()));
        Some(chunk)
    }
}

/// Returns true if only valid chunks follow, at least one or the end of the file.
fn only_chunks_follow(input: &Input<'_>, at: u64) -> bool {
    let mut chunks = Chunks {
        input,
        at,
        left: MOST_CHUNKS,
    };
    // A padding byte may follow.
    chunks.skip_to(at);
    while chunks.at < input.len() {
        match chunks.next() {
            Some(chunk) if chunk.size == chunk.present(input) && is_name(chunk.id) => {}
            _ => return false,
        }
    }
    true
}

fn is_known(id: [u8; 4]) -> bool {
    matches!(
        &id,
        b"fmt " | b"data" | b"LIST" | b"fact" | b"bext" | b"JUNK" | b"PAD " | b"cue " | b"smpl" | b"id3 " | b"ID3 "
    )
}

#[cfg(test)]
mod tests;
