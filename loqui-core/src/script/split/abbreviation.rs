//! Words whose full stop does not end a sentence.
//!
//! A split too many does no harm, as sentences are packed again; a split too few only matters in very long sentences.
//! So the lists are short and hold what stands in the middle of sentences.

/// English titles, always followed by a name; written with a capital, since `hon` and others are words elsewhere.
const ENGLISH_TITLES: &[&str] = &[
    "mr", "mrs", "ms", "mx", "dr", "prof", "rev", "hon", "gen", "sen", "rep", "gov", "lt", "col", "sgt", "capt", "cpt",
    "cmdr", "adm", "maj", "pres", "supt", "st", "mt", "messrs",
];

/// Always followed by a name, also of a street or a town.
const TITLES: &[&str] = &[
    // Of English origin, written small as well
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

/// Followed by what they explain.
const CONNECTING: &[&str] = &[
    "vs", "viz", "cf", "approx", "ca", "bzw", "z", "zb", "bspw", "sog", "vgl", "evtl", "ggf", "inkl", "exkl", "abs",
    "ej", "p.ej", "т", "д", "напр", "örn", "bkz", "bijv", "resp", "incl", "excl", "ibid", "al", "ee", "np", "tzn",
    "tj", "βλ", "πχ",
];

/// Followed by a number.
const NUMBERED: &[&str] = &[
    "no", "nos", "nr", "núm", "num", "fig", "figs", "vol", "ch", "chap", "sec", "art", "eq", "p", "pp", "pt", "ex",
    "ver", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "janv", "févr", "juil",
    "déc", "стр", "стор", "рис", "мал", "буд", "kap", "bd", "abb", "afb", "str", "straat", "cad", "sok", "c", "ed",
    "cap", "pág", "pag", "tel", "ext", "rs", "rys", "godz", "kl", "klo", "tab", "σελ", "रु", "पृ",
];

/// What street names end with ("Bahnhofstr. 5").
const STREET: &str = "str";

/// Begins a sentence even after `U.S.` or `p.m.`.
const STARTERS: &[&str] = &[
    "the", "this", "that", "these", "it", "he", "she", "we", "they", "i", "but", "and", "in", "there", "when", "if",
    "a", "an", "my", "our", "his", "her", "what", "why", "how", "yes", "no", "so", "then", "after", "now",
];

/// Languages that write ordinal numbers with a full stop ("am 3. März").
const DOTTED_ORDINALS: &[&str] = &[
    "de", "da", "nb", "nn", "no", "fi", "cs", "sk", "sl", "hr", "sr", "pl", "hu", "tr", "et", "lv",
];

/// Where a word stands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    /// It is the first of its sentence.
    pub(super) first: bool,
    /// The word before it has a full stop, which it keeps: `p. 12`.
    pub(super) after_stop: bool,
}

/// True if the full stop after `word` belongs to the word, given the text that follows it (never blank, and not beginning
/// with a small letter).
pub(super) fn keeps_its_stop(word: &str, place: Place, following: &str, language: Option<&str>) -> bool {
    let next = following.chars().next();
    if !word.is_empty() && word.chars().all(|digit| digit.is_ascii_digit()) {
        let ordinal = language.is_some_and(|language| DOTTED_ORDINALS.contains(&language));
        // "1. Open the door" is an item of a list.
        return word.len() <= 2 && (place.first || (ordinal && !place.after_stop));
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

/// `J`, `U.S`, `e.g`, `z.B`: letters one by one, with full stops between them.
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
    fn abbreviations_keep_their_stop_and_words_do_not() {
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
                keeps_its_stop(word, Place::default(), following, None),
                expected,
                "{word}. {following}"
            );
        }
        let usual = Place::default();
        assert!(keeps_its_stop("3", usual, "März", Some("de")));
        assert!(!keeps_its_stop("1990", usual, "Dann", Some("de")));
        let item = Place { first: true, ..usual };
        assert!(keeps_its_stop("1", item, "Open the door", Some("en")));
        let page = Place {
            after_stop: true,
            ..usual
        };
        assert!(!keeps_its_stop("12", page, "Tak", Some("pl")));
    }
}
