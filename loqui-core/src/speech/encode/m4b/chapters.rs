//! Chapters of MP4: a track of text, as Apple's players read it, and a list, as others do.

use crate::audio::SPEECH_RATE;
use crate::speech::tags::Tags;

/// The longest title, in bytes.
const LONGEST_TITLE: usize = 255;

/// A sample of the track of text.
pub(super) struct TextSample {
    /// The title in the form of the track.
    pub(super) bytes: Vec<u8>,
    /// The title, in at most [`LONGEST_TITLE`] bytes.
    pub(super) title: String,
    /// The start, in samples.
    pub(super) start: u64,
    /// The length, in samples.
    pub(super) length: u64,
}

/// Returns the samples of the track. They cover the whole file.
pub(super) fn samples(tags: &Tags, samples: u64) -> Vec<TextSample> {
    let rate = f64::from(SPEECH_RATE);
    let place = |seconds: f64| ((seconds * rate).round().max(0.0) as u64).min(samples);
    let starts: Vec<u64> = tags.chapters.iter().map(|chapter| place(chapter.start)).collect();
    let marks = starts.iter().enumerate().map(|(index, start)| {
        let start = if index == 0 { 0 } else { *start };
        let end = starts.get(index + 1).copied().unwrap_or(samples);
        let title = short(&tags.chapter_title(index)).to_owned();
        let mut bytes = (title.len() as u16).to_be_bytes().to_vec();
        bytes.extend_from_slice(title.as_bytes());
        // The text is UTF-8.
        bytes.extend_from_slice(&[0, 0, 0, 12]);
        bytes.extend_from_slice(b"encd");
        bytes.extend_from_slice(&[0, 0, 1, 0]);
        TextSample {
            bytes,
            title,
            start,
            length: end.saturating_sub(start),
        }
    });
    marks.collect()
}

fn short(title: &str) -> &str {
    &title[..title.floor_char_boundary(title.len().min(LONGEST_TITLE))]
}
