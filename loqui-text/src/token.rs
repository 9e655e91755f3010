//! Tokens of a text and their semiotic classes.

use std::ops::Range;

/// The class of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Class {
    /// Words that are read as they stand.
    Plain,
    /// `1,250`
    Cardinal,
    /// `3rd`
    Ordinal,
    /// `3.14`, `1.5 million`
    Decimal,
    /// `2 1/2`
    Fraction,
    /// `Jan. 15, 2020`, `the 1980s`, `1066`
    Date,
    /// `9:30 p.m. EST`
    Time,
    /// `$2.50/kg`
    Money,
    /// `20 km/h`, `50%`
    Measure,
    /// `+44 20 7946 0958`
    Telephone,
    /// `https://example.com`, `a@b.org`
    Electronic,
    /// `1428 Elm St.`, `CA 95051`
    Address,
    /// `AB-1234`, `#2024-0017`
    Serial,
    /// `5–10`
    Range,
    /// `Chapter IV`
    Roman,
    /// `WHO`
    Acronym,
    /// `Prof.`
    Abbreviation,
    /// `y = x + 1`
    Math,
    /// A picture that has no reading.
    Emoji,
    /// A sign that is read as a word, such as `&`.
    Sign,
    /// A tag such as `[laugh]`, which passes through.
    Tag,
    /// Punctuation.
    Punctuation,
    /// Words for which a user set a pronunciation.
    Respelled,
}

impl Class {
    /// Returns the name that documents and reports use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Cardinal => "cardinal",
            Self::Ordinal => "ordinal",
            Self::Decimal => "decimal",
            Self::Fraction => "fraction",
            Self::Date => "date",
            Self::Time => "time",
            Self::Money => "money",
            Self::Measure => "measure",
            Self::Telephone => "telephone",
            Self::Electronic => "electronic",
            Self::Address => "address",
            Self::Serial => "serial",
            Self::Range => "range",
            Self::Roman => "roman",
            Self::Acronym => "acronym",
            Self::Abbreviation => "abbreviation",
            Self::Math => "math",
            Self::Emoji => "emoji",
            Self::Sign => "sign",
            Self::Tag => "tag",
            Self::Punctuation => "punctuation",
            Self::Respelled => "respelled",
        }
    }
}

/// A part of a text that is read as a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Token {
    /// The position, in bytes of the text.
    pub range: Range<usize>,
    /// The class.
    pub class: Class,
    /// Whether a sentence may end after it. False for a token whose final full stop belongs to an abbreviation after
    /// which the sentence continues, such as `Hwy.` in `Hwy. 9`. No sentence ends inside a token.
    pub may_end_sentence: bool,
    /// Why an ambiguous token was read the way it was, in words.
    pub reason: Option<&'static str>,
}

impl Token {
    /// Words that are read as they stand.
    pub(crate) const fn plain(range: Range<usize>) -> Self {
        Self {
            range,
            class: Class::Plain,
            may_end_sentence: true,
            reason: None,
        }
    }
}
