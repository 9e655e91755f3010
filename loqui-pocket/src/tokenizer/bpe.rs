//! Byte-pair encoding: neighbours are merged, the best pair first.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::ops::Range;

use super::vocabulary::Vocabulary;

/// The order of merges.
#[derive(Debug)]
pub(super) enum Merges {
    /// Any two neighbours that form a piece, the highest score first.
    ByScore,
    /// Listed pairs, the lowest rank first.
    Listed(HashMap<(String, String), u32>),
}

/// A part of the text, with its neighbours. Merged parts are empty.
struct Part {
    range: Range<usize>,
    before: Option<usize>,
    after: Option<usize>,
}

/// A merge that may happen: the best has the greatest priority, and the leftmost of equals comes first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    priority: i64,
    left: Reverse<usize>,
    length: usize,
    right: usize,
}

impl Merges {
    /// Appends the tokens of a text.
    pub(super) fn encode(&self, text: &str, vocabulary: &Vocabulary, tokens: &mut Vec<u32>) {
        let starts: Vec<(usize, char)> = text.char_indices().collect();
        let mut parts: Vec<Part> = starts
            .iter()
            .enumerate()
            .map(|(index, &(start, c))| Part {
                range: start..start + c.len_utf8(),
                before: index.checked_sub(1),
                after: (index + 1 < starts.len()).then_some(index + 1),
            })
            .collect();
        let mut queue = BinaryHeap::new();
        for left in 0..parts.len() {
            queue.extend(self.candidate(text, &parts, left, vocabulary));
        }
        while let Some(Candidate {
            left: Reverse(left),
            length,
            right,
            ..
        }) = queue.pop()
        {
            let current = parts[left].after == Some(right) && !parts[left].range.is_empty();
            if !current || parts[right].range.end - parts[left].range.start != length {
                continue;
            }
            let after = parts[right].after;
            parts[left].range.end = parts[right].range.end;
            parts[left].after = after;
            parts[right].range = 0..0;
            if let Some(after) = after {
                parts[after].before = Some(left);
            }
            if let Some(before) = parts[left].before {
                queue.extend(self.candidate(text, &parts, before, vocabulary));
            }
            queue.extend(self.candidate(text, &parts, left, vocabulary));
        }
        let mut follows_unknown = false;
        for part in parts.iter().filter(|part| !part.range.is_empty()) {
            let text = &text[part.range.clone()];
            let token = vocabulary.token(text);
            match token {
                Some(token) => tokens.push(token),
                None => vocabulary.push_unknown(text, follows_unknown, tokens),
            }
            follows_unknown = token.is_none();
        }
    }

    /// Returns the merge of a part with the one after it.
    fn candidate(&self, text: &str, parts: &[Part], left: usize, vocabulary: &Vocabulary) -> Option<Candidate> {
        let right = parts[left].after?;
        let (first, second) = (parts[left].range.clone(), parts[right].range.clone());
        let token = vocabulary.token(&text[first.start..second.end])?;
        let length = second.end - first.start;
        let priority = match self {
            Self::ByScore => order(vocabulary.score(token)),
            Self::Listed(ranks) => {
                let pair = (text[first].to_owned(), text[second].to_owned());
                -i64::from(*ranks.get(&pair)?)
            }
        };
        Some(Candidate {
            priority,
            left: Reverse(left),
            length,
            right,
        })
    }
}

/// Maps finite numbers to integers of the same order.
fn order(value: f64) -> i64 {
    let bits = (value + 0.0).to_bits().cast_signed();
    if bits < 0 { i64::MIN - bits } else { bits }
}
