//! Parses AIFF and AIFC files.
//!
//! The format: <https://www.mmsp.ece.mcgill.ca/Documents/AudioFormats/AIFF/AIFF.html>.

use super::{HeaderError, MOST_CHUNKS, check, is_name};
use crate::audio::decode::pcm::{Pcm, PcmKind};
use crate::audio::decode::raw::{Coding, PLACEHOLDER, Raw};
use crate::audio::input::Input;

/// Finds the audio in the file that starts at `start`.
pub(crate) fn walk(input: &Input<'_>, start: u64) -> Result<Raw, HeaderError> {
    let mut raw: Option<Raw> = None;
    let mut sound = None;
    let mut at = start + 12;
    for _ in 0..MOST_CHUNKS {
        let Some((id, size)) = chunk(input, at) else { break };
        match &id {
            b"COMM" if raw.is_none() => raw = Some(parse_format(&input.bytes(at + 8, size.min(256) as usize))?),
            b"SSND" if sound.is_none() => {
                sound = Some((at + 8, size));
                if size == 0 || size >= PLACEHOLDER {
                    break;
                }
            }
            _ => {}
        }
        at = next(at, size);
    }
    let mut raw = raw.ok_or(HeaderError::NoFormat)?;
    let (body, size) = sound.ok_or(HeaderError::NoData)?;
    // The offset of the first sample, and a block size that nobody uses.
    let offset = input.array(body).map_or(0, u32::from_be_bytes);
    let skipped = 8 + u64::from(offset);
    let size = (size > 0 && size < PLACEHOLDER).then(|| size.saturating_sub(skipped));
    raw.add_part(input, body + skipped, size, |at| only_chunks_follow(input, at));
    Ok(raw)
}

fn chunk(input: &Input<'_>, at: u64) -> Option<([u8; 4], u64)> {
    let [a, b, c, d, size @ ..] = input.array::<8>(at)?;
    Some(([a, b, c, d], u32::from_be_bytes(size).into()))
}

fn next(at: u64, size: u64) -> u64 {
    (at + 8 + size).next_multiple_of(2)
}

fn only_chunks_follow(input: &Input<'_>, end: u64) -> bool {
    let mut at = end.next_multiple_of(2);
    for _ in 0..MOST_CHUNKS {
        if at >= input.len() {
            return true;
        }
        match chunk(input, at) {
            Some((id, size)) if is_name(id) && at + 8 + size <= input.len() + 1 => at = next(at, size),
            _ => return false,
        }
    }
    false
}

fn parse_format(body: &[u8]) -> Result<Raw, HeaderError> {
    let Some(([c0, c1, _, _, _, _, b0, b1, rate @ ..], rest)) = body.split_first_chunk::<18>() else {
        return Err(HeaderError::NoFormat);
    };
    let channels = u16::from_be_bytes([*c0, *c1]);
    let bits = u16::from_be_bytes([*b0, *b1]);
    let sample_rate = extended(*rate);
    check(channels, sample_rate)?;
    let bytes = usize::from(bits.div_ceil(8));
    let little = |bytes| Pcm {
        kind: PcmKind::Signed,
        ..Pcm::little(bytes)
    };
    let kind: [u8; 4] = rest.first_chunk().copied().unwrap_or(*b"NONE");
    let coding = match &kind.map(|letter| letter.to_ascii_lowercase()) {
        b"none" | b"twos" => Coding::Pcm(Pcm::big(bytes)),
        b"sowt" => Coding::Pcm(little(bytes)),
        b"raw " => Coding::Pcm(Pcm {
            kind: PcmKind::Unsigned,
            ..Pcm::big(bytes)
        }),
        b"in24" => Coding::Pcm(Pcm::big(3)),
        b"in32" => Coding::Pcm(Pcm::big(4)),
        b"23ni" | b"42ni" => Coding::Pcm(little(3)),
        b"fl32" => Coding::Pcm(Pcm::float(4, true)),
        b"fl64" => Coding::Pcm(Pcm::float(8, true)),
        b"alaw" => Coding::Pcm(Pcm::A_LAW),
        b"ulaw" => Coding::Pcm(Pcm::MU_LAW),
        b"ima4" => Coding::Quicktime,
        b"gsm " | b"agsm" if channels == 1 => Coding::Gsm { wav: false },
        b"mac3" | b"mac6" => Coding::Other("MACE".to_owned()),
        _ => Coding::Other(String::from_utf8_lossy(&kind).into_owned()),
    };
    if let Coding::Pcm(pcm) = coding
        && !pcm.is_valid()
    {
        return Err(HeaderError::Bits(bits));
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

/// Reads a number in the extended precision of 80 bits as a whole number, 0 if it does not fit.
fn extended([s, e, m @ ..]: [u8; 10]) -> u32 {
    let exponent = i32::from(u16::from_be_bytes([s & 0x7f, e])) - 16_383;
    let mantissa = u64::from_be_bytes(m);
    match 63 - exponent {
        shift @ 32..=63 => u32::try_from(mantissa >> shift).unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sample_rates_in_extended_precision_are_read() {
        let of = |exponent: u16, mantissa: u64| {
            let mut bytes = [0; 10];
            bytes[..2].copy_from_slice(&exponent.to_be_bytes());
            bytes[2..].copy_from_slice(&mantissa.to_be_bytes());
            extended(bytes)
        };
        assert_eq!(of(0x400e, 0xac44_0000_0000_0000), 44_100);
        assert_eq!(of(0x400b, 0xfa00_0000_0000_0000), 8_000);
        assert_eq!(of(0, 0), 0);
        assert_eq!(of(0x7fff, u64::MAX), 0);
    }
}
