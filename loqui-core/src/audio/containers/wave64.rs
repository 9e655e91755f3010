//! Parses Sony Wave64 files: WAV with sizes of 64 bits and GUIDs as names.
//!
//! The format: <https://www.ambisonia.com/Members/mleese/sony_wave64.pdf>.

use super::{HeaderError, MOST_CHUNKS, riff};
use crate::audio::decode::raw::Raw;
use crate::audio::input::Input;

/// The header of a chunk: its name and its size, which includes the header.
const HEAD: u64 = 24;
/// The end of the names of chunks. The first four bytes are those of WAV.
const NAME_END: [u8; 12] = [0xf3, 0xac, 0xd3, 0x11, 0x8c, 0xd1, 0x00, 0xc0, 0x4f, 0x8e, 0xdb, 0x8a];

/// Finds the audio in the file that starts at `start`.
pub(crate) fn walk(input: &Input<'_>, start: u64) -> Result<Raw, HeaderError> {
    let mut raw: Option<Raw> = None;
    let mut frames = None;
    // The name and the size of the file, and its kind.
    let mut at = start + 40;
    for _ in 0..MOST_CHUNKS {
        let Some((id, size)) = chunk(input, at) else { break };
        let body = at + HEAD;
        match &id {
            b"fmt " => {
                raw = Some(riff::parse_format(
                    &input.bytes(body, (size.clamp(HEAD, 4096) - HEAD) as usize),
                )?)
            }
            b"fact" => frames = input.array(body).map(u64::from_le_bytes),
            b"data" => {
                let mut raw = raw.ok_or(HeaderError::NoFormat)?;
                let size = size.checked_sub(HEAD).filter(|size| *size < 1 << 60);
                raw.add_part(input, body, size, |at| only_chunks_follow(input, at));
                raw.frames = frames;
                return Ok(raw);
            }
            _ => {}
        }
        at = next(at, size);
    }
    Err(if raw.is_some() {
        HeaderError::NoData
    } else {
        HeaderError::NoFormat
    })
}

fn chunk(input: &Input<'_>, at: u64) -> Option<([u8; 4], u64)> {
    let head: [u8; 24] = input.array(at)?;
    let (name, size) = head.split_at(16);
    let size = u64::from_le_bytes(size.try_into().ok()?);
    let id: [u8; 4] = name[..4].try_into().ok()?;
    Some((if name[4..] == NAME_END { id } else { *b"    " }, size))
}

/// Chunks start at multiples of eight bytes.
fn next(at: u64, size: u64) -> u64 {
    at.saturating_add(size.clamp(HEAD, 1 << 60)).next_multiple_of(8)
}

fn only_chunks_follow(input: &Input<'_>, end: u64) -> bool {
    let mut at = end.next_multiple_of(8);
    for _ in 0..MOST_CHUNKS {
        if at >= input.len() {
            return true;
        }
        match chunk(input, at) {
            Some((_, size)) if size >= HEAD && size <= input.len() - at + 7 => at = next(at, size),
            _ => return false,
        }
    }
    false
}
