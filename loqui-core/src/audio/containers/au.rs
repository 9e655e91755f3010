//! Parses Sun and `NeXT` audio files, `.au` and `.snd`.
//!
//! The format: <https://pubs.opengroup.org/external/auformat.html>.

use super::{HeaderError, check};
use crate::audio::decode::pcm::Pcm;
use crate::audio::decode::raw::{Coding, Raw};
use crate::audio::input::Input;

/// The header without its comment.
const HEAD: u64 = 24;

/// Finds the audio in the file that starts at `start`.
pub(crate) fn walk(input: &Input<'_>, start: u64) -> Result<Raw, HeaderError> {
    let head: [u8; HEAD as usize] = input.array(start).ok_or(HeaderError::NoFormat)?;
    let (words, _) = head.as_chunks::<4>();
    // Computers of DEC wrote all numbers in the other order.
    let little = words[0] == *b"dns.";
    let word = |index: usize| {
        if little {
            u32::from_le_bytes(words[index])
        } else {
            u32::from_be_bytes(words[index])
        }
    };
    let (offset, size, encoding, sample_rate) = (word(1), word(2), word(3), word(4));
    let channels = u16::try_from(word(5)).unwrap_or(u16::MAX);
    check(channels, sample_rate)?;
    let pcm = |bytes| Pcm {
        big: !little,
        ..Pcm::big(bytes)
    };
    let coding = match encoding {
        1 => Coding::Pcm(Pcm::MU_LAW),
        2..=5 => Coding::Pcm(pcm(encoding as usize - 1)),
        6 => Coding::Pcm(Pcm::float(4, !little)),
        7 => Coding::Pcm(Pcm::float(8, !little)),
        27 => Coding::Pcm(Pcm::A_LAW),
        23..=26 => Coding::Other("G.72x ADPCM".to_owned()),
        other => Coding::Other(format!("codec {other}")),
    };
    let mut raw = Raw {
        coding,
        channels,
        sample_rate,
        mask: None,
        parts: Vec::new(),
        declared: None,
        frames: None,
        faults: Vec::new(),
    };
    let size = (size != u32::MAX).then_some(u64::from(size));
    raw.add_part(input, start + u64::from(offset).max(HEAD), size, |at| at >= input.len());
    // A stream has no size. That is no fault.
    if size.is_none() {
        raw.faults.clear();
    }
    Ok(raw)
}
