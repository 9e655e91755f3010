//! Subtitles in SRT and `WebVTT` (<https://www.w3.org/TR/webvtt1/>).

mod cues;
mod phrases;

use std::fmt::Write as _;

use cues::Cue;

use super::words::Word;

/// A subtitle format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SubtitleFormat {
    /// `SubRip`. All players read it.
    Srt,
    /// `WebVTT`. Browsers read it. Words have times within a cue: `Hello <00:01.200>there`.
    Vtt,
}

/// What one cue shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SubtitleCues {
    /// A sentence. One that is longer than two lines of 42 characters becomes several cues, divided between phrases.
    #[default]
    Sentences,
    /// A phrase, up to the next comma or pause.
    Phrases,
    /// One word.
    Words,
}

impl SubtitleCues {
    /// The names that [`from_name`](Self::from_name) reads.
    pub const NAMES: [&'static str; 3] = ["sentences", "phrases", "words"];

    /// Returns the value of a name: `sentences`, `phrases` or `words`.
    ///
    /// # Examples
    ///
    /// ```
    /// use loqui_core::speech::SubtitleCues;
    ///
    /// assert_eq!(SubtitleCues::from_name("words"), Some(SubtitleCues::Words));
    /// assert_eq!(SubtitleCues::from_name("letters"), None);
    /// ```
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "sentences" => Some(Self::Sentences),
            "phrases" => Some(Self::Phrases),
            "words" => Some(Self::Words),
            _ => None,
        }
    }
}

/// How subtitles are written. A [`SubtitleFormat`] converts to the options with its default cues.
///
/// # Examples
///
/// ```
/// use loqui_core::speech::{SubtitleCues, SubtitleFormat, SubtitleOptions, subtitles};
///
/// let options = SubtitleOptions::from(SubtitleFormat::Srt).with_cues(SubtitleCues::Words);
/// let srt = subtitles(options, [("Hello there.", 0.0, 1.0)]);
/// assert!(srt.starts_with("1\n00:00:00,000 --> 00:00:00,455\nHello\n\n2\n"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SubtitleOptions {
    format: SubtitleFormat,
    cues: SubtitleCues,
}

impl SubtitleOptions {
    /// Sets what one cue shows.
    #[must_use]
    pub const fn with_cues(mut self, cues: SubtitleCues) -> Self {
        self.cues = cues;
        self
    }
}

impl From<SubtitleFormat> for SubtitleOptions {
    fn from(format: SubtitleFormat) -> Self {
        Self {
            format,
            cues: SubtitleCues::default(),
        }
    }
}

/// A text with the time in which it is spoken, in seconds. A tuple of text, start and end converts to it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct TimedText<'a> {
    /// The text as written.
    pub text: &'a str,
    /// Its start, in seconds.
    pub start: f64,
    /// Its end, in seconds.
    pub end: f64,
    /// Its words; empty if their times are not known. Then they share the time in proportion to their characters.
    pub words: &'a [Word],
}

impl<'a> TimedText<'a> {
    /// Sets the words with their times.
    #[must_use]
    pub const fn with_words(mut self, words: &'a [Word]) -> Self {
        self.words = words;
        self
    }
}

impl<'a> From<(&'a str, f64, f64)> for TimedText<'a> {
    fn from((text, start, end): (&'a str, f64, f64)) -> Self {
        Self {
            text,
            start,
            end,
            words: &[],
        }
    }
}

/// Writes subtitles for texts with their times. Cues have at most two lines of 42 characters and are divided between phrases.
///
/// # Examples
///
/// ```
/// use loqui_core::speech::{SubtitleFormat, TimedText, Word, subtitles};
///
/// let srt = subtitles(SubtitleFormat::Srt, [("Hello!", 0.0, 1.25)]);
/// assert_eq!(srt, "1\n00:00:00,000 --> 00:00:01,250\nHello!\n\n");
///
/// let words = [Word::new("Hello", 0.0, 0.5), Word::new("there!", 0.5, 1.25)];
/// let vtt = subtitles(SubtitleFormat::Vtt, [TimedText::from(("Hello there!", 0.0, 1.25)).with_words(&words)]);
/// assert_eq!(vtt, "WEBVTT\n\n00:00:00.000 --> 00:00:01.250\nHello <00:00.500>there!\n\n");
/// ```
pub fn subtitles<'a, T: Into<TimedText<'a>>>(
    options: impl Into<SubtitleOptions>,
    texts: impl IntoIterator<Item = T>,
) -> String {
    let SubtitleOptions { format, cues } = options.into();
    let mut out = String::new();
    if format == SubtitleFormat::Vtt {
        out.push_str("WEBVTT\n\n");
    }
    let texts = texts.into_iter().map(Into::into);
    let cues = texts.flat_map(|text| cues::cues(&text, cues));
    for (index, cue) in cues.enumerate() {
        if format == SubtitleFormat::Srt {
            let _ = writeln!(out, "{}", index + 1);
        }
        let (start, end) = (timestamp(cue.start, format), timestamp(cue.end, format));
        let _ = writeln!(out, "{start} --> {end}");
        write_text(&mut out, &cue, format);
        out.push_str("\n\n");
    }
    out
}

/// Writes the text of a cue, in `WebVTT` with the times of words.
fn write_text(out: &mut String, cue: &Cue, format: SubtitleFormat) {
    // Times in a cue are between its start and its end, and they increase.
    let mut latest = milliseconds(cue.start);
    for part in &cue.parts {
        out.push_str(part.gap);
        if let Some(start) = part.start.filter(|_| format == SubtitleFormat::Vtt).map(milliseconds)
            && start > latest
            && start < milliseconds(cue.end)
        {
            latest = start;
            let _ = write!(out, "<{}>", short_timestamp(start));
        }
        out.push_str(&escaped(&part.text, format));
    }
}

/// Formats a time as `00:01:02,345`, with a full stop in `WebVTT`.
fn timestamp(seconds: f64, format: SubtitleFormat) -> String {
    let milliseconds = milliseconds(seconds);
    let separator = match format {
        SubtitleFormat::Srt => ',',
        SubtitleFormat::Vtt => '.',
    };
    let (hours, minutes) = (milliseconds / 3_600_000, milliseconds / 60_000 % 60);
    let (seconds, rest) = (milliseconds / 1000 % 60, milliseconds % 1000);
    format!("{hours:02}:{minutes:02}:{seconds:02}{separator}{rest:03}")
}

/// Formats a time as `01:02.345`, with hours only from one hour on.
fn short_timestamp(milliseconds: u64) -> String {
    let long = timestamp(milliseconds as f64 / 1000.0, SubtitleFormat::Vtt);
    match long.strip_prefix("00:") {
        Some(short) => short.to_owned(),
        None => long,
    }
}

fn milliseconds(seconds: f64) -> u64 {
    (seconds.max(0.0) * 1000.0).round() as u64
}

/// Escapes a text. `WebVTT` has character references. SRT has none, and the arrow, which marks a cue, is replaced.
fn escaped(text: &str, format: SubtitleFormat) -> String {
    match format {
        SubtitleFormat::Srt => text.replace("-->", "->"),
        SubtitleFormat::Vtt => text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"),
    }
}

#[cfg(test)]
mod tests;
