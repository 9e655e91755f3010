use super::*;
use crate::finding::Severity;

fn codes(text: &str, language: Option<&str>) -> Vec<(String, Severity)> {
    lint(text, &Limits::default(), language)
        .into_iter()
        .map(|finding| (finding.code.to_string(), finding.severity))
        .collect()
}

fn warning(code: &str) -> Vec<(String, Severity)> {
    vec![(code.to_owned(), Severity::Warning)]
}

#[test]
fn ordinary_prose_has_no_findings() {
    for text in [
        "Hello! I work for NASA in the USA, on JSON and HTTPS.",
        "Call 911 at 5 P.M. on the A380. OK?",
        "A title without an end",
        "The angle π is 3.14, or so.",
        "“Naïve café,” said Zoë…",
    ] {
        assert_eq!(codes(text, Some("en")), [], "{text}");
    }
}

#[test]
fn words_in_capitals_are_reported_with_their_position() {
    assert_eq!(codes("You must NEVER do it.", Some("en")), warning("script.all_caps"));
    let findings = lint("Please DO NOT PANIC now.", &Limits::default(), None);
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].value, Some(3.0));
    assert_eq!(findings[0].position, Some(7));
    assert!(
        findings[0].message.contains("\"DO\" at character 8"),
        "{}",
        findings[0].message
    );
}

#[test]
fn run_on_sentences_are_reported_in_words_or_characters() {
    let words = "and on it went ".repeat(16) + ".";
    let findings = lint(&words, &Limits::default(), None);
    assert_eq!(findings[0].code, "script.run_on");
    assert_eq!(findings[0].unit.as_deref(), Some("words"));
    let long_words = "Donaudampfschifffahrtsgesellschaft ".repeat(10) + ".";
    let findings = lint(&long_words, &Limits::default(), None);
    assert_eq!(findings[0].unit.as_deref(), Some("characters"));
    assert_eq!(findings[0].limit, Some(300.0));
}

#[test]
fn long_text_without_punctuation_is_reported() {
    let text = "word ".repeat(UNPUNCTUATED_WORDS);
    assert_eq!(codes(&text, None), warning("script.no_punctuation"));
    assert_eq!(codes(&(text + "end."), None), []);
}

#[test]
fn digits_are_reported_only_in_other_languages_than_english() {
    assert_eq!(codes("Es ist 17 Uhr.", Some("de")), warning("script.digits"));
    assert_eq!(codes("It is 17.", Some("en")), []);
    assert_eq!(codes("Es ist 17 Uhr.", None), []);
}

#[test]
fn emoji_are_counted_and_the_first_is_located() {
    let findings = lint("Well 😀 done 🎉!", &Limits::default(), None);
    assert_eq!(findings[0].code, "script.unspeakable");
    assert_eq!(findings[0].value, Some(2.0));
    assert!(
        findings[0].message.contains("😀 at character 6"),
        "{}",
        findings[0].message
    );
}

#[test]
fn foreign_letters_are_a_warning_and_an_error_if_they_are_the_majority() {
    let error = vec![("script.wrong_language".to_owned(), Severity::Error)];
    assert_eq!(codes("Привет, как дела?", Some("en")), error);
    assert_eq!(codes("Hello there", Some("ja")), error);
    assert_eq!(
        codes("We said привет to them.", Some("en")),
        warning("script.wrong_language")
    );
    assert_eq!(codes("Привет!", Some("ru")), []);
    assert_eq!(codes("こんにちは、世界。カタカナ", Some("ja")), []);
    assert_eq!(codes("Привет!", Some("xx")), []);
    assert_eq!(codes("Привет!", None), []);
}
