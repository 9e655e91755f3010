//! Separates speakable characters (Latin letters, digits, punctuation, readable symbols) from the rest.

use std::sync::LazyLock;

use regex::Regex;
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use super::{ipa, pattern};
use crate::audio::Skipped;

/// Signs outside ASCII that `loqui-text` writes in words.
const READABLE: &str = "©®™§¶±×÷−≈≠≤≥→√∞‰²³°µ£€¥₹₩¢½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞№";

static LATIN: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\p{Latin}\p{M}*$"));

/// A sentence without the parts that have no English reading.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Screened {
    /// The sentence in compatibility form ("ﬁ" is "fi", "𝐇𝐢" is "Hi"), with a space for each removed part.
    pub(crate) text: String,
    /// The removed parts. Neighbours with only spaces between them are one part.
    pub(crate) skipped: Vec<Skipped>,
}

/// Screens `sentence`, which starts at byte `start` of the whole text. If it is `in_words`, pronunciations between slashes
/// stay.
pub(crate) fn screen(sentence: &str, start: usize, in_words: bool) -> Screened {
    let pronounced = if in_words { ipa::parts(sentence) } else { Vec::new() };
    let is_pronunciation = |at: usize| pronounced.iter().any(|part| part.contains(&at));
    let mut text = String::with_capacity(sentence.len());
    // The byte ranges of removed parts.
    let mut parts: Vec<std::ops::Range<usize>> = Vec::new();
    for (at, cluster) in sentence.grapheme_indices(true) {
        if is_pronunciation(at) {
            text.push_str(cluster);
            continue;
        }
        if let Some(plain) = reading(cluster) {
            text.push_str(&plain);
            continue;
        }
        let end = at + cluster.len();
        match parts.last_mut() {
            Some(part) if sentence[part.end..at].trim().is_empty() => part.end = end,
            _ => parts.push(at..end),
        }
        text.push(' ');
    }
    let skipped = parts
        .into_iter()
        .map(|part| Skipped {
            text: sentence[part.clone()].to_owned(),
            start: start + part.start,
        })
        .collect();
    Screened { text, skipped }
}

/// Returns the plain form of one grapheme, or nothing without an English reading.
fn reading(cluster: &str) -> Option<String> {
    if cluster.is_ascii() {
        // Control characters are invisible. Line feeds and tabs are spaces.
        return Some(
            cluster
                .chars()
                .map(|c| if c.is_ascii_control() { ' ' } else { c })
                .collect(),
        );
    }
    if cluster.chars().all(is_invisible) {
        return Some(String::new());
    }
    if cluster
        .chars()
        .all(|c| READABLE.contains(c) || is_punctuation(c) || c.is_whitespace())
    {
        return Some(cluster.to_owned());
    }
    let plain: String = cluster.chars().filter(|c| !is_invisible(*c)).nfkc().collect();
    let speakable = plain
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || c.is_ascii_punctuation() || is_punctuation(c));
    // A keycap such as 1️⃣ is read as its digit.
    let unframed = plain.trim_end_matches('\u{20e3}');
    let keycap = unframed.len() == 1 && unframed.len() < plain.len();
    (speakable || LATIN.is_match(&plain))
        .then_some(plain.clone())
        .or_else(|| keycap.then(|| unframed.to_owned()))
}

/// Returns true for characters without a glyph or a sound: joiners, direction marks, soft hyphens, variation selectors.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// Returns true for punctuation of English typography beyond ASCII.
const fn is_punctuation(c: char) -> bool {
    matches!(c, '‘'..='‟' | '‐'..='―' | '…' | '«' | '»' | '‹' | '›' | '¡' | '¿' | '•' | '·' | '‣' | '′' | '″' | '⁄')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unspeakable_parts_are_removed_and_reported_with_their_position() {
        type Case = (&'static str, &'static str, &'static [(&'static str, usize)]);
        let cases: &[Case] = &[
            ("Hello, world!", "Hello, world!", &[]),
            ("Hi 🎉 there", "Hi   there", &[("🎉", 103)]),
            (
                "Family 👨‍👩‍👧 and flag 🇫🇷",
                "Family   and flag  ",
                &[("👨‍👩‍👧", 107), ("🇫🇷", 135)],
            ),
            (
                "Привет, мир and hello",
                "      ,     and hello",
                &[("Привет", 100), ("мир", 114)],
            ),
            ("日本 語 ok", "     ok", &[("日本 語", 100)]),
            ("café naïve", "café naïve", &[]),
            ("cafe\u{301}", "café", &[]),
            ("ﬁne 𝐇𝐢 Ａ", "fine Hi A", &[]),
            ("zero\u{200b}width\u{feff}", "zerowidth", &[]),
            ("5 € – ½ × 2²", "5 € – ½ × 2²", &[]),
            ("press 1️⃣ ♥", "press 1  ", &[("♥", 114)]),
            ("bell\u{7}tab\t.", "bell tab .", &[]),
        ];
        for (written, text, skipped) in cases {
            let screened = screen(written, 100, false);
            assert_eq!(screened.text, *text, "{written:?}");
            let parts: Vec<_> = screened
                .skipped
                .iter()
                .map(|part| (part.text.as_str(), part.start))
                .collect();
            assert_eq!(parts, *skipped, "{written:?}");
        }
    }
}
