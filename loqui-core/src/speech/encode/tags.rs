//! Provenance in the metadata of FLAC, Opus and MP3.

#![cfg_attr(not(feature = "formats"), expect(dead_code, reason = "WAV has chunks for it"))]

use crate::speech::Provenance;

/// Returns the comment header of FLAC and Opus: a vendor string, then `NAME=value` (Vorbis I, section 5,
/// <https://xiph.org/vorbis/doc/Vorbis_I_spec.html>).
pub(super) fn vorbis_comment(vendor: &str, provenance: Option<&Provenance>) -> Vec<u8> {
    let comments: Vec<String> = provenance
        .map(|origin| {
            vec![
                format!("ENCODER={}", origin.software),
                format!("COMMENT={}", origin.comment),
            ]
        })
        .unwrap_or_default();
    let mut block = Vec::new();
    add(&mut block, vendor);
    block.extend_from_slice(&(comments.len() as u32).to_le_bytes());
    for comment in &comments {
        add(&mut block, comment);
    }
    block
}

fn add(block: &mut Vec<u8>, text: &str) {
    block.extend_from_slice(&(text.len() as u32).to_le_bytes());
    block.extend_from_slice(text.as_bytes());
}

/// Returns an ID3v2.4 tag for MP3 with the program in `TSSE` and the comment in `COMM`
/// (<https://id3.org/id3v2.4.0-frames>).
pub(super) fn id3(provenance: Option<&Provenance>) -> Vec<u8> {
    let Some(origin) = provenance else {
        return Vec::new();
    };
    // The encoding is UTF-8 (3). A comment starts with a language and an empty description.
    let program = [&[3], origin.software.as_bytes()].concat();
    let comment = [&b"\x03eng\0"[..], origin.comment.as_bytes()].concat();
    let mut frames = Vec::new();
    for (name, body) in [(b"TSSE", program), (b"COMM", comment)] {
        frames.extend_from_slice(name);
        frames.extend_from_slice(&synchsafe(body.len()));
        frames.extend_from_slice(&[0, 0]);
        frames.extend_from_slice(&body);
    }
    [&b"ID3\x04\0\0"[..], &synchsafe(frames.len()), &frames].concat()
}

/// Encodes a number in four bytes of seven bits. A set highest bit could be mistaken for an MP3 frame.
fn synchsafe(number: usize) -> [u8; 4] {
    [21, 14, 7, 0].map(|shift| (number >> shift & 0x7F) as u8)
}
