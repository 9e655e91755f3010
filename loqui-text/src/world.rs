//! Languages other than English: numbers, ordinals, decimals, dates, times, money, percent and measures in words.

mod abbreviations;
mod cluster;
mod data;
mod dates;
mod measures;
mod money;
mod number;
mod ordinals;
mod plural;
mod profile;
mod rbnf;
mod reader;
mod roman;
mod rules;
mod times;

/// Codes of the languages whose numbers are written in words, other than English.
#[cfg(test)]
fn codes() -> &'static [&'static str] {
    data::CODES
}

/// Returns whether the numbers of a language, by its ISO 639-1 code, are written in words.
pub(crate) fn is_known(code: &str) -> bool {
    data::CODES.contains(&code)
}

pub(crate) use reader::read;

#[cfg(test)]
mod tests;
