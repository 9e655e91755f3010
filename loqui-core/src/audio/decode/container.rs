//! Facts about containers that Symphonia does not report.

use symphonia::core::formats::Track;

use crate::audio::Content;
use crate::audio::sniff::after_id3;

/// Returns true for a live `WebM` file. A browser writes while it records, so it does not know the sizes, and the end of
/// the file is the end of the audio (<https://www.rfc-editor.org/rfc/rfc8794#section-6.2>).
pub(super) fn is_live(content: Content, bytes: &[u8]) -> bool {
    const SEGMENT: [u8; 4] = [0x18, 0x53, 0x80, 0x67];
    /// The unknown size, in one byte and in eight.
    const UNKNOWN: [&[u8]; 2] = [&[0xff], &[0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]];
    let head = &bytes[..bytes.len().min(256)];
    let segment = head.windows(SEGMENT.len()).position(|name| name == SEGMENT);
    content == Content::WebM
        && segment.is_some_and(|at| UNKNOWN.iter().any(|size| head[at + SEGMENT.len()..].starts_with(size)))
}

/// Returns the length that a file declares, in seconds, if it is counted and not estimated.
pub(super) fn declared_seconds(track: &Track, content: Content, bytes: &[u8]) -> Option<f64> {
    // Without a table of contents Symphonia estimates the length of an MP3 from its first frames, which can be far off:
    // 52 s for 16 s was observed.
    let counted = match content {
        Content::Mp3 => has_frame_count(bytes),
        // A fragmented MP4 declares zero or the length of its first fragment.
        Content::Flac | Content::M4a | Content::OggVorbis | Content::Caf => true,
        _ => false,
    };
    let rate = track.codec_params.as_ref()?.audio()?.sample_rate?;
    let frames = track.num_frames.filter(|frames| counted && *frames > 0)?;
    (rate > 0).then(|| frames as f64 / f64::from(rate))
}

/// Returns true if the first frame of an MP3 has a table of contents, under one of its three names.
fn has_frame_count(bytes: &[u8]) -> bool {
    let body = after_id3(bytes);
    let head = &body[..body.len().min(256)];
    head.windows(4).any(|name| matches!(name, b"Xing" | b"Info" | b"VBRI"))
}

/// Returns the kind of content for a name of a Symphonia reader.
pub(super) fn content_of(short_name: &str) -> Content {
    match short_name {
        "mp3" => Content::Mp3,
        "mp2" | "mp1" => Content::Mp2,
        "wave" => Content::Wav,
        "flac" => Content::Flac,
        "aac" => Content::Aac,
        "isomp4" => Content::M4a,
        "matroska" | "webm" => Content::WebM,
        "aiff" => Content::Aiff,
        "caf" => Content::Caf,
        "ogg" => Content::OggVorbis,
        _ => Content::Unknown,
    }
}
