//! Pronunciations in the International Phonetic Alphabet, between slashes: `/dʒɪf/`.

use std::ops::Range;

/// Sounds and how the voice writes them. Longer ones come first.
const SOUNDS: &[(&str, &str)] = &[
    ("t͡ʃ", "ʧ"),
    ("d͡ʒ", "ʤ"),
    ("tʃ", "ʧ"),
    ("dʒ", "ʤ"),
    ("eɪ", "A"),
    ("aɪ", "I"),
    ("aʊ", "W"),
    ("ɔɪ", "Y"),
    ("oʊ", "O"),
    ("əʊ", "O"),
    ("ɜː", "ɜɹ"),
    ("ɝ", "ɜɹ"),
    ("ɚ", "əɹ"),
    ("l̩", "əl"),
    ("n̩", "ən"),
    ("m̩", "əm"),
    ("r", "ɹ"),
    ("ɾ", "T"),
    ("g", "ɡ"),
    ("ɫ", "l"),
    ("ʍ", "w"),
    ("x", "k"),
    ("ɒ", "ɑ"),
    ("ɐ", "ə"),
    ("a", "ɑ"),
    ("e", "ɛ"),
    ("o", "O"),
    ("ɲ", "nj"),
    ("y", "u"),
    ("ø", "ɜ"),
    ("œ", "ɜ"),
    ("ç", "h"),
    ("ʁ", "ɹ"),
    ("ː", ""),
    (".", ""),
    ("ʰ", ""),
    ("\u{361}", ""),
    ("'", "ˈ"),
];
/// Vowels of the voice, before which its stress marks stand.
const VOWELS: &str = "AIOWYiuɑɔəɛɜɪʊʌæᵊᵻ";
const STRESSES: [char; 2] = ['ˈ', 'ˌ'];

/// Finds pronunciations, with their slashes.
pub(super) fn parts(text: &str) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find('/').map(|found| at + found) {
        let Some(close) = text[open + 1..].find('/').map(|found| open + 1 + found) else {
            break;
        };
        if close > open + 1 {
            parts.push(open..close + 1);
        }
        at = close + 1;
    }
    parts
}

/// Writes a pronunciation in the alphabet of the voice.
pub(super) fn phonemes(ipa: &str) -> String {
    let mut written = String::with_capacity(ipa.len());
    let mut stress = None;
    let mut rest = ipa;
    while let Some(first) = rest.chars().next() {
        let (sound, length) = SOUNDS.iter().find(|(sound, _)| rest.starts_with(sound)).map_or_else(
            || (&rest[..first.len_utf8()], first.len_utf8()),
            |(sound, own)| (*own, sound.len()),
        );
        rest = &rest[length..];
        if let Some(mark) = STRESSES.into_iter().find(|mark| sound.starts_with(*mark)) {
            // The mark stands before the syllable in the IPA, and before its vowel here.
            stress = Some(mark);
            continue;
        }
        if sound.starts_with(|sound| VOWELS.contains(sound)) {
            written.extend(stress.take());
        }
        written.push_str(sound);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sounds_are_those_of_the_voice() {
        assert_eq!(phonemes("ˈtʃiːtə"), "ʧˈitə");
        assert_eq!(phonemes("rɛzəˈmeɪ"), "ɹɛzəmˈA");
        assert_eq!(phonemes("ˌəʊvəˈɹaɪd"), "ˌOvəɹˈId");
    }

    #[test]
    fn pronunciations_stand_between_slashes() {
        let text = "a /dʒɪf/ or /ɡɪf/, and/or";
        let found: Vec<_> = parts(text).into_iter().map(|span| &text[span]).collect();
        assert_eq!(found, ["/dʒɪf/", "/ɡɪf/"]);
        assert!(parts("a // b").is_empty());
    }
}
