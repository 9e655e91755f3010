//! Subtitles: the words of the cues, without their numbers and times.

use super::map::Output;

/// Keeps the words of subtitles. Cues of one sentence are joined; a finished sentence ends a paragraph.
pub(super) fn read(text: &str, web: bool, out: &mut Output) {
    let mut at = 0;
    let mut skipping = web;
    let mut in_cue = false;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let words = line.trim();
        if words.is_empty() {
            skipping = false;
            in_cue = false;
            continue;
        }
        if words.contains("-->") {
            in_cue = true;
            skipping = false;
            continue;
        }
        if web
            && !in_cue
            && ["NOTE", "STYLE", "REGION", "WEBVTT"]
                .iter()
                .any(|block| words.starts_with(block))
        {
            skipping = true;
        }
        // The line before a cue's times is its number or its name.
        if skipping || !in_cue {
            continue;
        }
        let begin = start + (line.len() - line.trim_start().len());
        let end = begin + words.len();
        if !out.text.is_empty() {
            let ended = out.text.ends_with(['.', '!', '?', '"', '”', '…', ')', '♪']);
            let dialogue = words.starts_with(['-', '–']);
            out.replace(begin..begin, if ended || dialogue { "\n" } else { " " });
        }
        copy_words(text, begin, end, out);
    }
}

/// Copies a line without the marks of its dialogue, its music and its position.
fn copy_words(text: &str, begin: usize, end: usize, out: &mut Output) {
    let line = &text[begin..end];
    let mut start = begin + (line.len() - line.trim_start_matches(['-', '–', ' ']).len());
    let mut at = start;
    while at < end {
        let rest = &text[at..end];
        let length = if rest.starts_with("{\\") {
            rest.find('}').map(|close| close + 1)
        } else if rest.starts_with(['♪', '♫']) {
            rest.chars().next().map(char::len_utf8)
        } else {
            None
        };
        if let Some(length) = length {
            out.copy(text, start..at);
            at += length;
            start = at;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    out.copy(text, start..end);
}
