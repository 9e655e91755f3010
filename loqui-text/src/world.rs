//! Languages other than English: numbers, ordinals, decimals, dates, times, money, percent and measures in words.

mod cluster;
mod data;
mod number;
mod plural;
mod profile;
mod rbnf;
mod reader;

/// Codes of the languages whose numbers are written in words, other than English.
pub(crate) fn codes() -> &'static [&'static str] {
    data::CODES
}

pub(crate) use reader::read;

#[cfg(test)]
mod tests;
