//! Removes accents, for voices that support only plain letters.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Removes accents. Letters that are not a base letter with an accent get their usual English spelling.
///
/// ```
/// assert_eq!(loqui_text::plain_letters("Æsop’s café"), "Aesop’s cafe");
/// ```
pub fn plain_letters(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut plain = String::with_capacity(text.len());
    for letter in text.nfd().filter(|c| !is_combining_mark(*c)) {
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
    use super::*;

    #[test]
    fn accents_are_removed() {
        let cases = [
            ("café naïve façade", "cafe naive facade"),
            ("Zürich, Ångström; señor", "Zurich, Angstrom; senor"),
            ("Æsop ate smørrebrød in Łódź", "Aesop ate smorrebrod in Lodz"),
            ("plain", "plain"),
            ("wait — what", "wait — what"),
        ];
        for (written, plain) in cases {
            assert_eq!(plain_letters(written), plain);
        }
    }
}
