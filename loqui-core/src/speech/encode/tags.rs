//! Provenance, titles and chapters in the metadata of FLAC, Opus and MP3.

#![cfg_attr(not(feature = "formats"), expect(dead_code, reason = "WAV has chunks for it"))]

use crate::speech::Provenance;
use crate::speech::tags::Tags;
#[cfg(feature = "formats")]
use crate::speech::tags::time;

/// The names of chapters have three digits.
const MOST_CHAPTERS: usize = 999;
/// The type of a picture on the front cover, in FLAC and ID3.
const FRONT_COVER: u32 = 3;

/// Returns the comment header of FLAC and Opus: a vendor string, then `NAME=value` (Vorbis I, section 5,
/// <https://xiph.org/vorbis/doc/Vorbis_I_spec.html>). `more` are further comments.
pub(super) fn vorbis_comment(vendor: &str, provenance: Option<&Provenance>, tags: &Tags, more: &[String]) -> Vec<u8> {
    let mut comments: Vec<String> = Vec::new();
    if let Some(origin) = provenance {
        comments.push(format!("ENCODER={}", origin.software));
        comments.push(format!("COMMENT={}", origin.comment));
    }
    let named = [("TITLE", &tags.title), ("ARTIST", &tags.artist), ("ALBUM", &tags.album)];
    comments.extend(
        named
            .iter()
            .filter_map(|(name, value)| Some(format!("{name}={}", value.as_ref()?))),
    );
    if let Some((number, count)) = tags.track {
        comments.push(format!("TRACKNUMBER={number}"));
        comments.push(format!("TRACKTOTAL={count}"));
    }
    // Chapter extension: https://wiki.xiph.org/Chapter_Extension
    for (index, chapter) in tags.chapters.iter().take(MOST_CHAPTERS).enumerate() {
        let number = index + 1;
        comments.push(format!("CHAPTER{number:03}={}", clock(chapter.start)));
        comments.push(format!("CHAPTER{number:03}NAME={}", tags.chapter_title(index)));
    }
    comments.extend_from_slice(more);
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

/// Writes a time as `01:02:03.456`.
fn clock(seconds: f64) -> String {
    let milliseconds = (seconds.max(0.0) * 1000.0).round() as u64;
    let (seconds, rest) = (milliseconds / 1000, milliseconds % 1000);
    format!(
        "{:02}:{:02}:{:02}.{rest:03}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}

/// Returns the picture block of FLAC (RFC 9639, section 8.8), if there is a cover.
pub(super) fn picture(tags: &Tags) -> Option<Vec<u8>> {
    let cover = tags.cover.as_ref()?;
    let mut block = FRONT_COVER.to_be_bytes().to_vec();
    block.extend_from_slice(&(cover.media_type.len() as u32).to_be_bytes());
    block.extend_from_slice(cover.media_type.as_bytes());
    // No description, and a size that players read from the picture itself.
    block.extend_from_slice(&[0; 20]);
    block.extend_from_slice(&(cover.bytes.len() as u32).to_be_bytes());
    block.extend_from_slice(&cover.bytes);
    Some(block)
}

/// Returns an ID3v2.4 tag for MP3 (<https://id3.org/id3v2.4.0-frames>), with chapters
/// (<https://id3.org/id3v2-chapters-1.0>).
#[cfg(feature = "formats")]
pub(super) fn id3(provenance: Option<&Provenance>, tags: &Tags) -> Vec<u8> {
    use id3::frame::{Chapter, Comment, Content, Frame, Picture, PictureType, TableOfContents};
    use id3::{Tag, TagLike as _, Version};

    if provenance.is_none() && tags.is_empty() {
        return Vec::new();
    }
    let mut tag = Tag::new();
    if let Some(origin) = provenance {
        tag.add_frame(Frame::text("TSSE", origin.software.as_str()));
        tag.add_frame(Comment {
            lang: "eng".to_owned(),
            description: String::new(),
            text: origin.comment.clone(),
        });
    }
    let named = [("TIT2", &tags.title), ("TPE1", &tags.artist), ("TALB", &tags.album)];
    for (name, value) in named {
        if let Some(value) = value {
            tag.add_frame(Frame::text(name, value.as_str()));
        }
    }
    if let Some((number, count)) = tags.track {
        tag.add_frame(Frame::text("TRCK", format!("{number}/{count}")));
    }
    if let Some(cover) = &tags.cover {
        tag.add_frame(Picture {
            mime_type: cover.media_type.clone(),
            picture_type: PictureType::CoverFront,
            description: String::new(),
            data: cover.bytes.clone(),
        });
    }
    let milliseconds = |seconds: f64| u32::try_from(time(seconds).as_millis()).unwrap_or(u32::MAX);
    let names: Vec<String> = (0..tags.chapters.len().min(255))
        .map(|index| format!("ch{index}"))
        .collect();
    if !names.is_empty() {
        tag.add_frame(TableOfContents {
            element_id: "toc".to_owned(),
            top_level: true,
            ordered: true,
            elements: names,
            frames: Vec::new(),
        });
    }
    for (index, chapter) in tags.chapters.iter().enumerate() {
        tag.add_frame(Chapter {
            element_id: format!("ch{index}"),
            start_time: milliseconds(chapter.start),
            end_time: milliseconds(chapter.end),
            // No byte offsets.
            start_offset: u32::MAX,
            end_offset: u32::MAX,
            frames: vec![Frame::with_content("TIT2", Content::Text(tags.chapter_title(index)))],
        });
    }
    let mut bytes = Vec::new();
    // Writing to memory does not fail.
    match tag.write_to(&mut bytes, Version::Id3v24) {
        Ok(()) => bytes,
        Err(_) => Vec::new(),
    }
}
