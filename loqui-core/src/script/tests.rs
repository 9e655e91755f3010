use std::time::{Duration, Instant};

use super::*;
use crate::finding::Severity;

fn code_of(text: &str) -> &'static str {
    Script::parse(text, &Limits::default(), Some("en")).unwrap_err().code()
}

#[test]
fn texts_that_cannot_be_spoken_are_rejected() {
    assert_eq!(code_of(""), "script.empty");
    assert_eq!(code_of(" \t\r\n\u{A0}"), "script.empty");
    assert_eq!(code_of("😀 🎉"), "script.unspeakable");
    assert_eq!(code_of("... !!! ***\n\n---"), "script.unspeakable");
    assert_eq!(code_of("\u{200B}\u{FEFF}"), "script.unspeakable");
    assert_eq!(code_of(&"a".repeat(1_000_001)), "script.too_long");
    assert!(Script::parse(&"a".repeat(200_000), &Limits::default(), None).is_ok());
}

#[test]
fn too_long_error_states_the_length_and_the_limit() {
    let limits = Limits::default().with_max_script(3);
    let error = Script::parse("four", &limits, None).unwrap_err();
    assert_eq!(error.to_string(), "the script has 4 characters; the limit is 3");
    assert!(error.hint().is_some());
}

#[test]
fn region_of_a_language_tag_does_not_hide_its_language() {
    let script = Script::parse("Ele tem 5 anos.", &Limits::default(), Some("pt-BR")).unwrap();
    assert_eq!(script.segments()[0].spoken, "Ele tem cinco anos.");
    let script = Script::parse("Je 17 hodin.", &Limits::default(), Some("cs-CZ")).unwrap();
    assert_eq!(script.findings()[0].code, "script.digits");
    assert_eq!(script.findings()[0].severity, Severity::Warning);
}

#[test]
fn written_and_spoken_characters_are_counted_separately() {
    let script = Script::parse("Wait… 😀 what", &Limits::default(), None).unwrap();
    assert_eq!(script.characters(), 12);
    assert_eq!(script.segments()[0].spoken, "Wait... what.");
    assert_eq!(script.spoken_characters(), 13);
}

/// A quadratic algorithm would take many seconds instead of a fraction of one.
#[test]
fn time_to_parse_is_linear_in_the_length() {
    let prose = "The quick brown fox jumps over the lazy dog. ";
    for unit in [
        prose, "word ", "a", "a! ", "a.", "a\"", "天", "a😀", "a, ", "a\n\n", "a - ", "1. ", "A ", "a. . . ",
    ] {
        let text = unit.repeat(15_000 / unit.chars().count());
        let begun = Instant::now();
        let script = Script::parse(&text, &Limits::default(), Some("en")).unwrap();
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "{unit:?} took {:?}",
            begun.elapsed()
        );
        assert!(
            script
                .segments()
                .iter()
                .all(|segment| segment.spoken.chars().count() <= 300)
        );
    }
    let text = "! ".repeat(25_000);
    let begun = Instant::now();
    assert!(Script::parse(&text, &Limits::default(), None).is_err());
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

/// Regression test from fuzzing: an unchanged text without white space got other segments.
#[test]
fn an_unchanged_text_keeps_its_segments() {
    let text = "彼は「はい。」と言った。それから？誰も知らない！一、二、三……\n\n全角１２３％と￥５００、そして🎉👩‍👩‍👧‍9999999999 \
                0.000000000000000001 1,2,3,4 1.000.000,00 £1bn €2.5m $.50 100th 1000000th 12";
    for language in [None, Some("en"), Some("ja"), Some("ar")] {
        let first = Script::parse(text, &Limits::default(), language).unwrap();
        let again =
            Script::read_edited(text, &ScriptOptions::new(Limits::default(), language), first.segments()).unwrap();
        assert_eq!(again.segments(), first.segments(), "{language:?}");
    }
}
