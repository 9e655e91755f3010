//! The boxes of an MP4 file (ISO/IEC 14496-12 and -14; Apple's `QuickTime` File Format Specification for the chapters).

use super::chapters::TextSample;
use super::{FRAME, FRAMES_IN_CHUNK};
use crate::audio::SPEECH_RATE;
use crate::speech::Provenance;
use crate::speech::tags::Tags;

/// The matrix of a track that is shown as it is.
const MATRIX: [u32; 9] = [0x0001_0000, 0, 0, 0, 0x0001_0000, 0, 0, 0, 0x4000_0000];
/// The samples before the first one of the speech: a decoder of AAC starts with silence.
const PRIMING: u64 = FRAME;

/// A box: its size, its name, and its content.
fn boxed(name: [u8; 4], content: &[u8]) -> Vec<u8> {
    let mut bytes = (content.len() as u32 + 8).to_be_bytes().to_vec();
    bytes.extend_from_slice(&name);
    bytes.extend_from_slice(content);
    bytes
}

/// A box with a version and flags.
fn full(name: [u8; 4], version: u8, flags: u32, content: &[u8]) -> Vec<u8> {
    let head = (u32::from(version) << 24 | flags).to_be_bytes();
    boxed(name, &[&head, content].concat())
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

/// A length in a box: with 32 bits in version 0, with 64 bits in version 1.
fn length(version: u8, length: u64) -> Vec<u8> {
    if version == 0 {
        (length as u32).to_be_bytes().to_vec()
    } else {
        length.to_be_bytes().to_vec()
    }
}

/// Returns the start of a file: its type, and the head of the audio up to the byte `end` of the file.
pub(super) fn head(end: u64) -> Vec<u8> {
    let mut bytes = boxed(*b"ftyp", b"M4B \0\0\0\0M4B M4A mp42isom");
    let start = bytes.len() as u64;
    bytes.extend_from_slice(&[0, 0, 0, 1]);
    bytes.extend_from_slice(b"mdat");
    bytes.extend_from_slice(&end.saturating_sub(start).max(16).to_be_bytes());
    bytes
}

/// What the head of the movie describes.
pub(super) struct Movie<'a> {
    /// The configuration of the decoder.
    pub(super) config: &'a [u8],
    pub(super) sizes: &'a [u16],
    pub(super) chunks: &'a [u64],
    /// The length of the speech, in samples.
    pub(super) samples: u64,
    pub(super) marks: &'a [TextSample],
    /// Where the texts begin in the file.
    pub(super) text_at: u64,
    pub(super) tags: &'a Tags,
    pub(super) provenance: Option<&'a Provenance>,
}

impl Movie<'_> {
    pub(super) fn bytes(&self) -> Vec<u8> {
        let has_text = !self.marks.is_empty();
        let mut content = self.header(if has_text { 3 } else { 2 });
        content.extend(self.audio_track(has_text));
        if has_text {
            content.extend(self.text_track());
        }
        content.extend(self.user_data());
        boxed(*b"moov", &content)
    }

    /// Version 1 has room for more than 49 hours.
    fn version(&self) -> u8 {
        u8::from(self.samples + PRIMING + 2 * FRAME > u64::from(u32::MAX))
    }

    fn times(&self) -> Vec<u8> {
        // No times of creation.
        let version = self.version();
        [length(version, 0), length(version, 0)].concat()
    }

    fn header(&self, next_track: u32) -> Vec<u8> {
        let version = self.version();
        let mut content = self.times();
        content.extend(words(&[SPEECH_RATE]));
        content.extend(length(version, self.samples));
        // Rate 1, volume 1, and ten reserved bytes.
        content.extend(words(&[0x0001_0000, 0x0100_0000, 0, 0]));
        content.extend(words(&MATRIX));
        content.extend(words(&[0; 6]));
        content.extend(words(&[next_track]));
        full(*b"mvhd", version, 0, &content)
    }

    fn track_header(&self, id: u32, flags: u32, volume: u32) -> Vec<u8> {
        let version = self.version();
        let mut content = self.times();
        content.extend(words(&[id, 0]));
        content.extend(length(version, self.samples));
        content.extend(words(&[0, 0, 0, volume]));
        content.extend(words(&MATRIX));
        content.extend(words(&[0, 0]));
        full(*b"tkhd", version, flags, &content)
    }

    fn media(&self, samples: u64, handler: [u8; 4], info: &[u8]) -> Vec<u8> {
        let version = self.version();
        let mut header = self.times();
        header.extend(words(&[SPEECH_RATE]));
        header.extend(length(version, samples));
        // The language is undetermined.
        header.extend_from_slice(&[0x55, 0xC4, 0, 0]);
        let mut handling = words(&[0]);
        handling.extend_from_slice(&handler);
        handling.extend(words(&[0, 0, 0]));
        handling.push(0);
        let content = [
            full(*b"mdhd", version, 0, &header),
            full(*b"hdlr", 0, 0, &handling),
            boxed(*b"minf", info),
        ];
        boxed(*b"mdia", &content.concat())
    }

    fn audio_track(&self, has_text: bool) -> Vec<u8> {
        let mut content = self.track_header(1, 7, 0x0100_0000);
        // Skip what the decoder adds at the start.
        let version = self.version();
        let mut edit = words(&[1]);
        edit.extend(length(version, self.samples));
        edit.extend(length(version, PRIMING));
        edit.extend(words(&[0x0001_0000]));
        content.extend(boxed(*b"edts", &full(*b"elst", version, 0, &edit)));
        if has_text {
            content.extend(boxed(*b"tref", &boxed(*b"chap", &words(&[2]))));
        }
        let frames = self.sizes.len() as u32;
        let chunks = self.chunks.len() as u32;
        let last = self.sizes.len() - (self.chunks.len().saturating_sub(1)) * FRAMES_IN_CHUNK;
        let mut runs = vec![1, FRAMES_IN_CHUNK as u32, 1];
        if chunks == 1 {
            runs[1] = last as u32;
        } else if last != FRAMES_IN_CHUNK {
            runs.extend([chunks, last as u32, 1]);
        }
        let sizes: Vec<u8> = self
            .sizes
            .iter()
            .flat_map(|size| u32::from(*size).to_be_bytes())
            .collect();
        let table = [
            full(*b"stsd", 0, 0, &[words(&[1]), self.audio_entry()].concat()),
            full(*b"stts", 0, 0, &words(&[1, frames, FRAME as u32])),
            full(
                *b"stsc",
                0,
                0,
                &[words(&[runs.len() as u32 / 3]), words(&runs)].concat(),
            ),
            full(*b"stsz", 0, 0, &[words(&[0, frames]), sizes].concat()),
            offsets(self.chunks),
        ];
        let info = [
            full(*b"smhd", 0, 0, &[0; 4]),
            data_information(),
            boxed(*b"stbl", &table.concat()),
        ];
        content.extend(self.media(self.sizes.len() as u64 * FRAME, *b"soun", &info.concat()));
        boxed(*b"trak", &content)
    }

    /// The description of the audio: one channel of AAC.
    fn audio_entry(&self) -> Vec<u8> {
        let specific = descriptor(5, self.config);
        // AAC in the form of MPEG-4, an audio stream, and no bit rates.
        let config = [&[0x40, 0x15, 0, 0, 0][..], &words(&[0, 0]), &specific].concat();
        let stream = [&[0, 1, 0][..], &descriptor(4, &config), &descriptor(6, &[2])].concat();
        let esds = full(*b"esds", 0, 0, &descriptor(3, &stream));
        let mut entry = vec![0, 0, 0, 0, 0, 0, 0, 1];
        entry.extend(words(&[0, 0]));
        // One channel of 16 bits.
        entry.extend_from_slice(&[0, 1, 0, 16, 0, 0, 0, 0]);
        entry.extend(words(&[SPEECH_RATE << 16]));
        entry.extend(esds);
        boxed(*b"mp4a", &entry)
    }

    /// The track with the titles of the chapters. It is not enabled, so that no player shows it as subtitles.
    fn text_track(&self) -> Vec<u8> {
        let mut content = self.track_header(2, 0, 0);
        let count = self.marks.len() as u32;
        let durations: Vec<u32> = self.marks.iter().flat_map(|mark| [1, mark.length as u32]).collect();
        let sizes: Vec<u32> = self.marks.iter().map(|mark| mark.bytes.len() as u32).collect();
        let table = [
            full(*b"stsd", 0, 0, &[words(&[1]), text_entry()].concat()),
            full(*b"stts", 0, 0, &[words(&[count]), words(&durations)].concat()),
            full(*b"stsc", 0, 0, &words(&[1, 1, count, 1])),
            full(*b"stsz", 0, 0, &[words(&[0, count]), words(&sizes)].concat()),
            offsets(&[self.text_at]),
        ];
        let base = [
            full(*b"gmin", 0, 0, &[0, 0x40, 0x80, 0, 0x80, 0, 0x80, 0, 0, 0, 0, 0]),
            boxed(*b"text", &[words(&MATRIX)].concat()),
        ];
        let info = [
            boxed(*b"gmhd", &base.concat()),
            data_information(),
            boxed(*b"stbl", &table.concat()),
        ];
        content.extend(self.media(self.samples, *b"text", &info.concat()));
        boxed(*b"trak", &content)
    }

    /// The titles and the list of chapters.
    fn user_data(&self) -> Vec<u8> {
        let mut items = Vec::new();
        let named = [
            (*b"\xA9nam", &self.tags.title),
            (*b"\xA9ART", &self.tags.artist),
            (*b"aART", &self.tags.artist),
            (*b"\xA9alb", &self.tags.album),
        ];
        for (name, value) in named {
            items.extend(
                value
                    .as_ref()
                    .map(|value| item(name, 1, value.as_bytes()))
                    .unwrap_or_default(),
            );
        }
        items.extend(item(*b"\xA9gen", 1, b"Audiobook"));
        // The kind of medium: an audiobook.
        items.extend(item(*b"stik", 21, &[2]));
        if let Some((number, count)) = self.tags.track {
            let [number, count] = [number, count].map(|number| u16::try_from(number).unwrap_or(u16::MAX).to_be_bytes());
            let track = [&[0, 0][..], &number, &count, &[0, 0]].concat();
            items.extend(item(*b"trkn", 0, &track));
        }
        if let Some(cover) = &self.tags.cover {
            let kind = if cover.media_type == "image/png" { 14 } else { 13 };
            items.extend(item(*b"covr", kind, &cover.bytes));
        }
        if let Some(origin) = self.provenance {
            items.extend(item(*b"\xA9too", 1, origin.software.as_bytes()));
            items.extend(item(*b"\xA9cmt", 1, origin.comment.as_bytes()));
        }
        let mut handling = words(&[0]);
        handling.extend_from_slice(b"mdirappl");
        handling.extend_from_slice(&[0; 9]);
        let meta = [full(*b"hdlr", 0, 0, &handling), boxed(*b"ilst", &items)];
        let mut content = full(*b"meta", 0, 0, &meta.concat());
        content.extend(self.chapter_list());
        boxed(*b"udta", &content)
    }

    /// The list of chapters that players other than Apple's read. It has at most 255.
    fn chapter_list(&self) -> Vec<u8> {
        if self.marks.is_empty() {
            return Vec::new();
        }
        let marks = &self.marks[..self.marks.len().min(255)];
        let mut content = vec![0, 0, 0, 0, marks.len() as u8];
        for mark in marks {
            // In units of 100 ns.
            let start = u128::from(mark.start) * 10_000_000 / u128::from(SPEECH_RATE);
            content.extend_from_slice(&(start as u64).to_be_bytes());
            content.push(mark.title.len() as u8);
            content.extend_from_slice(mark.title.as_bytes());
        }
        full(*b"chpl", 1, 0, &content)
    }
}

/// A descriptor of MPEG-4 (ISO/IEC 14496-1).
fn descriptor(tag: u8, content: &[u8]) -> Vec<u8> {
    [&[tag, content.len() as u8][..], content].concat()
}

/// A value of the list of metadata.
fn item(name: [u8; 4], kind: u32, value: &[u8]) -> Vec<u8> {
    let data = [words(&[kind, 0]), value.to_vec()].concat();
    boxed(name, &boxed(*b"data", &data))
}

/// The offsets of chunks: with 64 bits if the file needs them.
fn offsets(chunks: &[u64]) -> Vec<u8> {
    let count = words(&[chunks.len() as u32]);
    if chunks.last().is_none_or(|last| u32::try_from(*last).is_ok()) {
        let places: Vec<u8> = chunks.iter().flat_map(|at| (*at as u32).to_be_bytes()).collect();
        return full(*b"stco", 0, 0, &[count, places].concat());
    }
    let places: Vec<u8> = chunks.iter().flat_map(|at| at.to_be_bytes()).collect();
    full(*b"co64", 0, 0, &[count, places].concat())
}

/// The data is in this file.
fn data_information() -> Vec<u8> {
    let entry = full(*b"url ", 0, 1, &[]);
    boxed(*b"dinf", &full(*b"dref", 0, 0, &[words(&[1]), entry].concat()))
}

/// The description of the text of chapters.
fn text_entry() -> Vec<u8> {
    let mut entry = vec![0, 0, 0, 0, 0, 0, 0, 1];
    // Display flags, justification, background, box, and the font: all of it is the default.
    entry.extend_from_slice(&[0; 43]);
    entry.push(0);
    boxed(*b"text", &entry)
}
