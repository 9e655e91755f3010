//! Pauses that the script asks for: `[pause]`, `[pause 2s]`, `[pause 500ms]`, `<break time="1.5s"/>`.

use std::ops::Range;
use std::time::Duration;

/// What `[pause]` and `<break/>` ask for.
const USUAL: Duration = Duration::from_secs(1);
/// Nobody waits longer.
const LONGEST: Duration = Duration::from_mins(1);

/// A mark in the script.
struct Mark {
    span: Range<usize>,
    pause: Duration,
}

/// What stands between the marks, each with the pause that follows; nothing follows the last.
pub(super) fn stretches(text: &str) -> Vec<(Range<usize>, Option<Duration>)> {
    let mut stretches = Vec::new();
    let mut start = 0;
    for mark in marks(text) {
        stretches.push((start..mark.span.start, Some(mark.pause)));
        start = mark.span.end;
    }
    stretches.push((start..text.len(), None));
    stretches
}

/// The text with spaces in place of the marks: every other character keeps its place.
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

/// The length of the mark that the text begins with, in bytes, and its pause. Marks are ASCII.
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
        None if inside.is_empty() => USUAL,
        None if rest.starts_with([' ', ':', '=']) => duration(inside.trim_start_matches([':', '=']).trim())?,
        None => return None,
    };
    Some((name.len() + end + 1, pause))
}

/// `2s`, `1.5 s`, `500ms`, `2`.
fn duration(written: &str) -> Option<Duration> {
    let number = written.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == ' ');
    let seconds: f64 = number.parse().ok()?;
    let scale = match written[number.len()..].trim() {
        "" | "s" | "sec" | "second" | "seconds" => 1.0,
        "ms" => 0.001,
        _ => return None,
    };
    let seconds = (seconds * scale).clamp(0.0, LONGEST.as_secs_f64());
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
    fn marks_are_read_in_their_forms() {
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
    fn other_brackets_are_text() {
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
    fn blanking_keeps_every_place() {
        assert_eq!(without_pauses("é [pause] x"), "é         x");
    }
}
