//! Subtitles in SRT and `WebVTT` (<https://www.w3.org/TR/webvtt1/>).

use std::fmt::Write as _;

use unicode_segmentation::UnicodeSegmentation as _;

/// The maximum line length and number of lines, as broadcasters use them
/// (<https://partnerhelp.netflixstudios.com/hc/en-us/articles/217350977-English-USA-Timed-Text-Style-Guide>).
const LINE_CHARACTERS: usize = 42;
const LINES: usize = 2;

/// A subtitle format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SubtitleFormat {
    /// `SubRip`. All players read it.
    Srt,
    /// `WebVTT`. Browsers read it.
    Vtt,
}

/// Writes subtitles for texts with their start and end in seconds. A long text becomes several cues, which share its time
/// in proportion to their characters.
///
/// # Examples
///
/// ```
/// use loqui_core::speech::{SubtitleFormat, subtitles};
///
/// let srt = subtitles(SubtitleFormat::Srt, [("Hello!", 0.0, 1.25)]);
/// assert_eq!(srt, "1\n00:00:00,000 --> 00:00:01,250\nHello!\n\n");
/// ```
pub fn subtitles<'a>(format: SubtitleFormat, stretches: impl IntoIterator<Item = (&'a str, f64, f64)>) -> String {
    let mut out = String::new();
    if format == SubtitleFormat::Vtt {
        out.push_str("WEBVTT\n\n");
    }
    let cues = stretches
        .into_iter()
        .flat_map(|(text, start, end)| cues(text, start, end));
    for (index, cue) in cues.enumerate() {
        if format == SubtitleFormat::Srt {
            let _ = writeln!(out, "{}", index + 1);
        }
        let (start, end) = (timestamp(cue.start, format), timestamp(cue.end, format));
        let _ = write!(out, "{start} --> {end}\n{}\n\n", escaped(&cue.text, format));
    }
    out
}

struct Cue {
    text: String,
    start: f64,
    end: f64,
}

fn cues(text: &str, start: f64, end: f64) -> Vec<Cue> {
    let lines = lines(text);
    let total: usize = lines.iter().map(|line| line.characters).sum();
    let time = |characters: usize| start + (end - start) * characters as f64 / total as f64;
    let mut said = 0;
    lines
        .chunks(LINES)
        .map(|pair| {
            let before = said;
            said += pair.iter().map(|line| line.characters).sum::<usize>();
            Cue {
                text: pair
                    .iter()
                    .map(|line| line.text.as_str())
                    .collect::<Vec<_>>()
                    .join("\n"),
                start: time(before),
                end: time(said),
            }
        })
        .collect()
}

#[derive(Default)]
struct Line {
    text: String,
    characters: usize,
}

impl Line {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.characters += text.chars().count();
    }
}

/// Breaks a text into lines: between words, and within words that are longer than a line.
fn lines(text: &str) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for word in text.split_whitespace() {
        let length = word.chars().count();
        match lines.last_mut() {
            Some(line) if line.characters + 1 + length <= LINE_CHARACTERS => {
                line.push(" ");
                line.push(word);
            }
            _ if length <= LINE_CHARACTERS => {
                lines.push(Line::default());
                lines.last_mut().expect("just pushed").push(word);
            }
            _ => lines.extend(pieces(word)),
        }
    }
    lines
}

/// Splits a long word or a text without spaces between graphemes.
fn pieces(word: &str) -> Vec<Line> {
    let mut pieces = vec![Line::default()];
    for grapheme in word.graphemes(true) {
        match pieces.last_mut() {
            Some(line) if line.characters == 0 || line.characters + grapheme.chars().count() <= LINE_CHARACTERS => {
                line.push(grapheme);
            }
            _ => {
                let mut line = Line::default();
                line.push(grapheme);
                pieces.push(line);
            }
        }
    }
    pieces
}

/// Formats a time as `00:01:02,345`, with a full stop in `WebVTT`.
fn timestamp(seconds: f64, format: SubtitleFormat) -> String {
    let milliseconds = (seconds.max(0.0) * 1000.0).round() as u64;
    let separator = match format {
        SubtitleFormat::Srt => ',',
        SubtitleFormat::Vtt => '.',
    };
    let (hours, minutes) = (milliseconds / 3_600_000, milliseconds / 60_000 % 60);
    let (seconds, rest) = (milliseconds / 1000 % 60, milliseconds % 1000);
    format!("{hours:02}:{minutes:02}:{seconds:02}{separator}{rest:03}")
}

/// Escapes a text. `WebVTT` has character references. SRT has none, and the arrow, which marks a cue, is replaced.
fn escaped(text: &str, format: SubtitleFormat) -> String {
    match format {
        SubtitleFormat::Srt => text.replace("-->", "->"),
        SubtitleFormat::Vtt => text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cues_have_times_and_in_srt_numbers() {
        let stretches = || [("One & <two>", 0.0, 1.0), ("three --> four", 3_661.2, 3_662.0)];
        assert_eq!(
            subtitles(SubtitleFormat::Srt, stretches()),
            "1\n00:00:00,000 --> 00:00:01,000\nOne & <two>\n\n2\n01:01:01,200 --> 01:01:02,000\nthree -> four\n\n"
        );
        assert_eq!(
            subtitles(SubtitleFormat::Vtt, stretches()),
            "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nOne &amp; &lt;two&gt;\n\n\
             01:01:01.200 --> 01:01:02.000\nthree --&gt; four\n\n"
        );
    }

    #[test]
    fn long_texts_share_their_time_among_cues_without_losing_words() {
        let text = "The quick brown fox jumps over the lazy dog.\n\n".repeat(6);
        let cues = cues(&text, 10.0, 30.0);
        assert!(cues.len() >= 3);
        assert_eq!((cues[0].start, cues[cues.len() - 1].end), (10.0, 30.0));
        for pair in cues.windows(2) {
            assert!((pair[0].end - pair[1].start).abs() < 1e-9);
        }
        let said: Vec<_> = cues.iter().flat_map(|cue| cue.text.split_whitespace()).collect();
        assert_eq!(said, text.split_whitespace().collect::<Vec<_>>());
        for line in cues.iter().flat_map(|cue| cue.text.lines()) {
            assert!(line.chars().count() <= LINE_CHARACTERS);
        }
        assert!(cues.iter().all(|cue| cue.text.lines().count() <= LINES));
    }

    #[test]
    fn texts_without_spaces_break_between_graphemes() {
        let cues = cues(&"e\u{301}天".repeat(60), 0.0, 1.0);
        assert!(cues.len() > 1);
        for line in cues.iter().flat_map(|cue| cue.text.lines()) {
            assert!(line.chars().count() <= LINE_CHARACTERS && !line.starts_with('\u{301}'));
        }
    }

    #[test]
    fn blank_text_has_no_cue() {
        assert_eq!(subtitles(SubtitleFormat::Srt, [(" \n ", 0.0, 1.0)]), "");
    }
}
