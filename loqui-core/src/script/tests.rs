use std::time::{Duration, Instant};

use super::*;
use crate::finding::Severity;

fn code_of(text: &str) -> &'static str {
    Script::parse(text, &Limits::default(), Some("en")).unwrap_err().code()
}

#[test]
fn texts_that_cannot_be_spoken_are_refused() {
    assert_eq!(code_of(""), "script.empty");
    assert_eq!(code_of(" \t\r\n\u{A0}"), "script.empty");
    assert_eq!(code_of("😀 🎉"), "script.unspeakable");
    assert_eq!(code_of("... !!! ***\n\n---"), "script.unspeakable");
    assert_eq!(code_of("\u{200B}\u{FEFF}"), "script.unspeakable");
    assert_eq!(code_of(&"a".repeat(1_000_001)), "script.too_long");
    assert!(Script::parse(&"a".repeat(200_000), &Limits::default(), None).is_ok());
}

#[test]
fn an_error_says_both_numbers() {
    let limits = Limits::default().with_max_script(3);
    let error = Script::parse("four", &limits, None).unwrap_err();
    assert_eq!(error.to_string(), "the script has 4 characters; the limit is 3");
    assert!(error.hint().is_some());
}

#[test]
fn a_tag_counts_by_its_language() {
    let script = Script::parse("Ele tem 5 anos.", &Limits::default(), Some("pt-BR")).unwrap();
    assert_eq!(script.findings()[0].code, "script.digits");
    assert_eq!(script.findings()[0].severity, Severity::Warning);
}

#[test]
fn characters_are_those_of_the_user_and_spoken_ones_those_that_are_sent() {
    let script = Script::parse("Wait… 😀 what", &Limits::default(), None).unwrap();
    assert_eq!(script.characters(), 12);
    assert_eq!(script.segments()[0].spoken, "Wait... what.");
    assert_eq!(script.spoken_characters(), 13);
}

/// A quadratic step anywhere takes many seconds here instead of a fraction of one.
#[test]
fn long_texts_are_quick_whatever_they_are() {
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

/// Found by feeding damaged scripts to it: cut where no white space stands, the same text came out in other segments.
#[test]
fn the_same_text_is_cut_the_same_again() {
    let text = "彼は「はい。」と言った。それから？誰も知らない！一、二、三……\n\n全角１２３％と￥５００、そして🎉👩‍👩‍👧‍9999999999 \
                0.000000000000000001 1,2,3,4 1.000.000,00 £1bn €2.5m $.50 100th 1000000th 12";
    for language in [None, Some("en"), Some("ja"), Some("ar")] {
        let first = Script::parse(text, &Limits::default(), language).unwrap();
        let again = Script::parse_edited(text, &Limits::default(), language, first.segments()).unwrap();
        assert_eq!(again.segments(), first.segments(), "{language:?}");
    }
}
