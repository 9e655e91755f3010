//! Parses Core Audio files with uncompressed samples or IMA ADPCM. Symphonia reads those with other codecs.
//!
//! The format: <https://developer.apple.com/library/archive/documentation/MusicAudio/Reference/CAFSpec>.

use super::{HeaderError, MOST_CHUNKS, check};
use crate::audio::decode::pcm::{Pcm, PcmKind};
use crate::audio::decode::raw::{Coding, Raw};
use crate::audio::input::Input;

/// Finds the audio in the file that starts at `start`. Its coding is [`Coding::Contained`] for codecs with packets.
pub(crate) fn walk(input: &Input<'_>, start: u64) -> Result<Raw, HeaderError> {
    let mut raw: Option<Raw> = None;
    let mut frames = None;
    let mut data = None;
    let mut at = start + 8;
    for _ in 0..MOST_CHUNKS {
        let Some(head) = input.array::<12>(at) else { break };
        let [a, b, c, d, size @ ..] = head;
        let body = at + 12;
        // A recording in progress has the size -1.
        let size = u64::try_from(i64::from_be_bytes(size)).ok();
        match &[a, b, c, d] {
            b"desc" => raw = Some(parse_format(input, body)?),
            b"pakt" => {
                // The number of packets, then that of the frames without padding.
                frames = input.array(body + 8).map(u64::from_be_bytes).filter(|count| *count > 0);
            }
            b"data" if data.is_none() => data = Some((body + 4, size)),
            _ => {}
        }
        let Some(end) = size.and_then(|size| body.checked_add(size)) else {
            break;
        };
        at = end;
    }
    let mut raw = raw.ok_or(HeaderError::NoFormat)?;
    let (body, size) = data.ok_or(HeaderError::NoData)?;
    let size = size.map(|size| size.saturating_sub(4));
    raw.add_part(input, body, size, |at| at + 12 <= input.len() || at == input.len());
    raw.frames = frames;
    Ok(raw)
}

fn parse_format(input: &Input<'_>, body: u64) -> Result<Raw, HeaderError> {
    let bytes: [u8; 32] = input.array(body).ok_or(HeaderError::NoFormat)?;
    let (rate, rest) = bytes.split_at(8);
    let rate = rate.try_into().map_or(0.0, f64::from_be_bytes);
    let (words, _) = rest.as_chunks::<4>();
    let word = |index: usize| words.get(index).copied().map_or(0, u32::from_be_bytes);
    let kind = words.first().copied().unwrap_or_default();
    let (flags, packet, channels, bits) = (word(1), word(2), word(4), word(5));
    let channels = u16::try_from(channels).unwrap_or(u16::MAX);
    // Casts of numbers outside the range give its ends, which the check refuses.
    let sample_rate = rate as u32;
    check(channels, sample_rate)?;
    let (float, little) = (flags & 1 != 0, flags & 2 != 0);
    let width = match packet / u32::from(channels) {
        0 => bits.div_ceil(8) as usize,
        width => width as usize,
    };
    let coding = match &kind {
        b"lpcm" if float => Coding::Pcm(Pcm::float(width, !little)),
        b"lpcm" => Coding::Pcm(Pcm {
            kind: PcmKind::Signed,
            bytes: width,
            big: !little,
        }),
        b"ulaw" => Coding::Pcm(Pcm::MU_LAW),
        b"alaw" => Coding::Pcm(Pcm::A_LAW),
        b"ima4" => Coding::Quicktime,
        _ => Coding::Contained,
    };
    if let Coding::Pcm(pcm) = coding
        && !pcm.is_valid()
    {
        return Err(HeaderError::Bits(u16::try_from(bits).unwrap_or(u16::MAX)));
    }
    Ok(Raw {
        coding,
        channels,
        sample_rate,
        mask: None,
        parts: Vec::new(),
        declared: None,
        frames: None,
        faults: Vec::new(),
    })
}
