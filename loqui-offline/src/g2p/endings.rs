//! Inflected words: "walks", "walked", "walking".

use super::strings::{drop_last, last_but_one, last_char, len};
use super::words::{Context, Words};

/// The sounds after which an American t is a flap.
const BEFORE_FLAP: &str = "AIOWYiuæɑəɛɪɹʊʌ";
/// The consonants that are doubled before "ing".
const DOUBLED: &str = "bcdgklmnprstvxz";

impl Words {
    /// Pronounces a word with the ending s.
    pub(super) fn with_s(
        &self,
        word: &str,
        tag: Option<&str>,
        stress: Option<f64>,
        context: Option<Context>,
    ) -> Option<String> {
        if len(word) < 3 || !word.ends_with('s') {
            return None;
        }
        let ies = || format!("{}y", drop_last(word, 3));
        let stem = if !word.ends_with("ss") && self.is_known(drop_last(word, 1)) {
            drop_last(word, 1).to_owned()
        } else if (word.ends_with("'s") || (len(word) > 4 && word.ends_with("es") && !word.ends_with("ies")))
            && self.is_known(drop_last(word, 2))
        {
            drop_last(word, 2).to_owned()
        } else if len(word) > 4 && word.ends_with("ies") && self.is_known(&ies()) {
            ies()
        } else {
            return None;
        };
        add_s(self.look_up(&stem, tag, stress, context)?)
    }

    /// Pronounces a word with the ending ed.
    pub(super) fn with_ed(
        &self,
        word: &str,
        tag: Option<&str>,
        stress: Option<f64>,
        context: Option<Context>,
    ) -> Option<String> {
        if len(word) < 4 || !word.ends_with('d') {
            return None;
        }
        let stem = if !word.ends_with("dd") && self.is_known(drop_last(word, 1)) {
            drop_last(word, 1)
        } else if len(word) > 4 && word.ends_with("ed") && !word.ends_with("eed") && self.is_known(drop_last(word, 2)) {
            drop_last(word, 2)
        } else {
            return None;
        };
        add_ed(self.look_up(stem, tag, stress, context)?)
    }

    /// Pronounces a word with the ending ing.
    pub(super) fn with_ing(
        &self,
        word: &str,
        tag: Option<&str>,
        stress: Option<f64>,
        context: Option<Context>,
    ) -> Option<String> {
        if len(word) < 5 || !word.ends_with("ing") {
            return None;
        }
        let with_e = format!("{}e", drop_last(word, 3));
        let stem = if len(word) > 5 && self.is_known(drop_last(word, 3)) {
            drop_last(word, 3)
        } else if self.is_known(&with_e) {
            &with_e
        } else if len(word) > 5 && is_doubled(drop_last(word, 3)) && self.is_known(drop_last(word, 4)) {
            drop_last(word, 4)
        } else {
            return None;
        };
        add_ing(self.look_up(stem, tag, stress, context)?)
    }
}

/// Returns true for "runn" and "panick".
fn is_doubled(stem: &str) -> bool {
    let (last, before) = (last_char(stem), last_but_one(stem));
    stem.ends_with("ck") || (last == before && last.is_some_and(|last| DOUBLED.contains(last)))
}

/// Adds the ending s with the sound that the last sound requires.
pub(super) fn add_s(stem: String) -> Option<String> {
    let last = last_char(&stem)?;
    Some(if "ptkfθ".contains(last) {
        stem + "s"
    } else if "szʃʒʧʤ".contains(last) {
        stem + "ᵻz"
    } else {
        stem + "z"
    })
}

/// Adds the ending ed with the sound that the last sound requires.
pub(super) fn add_ed(stem: String) -> Option<String> {
    Some(match last_char(&stem)? {
        last if "pkfθʃsʧ".contains(last) => stem + "t",
        't' if len(&stem) < 2 => stem + "ɪd",
        't' if is_flapped(&stem) => format!("{}ɾᵻd", drop_last(&stem, 1)),
        'd' | 't' => stem + "ᵻd",
        _ => stem + "d",
    })
}

/// Adds the ending ing.
pub(super) fn add_ing(stem: String) -> Option<String> {
    Some(match last_char(&stem)? {
        't' if is_flapped(&stem) => format!("{}ɾɪŋ", drop_last(&stem, 1)),
        _ => stem + "ɪŋ",
    })
}

fn is_flapped(stem: &str) -> bool {
    last_but_one(stem).is_some_and(|c| BEFORE_FLAP.contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sound_of_an_ending_depends_on_the_last_sound() {
        let with =
            |add: fn(String) -> Option<String>, stems: [&str; 3]| stems.map(|stem| add(stem.to_owned()).unwrap());
        assert_eq!(with(add_s, ["kˈæt", "bˈʌs", "dˈɔɡ"]), ["kˈæts", "bˈʌsᵻz", "dˈɔɡz"]);
        assert_eq!(with(add_ed, ["wˈɔk", "nˈid", "wˈAt"]), ["wˈɔkt", "nˈidᵻd", "wˈAɾᵻd"]);
        assert_eq!(
            with(add_ing, ["wˈɔk", "wˈAt", "æsˈɪst"]),
            ["wˈɔkɪŋ", "wˈAɾɪŋ", "æsˈɪstɪŋ"]
        );
        assert_eq!(add_s(String::new()), None);
        assert!(is_doubled("runn") && is_doubled("panick") && !is_doubled("see") && !is_doubled("walk"));
    }
}
