//! Finds the sound of AVI films, which old cameras record.
//!
//! The format: <https://learn.microsoft.com/en-us/windows/win32/directshow/avi-riff-file-reference>.

use std::ops::Range;

use super::{HeaderError, riff};
use crate::audio::decode::raw::Raw;
use crate::audio::input::Input;

/// The largest number of chunks that are read. Each frame of a film is one.
const MOST_CHUNKS: usize = 4_000_000;
/// The headers around a chunk: a film, its frames, groups of them.
const MOST_DEPTH: usize = 4;

/// Finds the first sound of the film that starts at `start`.
pub(crate) fn walk(input: &Input<'_>, start: u64) -> Result<Raw, HeaderError> {
    let mut film = Film {
        input,
        left: MOST_CHUNKS,
        streams: 0,
        is_sound: false,
        sound: None,
        parts: Vec::new(),
    };
    film.chunks(start..input.len(), 0)?;
    let (_, mut raw) = film.sound.ok_or(HeaderError::NoData)?;
    raw.parts = film.parts;
    Ok(raw)
}

struct Film<'a> {
    input: &'a Input<'a>,
    left: usize,
    /// The number of streams whose headers were read.
    streams: usize,
    /// The stream whose header is being read is sound.
    is_sound: bool,
    /// The number and the format of the sound.
    sound: Option<(usize, Raw)>,
    parts: Vec<Range<u64>>,
}

impl Film<'_> {
    fn chunks(&mut self, within: Range<u64>, depth: usize) -> Result<(), HeaderError> {
        let mut at = within.start;
        while let (true, Some([a, b, c, d, size @ ..])) = (at < within.end, self.input.array::<8>(at)) {
            self.left = self.left.checked_sub(1).ok_or(HeaderError::NoFormat)?;
            let body = at + 8;
            let size = u64::from(u32::from_le_bytes(size));
            let end = (body + size).min(within.end);
            match &[a, b, c, d] {
                // A file of more than one gigabyte has several parts; the size of the last one may be missing.
                b"RIFF" | b"LIST" if depth < MOST_DEPTH && end > body + 4 => self.chunks(body + 4..end, depth + 1)?,
                b"strh" => {
                    self.is_sound = self.input.array(body) == Some(*b"auds");
                    self.streams += 1;
                }
                b"strf" if self.is_sound && self.sound.is_none() => {
                    let format = riff::parse_format(&self.input.bytes(body, size.min(4096) as usize))?;
                    self.sound = Some((self.streams - 1, format));
                }
                [tens, ones, b'w', b'b'] => {
                    let number = tens.wrapping_sub(b'0') as usize * 10 + ones.wrapping_sub(b'0') as usize;
                    if self.sound.as_ref().is_some_and(|(sound, _)| *sound == number) {
                        self.parts.push(body..end);
                    }
                }
                _ => {}
            }
            at = (body + size).next_multiple_of(2);
        }
        Ok(())
    }
}
