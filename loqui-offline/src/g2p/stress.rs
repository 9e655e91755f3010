//! The stress of words.

const PRIMARY_TEXT: &str = "ˈ";
const SECONDARY_TEXT: &str = "ˌ";
/// The mark before a syllable with primary stress.
pub(super) const PRIMARY: char = 'ˈ';
/// The mark before a syllable with secondary stress.
pub(super) const SECONDARY: char = 'ˌ';
pub(super) const VOWELS: &str = "AIOQWYaiuæɑɒɔəɛɜɪʊʌᵻ";
const DIPHTHONGS: &str = "AIOQWYʤʧ";

/// Returns the length of a word in sounds. Long sounds count twice.
pub(super) fn weight(phonemes: &str) -> usize {
    phonemes.chars().map(|c| 1 + usize::from(DIPHTHONGS.contains(c))).sum()
}

fn is_stressed(phonemes: &str) -> bool {
    phonemes.contains([PRIMARY, SECONDARY])
}

/// Adds the mark before the first vowel, if there is one.
fn on_first_vowel(mark: char, phonemes: &str) -> String {
    match phonemes.find(|c| VOWELS.contains(c)) {
        Some(at) => format!("{}{mark}{}", &phonemes[..at], &phonemes[at..]),
        None => phonemes.to_owned(),
    }
}

/// Changes the stress of a word: below -1 removes it, -1 to -0.5 weakens it, 0 to 1 adds secondary stress if there is none,
/// 1 and above strengthens it.
pub(super) fn restress(phonemes: &str, stress: Option<f64>) -> String {
    let Some(stress) = stress else {
        return phonemes.to_owned();
    };
    let is = |value: f64| (stress - value).abs() < f64::EPSILON;
    if stress < -1.0 {
        phonemes.replace([PRIMARY, SECONDARY], "")
    } else if is(-1.0) || ((is(0.0) || is(-0.5)) && phonemes.contains(PRIMARY)) {
        phonemes.replace(SECONDARY, "").replace(PRIMARY, SECONDARY_TEXT)
    } else if (is(0.0) || is(0.5) || is(1.0)) && !is_stressed(phonemes) {
        on_first_vowel(SECONDARY, phonemes)
    } else if stress >= 1.0 && !phonemes.contains(PRIMARY) && phonemes.contains(SECONDARY) {
        phonemes.replace(SECONDARY, PRIMARY_TEXT)
    } else if stress > 1.0 && !is_stressed(phonemes) {
        on_first_vowel(PRIMARY, phonemes)
    } else {
        phonemes.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stress_is_removed_weakened_added_and_strengthened() {
        for (phonemes, stress, expected) in [
            ("həlˈO", -2.0, "həlO"),
            ("həlˈO", -1.0, "həlˌO"),
            ("həlˈO", 0.0, "həlˌO"),
            ("wʌn", 0.0, "wˌʌn"),
            ("wʌn", 2.0, "wˈʌn"),
            ("ˌaɪ", 1.0, "ˈaɪ"),
            ("bd", 2.0, "bd"),
        ] {
            assert_eq!(restress(phonemes, Some(stress)), expected, "{phonemes} {stress}");
        }
        assert_eq!(restress("həlˈO", None), "həlˈO");
        assert_eq!(weight("həlˈO"), 6);
    }
}
