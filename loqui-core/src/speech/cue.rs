//! Cue sheets: where the chapters of files begin (<https://wiki.hydrogenaudio.org/index.php?title=Cue_sheet>).

use std::fmt::Write as _;

use super::{ChapterMark, SpeechFormat};

/// Frames of a cue sheet, of which a second has 75.
const FRAMES_PER_SECOND: f64 = 75.0;

/// A file in a cue sheet.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CueFile {
    /// The name of the file, relative to the cue sheet.
    pub name: String,
    /// The format of the file.
    pub format: SpeechFormat,
    /// The tracks in the file, with times in the file.
    pub tracks: Vec<ChapterMark>,
}

impl CueFile {
    /// Creates a file.
    pub fn new(name: impl Into<String>, format: SpeechFormat, tracks: Vec<ChapterMark>) -> Self {
        Self {
            name: name.into(),
            format,
            tracks,
        }
    }
}

/// Writes a cue sheet.
///
/// # Examples
///
/// ```
/// use loqui_core::speech::{ChapterMark, CueFile, SpeechFormat, cue_sheet};
///
/// let tracks = vec![ChapterMark::new("One", 0.0, 61.5), ChapterMark::new("Two", 61.5, 70.0)];
/// let sheet = cue_sheet(Some("A book"), None, &[CueFile::new("book.mp3", SpeechFormat::Mp3, tracks)]);
/// assert!(sheet.contains("  TRACK 02 AUDIO\n    TITLE \"Two\"\n    INDEX 01 01:01:38\n"));
/// ```
pub fn cue_sheet(title: Option<&str>, performer: Option<&str>, files: &[CueFile]) -> String {
    let mut sheet = String::new();
    for (name, value) in [("TITLE", title), ("PERFORMER", performer)] {
        if let Some(value) = value {
            let _ = writeln!(sheet, "{name} \"{}\"", quoted(value));
        }
    }
    let mut number = 0;
    for file in files {
        let kind = match file.format {
            SpeechFormat::Mp3 => "MP3",
            // Players detect the format; the sheet has no names for the others.
            _ => "WAVE",
        };
        let _ = writeln!(sheet, "FILE \"{}\" {kind}", quoted(&file.name));
        for track in &file.tracks {
            number += 1;
            let frames = (track.start.max(0.0) * FRAMES_PER_SECOND).round() as u64;
            let (seconds, frames) = (frames / 75, frames % 75);
            let _ = writeln!(sheet, "  TRACK {number:02} AUDIO");
            let _ = writeln!(sheet, "    TITLE \"{}\"", quoted(&track.title));
            let _ = writeln!(
                sheet,
                "    INDEX 01 {:02}:{:02}:{frames:02}",
                seconds / 60,
                seconds % 60
            );
        }
    }
    sheet
}

/// A value cannot contain quotes or line breaks.
fn quoted(value: &str) -> String {
    value.replace('"', "'").split_whitespace().collect::<Vec<_>>().join(" ")
}
