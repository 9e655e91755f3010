//! Matches the letters of two texts that say the same.

use std::ops::Range;

/// The most pairs of letters that are compared. Longer differences are matched in proportion.
const MOST_PAIRS: usize = 4_000_000;

/// The letters and digits of a text in lower case, each with its byte.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Letters {
    letters: Vec<char>,
    bytes: Vec<usize>,
}

impl Letters {
    pub(super) fn of(text: &str) -> Self {
        let mut own = Self::default();
        for (byte, character) in text.char_indices().filter(|(_, character)| is_letter(*character)) {
            for lower in character.to_lowercase() {
                own.letters.push(lower);
                own.bytes.push(byte);
            }
        }
        own
    }

    pub(super) fn len(&self) -> usize {
        self.letters.len()
    }

    /// Appends letters. Their bytes are those of their own text.
    pub(super) fn append(&mut self, mut other: Self) {
        self.letters.append(&mut other.letters);
        self.bytes.append(&mut other.bytes);
    }

    /// Returns the byte of a letter.
    pub(super) fn byte(&self, index: usize) -> usize {
        self.bytes.get(index).copied().unwrap_or_default()
    }

    /// Returns the letters in a range of bytes.
    pub(super) fn in_bytes(&self, bytes: Range<usize>) -> Range<usize> {
        let start = self.bytes.partition_point(|byte| *byte < bytes.start);
        start..self.bytes.partition_point(|byte| *byte < bytes.end).max(start)
    }

    /// Returns the index of the range of bytes that contains each letter.
    pub(super) fn owners(&self, ranges: &[Range<usize>]) -> Vec<Option<usize>> {
        let mut owners = vec![None; self.len()];
        for (owner, range) in ranges.iter().enumerate() {
            owners[self.in_bytes(range.clone())].fill(Some(owner));
        }
        owners
    }
}

/// Marks of vowels are letters of their own in many scripts.
pub(super) fn is_letter(character: char) -> bool {
    use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};
    character.is_alphanumeric()
        || matches!(
            character.general_category(),
            GeneralCategory::SpacingMark | GeneralCategory::NonspacingMark
        )
}

/// Moves the owners of the letters of one text to those of another one that says the same.
pub(super) fn project(owners: &[Option<usize>], from: &Letters, to: &Letters) -> Vec<Option<usize>> {
    let sources = sources(&from.letters, &to.letters);
    sources
        .into_iter()
        .map(|source| owners.get(source?).copied().flatten())
        .collect()
}

/// Returns for each letter of `to` the letter of `from` that it corresponds to, with the fewest changes. An added letter
/// corresponds to the letter of the one before it.
fn sources(from: &[char], to: &[char]) -> Vec<Option<usize>> {
    let head = from.iter().zip(to).take_while(|(a, b)| a == b).count();
    let rest = from.iter().skip(head).rev().zip(to.iter().skip(head).rev());
    let tail = rest.take_while(|(a, b)| a == b).count();
    let mut sources: Vec<Option<usize>> = (0..head).map(Some).collect();
    let inner = changed(&from[head..from.len() - tail], &to[head..to.len() - tail]);
    sources.extend(inner.into_iter().map(|source| match source {
        Some(source) => Some(head + source),
        None => head.checked_sub(1),
    }));
    sources.extend((from.len() - tail..from.len()).map(Some));
    sources
}

/// Returns the sources of a part that differs. `None` stands for the letter before the part.
fn changed(from: &[char], to: &[char]) -> Vec<Option<usize>> {
    let (rows, columns) = (from.len(), to.len());
    if rows == 0 {
        return vec![None; columns];
    }
    if rows.saturating_mul(columns) > MOST_PAIRS {
        return (0..columns).map(|at| Some(at * rows / columns)).collect();
    }
    // The cost of the first `row` and `column` letters, and the last step: 0 both, 1 only `from`, 2 only `to`.
    let mut costs: Vec<u32> = (0..=columns as u32).collect();
    let mut steps = vec![2_u8; (rows + 1) * (columns + 1)];
    for row in 1..=rows {
        let mut diagonal = costs[0];
        costs[0] = row as u32;
        steps[row * (columns + 1)] = 1;
        for column in 1..=columns {
            let differs = u32::from(from[row - 1] != to[column - 1]);
            let choices = [diagonal + differs, costs[column] + 1, costs[column - 1] + 1];
            diagonal = costs[column];
            let (step, cost) = (0_u8..).zip(choices).min_by_key(|(_, cost)| *cost).unwrap_or_default();
            costs[column] = cost;
            steps[row * (columns + 1) + column] = step;
        }
    }
    let mut sources = vec![None; columns];
    let (mut row, mut column) = (rows, columns);
    while column > 0 {
        match steps[row * (columns + 1) + column] {
            0 => {
                row -= 1;
                column -= 1;
                sources[column] = Some(row);
            }
            1 => row -= 1,
            _ => {
                column -= 1;
                sources[column] = row.checked_sub(1);
            }
        }
    }
    sources
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(from: &str, to: &str) -> Vec<String> {
        let ranges: Vec<Range<usize>> = super::super::tokens(from);
        let (a, b) = (Letters::of(from), Letters::of(to));
        let owners = project(&a.owners(&ranges), &a, &b);
        let letters = |owner: usize| {
            b.letters
                .iter()
                .zip(&owners)
                .filter(move |(_, own)| **own == Some(owner))
        };
        (0..ranges.len())
            .map(|owner| letters(owner).map(|(letter, _)| *letter).collect())
            .collect()
    }

    #[test]
    fn letters_of_equal_words_correspond() {
        assert_eq!(words("Hello, World!", "hello world"), ["hello", "world"]);
        assert_eq!(
            words("twenty-four sea shells", "twenty four seashells"),
            ["twentyfour", "sea", "shells"]
        );
        assert_eq!(
            words("I said SQL twice", "I said sequel twice"),
            ["i", "said", "sequel", "twice"]
        );
        assert_eq!(words("one six three", "one three"), ["one", "", "three"]);
        assert_eq!(words("", "one"), Vec::<String>::new());
        assert_eq!(words("one", ""), [""]);
    }

    #[test]
    fn long_differences_are_matched_in_proportion() {
        let sources = changed(&vec!['a'; 3_000], &vec!['b'; 2_000]);
        assert_eq!((sources[0], sources[1_999]), (Some(0), Some(2_998)));
    }
}
