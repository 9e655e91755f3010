//! Tests of the languages, by their native conventions.

use crate::{Locale, speak};

const CASES: &str = include_str!("../../tests/data/languages.txt");

/// Reads `language|written|spoken`.
#[test]
fn numbers_are_read_by_native_conventions() {
    let mut wrong = Vec::new();
    let mut languages = std::collections::BTreeSet::new();
    for line in CASES.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let mut fields = line.splitn(3, '|');
        let (Some(language), Some(written), Some(expected)) = (fields.next(), fields.next(), fields.next()) else {
            panic!("{line:?} has not three fields");
        };
        languages.insert(language);
        let locale: Locale = language.parse().unwrap();
        let spoken = speak(written, &locale).text;
        if spoken != expected {
            wrong.push(format!(
                "{language} {written:?}\n  wanted {expected:?}\n  got    {spoken:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(languages.len(), super::codes().len(), "every language has a case");
}
