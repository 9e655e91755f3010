//! The data of a language, read once when it is first needed.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::plural::{self, Category};
use super::profile::{self, Profile};
use super::rbnf::{Rules, forms};

/// A noun with its gender and its forms.
#[derive(Clone, Debug)]
pub(super) struct Noun {
    pub(super) gender: char,
    pub(super) forms: Vec<(Category, String)>,
}

/// A currency: its name, and that of its hundredth part.
#[derive(Clone, Debug)]
pub(super) struct Currency {
    pub(super) name: Noun,
    pub(super) minor: Option<Noun>,
}

/// The data of a language.
#[derive(Debug)]
pub(super) struct Language {
    pub(super) profile: &'static Profile,
    pub(super) decimal: char,
    pub(super) group: char,
    /// All names of months in lower case without the full stop, their numbers from 0, and whether a full stop may
    /// belong to them.
    pub(super) month_names: Vec<(String, usize, bool)>,
    /// Names of months in the form that dates use.
    pub(super) months: Vec<String>,
    pub(super) currencies: HashMap<String, Currency>,
    pub(super) units: HashMap<String, Noun>,
    pub(super) rules: Rules,
    pub(super) plural: fn(u64) -> Category,
}

const CURRENCIES: &str = include_str!("currencies.txt");

macro_rules! languages {
    ($($code:literal),*) => {
        /// Codes of the languages whose numbers are written in words, other than English.
        pub(super) const CODES: &[&str] = &[$($code),*];

        fn file(code: &str) -> Option<&'static str> {
            Some(match code {
                $($code => include_str!(concat!("cldr/", $code, ".txt")),)*
                _ => return None,
            })
        }
    };
}

languages!(
    "ar", "da", "de", "el", "es", "fi", "fr", "he", "hi", "it", "ja", "ko", "ms", "nl", "no", "pl", "pt", "ru", "sv",
    "sw", "tr", "zh"
);

static LANGUAGES: [OnceLock<Language>; CODES.len()] = [const { OnceLock::new() }; CODES.len()];

/// The data of a language, if it is known.
pub(super) fn language(code: &str) -> Option<&'static Language> {
    let index = CODES.iter().position(|known| *known == code)?;
    let profile = profile::find(code)?;
    let text = file(code)?;
    Some(LANGUAGES[index].get_or_init(|| parse(code, text, profile)))
}

fn parse(code: &str, text: &'static str, profile: &'static Profile) -> Language {
    let mut language = Language {
        profile,
        decimal: ',',
        group: '.',
        month_names: Vec::new(),
        months: Vec::new(),
        currencies: HashMap::new(),
        units: HashMap::new(),
        rules: Rules::default(),
        plural: plural::rule(code),
    };
    let mut set = "";
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        match fields.as_slice() {
            ["decimal", sign] => language.decimal = sign.chars().next().unwrap_or(','),
            ["group", sign] => language.group = sign.chars().next().unwrap_or('.'),
            [key @ ("months" | "months-short" | "months-alone"), names] => {
                for (index, name) in names.split('|').enumerate() {
                    language.month_names.push((
                        name.trim_end_matches('.').to_lowercase(),
                        index,
                        *key == "months-short",
                    ));
                    if *key == "months" {
                        language.months.push(name.to_owned());
                    }
                }
            }
            ["currency", code, names] => {
                let name = Noun {
                    gender: 'm',
                    forms: forms(names),
                };
                language
                    .currencies
                    .insert((*code).to_owned(), Currency { name, minor: None });
            }
            ["unit", sign, gender, names] => {
                let noun = Noun {
                    gender: gender.chars().next().filter(|gender| *gender != 'i').unwrap_or('m'),
                    forms: forms(names),
                };
                language.units.insert((*sign).to_owned(), noun);
            }
            ["set", name] => set = name,
            [base, body] => language.rules.add(set, base, body),
            _ => {}
        }
    }
    for line in CURRENCIES.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let [known, currency, gender, names, minor_gender, minor] = fields.as_slice() else {
            continue;
        };
        if *known != code {
            continue;
        }
        let noun = |gender: &str, names: &str| Noun {
            gender: gender.chars().next().unwrap_or('m'),
            forms: forms(names),
        };
        language.currencies.insert(
            (*currency).to_owned(),
            Currency {
                name: noun(gender, names),
                minor: (*minor != "-").then(|| noun(minor_gender, minor)),
            },
        );
    }
    // The longest names come first, so that "mai" does not end "maio".
    language
        .month_names
        .sort_by_key(|(name, _, short)| (std::cmp::Reverse(name.len()), *short));
    language
}
