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
    assert_eq!(code_of(&"a".repeat(5_000_001)), "script.too_long");
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
        prose,
        "word ",
        "a",
        "a! ",
        "a.",
        "a\"",
        "天",
        "a😀",
        "a, ",
        "a\n\n",
        "a - ",
        "1. ",
        "A ",
        "a. . . ",
        "<b",
        "<p>a",
        "&amp;a",
        "{{a}}",
        "[a",
        "a\u{202E}",
        "a\u{301}",
        "$5-",
        "1/2 ",
        "St. ",
        "a@b.c ",
        "9",
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

#[test]
fn bad_input_gives_a_clear_error_or_finding() {
    let begun = Instant::now();
    assert_eq!(code_of(&"a".repeat(10_000_000)), "script.too_long");
    assert_eq!(code_of(&"\u{301}".repeat(10_000)), "script.unspeakable");
    assert_eq!(code_of("<p><b></b></p><img src='a.png'/>"), "script.unspeakable");
    let read = |text: &str| Script::parse(text, &Limits::default(), Some("en")).unwrap();
    let found = |text: &str, code: &str| read(text).findings().iter().any(|finding| finding.code == code);
    assert!(found(
        &format!("Hello there{} friend.", "\u{202E}".repeat(50_000)),
        "script.direction_marks"
    ));
    assert!(found(
        &format!("So it goes {}", "<b ".repeat(20_000)),
        "script.open_tag"
    ));
    let entities = read(&format!("One {}lt; two.", "&amp;"));
    assert_eq!(entities.segments()[0].text, "One &lt; two.");
    let nested = format!("{}lt;", "&amp;amp;".repeat(10_000));
    assert!(read(&format!("Deep {nested} text.")).segments().len() > 1);
    assert!(begun.elapsed() < Duration::from_mins(1), "{:?}", begun.elapsed());
}

/// Each kind of fault of a list of public complaints, with a sibling.
#[test]
fn kinds_of_public_complaints_are_read_right() {
    let cases = [
        (
            "It costs $5-10 or £1.5-2m.",
            "It costs five to ten dollars or one point five to two million pounds.",
        ),
        ("About 25,00,000 people.", "About twenty-five lakh people."),
        (
            "Order #2024-0017 came.",
            "Order number two zero two four, zero zero one seven came.",
        ),
        (
            "Her SSN 078-05-1120 leaked.",
            "Her SSN zero seven eight, zero five, one one two zero leaked.",
        ),
        (
            "Call 0800 123 4567 now.",
            "Call zero eight zero zero, one two three, four five six seven now.",
        ),
        (
            "due SEPT. 15 or 17 May 2010",
            "due September fifteenth or the seventeenth of May twenty ten.",
        ),
        (
            "on 2024/10/01 and 25.10.2024",
            "on October first, twenty twenty-four and the twenty-fifth of October twenty twenty-four.",
        ),
        (
            "In the 830s and in 1066.",
            "In the eight thirties and in ten sixty-six.",
        ),
        (
            "Prof. Dr. Weber met Gen. St. Clair.",
            "Professor Doctor Weber met General Saint Clair.",
        ),
        (
            "Take Hwy. 9, see Ch. 3 on p. 12.",
            "Take Highway nine, see Chapter three on page twelve.",
        ),
        (
            "Part Ⅷ: CO₂ at 10⁻⁷",
            "Part eight: CO two at ten to the power of minus seven.",
        ),
        (
            "20 litres/day and 5 kg/m³",
            "twenty litres per day and five kilograms per cubic meter.",
        ),
        (
            "a 40 cm gap and 1 mbps",
            "a forty centimeter gap and one megabit per second.",
        ),
        ("I like .NET a lot.", "I like dot NET a lot."),
        ("Many govern-\nments fell.", "Many governments fell."),
        ("Fish &amp; chips &#8212; <b>hot</b>", "Fish and chips - hot."),
        ("As shown,[12] it works.", "As shown, it works."),
        ("<prosody rate='slow'>Go</prosody> on.", "Go on."),
        (
            "IT WAS THE BEST OF TIMES, he said.",
            "It was the best of times, he said.",
        ),
    ];
    for (written, spoken) in cases {
        let script = Script::parse(written, &Limits::default(), Some("en")).unwrap();
        assert_eq!(script.segments().len(), 1, "{written:?}");
        assert_eq!(script.segments()[0].spoken, spoken, "{written:?}");
    }
    let german = Script::parse("Am 3. Oktober kostete es 5,32 €.", &Limits::default(), Some("de")).unwrap();
    assert_eq!(
        german.segments()[0].spoken,
        "Am dritten Oktober kostete es fünf Euro zweiunddreißig."
    );
}

#[test]
fn multilingual_hint_agrees_with_the_models() {
    let (name, languages) = findings::MULTILINGUAL;
    let table = include_str!("../replicate/models/models.json");
    let models: serde_json::Value = serde_json::from_str(table).unwrap();
    let model = models
        .as_array()
        .unwrap()
        .iter()
        .find(|model| model["name"].as_str().unwrap().ends_with(name));
    assert_eq!(model.unwrap()["languages"], serde_json::json!(languages));
}

mod pages;
