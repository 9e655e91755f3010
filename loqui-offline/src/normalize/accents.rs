//! Accented letters. The dictionaries contain only plain ones.

use loqui_text::plain_letters;

/// Words that differ from their plain spelling in pronunciation, with their phonemes.
const PRONOUNCED: &[(&str, &str)] = &[
    ("résumé", "ɹˈɛzəmˌA"),
    ("résumés", "ɹˈɛzəmˌAz"),
    ("exposé", "ˌɛkspOzˈA"),
    ("rosé", "ɹOzˈA"),
    ("pâté", "pætˈA"),
    ("maté", "mˈɑtˌA"),
    ("lamé", "læmˈA"),
];

/// Replaces accented letters with plain ones.
pub(super) fn rewrite(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut plain = String::with_capacity(text.len());
    for piece in text.split_inclusive(|c: char| !c.is_alphabetic()) {
        let word = piece.trim_end_matches(|c: char| !c.is_alphabetic());
        let lower = word.to_lowercase();
        match PRONOUNCED.iter().find(|(written, _)| *written == lower) {
            // The pronunciation step interprets "[word](/phonemes/)" as markup.
            Some((_, phonemes)) => plain.extend(["[", &plain_letters(word), "](/", phonemes, "/)"]),
            None => plain.push_str(&plain_letters(word)),
        }
        plain.push_str(&piece[word.len()..]);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn accents_are_removed() {
        check(
            rewrite,
            &[
                ("café naïve façade", "cafe naive facade"),
                ("my résumé.", "my [resume](/ɹˈɛzəmˌA/)."),
                ("plain", "plain"),
                ("wait — what", "wait — what"),
            ],
        );
    }
}
