//! Words and signs whose pronunciation is not in the dictionaries or differs from them.

use super::stress::SECONDARY;
use super::strings::{is_alpha, len};
use super::words::{Context, Words, parent};

/// Returns the word for a sign.
pub(super) fn symbol_word(sign: &str) -> Option<&'static str> {
    match sign {
        "%" => Some("percent"),
        "&" => Some("and"),
        "+" => Some("plus"),
        "@" => Some("at"),
        _ => None,
    }
}

/// Returns the word for a sign in an address.
fn address_word(sign: &str) -> Option<&'static str> {
    match sign {
        "." => Some("dot"),
        "/" => Some("slash"),
        _ => None,
    }
}

/// Returns true for letters with points between them: "U.S.", "p.m.".
fn is_pointed(word: &str) -> bool {
    word.trim_matches('.').contains('.')
        && is_alpha(&word.replace('.', ""))
        && word.split('.').map(len).max().unwrap_or(0) < 3
}

impl Words {
    /// Pronounces signs, and words that depend on the next word or on their part of speech.
    pub(super) fn special(&self, word: &str, tag: &str, stress: Option<f64>, context: Context) -> Option<String> {
        let within = Some(context);
        if tag == "ADD"
            && let Some(named) = address_word(word)
        {
            return self.look_up(named, None, Some(-0.5), within);
        }
        if let Some(named) = symbol_word(word) {
            return self.look_up(named, None, None, within);
        }
        if is_pointed(word) {
            return self.spell(word);
        }
        match word {
            "a" | "A" => Some(if tag == "DT" { "ɐ" } else { "ˈA" }.to_owned()),
            "am" | "Am" | "AM" | "AN" if tag.starts_with("NN") => self.spell(word),
            "am" | "Am" | "AM"
                if context.vowel.is_none() || word != "am" || stress.is_some_and(|stress| stress > 0.0) =>
            {
                self.usual("am")
            }
            "am" => Some("ɐm".to_owned()),
            "an" | "An" | "AN" => Some("ɐn".to_owned()),
            "I" if tag == "PRP" => Some(format!("{SECONDARY}I")),
            "by" | "By" | "BY" if parent(tag) == "ADV" => Some("bˈI".to_owned()),
            _ if matches!(word, "to" | "To") || (word == "TO" && matches!(tag, "TO" | "IN")) => match context.vowel {
                None => self.usual("to"),
                Some(false) => Some("tə".to_owned()),
                Some(true) => Some("tʊ".to_owned()),
            },
            _ if matches!(word, "in" | "In") || (word == "IN" && tag != "NNP") => {
                let stressed = context.vowel.is_none() || tag != "IN";
                Some(if stressed { "ˈɪn" } else { "ɪn" }.to_owned())
            }
            _ if matches!(word, "the" | "The") || (word == "THE" && tag == "DT") => {
                Some(if context.vowel == Some(true) { "ði" } else { "ðə" }.to_owned())
            }
            _ if tag == "IN" && matches!(word.to_lowercase().as_str(), "vs" | "vs.") => {
                self.look_up("versus", None, None, within)
            }
            "used" | "Used" | "USED" => {
                let past = matches!(tag, "VBD" | "JJ") && context.to;
                self.exactly("used", if past { "VBD" } else { "DEFAULT" })
            }
            _ => None,
        }
    }
}
