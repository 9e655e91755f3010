//! Normalization of a text before it is split into pieces.

use regex::Regex;
use unicode_normalization::UnicodeNormalization;

use super::VISIBLE_SPACE;
use super::charsmap::CharsMap;

/// Rules, applied in order.
#[derive(Debug, Default)]
pub(super) struct Normalizer {
    pub(super) rules: Vec<Rule>,
}

#[derive(Debug)]
pub(super) enum Rule {
    CharsMap(CharsMap),
    Nfc,
    Nfd,
    Nfkc,
    Nfkd,
    Lowercase,
    Strip {
        left: bool,
        right: bool,
    },
    Replace {
        pattern: Regex,
        content: String,
    },
    Prepend(String),
    /// Trims, and collapses runs of spaces.
    TidySpaces,
    /// Makes spaces visible, and puts one in front unless there is one.
    Metaspace {
        prepend: bool,
    },
}

impl Normalizer {
    pub(super) fn apply(&self, text: &str) -> String {
        self.rules.iter().fold(text.to_owned(), |text, rule| rule.apply(&text))
    }
}

impl Rule {
    fn apply(&self, text: &str) -> String {
        match self {
            Self::CharsMap(map) => map.apply(text),
            Self::Nfc => text.nfc().collect(),
            Self::Nfd => text.nfd().collect(),
            Self::Nfkc => text.nfkc().collect(),
            Self::Nfkd => text.nfkd().collect(),
            Self::Lowercase => text.to_lowercase(),
            Self::Strip { left, right } => {
                let text = if *left { text.trim_start() } else { text };
                if *right { text.trim_end() } else { text }.to_owned()
            }
            Self::Replace { pattern, content } => pattern.replace_all(text, regex::NoExpand(content)).into_owned(),
            Self::Prepend(_) if text.is_empty() => String::new(),
            Self::Prepend(prefix) => format!("{prefix}{text}"),
            Self::TidySpaces => {
                let words: Vec<_> = text.split(' ').filter(|word| !word.is_empty()).collect();
                words.join(" ")
            }
            Self::Metaspace { prepend } => {
                let mut text = text.replace(' ', "\u{2581}");
                if *prepend && !text.is_empty() && !text.starts_with(VISIBLE_SPACE) {
                    text.insert(0, VISIBLE_SPACE);
                }
                text
            }
        }
    }
}
