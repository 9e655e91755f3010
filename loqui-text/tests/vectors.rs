//! Written texts with their expected readings: cases of this project, and those of NVIDIA NeMo-text-processing.

#[path = "suite/key.rs"]
mod key;

use key::key;

use std::collections::BTreeSet;
use std::path::Path;

use loqui_text::{Class, Locale, speak, tokens};

const OWN: &str = include_str!("data/english.txt");
const DIFFERENCES: &str = include_str!("data/nemo-differences.txt");

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.starts_with('#') && !line.is_empty())
}

#[test]
fn every_class_is_read_as_expected() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in lines(OWN) {
        let fields: Vec<&str> = line.splitn(3, '|').collect();
        let [class, written, expected] = fields.as_slice() else {
            panic!("{line:?} has not three fields");
        };
        count += 1;
        let spoken = speak(written, &Locale::american()).text;
        if key(&spoken) != key(expected) {
            wrong.push(format!(
                "{class}: {written:?}\n  wanted {expected:?}\n  got    {spoken:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 400, "{count} cases");
}

#[test]
fn readings_match_the_nemo_suite_except_the_listed_rows() {
    let listed: BTreeSet<&str> = lines(DIFFERENCES)
        .filter_map(|line| line.split_once('|'))
        .map(|(row, _)| row)
        .collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/nemo");
    let mut unlike = BTreeSet::new();
    let mut count = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "txt") {
            continue;
        }
        for (written, expected) in std::fs::read_to_string(&path)
            .unwrap()
            .lines()
            .filter_map(|line| line.split_once('~'))
        {
            count += 1;
            if key(&speak(written, &Locale::american()).text) != key(expected) {
                unlike.insert(written.to_owned());
            }
        }
    }
    assert_eq!(count, 433);
    assert_eq!(unlike.iter().map(String::as_str).collect::<BTreeSet<_>>(), listed);
}

#[test]
fn british_readings_put_the_day_first_and_have_and() {
    let locale: Locale = "en-GB".parse().unwrap();
    let cases = [
        ("10/06/2005", "the tenth of June two thousand five"),
        ("12/25/2005", "December twenty-fifth, two thousand five"),
        ("2024-08-05", "the fifth of August twenty twenty-four"),
        (
            "1,001 and 123,456",
            "one thousand and one and one hundred and twenty-three thousand four hundred and fifty-six",
        ),
        ("£2,150.50", "two thousand one hundred and fifty pounds and fifty pence"),
        ("due on 3/4", "due on April third"),
    ];
    for (written, expected) in cases {
        assert_eq!(speak(written, &locale).text, expected, "{written:?}");
    }
}

#[test]
fn spaces_and_punctuation_stay_in_place() {
    let cases = [
        (
            "He left (at 9 p.m.), \"tired\" -- but happy...",
            "He left (at nine PM), \"tired\" — but happy...",
        ),
        ("It cost $5. She paid.", "It cost five dollars. She paid."),
        ("We met at 5 p.m. The rain began.", "We met at five PM. The rain began."),
        ("Acme Inc. The firm grew.", "Acme Incorporated. The firm grew."),
        ("on Elm St. It rained.", "on Elm Street. It rained."),
        ("cats, dogs, etc.", "cats, dogs, et cetera."),
        ("Rate: 5%; now 7%!", "Rate: five percent; now seven percent!"),
        ("**bold** and _soft_ `code`", "bold and soft code"),
        ("one\ttwo\n three", "one two three"),
        (
            "[laugh] So? [pause 2s] <break/> Yes.",
            "[laugh] So? [pause 2s] <break/> Yes.",
        ),
        ("“Yes,” he said—‘maybe’.", "“Yes,” he said — ‘maybe’."),
        ("", ""),
        ("   ", ""),
    ];
    for (written, expected) in cases {
        assert_eq!(speak(written, &Locale::american()).text, expected, "{written:?}");
    }
}

#[test]
fn no_sentence_ends_inside_a_token() {
    let cases = [
        ("Take Hwy. 9 north.", "Hwy.", Class::Abbreviation, false),
        ("see p. 12 there", "p.", Class::Abbreviation, false),
        ("Prof. Dr. Weber", "Dr.", Class::Abbreviation, false),
        ("on Jan. 15 2020 it", "Jan. 15 2020", Class::Date, true),
        ("at 5 p.m. The rain", "5 p.m.", Class::Time, true),
        ("at 5 p.m. sharp", "5 p.m.", Class::Time, false),
        ("he works at Acme Inc. The firm", "Inc.", Class::Abbreviation, true),
        ("lives at 1428 Elm St. in town", "1428 Elm St.", Class::Address, false),
    ];
    for (text, written, class, ends) in cases {
        let found = tokens(text, &Locale::american());
        let token = found.iter().find(|token| &text[token.range.clone()] == written);
        let token = token.unwrap_or_else(|| panic!("{written:?} is no token of {text:?}: {found:?}"));
        assert_eq!((token.class, token.may_end_sentence), (class, ends), "{text:?}");
    }
}

#[test]
fn ambiguities_give_their_reason() {
    for (text, written, part) in [
        ("on 01/10/2024", "01/10/2024", "American"),
        ("PIN 4821", "4821", "identifier"),
        ("in 1999", "1999", "year"),
        ("They won 3-2.", "3-2", "match"),
    ] {
        let found = tokens(text, &Locale::american());
        let token = found
            .iter()
            .find(|token| &text[token.range.clone()] == written)
            .unwrap();
        assert!(token.reason.is_some_and(|reason| reason.contains(part)), "{token:?}");
    }
}

#[test]
fn emoji_are_findings_with_positions_in_characters() {
    let spoken = speak("Zoë 😀😀 says hi 🎉", &Locale::american());
    assert_eq!(spoken.text, "Zoë says hi");
    let ranges: Vec<_> = spoken
        .findings
        .iter()
        .map(|finding| (finding.code, finding.range.clone()))
        .collect();
    assert_eq!(ranges, [("script.unspeakable", 4..6), ("script.unspeakable", 15..16)]);
}
