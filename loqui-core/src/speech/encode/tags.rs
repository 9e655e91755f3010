//! What a file says of itself in the formats that have names for it.

#![cfg_attr(not(feature = "formats"), expect(dead_code, reason = "WAV has chunks of its own"))]

use crate::speech::Provenance;

/// A comment header as FLAC and Opus share it (Vorbis I, section 5): a vendor, then `NAME=value`.
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

/// An ID3v2.4 tag, as MP3 has it: the program in `TSSE`, the rest in `COMM`.
pub(super) fn id3(provenance: Option<&Provenance>) -> Vec<u8> {
    let Some(origin) = provenance else {
        return Vec::new();
    };
    // Texts are UTF-8 (3); a comment has a language and an empty description before it.
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

/// A number in four bytes whose highest bits are never set, so that no player takes it for sound.
fn synchsafe(number: usize) -> [u8; 4] {
    [21, 14, 7, 0].map(|shift| (number >> shift & 0x7F) as u8)
}
