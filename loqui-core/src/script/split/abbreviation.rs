//! Abbreviations, whose full stop does not end a sentence.
//!
//! An extra split does no harm, because sentences are combined again. A missing split matters only in very long sentences.
//! So the lists are short and contain abbreviations that occur within sentences.

/// English titles, which a name follows. They have a capital: in other languages some of them are words.
const ENGLISH_TITLES: &[&str] = &[
    "mr", "mrs", "ms", "mx", "dr", "prof", "rev", "hon", "gen", "sen", "rep", "gov", "lt", "col", "sgt", "capt", "cpt",
    "cmdr", "adm", "maj", "pres", "supt", "st", "mt", "messrs",
];

/// Titles and words before the name of a person, street or town.
const TITLES: &[&str] = &[
    // English titles that are also written in lower case
    "dr",
    "prof", // French, Spanish, Portuguese, Italian
    "mme",
    "mlle",
    "mm",
    "sr",
    "sra",
    "srta",
    "dña",
    "ud",
    "uds",
    "dra",
    "profa",
    "sig",
    "dott",
    "avv",
    "ing",
    // German, Dutch, Scandinavian
    "hr",
    "fr",
    "frl",
    "dipl",
    "dhr",
    "mevr",
    "mw",
    "hrn", // Polish
    "ul",
    "al",
    "pl",
    "os",
    "inż",
    "mgr", // Russian, Ukrainian
    "г",
    "гр",
    "тов",
    "проф",
    "акад",
    "ул",
    "вул",
    "просп",
    "пл",
    "пер",
    "пров", // Greek, Turkish, Hindi
    "κ",
    "κα",
    "δρ",
    "sn",
    "av",
    "doç",
    "डॉ",
    "श्री",
    "श्रीमती",
    "प्रो",
];

/// Abbreviations within a sentence.
const CONNECTING: &[&str] = &[
    "vs", "viz", "cf", "approx", "ca", "bzw", "z", "zb", "bspw", "sog", "vgl", "evtl", "ggf", "inkl", "exkl", "abs",
    "ej", "p.ej", "т", "д", "напр", "örn", "bkz", "bijv", "resp", "incl", "excl", "ibid", "al", "ee", "np", "tzn",
    "tj", "βλ", "πχ",
];

/// Abbreviations before a number.
const NUMBERED: &[&str] = &[
    "no", "nos", "nr", "núm", "num", "fig", "figs", "vol", "ch", "chap", "sec", "art", "eq", "p", "pp", "pt", "ex",
    "ver", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "janv", "févr", "juil",
    "déc", "стр", "стор", "рис", "мал", "буд", "kap", "bd", "abb", "afb", "str", "straat", "cad", "sok", "c", "ed",
    "cap", "pág", "pag", "tel", "ext", "rs", "rys", "godz", "kl", "klo", "tab", "σελ", "रु", "पृ",
];

/// The abbreviated end of street names ("Bahnhofstr. 5").
const STREET: &str = "str";

/// Words that start a sentence even after `U.S.` or `p.m.`.
const STARTERS: &[&str] = &[
    "the", "this", "that", "these", "it", "he", "she", "we", "they", "i", "but", "and", "in", "there", "when", "if",
    "a", "an", "my", "our", "his", "her", "what", "why", "how", "yes", "no", "so", "then", "after", "now",
];

/// Languages whose ordinal numbers have a full stop ("am 3. März").
const DOTTED_ORDINALS: &[&str] = &[
    "de", "da", "nb", "nn", "no", "fi", "cs", "sk", "sl", "hr", "sr", "pl", "hu", "tr", "et", "lv",
];

/// The context of a word.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Context {
    /// It is the first word of its sentence.
    pub(super) first: bool,
    /// The word before it is an abbreviation: `p. 12`.
    pub(super) after_stop: bool,
}

/// Returns true if the full stop after `word` is part of an abbreviation. `following` is the text after it, which is not
/// blank and does not start with a lower-case letter.
pub(super) fn keeps_its_stop(word: &str, context: Context, following: &str, language: Option<&str>) -> bool {
    let next = following.chars().next();
    if !word.is_empty() && word.chars().all(|digit| digit.is_ascii_digit()) {
        let ordinal = language.is_some_and(|language| DOTTED_ORDINALS.contains(&language));
        // "1. Open the door" is a list item.
        return word.len() <= 2 && (context.first || (ordinal && !context.after_stop));
    }
    let lower = word.to_lowercase();
    let capital = word.starts_with(char::is_uppercase);
    if TITLES.contains(&lower.as_str())
        || CONNECTING.contains(&lower.as_str())
        || (capital && ENGLISH_TITLES.contains(&lower.as_str()))
    {
        return true;
    }
    let numbered = NUMBERED.contains(&lower.as_str()) || (lower.len() > STREET.len() && lower.ends_with(STREET));
    if numbered && next.is_some_and(char::is_numeric) {
        return true;
    }
    if !is_dotted(word) {
        return false;
    }
    let next_word = following
        .split(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or_default();
    let starts = STARTERS.contains(&next_word.to_lowercase().as_str());
    // A single letter is an initial ("J. K. Rowling"), but English "I" is a word.
    if lower.contains('.') {
        !starts
    } else {
        word != "I" || !starts
    }
}

/// Returns true for single letters with full stops between them: `J`, `U.S`, `e.g`, `z.B`.
fn is_dotted(word: &str) -> bool {
    !word.is_empty()
        && word.split('.').all(|part| {
            let mut characters = part.chars();
            characters.next().is_some_and(char::is_alphabetic)
                && characters
                    .next()
                    .is_none_or(|second| !second.is_alphanumeric() && characters.next().is_none())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_stops_belong_to_abbreviations_but_not_to_words() {
        let cases = [
            ("Dr", "Who", true),
            ("No", "5 is alive", true),
            ("No", "That is wrong", false),
            ("U.S", "Senate", true),
            ("U.S", "The Senate", false),
            ("J", "K. Rowling", true),
            ("I", "Then", false),
            ("end", "Next", false),
            ("etc", "Next", false),
            ("3", "März", false),
        ];
        for (word, following, expected) in cases {
            assert_eq!(
                keeps_its_stop(word, Context::default(), following, None),
                expected,
                "{word}. {following}"
            );
        }
        let usual = Context::default();
        assert!(keeps_its_stop("3", usual, "März", Some("de")));
        assert!(!keeps_its_stop("1990", usual, "Dann", Some("de")));
        let item = Context { first: true, ..usual };
        assert!(keeps_its_stop("1", item, "Open the door", Some("en")));
        let page = Context {
            after_stop: true,
            ..usual
        };
        assert!(!keeps_its_stop("12", page, "Tak", Some("pl")));
    }
}
