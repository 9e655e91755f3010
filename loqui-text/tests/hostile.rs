//! Random and hostile texts: no panics, valid ranges, bounded time.

use std::time::{Duration, Instant};

use loqui_text::{Format, Locale, Plain, Pronunciations, detect_language, speak, tokens};
use proptest::prelude::*;

/// Fragments with a special meaning for one of the stages.
const PARTS: &[&str] = &[
    "$",
    "5",
    "12",
    "1999",
    "0",
    "007",
    ".",
    ",",
    "-",
    "–",
    "—",
    "/",
    ":",
    "%",
    " ",
    " ",
    " ",
    "\n",
    "\n\n",
    "a",
    "A",
    "km",
    "p.m.",
    "Jan",
    "May",
    "Dr.",
    "St.",
    "St",
    "Elm",
    "No.",
    "(",
    ")",
    "[",
    "]",
    "<",
    ">",
    "<b>",
    "</b>",
    "<break/>",
    "&",
    "&amp;",
    "{{",
    "}}",
    "'",
    "\"",
    "“",
    "”",
    "’",
    "½",
    "²",
    "⁻",
    "Ⅷ",
    "№",
    "½",
    "٣",
    "４",
    "x",
    "×",
    "=",
    "+",
    "^",
    "@",
    "#",
    "_",
    "*",
    "**",
    "`",
    "~",
    "\\",
    "|",
    "€",
    "₹",
    "million",
    "k",
    "XIV",
    "II",
    "THE",
    "AND",
    "e.g.",
    "etc.",
    "http://",
    "www.",
    "a@b.c",
    ".com",
    "\u{301}",
    "\u{200D}",
    "\u{202E}",
    "\u{AD}",
    "\u{A0}",
    "\u{2009}",
    "😀",
    "👩",
    "漢",
    "字",
    "年",
    "3月",
    "한",
    "시",
    "ü",
    "É",
    "ß",
    "1st",
    "2nd",
    "th",
    "1/2",
    "3.5",
    "1,000",
    "25,00,000",
    "°",
    "°C",
    "6'2",
    "mi",
    "in",
    "of",
    "to",
    "the",
    "and",
    "-->",
    "1\n",
    "00:01",
    "WEBVTT",
    "---",
    "```",
    "- ",
    "> ",
    "![",
    "](",
    "\u{0}",
    "\u{FEFF}",
    "\u{FFFD}",
    "Uhr",
    "kr",
    "zł",
    "円",
    "º",
    "er",
];

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => prop::collection::vec(prop::sample::select(PARTS), 0..40).prop_map(|parts| parts.concat()),
        1 => any::<String>(),
    ]
}

const LANGUAGES: [&str; 24] = [
    "en", "en-GB", "ar", "da", "de", "el", "es", "fi", "fr", "he", "hi", "it", "ja", "ko", "ms", "nl", "no", "pl",
    "pt", "ru", "sv", "sw", "tr", "zh",
];

fn check_speech(text: &str, language: &str) {
    let locale: Locale = language.parse().expect("a language tag");
    let spoken = speak(text, &locale);
    let (mut written_end, mut spoken_end) = (0, 0);
    for piece in &spoken.pieces {
        assert!(text.get(piece.written.clone()).is_some(), "{piece:?} of {text:?}");
        assert!(
            spoken.text.get(piece.spoken.clone()).is_some(),
            "{piece:?} of {:?}",
            spoken.text
        );
        assert!(
            piece.written.start >= written_end && piece.spoken.start >= spoken_end,
            "{piece:?} of {text:?}"
        );
        (written_end, spoken_end) = (piece.written.end, piece.spoken.end);
    }
    let characters = text.chars().count();
    for finding in &spoken.findings {
        assert!(
            finding.range.start <= finding.range.end && finding.range.end <= characters,
            "{finding:?}"
        );
    }
    let mut end = 0;
    for token in tokens(text, &locale) {
        assert!(
            token.range.start >= end && text.get(token.range.clone()).is_some(),
            "{token:?} of {text:?}"
        );
        end = token.range.end;
    }
    let dictionary = Pronunciations::parse("a = ay\nfive = fiver\nkm = click").expect("a dictionary");
    let mut changed = spoken.clone();
    dictionary.apply(&mut changed, text, &locale, None, false);
    for piece in &changed.pieces {
        assert!(
            changed.text.get(piece.spoken.clone()).is_some(),
            "{piece:?} of {:?}",
            changed.text
        );
    }
}

fn check_source(text: &str) {
    let characters = text.chars().count();
    for format in [
        Format::Plain,
        Format::Markdown,
        Format::Html,
        Format::Ssml,
        Format::SubRip,
        Format::WebVtt,
    ] {
        let plain = Plain::from_text(text, format);
        for finding in &plain.findings {
            assert!(
                finding.range.start <= finding.range.end && finding.range.end <= characters,
                "{finding:?} of {text:?}"
            );
        }
        for (at, c) in plain.text.char_indices() {
            let range = plain.in_source(at..at + c.len_utf8());
            assert!(
                range.start <= range.end && range.end <= characters,
                "{range:?} of {text:?} in {format:?}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_without_a_panic(text in texts(), language in prop::sample::select(&LANGUAGES[..])) {
        check_speech(&text, language);
    }

    #[test]
    fn any_source_is_read(text in texts()) {
        check_source(&text);
        if let Some(found) = detect_language(&text) {
            prop_assert!((0.0..=1.0).contains(&found.confidence));
        }
    }

    #[test]
    fn any_bytes_are_decoded(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(plain) = Plain::from_bytes(&bytes, Format::Plain) {
            prop_assert!(plain.in_source(0..plain.text.len()).start == 0 || !plain.text.is_empty());
        }
    }
}

/// Texts that could cause repeated scans take time that is linear in their length.
#[test]
fn time_is_linear_in_the_length() {
    for part in [
        "a",
        "1",
        "1 ",
        "12 ",
        "a ",
        "$",
        "$1 ",
        "-",
        "1-",
        "(",
        ")",
        "(1) ",
        "((",
        "[",
        "[a",
        "<",
        "<b ",
        "<sub alias=\"x\">",
        "{{",
        "&",
        "&amp;",
        "—",
        "...",
        "Dr. ",
        "a.",
        "Jan 1 ",
        "x = ",
        "😀",
        "\u{301}",
        "\u{200D}",
        "\u{202E}",
        "AND THE ",
        "A ",
        "1/2 ",
        "II ",
        "'",
        "\"",
        "\n",
        "a\n",
        "a-\n",
        "5 km ",
        "http://a",
        "www.",
        "#1",
        "@",
        "12 Elm ",
        "0 ",
        "*",
        "_",
        "CA ",
    ] {
        let measure = |length: usize| {
            let text = part.repeat(length / part.len());
            let start = Instant::now();
            let plain = Plain::from_text(&text, Format::Plain);
            let spoken = speak(&plain.text, &Locale::american());
            assert!(spoken.text.len() <= text.len() * 30 + 100, "{part:?}");
            start.elapsed()
        };
        measure(1_000);
        let short = measure(5_000).max(Duration::from_millis(5));
        let long = measure(40_000);
        // Eight times as long: quadratic time would be sixty-four times.
        assert!(long < short * 32, "{part:?}: {short:?} and {long:?}");
    }
}
