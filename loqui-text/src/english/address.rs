//! Street addresses, states and postal codes.

use super::number::{in_pairs, one_by_one, ordinal};

/// Abbreviations of kinds of streets in lower case, without the full stop.
const STREETS: &[(&str, &str)] = &[
    ("st", "Street"),
    ("str", "Street"),
    ("ave", "Avenue"),
    ("av", "Avenue"),
    ("blvd", "Boulevard"),
    ("rd", "Road"),
    ("dr", "Drive"),
    ("ln", "Lane"),
    ("ct", "Court"),
    ("crt", "Court"),
    ("pl", "Place"),
    ("plz", "Plaza"),
    ("sq", "Square"),
    ("hwy", "Highway"),
    ("expy", "Expressway"),
    ("expwy", "Expressway"),
    ("fwy", "Freeway"),
    ("pkwy", "Parkway"),
    ("pkw", "Parkway"),
    ("cir", "Circle"),
    ("ter", "Terrace"),
    ("terr", "Terrace"),
    ("tpke", "Turnpike"),
    ("trl", "Trail"),
    ("aly", "Alley"),
    ("xing", "Crossing"),
    ("cres", "Crescent"),
    ("gdns", "Gardens"),
    ("gr", "Grove"),
    ("rte", "Route"),
    ("brg", "Bridge"),
    ("hts", "Heights"),
    ("jct", "Junction"),
    ("mnr", "Manor"),
];
/// Kinds of streets in full.
const FULL: &[&str] = &[
    "street",
    "avenue",
    "boulevard",
    "road",
    "drive",
    "lane",
    "court",
    "place",
    "plaza",
    "square",
    "highway",
    "expressway",
    "freeway",
    "parkway",
    "circle",
    "terrace",
    "turnpike",
    "trail",
    "alley",
    "way",
    "crescent",
    "close",
    "row",
    "mews",
    "gardens",
    "grove",
    "broadway",
    "loop",
];
const DIRECTIONS: &[(&str, &str)] = &[
    ("N", "North"),
    ("S", "South"),
    ("E", "East"),
    ("W", "West"),
    ("NE", "Northeast"),
    ("NW", "Northwest"),
    ("SE", "Southeast"),
    ("SW", "Southwest"),
];
const STATES: &[(&str, &str)] = &[
    ("AL", "Alabama"),
    ("AK", "Alaska"),
    ("AZ", "Arizona"),
    ("AR", "Arkansas"),
    ("CA", "California"),
    ("CO", "Colorado"),
    ("CT", "Connecticut"),
    ("DE", "Delaware"),
    ("FL", "Florida"),
    ("GA", "Georgia"),
    ("HI", "Hawaii"),
    ("ID", "Idaho"),
    ("IL", "Illinois"),
    ("IN", "Indiana"),
    ("IA", "Iowa"),
    ("KS", "Kansas"),
    ("KY", "Kentucky"),
    ("LA", "Louisiana"),
    ("ME", "Maine"),
    ("MD", "Maryland"),
    ("MA", "Massachusetts"),
    ("MI", "Michigan"),
    ("MN", "Minnesota"),
    ("MS", "Mississippi"),
    ("MO", "Missouri"),
    ("MT", "Montana"),
    ("NE", "Nebraska"),
    ("NV", "Nevada"),
    ("NH", "New Hampshire"),
    ("NJ", "New Jersey"),
    ("NM", "New Mexico"),
    ("NY", "New York"),
    ("NC", "North Carolina"),
    ("ND", "North Dakota"),
    ("OH", "Ohio"),
    ("OK", "Oklahoma"),
    ("OR", "Oregon"),
    ("PA", "Pennsylvania"),
    ("RI", "Rhode Island"),
    ("SC", "South Carolina"),
    ("SD", "South Dakota"),
    ("TN", "Tennessee"),
    ("TX", "Texas"),
    ("UT", "Utah"),
    ("VT", "Vermont"),
    ("VA", "Virginia"),
    ("WA", "Washington"),
    ("WV", "West Virginia"),
    ("WI", "Wisconsin"),
    ("WY", "Wyoming"),
    ("DC", "D C"),
    ("PR", "Puerto Rico"),
];

/// Returns the kind of street that a word means.
pub(super) fn street(word: &str) -> Option<&'static str> {
    let lower = word.trim_end_matches('.').to_ascii_lowercase();
    STREETS.iter().find(|(known, _)| *known == lower).map(|(_, name)| *name)
}

/// Whether a word is a kind of street in full.
pub(super) fn is_street(word: &str) -> bool {
    FULL.iter().any(|known| known.eq_ignore_ascii_case(word))
}

pub(super) fn direction(word: &str) -> Option<&'static str> {
    let word = word.trim_end_matches('.');
    DIRECTIONS
        .iter()
        .find(|(known, _)| *known == word)
        .map(|(_, name)| *name)
}

pub(super) fn state(word: &str) -> Option<&'static str> {
    STATES.iter().find(|(known, _)| *known == word).map(|(_, name)| *name)
}

/// Whether a word is a postal code of the United States.
pub(super) fn is_zip(word: &str) -> bool {
    let digits = |part: &str, length| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
    match word.split_once('-') {
        Some((code, more)) => digits(code, 5) && digits(more, 4),
        None => digits(word, 5),
    }
}

/// Reads a postal code digit by digit.
pub(super) fn zip(word: &str) -> String {
    match word.split_once('-') {
        Some((code, more)) => format!("{}, {}", one_by_one(code), one_by_one(more)),
        None => one_by_one(word),
    }
}

/// Reads a street address: a house number, up to four words, a kind of street. `words` are as written, without commas.
/// Returns the spoken words and the number of words of the address.
pub(super) fn read(words: &[&str]) -> Option<(String, usize)> {
    let (house, rest) = words.split_first()?;
    let digits = house.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let letter = &house[digits.len()..];
    if !(1..=5).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) || letter.len() > 1 {
        return None;
    }
    let mut spoken = vec![in_pairs(digits)];
    if !letter.is_empty() {
        spoken.push(letter.to_ascii_uppercase());
    }
    let mut named = false;
    for (index, word) in rest.iter().enumerate().take(6) {
        let last = index + 1;
        if let Some(name) = direction(word) {
            spoken.push(name.to_owned());
            continue;
        }
        if named {
            if let Some(name) = street(word) {
                spoken.push(name.to_owned());
                // "1428 Elm St. NW"
                return match rest.get(last).and_then(|word| direction(word)) {
                    Some(name) => Some((format!("{} {name}", spoken.join(" ")), last + 2)),
                    None => Some((spoken.join(" "), last + 1)),
                };
            }
            if is_street(word) && word.starts_with(char::is_uppercase) {
                spoken.push((*word).to_owned());
                return Some((spoken.join(" "), last + 1));
            }
        }
        let number: String = word.chars().take_while(char::is_ascii_digit).collect();
        if !number.is_empty() {
            let suffix = word[number.len()..].to_ascii_lowercase();
            if !["st", "nd", "rd", "th"].contains(&suffix.as_str()) {
                return None;
            }
            spoken.push(ordinal(&number, false));
            named = true;
            continue;
        }
        // Names start with a capital letter. Words such as "San" and "de" may be among them.
        let name = word.starts_with(char::is_uppercase)
            && word
                .chars()
                .all(|c| c.is_alphabetic() || c == '\'' || c == '-' || c == '.');
        if !(name || named && matches!(*word, "de" | "la" | "del" | "of" | "the")) {
            return None;
        }
        spoken.push(match *word {
            "St." | "St" => "Saint".to_owned(),
            "Mt." | "Mt" => "Mount".to_owned(),
            word => word.trim_end_matches('.').to_owned(),
        });
        named = true;
    }
    None
}
