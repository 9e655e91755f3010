//! The markup of misaki: `[word](/phonemes/)`, `[word](+2)` for the stress, `[5](#a#)` for the reading of a number.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;

use super::strings::{is_digits, len};
use super::tokens::Token;

static MARKED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\[([^\]]+)\]\(([^\)]*)\)").expect("the pattern is a literal that compiles"));

/// The meaning of a mark.
#[derive(Debug, Clone, PartialEq)]
enum Mark {
    Stress(f64),
    Phonemes(String),
    NumFlags(String),
}

/// A text without its markup.
#[derive(Debug)]
pub(super) struct Unmarked {
    pub(super) text: String,
    /// The words between white space. A marked part is one word.
    words: Vec<String>,
    /// The marks by index into `words`.
    marks: HashMap<usize, Mark>,
}

impl Unmarked {
    pub(super) fn of(text: &str) -> Self {
        let text = text.trim_start();
        let mut unmarked = Self {
            text: String::with_capacity(text.len()),
            words: Vec::new(),
            marks: HashMap::new(),
        };
        let mut end = 0;
        for found in MARKED.captures_iter(text) {
            let (whole, [inner, asked]) = (found.get_match(), found.extract().1);
            unmarked.plain(&text[end..whole.start()]);
            if let Some(mark) = mark(asked) {
                unmarked.marks.insert(unmarked.words.len(), mark);
            }
            unmarked.text.push_str(inner);
            unmarked.words.push(inner.to_owned());
            end = whole.end();
        }
        unmarked.plain(&text[end..]);
        unmarked
    }

    fn plain(&mut self, text: &str) {
        self.text.push_str(text);
        self.words.extend(text.split_whitespace().map(str::to_owned));
    }

    /// Applies the marks to the tokens of the text.
    pub(super) fn mark(&self, tokens: &mut [Token]) {
        if self.marks.is_empty() {
            return;
        }
        let owners = self.owners(tokens);
        for (word, mark) in &self.marks {
            let own = tokens
                .iter_mut()
                .zip(&owners)
                .filter(|(_, owner)| **owner == Some(*word));
            for (index, (token, _)) in own.enumerate() {
                match mark {
                    Mark::Stress(stress) => token.stress = Some(*stress),
                    Mark::Phonemes(phonemes) => {
                        token.is_head = index == 0;
                        token.phonemes = Some(if index == 0 { phonemes.clone() } else { String::new() });
                    }
                    Mark::NumFlags(flags) => token.num_flags.clone_from(flags),
                }
            }
        }
    }

    /// Returns the index of the word of each token. Aligns both splits of the text, without white space.
    fn owners(&self, tokens: &[Token]) -> Vec<Option<usize>> {
        let visible = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
        let words = self.words.iter().enumerate();
        let owner: Vec<usize> = words
            .flat_map(|(index, word)| std::iter::repeat_n(index, visible(word)))
            .collect();
        let mut at = 0;
        let owners = tokens.iter().map(|token| {
            let count = visible(&token.text);
            let own = (count > 0).then(|| owner.get(at).copied()).flatten();
            at += count;
            own
        });
        owners.collect()
    }
}

fn mark(asked: &str) -> Option<Mark> {
    let between = |sign: char| {
        let inner = asked
            .strip_prefix(sign)
            .filter(|rest| len(asked) > 1 && rest.ends_with(sign))?;
        Some(inner.trim_end_matches(sign).to_owned())
    };
    match asked {
        "0.5" | "+0.5" => Some(Mark::Stress(0.5)),
        "-0.5" => Some(Mark::Stress(-0.5)),
        _ if is_digits(asked.strip_prefix(['-', '+']).unwrap_or(asked)) => {
            asked.parse::<i64>().ok().map(|stress| Mark::Stress(stress as f64))
        }
        _ => between('/')
            .map(Mark::Phonemes)
            .or_else(|| between('#').map(Mark::NumFlags)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_removed_from_the_text_and_applied_to_its_words() {
        let unmarked = Unmarked::of(" say [Kokoro](/kˈOkəɹO/) [twice](-1) [5](#a#) [so](what)");
        assert_eq!(unmarked.text, "say Kokoro twice 5 so");
        let mut tokens: Vec<Token> = ["say", "Ko", "koro", "twice", "5", "so"]
            .map(|text| Token {
                text: text.to_owned(),
                is_head: true,
                ..Token::default()
            })
            .into();
        unmarked.mark(&mut tokens);
        let phonemes: Vec<Option<&str>> = tokens.iter().map(|token| token.phonemes.as_deref()).collect();
        assert_eq!(phonemes, [None, Some("kˈOkəɹO"), Some(""), None, None, None]);
        assert_eq!((tokens[3].stress, tokens[4].num_flags.as_str()), (Some(-1.0), "a"));
        assert!(!tokens[2].is_head && tokens[5].stress.is_none());
    }
}
