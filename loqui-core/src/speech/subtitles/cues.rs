//! The cues of a text: which words are shown together, in which lines, and when.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation as _;

use super::phrases::{break_cost, ends_phrase, ends_sentence};
use super::{SubtitleCues, TimedText};
use crate::speech::words::tokens;

/// The maximum line length and number of lines, as broadcasters use them
/// (<https://partnerhelp.netflixstudios.com/hc/en-us/articles/217350977-English-USA-Timed-Text-Style-Guide>).
pub(super) const LINE_CHARACTERS: usize = 42;
pub(super) const LINES: usize = 2;

/// A phrase shorter than this joins the next one, in characters.
const SHORT_PHRASE: usize = 12;
/// A sentence that is shown for a shorter time joins the next one, in seconds.
const SHORT_SECONDS: f64 = 1.0;
/// A pause of this length ends a phrase, in seconds.
const PAUSE_SECONDS: f64 = 0.35;
/// A cue ends with the start of the next one if the pause between them is shorter, in seconds. Shorter gaps flicker.
const FLICKER_SECONDS: f64 = 0.1;

/// What one cue costs when a text is divided, in units of [`break_cost`].
const CUE_COST: f64 = 40.0;
/// What a second line costs.
const LINE_COST: f64 = 4.0;

/// A cue.
pub(super) struct Cue {
    pub(super) parts: Vec<CuePart>,
    pub(super) start: f64,
    pub(super) end: f64,
}

/// A word of a cue.
pub(super) struct CuePart {
    /// What precedes it: nothing, a space or the end of a line.
    pub(super) gap: &'static str,
    pub(super) text: String,
    /// Its start, if its time is known.
    pub(super) start: Option<f64>,
}

/// A word that fits into a line.
pub(super) struct Unit {
    pub(super) text: String,
    pub(super) characters: usize,
    /// Whether white space precedes it.
    pub(super) spaced: bool,
    pub(super) start: f64,
    pub(super) end: f64,
    is_timed: bool,
}

/// Divides a text into cues.
pub(super) fn cues(text: &TimedText<'_>, kind: SubtitleCues) -> Vec<Cue> {
    let units = units(text);
    let groups: Vec<Range<usize>> = match kind {
        SubtitleCues::Words => (0..units.len()).map(|index| index..index + 1).collect(),
        SubtitleCues::Phrases => groups(&units, ends_phrase_at, |group| characters(group) < SHORT_PHRASE),
        SubtitleCues::Sentences => groups(&units, ends_sentence_at, |group| seconds(group) < SHORT_SECONDS),
    };
    let divided = groups.into_iter().flat_map(|group| {
        let start = group.start;
        let parts = divided(&units[group]);
        parts.into_iter().map(move |part| start + part.start..start + part.end)
    });
    let mut cues: Vec<Cue> = divided.map(|range| cue(&units[range])).collect();
    for index in 1..cues.len() {
        let next = cues[index].start;
        if next - cues[index - 1].end < FLICKER_SECONDS {
            cues[index - 1].end = next;
        }
    }
    cues
}

/// Returns the words of a text; words longer than a line in parts.
fn units(text: &TimedText<'_>) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    let mut at = 0;
    for word in words(text) {
        let found = text.text[at..].find(word.text).map_or(at, |offset| at + offset);
        let spaced = text.text[at..found].contains(char::is_whitespace);
        at = found + word.text.len();
        let pieces = pieces(word.text);
        let all = pieces.iter().map(|piece| piece.chars().count()).sum::<usize>().max(1) as f64;
        let mut said = 0;
        for (index, piece) in pieces.into_iter().enumerate() {
            let characters = piece.chars().count();
            let time = |said: usize| word.start + (word.end - word.start) * said as f64 / all;
            units.push(Unit {
                spaced: spaced && index == 0,
                start: time(said),
                end: time(said + characters),
                is_timed: word.is_timed && index == 0,
                characters,
                text: piece,
            });
            said += characters;
        }
    }
    units
}

struct TimedWord<'a> {
    text: &'a str,
    start: f64,
    end: f64,
    is_timed: bool,
}

/// Returns the words with their times, or with a share of the time of the text.
fn words<'a>(text: &TimedText<'a>) -> Vec<TimedWord<'a>> {
    let timed = text.words.iter().map(|word| TimedWord {
        text: &word.text,
        start: word.start,
        end: word.end,
        is_timed: true,
    });
    let timed: Vec<TimedWord<'_>> = timed.collect();
    if !timed.is_empty() {
        return timed;
    }
    let mut tokens = tokens(text.text);
    // A text without letters is shown as well.
    if tokens.is_empty() && !text.text.trim().is_empty() {
        tokens.push(text.text.len() - text.text.trim_start().len()..text.text.trim_end().len());
    }
    let all: usize = tokens
        .iter()
        .map(|token| text.text[token.clone()].chars().count())
        .sum();
    let mut said = 0;
    let words = tokens.into_iter().map(|token| {
        let word = &text.text[token];
        let time = |said: usize| text.start + (text.end - text.start) * said as f64 / all.max(1) as f64;
        let start = time(said);
        said += word.chars().count();
        TimedWord {
            text: word,
            start,
            end: time(said),
            is_timed: false,
        }
    });
    words.collect()
}

/// Splits a long word between graphemes, and writes the white space in it as one space.
fn pieces(word: &str) -> Vec<String> {
    let word = word.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut pieces = vec![String::new()];
    let mut characters = 0;
    for grapheme in word.graphemes(true) {
        let length = grapheme.chars().count();
        if characters > 0 && characters + length > LINE_CHARACTERS {
            pieces.push(String::new());
            characters = 0;
        }
        characters += length;
        if let Some(piece) = pieces.last_mut() {
            piece.push_str(grapheme);
        }
    }
    pieces
}

/// Groups words up to an end. A group that is too short joins the next one if both fit into a cue.
fn groups(
    units: &[Unit],
    ends: impl Fn(&[Unit], usize) -> bool,
    is_short: impl Fn(&[Unit]) -> bool,
) -> Vec<Range<usize>> {
    let mut groups: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for end in 1..=units.len() {
        if end < units.len() && !ends(units, end - 1) {
            continue;
        }
        let group = start..end;
        start = end;
        match groups.last_mut() {
            Some(last)
                // A short remark does not join the sentence before it.
                if (is_short(&units[last.clone()])
                    || is_short(&units[group.clone()]) && !ends_sentence_at(units, last.end - 1))
                    && units[group.start].start - units[last.end - 1].end < PAUSE_SECONDS
                    && lines(&units[last.start..group.end]).is_some() =>
            {
                last.end = group.end;
            }
            _ => groups.push(group),
        }
    }
    groups
}

fn ends_sentence_at(units: &[Unit], index: usize) -> bool {
    ends_sentence(&units[index].text)
}

fn ends_phrase_at(units: &[Unit], index: usize) -> bool {
    let pause = units
        .get(index + 1)
        .is_some_and(|next| next.start - units[index].end >= PAUSE_SECONDS);
    pause || ends_phrase(&units[index].text)
}

/// Divides words into parts that fit into a cue, at the best places.
fn divided(units: &[Unit]) -> Vec<Range<usize>> {
    let count = units.len();
    // The cost of the words from each one on, and the end of their first cue.
    let mut best: Vec<(f64, usize)> = vec![(f64::INFINITY, count); count + 1];
    best[count] = (0.0, count);
    for start in (0..count).rev() {
        for end in start + 1..=count {
            let Some(broken) = lines(&units[start..end]) else { break };
            let behind = if end < count { break_cost(units, end - 1) } else { 0.0 };
            let lines_cost = broken.map_or(0.0, |line| LINE_COST + break_cost(&units[start..end], line - 1) / 4.0);
            // Cues of equal length are easier to read than a full one with a single word behind it.
            let length = characters(&units[start..end]) as f64 / (LINES * LINE_CHARACTERS) as f64;
            let cost = CUE_COST + behind + lines_cost + 20.0 * (1.0 - length).powi(2) + best[end].0;
            if cost < best[start].0 {
                best[start] = (cost, end);
            }
        }
        if best[start].0.is_infinite() {
            best[start] = (best[start + 1].0, start + 1);
        }
    }
    let mut parts = Vec::new();
    let mut start = 0;
    while start < count {
        let end = best[start].1;
        parts.push(start..end);
        start = end;
    }
    parts
}

/// Returns the first word of the second line; nothing inside if one line is enough, and nothing at all if two are not.
fn lines(units: &[Unit]) -> Option<Option<usize>> {
    let whole = characters(units);
    if whole <= LINE_CHARACTERS {
        return Some(None);
    }
    if whole > LINES * LINE_CHARACTERS + 1 {
        return None;
    }
    let breaks = (1..units.len()).filter(|line| {
        characters(&units[..*line]) <= LINE_CHARACTERS && characters(&units[*line..]) <= LINE_CHARACTERS
    });
    let cost = |line: &usize| {
        let uneven = characters(&units[..*line]).abs_diff(characters(&units[*line..])) as f64;
        break_cost(units, line - 1) + uneven / 4.0
    };
    breaks.min_by(|a, b| cost(a).total_cmp(&cost(b))).map(Some)
}

/// Returns the length of words in a line, in characters.
fn characters(units: &[Unit]) -> usize {
    let spaces = units.iter().skip(1).filter(|unit| unit.spaced).count();
    units.iter().map(|unit| unit.characters).sum::<usize>() + spaces
}

fn seconds(units: &[Unit]) -> f64 {
    match (units.first(), units.last()) {
        (Some(first), Some(last)) => last.end - first.start,
        _ => 0.0,
    }
}

fn cue(units: &[Unit]) -> Cue {
    let second = lines(units).flatten();
    let parts = units.iter().enumerate().map(|(index, unit)| CuePart {
        gap: match index {
            0 => "",
            _ if Some(index) == second => "\n",
            _ if unit.spaced => " ",
            _ => "",
        },
        text: unit.text.clone(),
        start: unit.is_timed.then_some(unit.start),
    });
    Cue {
        parts: parts.collect(),
        start: units.first().map_or(0.0, |unit| unit.start),
        end: units.last().map_or(0.0, |unit| unit.end),
    }
}
