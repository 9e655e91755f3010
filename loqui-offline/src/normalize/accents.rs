//! Letters with accents: the dictionary knows plain ones.

use loqui_text::plain_letters;

/// Words that are said differently from their plain spelling, with their pronunciation in the network's alphabet.
const PRONOUNCED: &[(&str, &str)] = &[
    ("résumé", "ɹˈɛzəmˌA"),
    ("résumés", "ɹˈɛzəmˌAz"),
    ("exposé", "ˌɛkspOzˈA"),
    ("rosé", "ɹOzˈA"),
    ("pâté", "pætˈA"),
    ("maté", "mˈɑtˌA"),
    ("lamé", "læmˈA"),
];

/// Replaces accented letters by plain ones.
pub(super) fn rewrite(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut plain = String::with_capacity(text.len());
    for piece in text.split_inclusive(|c: char| !c.is_alphabetic()) {
        let word = piece.trim_end_matches(|c: char| !c.is_alphabetic());
        let lower = word.to_lowercase();
        match PRONOUNCED.iter().find(|(written, _)| *written == lower) {
            // The pronunciation step takes "[word](/phonemes/)".
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
    fn accents_come_off() {
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
