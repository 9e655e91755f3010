use super::*;
use crate::finding::Severity;

fn found(text: &str, language: Option<&str>) -> Vec<Finding> {
    let options = ScriptOptions::new(Limits::default(), language);
    let plain = Plain::from_text(text, options.format);
    lint(&plain, &Reading::of(&plain.text, &options), &options)
}

fn codes(text: &str, language: Option<&str>) -> Vec<(String, Severity)> {
    found(text, language)
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
    let findings = found("Please DO NOT PANIC now.", None);
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
    let findings = found(&words, None);
    assert_eq!(findings[0].code, "script.run_on");
    assert_eq!(findings[0].unit.as_deref(), Some("words"));
    let long_words = "Donaudampfschifffahrtsgesellschaft ".repeat(10) + ".";
    let findings = found(&long_words, None);
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
fn digits_are_reported_in_languages_without_rules_for_numbers() {
    assert_eq!(codes("Je 17 hodin.", Some("cs")), warning("script.digits"));
    assert_eq!(codes("It is 17.", Some("en")), []);
    assert_eq!(codes("Es ist 17 Uhr.", Some("de")), []);
    assert_eq!(codes("Je 17 hodin.", None), []);
}

#[test]
fn emoji_are_counted_and_the_first_is_located() {
    let findings = found("Well 😀 done 🎉!", None);
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

#[test]
fn text_in_another_language_is_an_error_unless_the_language_was_named() {
    let german = "Die Sitzung wurde am Dienstag auf das Ende des Monats verschoben, weil der Vorsitzende krank war.";
    let findings = found(german, Some("en"));
    assert_eq!(findings.len(), 1);
    assert_eq!(
        (findings[0].code.as_str(), findings[0].severity),
        ("script.wrong_language", Severity::Error)
    );
    assert!(
        findings[0].hint.contains("chatterbox-multilingual"),
        "{}",
        findings[0].hint
    );
    let mut options = ScriptOptions::new(Limits::default(), Some("en"));
    options.language_given = true;
    let plain = Plain::from_text(german, options.format);
    let findings = lint(&plain, &Reading::of(&plain.text, &options), &options);
    assert_eq!(findings[0].severity, Severity::Warning);
    assert_eq!(codes(german, Some("de")), []);
}

#[test]
fn dropped_markup_and_damage_are_reported_at_their_position_in_the_source() {
    let cases: [(&str, &str, usize); 7] = [
        ("Dear {{name}}, hello.", "script.placeholder", 5),
        ("A <wobble x=\"1\">big</wobble> wave.", "script.unknown_tag", 2),
        (
            "Some <prosody rate=\"slow\">slow</prosody> words.",
            "script.ignored_markup",
            5,
        ),
        ("See <img src=\"a.png\"> here.", "script.left_out", 4),
        ("é&amp; abc \u{202E}cba\u{202C} d.", "script.direction_marks", 11),
        ("A bell\u{7} rings.", "script.control_characters", 6),
        ("caf\u{FFFD} and bar", "script.encoding", 3),
    ];
    for (text, code, position) in cases {
        let findings = found(text, Some("en"));
        let finding = findings.iter().find(|finding| finding.code == code);
        assert_eq!(
            finding.and_then(|finding| finding.position),
            Some(position),
            "{text:?}: {findings:?}"
        );
    }
}

#[test]
fn directions_that_the_model_does_not_know_are_left_out() {
    let mut options = ScriptOptions::new(Limits::default(), Some("en"));
    let text = "Well [laugh], he took [the king] and [sic] said so [whisper].";
    let spoken = |options: &ScriptOptions| {
        let plain = Plain::from_text(text, options.format);
        let reading = Reading::of(&plain.text, options);
        (reading.spoken(0..plain.text.len()).0, lint(&plain, &reading, options))
    };
    assert_eq!(spoken(&options).0, text);
    options.tags = Some(vec!["laugh".to_owned()]);
    let (said, findings) = spoken(&options);
    assert_eq!(said, "Well [laugh], he took [the king] and [sic] said so.");
    assert_eq!(findings.len(), 1);
    assert!(
        findings[0].message.contains("[whisper] at character 52"),
        "{}",
        findings[0].message
    );
}
