//! Explicit pauses: `[pause]`, `[pause 2s]`, `[pause 500ms]`, and `<break time="1.5s"/>` as in SSML
//! (<https://www.w3.org/TR/speech-synthesis11/#edef_break>).

use std::ops::Range;
use std::time::Duration;

/// The length of `[pause]` and `<break/>` without a time.
const DEFAULT: Duration = Duration::from_secs(1);
/// The maximum length. Longer pauses are shortened to it.
const MAX: Duration = Duration::from_mins(1);

/// A pause mark in the script.
struct Mark {
    span: Range<usize>,
    pause: Duration,
}

/// Returns the text between the marks, each part with the pause after it. There is none after the last part.
pub(in crate::script) fn stretches(text: &str) -> Vec<(Range<usize>, Option<Duration>)> {
    let mut stretches = Vec::new();
    let mut start = 0;
    for mark in marks(text) {
        stretches.push((start..mark.span.start, Some(mark.pause)));
        start = mark.span.end;
    }
    stretches.push((start..text.len(), None));
    stretches
}

/// Replaces the marks with spaces, so that all other characters keep their positions.
pub(in crate::script) fn without_pauses(text: &str) -> String {
    let mut blank = String::with_capacity(text.len());
    let mut start = 0;
    for Mark { span, .. } in marks(text) {
        blank.push_str(&text[start..span.start]);
        blank.extend(std::iter::repeat_n(' ', span.len()));
        start = span.end;
    }
    blank.push_str(&text[start..]);
    blank
}

fn marks(text: &str) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut at = 0;
    while let Some(found) = text[at..].find(['[', '<']) {
        let start = at + found;
        match mark(&text[start..]) {
            Some((length, pause)) => {
                marks.push(Mark {
                    span: start..start + length,
                    pause,
                });
                at = start + length;
            }
            None => at = start + 1,
        }
    }
    marks
}

/// Returns the length in bytes and the pause of the mark at the start of the text. Marks are ASCII.
fn mark(text: &str) -> Option<(usize, Duration)> {
    let (name, close) = if text.starts_with('[') {
        ("[pause", ']')
    } else {
        ("<break", '>')
    };
    let head = text.get(..name.len())?;
    if !head.eq_ignore_ascii_case(name) {
        return None;
    }
    let rest = &text[name.len()..];
    let end = rest.bytes().take(40).position(|byte| byte == close as u8)?;
    let inside = rest[..end].trim_end_matches('/').trim();
    let pause = match inside.strip_prefix("time=") {
        Some(quoted) => duration(quoted.trim_matches(['"', '\'']))?,
        None if inside.is_empty() => DEFAULT,
        None if rest.starts_with([' ', ':', '=']) => duration(inside.trim_start_matches([':', '=']).trim())?,
        None => return None,
    };
    Some((name.len() + end + 1, pause))
}

/// Parses `2s`, `1.5 s`, `500ms` and `2`.
fn duration(written: &str) -> Option<Duration> {
    let number = written.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == ' ');
    let seconds: f64 = number.parse().ok()?;
    let scale = match written[number.len()..].trim() {
        "" | "s" | "sec" | "second" | "seconds" => 1.0,
        "ms" => 0.001,
        _ => return None,
    };
    let seconds = (seconds * scale).clamp(0.0, MAX.as_secs_f64());
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Vec<(&str, Option<u128>)> {
        stretches(text)
            .into_iter()
            .map(|(span, pause)| (&text[span], pause.map(|pause| pause.as_millis())))
            .collect()
    }

    #[test]
    fn all_forms_of_marks_are_parsed() {
        assert_eq!(
            parsed("One.[pause]Two. [Pause 2.5s] Three <break time=\"500ms\"/> four [pause: 1 s]"),
            [
                ("One.", Some(1000)),
                ("Two. ", Some(2500)),
                (" Three ", Some(500)),
                (" four ", Some(1000)),
                ("", None)
            ]
        );
        assert_eq!(parsed("[pause 90000s]")[0].1, Some(60_000));
    }

    #[test]
    fn other_brackets_are_not_marks() {
        for text in [
            "[laugh] a [pauses] b",
            "1 < 2, <breakfast>",
            "[pause forever]",
            "[pause",
            "[pause NaN]",
            "[é",
        ] {
            assert_eq!(parsed(text), [(text, None)], "{text}");
        }
    }

    #[test]
    fn replacing_marks_keeps_the_positions_of_other_characters() {
        assert_eq!(without_pauses("é [pause] x"), "é         x");
    }
}
