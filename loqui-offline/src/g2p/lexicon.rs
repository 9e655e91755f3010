//! The dictionaries, looked up in the binary without parsing or copying.
//!
//! `examples/lexicon.rs` writes `data/lexicon.bin` and describes the format. Words are sorted, in blocks of sixteen with
//! prefix compression, and a table has the offset of each block.

use super::strings::{capitalize, is_lower, len};

/// The American dictionaries "gold" and "silver" of misaki. See `data/NOTICE` for the origin and the licence.
static DATA: &[u8] = include_bytes!("../../data/lexicon.bin");

/// The length that marks a pronunciation by part of speech.
const BY_TAG: u8 = 0xFF;
/// The length that marks an absent pronunciation.
const ABSENT: u8 = 0xFF;

/// The pronunciation of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Entry {
    One(String),
    /// By part of speech, with the tag `DEFAULT` for all others. Each may be absent.
    ByTag(Vec<(&'static str, Option<String>)>),
}

impl Entry {
    /// Returns the pronunciation for a part of speech. The outer option is `None` if it is not listed.
    #[expect(
        clippy::option_option,
        reason = "listed without a sound is not the same as not listed"
    )]
    pub(super) fn of(&self, tag: &str) -> Option<Option<&str>> {
        match self {
            Self::One(_) => None,
            Self::ByTag(readings) => readings
                .iter()
                .find(|(known, _)| *known == tag)
                .map(|(_, phonemes)| phonemes.as_deref()),
        }
    }

    /// Returns the pronunciation for an unknown part of speech.
    pub(super) fn usual(&self) -> Option<&str> {
        match self {
            Self::One(phonemes) => Some(phonemes),
            Self::ByTag(_) => self.of("DEFAULT").flatten(),
        }
    }
}

/// One dictionary.
#[derive(Debug)]
pub(super) struct Dictionary {
    /// The offsets of the blocks in `words`, four bytes each.
    blocks: &'static [u8],
    words: &'static [u8],
    alphabet: Vec<char>,
    tags: Vec<&'static str>,
}

/// Opens both dictionaries: the manually checked one, and the other. Returns nothing if the data is invalid.
pub(super) fn open() -> Option<(Dictionary, Dictionary)> {
    let mut data = Cursor(DATA);
    let alphabet: Vec<char> = data.line()?.chars().collect();
    let tags: Vec<&'static str> = data.line()?.split(' ').collect();
    let mut section = || {
        let count = data.number()?;
        let blocks = data.take(4 * count)?;
        let length = data.number()?;
        Some(Dictionary {
            blocks,
            words: data.take(length)?,
            alphabet: alphabet.clone(),
            tags: tags.clone(),
        })
    };
    Some((section()?, section()?))
}

impl Dictionary {
    /// Returns true if the word has an entry, as written or in the other case.
    pub(super) fn contains(&self, word: &str) -> bool {
        self.find(word).is_some()
    }

    /// Returns the entry of a word. Without an entry of their own, "Apple" is found as "apple" and "london" as "London".
    pub(super) fn get(&self, word: &str) -> Option<Entry> {
        self.entry(self.find(word)?)
    }

    fn find(&self, word: &str) -> Option<Cursor> {
        self.listed(word).or_else(|| {
            let other = in_the_other_case(word)?;
            self.listed(&other)
        })
    }

    /// Returns the start of the entry of exactly this word.
    fn listed(&self, word: &str) -> Option<Cursor> {
        let (mut low, mut high) = (0, self.blocks.len() / 4);
        while low < high {
            let middle = low.midpoint(high);
            if self.block(middle)?.word(&mut Vec::new())?.as_slice() <= word.as_bytes() {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let mut at = self.block(low.checked_sub(1)?)?;
        let end = self.block(low).map_or(0, |next| next.0.len());
        let mut known = Vec::new();
        while at.0.len() > end {
            at.word(&mut known)?;
            if known.as_slice() >= word.as_bytes() {
                return (known == word.as_bytes()).then_some(at);
            }
            at.skip_entry()?;
        }
        None
    }

    fn block(&self, index: usize) -> Option<Cursor> {
        let place = self.blocks.get(4 * index..4 * index + 4)?;
        let place = u32::from_le_bytes(place.try_into().ok()?);
        self.words.get(place as usize..).map(Cursor)
    }

    fn entry(&self, mut at: Cursor) -> Option<Entry> {
        let length = at.byte()?;
        if length != BY_TAG {
            return Some(Entry::One(self.phonemes(at.take(length.into())?)?));
        }
        let count = at.byte()?;
        let readings = (0..count).map(|_| {
            let tag = *self.tags.get(usize::from(at.byte()?))?;
            let phonemes = match at.byte()? {
                ABSENT => None,
                length => Some(self.phonemes(at.take(length.into())?)?),
            };
            Some((tag, phonemes))
        });
        readings.collect::<Option<_>>().map(Entry::ByTag)
    }

    fn phonemes(&self, places: &[u8]) -> Option<String> {
        let phonemes = places.iter().map(|place| self.alphabet.get(usize::from(*place)));
        phonemes.collect()
    }

    /// Returns all words, in the order of their bytes.
    #[cfg(test)]
    pub(super) fn listed_words(&self) -> Vec<String> {
        let mut at = Cursor(self.words);
        let (mut known, mut words) = (Vec::new(), Vec::new());
        while !at.0.is_empty() {
            at.word(&mut known).unwrap();
            words.push(String::from_utf8(known.clone()).unwrap());
            at.skip_entry().unwrap();
        }
        words
    }
}

/// Returns "Apple" for "apple" and vice versa. Returns nothing for other cases and for single letters.
fn in_the_other_case(word: &str) -> Option<String> {
    if len(word) < 2 {
        return None;
    }
    if is_lower(word) {
        let capital = capitalize(word);
        return (capital != word).then_some(capital);
    }
    let lower = word.to_lowercase();
    (word == capitalize(&lower)).then_some(lower)
}

/// The remaining bytes.
#[derive(Debug, Clone, Copy)]
struct Cursor(&'static [u8]);

impl Cursor {
    fn take(&mut self, count: usize) -> Option<&'static [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    fn number(&mut self) -> Option<usize> {
        let bytes = self.take(4)?.try_into().ok()?;
        Some(u32::from_le_bytes(bytes) as usize)
    }

    fn line(&mut self) -> Option<&'static str> {
        let end = self.0.iter().position(|byte| *byte == b'\n')?;
        let line = self.take(end + 1)?;
        std::str::from_utf8(&line[..end]).ok()
    }

    /// Reads the next word into the previous one.
    fn word<'a>(&mut self, known: &'a mut Vec<u8>) -> Option<&'a mut Vec<u8>> {
        let (shared, rest) = (self.byte()?, self.byte()?);
        known.truncate(shared.into());
        known.extend_from_slice(self.take(rest.into())?);
        Some(known)
    }

    fn skip_entry(&mut self) -> Option<()> {
        let length = self.byte()?;
        if length != BY_TAG {
            return self.take(length.into()).map(|_| ());
        }
        for _ in 0..self.byte()? {
            let (_, length) = (self.byte()?, self.byte()?);
            if length != ABSENT {
                self.take(length.into())?;
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_listed_words_are_found_and_no_others() {
        let (gold, silver) = open().unwrap();
        for (dictionary, count) in [(&gold, 90_201), (&silver, 93_361)] {
            let words = dictionary.listed_words();
            assert_eq!(words.len(), count);
            assert!(words.is_sorted());
            for word in &words {
                assert!(dictionary.get(word).is_some(), "{word}");
                let beside = format!("{word}~");
                assert!(!dictionary.contains(&beside), "{beside}");
            }
        }
        assert!(!gold.contains("") && !gold.contains("!") && !gold.contains("zzzzzz"));
    }

    #[test]
    fn entries_have_one_or_several_pronunciations() {
        let (gold, _) = open().unwrap();
        assert_eq!(gold.get("hello"), Some(Entry::One("həlˈO".to_owned())));
        let record = gold.get("record").unwrap();
        assert_ne!(record.of("VERB"), record.of("DEFAULT"));
        assert_eq!(record.of("CD"), None);
        assert_eq!(record.of("DEFAULT").unwrap(), record.usual());
    }

    #[test]
    fn words_are_found_in_the_other_case() {
        let (gold, _) = open().unwrap();
        assert_eq!(gold.get("Hello"), gold.get("hello"));
        assert_eq!(gold.get("HELLO"), None);
        assert_eq!(in_the_other_case("London").as_deref(), Some("london"));
        assert_eq!(in_the_other_case("london").as_deref(), Some("London"));
        assert_eq!(in_the_other_case("McCoy"), None);
        assert_eq!(in_the_other_case("a"), None);
    }
}
