//! Letters with accents: the dictionary knows plain ones.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

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
            Some((_, phonemes)) => plain.extend(["[", &fold(word), "](/", phonemes, "/)"]),
            None => plain.push_str(&fold(word)),
        }
        plain.push_str(&piece[word.len()..]);
    }
    plain
}

/// Takes the accents off; letters that are not a base plus an accent have their usual English spelling.
fn fold(word: &str) -> String {
    let mut plain = String::with_capacity(word.len());
    for letter in word.nfd().filter(|c| !is_combining_mark(*c)) {
        match letter {
            'ß' => plain.push_str("ss"),
            'æ' => plain.push_str("ae"),
            'Æ' => plain.push_str("Ae"),
            'œ' => plain.push_str("oe"),
            'Œ' => plain.push_str("Oe"),
            'ø' => plain.push('o'),
            'Ø' => plain.push('O'),
            'ł' => plain.push('l'),
            'Ł' => plain.push('L'),
            'đ' | 'ð' => plain.push('d'),
            'Đ' | 'Ð' => plain.push('D'),
            'þ' => plain.push_str("th"),
            'Þ' => plain.push_str("Th"),
            'ı' => plain.push('i'),
            other => plain.push(other),
        }
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
                ("Zürich, Ångström; señor", "Zurich, Angstrom; senor"),
                ("Æsop ate smørrebrød in Łódź", "Aesop ate smorrebrod in Lodz"),
                ("my résumé.", "my [resume](/ɹˈɛzəmˌA/)."),
                ("plain", "plain"),
                ("wait — what", "wait — what"),
            ],
        );
    }
}
