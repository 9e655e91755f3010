//! Abbreviations: what they stand for, and which of them never end a sentence.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::pattern;

/// Titles and the like, expanded in front of a capital letter: "St. John" is a saint.
const TITLES: &[(&str, &str)] = &[
    ("Mr", "Mister"),
    ("Mrs", "Missus"),
    ("Ms", "Miz"),
    ("Dr", "Doctor"),
    ("Prof", "Professor"),
    ("St", "Saint"),
    ("Mt", "Mount"),
    ("Ft", "Fort"),
    ("Gen", "General"),
    ("Gov", "Governor"),
    ("Sen", "Senator"),
    ("Rep", "Representative"),
    ("Capt", "Captain"),
    ("Lt", "Lieutenant"),
    ("Col", "Colonel"),
    ("Sgt", "Sergeant"),
    ("Rev", "Reverend"),
    ("Hon", "Honorable"),
    ("Pres", "President"),
];

/// Written with the point, expanded anywhere.
const WORDS: &[(&str, &str)] = &[
    ("Jr", "Junior"),
    ("Sr", "Senior"),
    ("St", "Street"),
    ("Ave", "Avenue"),
    ("Blvd", "Boulevard"),
    ("Rd", "Road"),
    ("Dr", "Drive"),
    ("Hwy", "Highway"),
    ("Apt", "Apartment"),
    ("Bldg", "Building"),
    ("Inc", "Incorporated"),
    ("Ltd", "Limited"),
    ("Corp", "Corporation"),
    ("Co", "Company"),
    ("Bros", "Brothers"),
    ("Dept", "Department"),
    ("Univ", "University"),
    ("Govt", "Government"),
    ("approx", "approximately"),
    ("est", "estimated"),
    ("etc", "et cetera"),
    ("e.g", "for example"),
    ("i.e", "that is"),
    ("viz", "namely"),
    ("cf", "compare"),
    ("vs", "versus"),
    ("vol", "volume"),
    ("Vol", "Volume"),
    ("fig", "figure"),
    ("Fig", "Figure"),
    ("pp", "pages"),
    ("ed", "edition"),
    ("Jan", "January"),
    ("Feb", "February"),
    ("Aug", "August"),
    ("Sept", "September"),
    ("Oct", "October"),
    ("Nov", "November"),
    ("Dec", "December"),
    ("Mon", "Monday"),
    ("Tues", "Tuesday"),
    ("Wed", "Wednesday"),
    ("Thurs", "Thursday"),
    ("Fri", "Friday"),
];

/// Of the words above, those that always lead on to something.
const LEADING: &[&str] = &[
    "approx", "e.g", "i.e", "viz", "cf", "vs", "fig", "Fig", "vol", "Vol", "pp", "No", "Nos", "no",
];

static TITLE: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"\b({})\.?\s+(\p{{Lu}})", alternatives(TITLES))));
static WORD: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"\b({})\.(\s*$|[^\p{{L}}\d])?", alternatives(WORDS))));
static NUMBERED: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b([Nn]o|Nos)\.\s?(\d)|№\s?(\d)"));
static WITH: LazyLock<Regex> = LazyLock::new(|| pattern(r"\bw/(o)?(\s|$)"));

/// Expands abbreviations.
pub(super) fn rewrite(text: &str) -> String {
    let text = TITLE.replace_all(text, |found: &Captures<'_>| {
        format!("{} {}", look_up(TITLES, &found[1]), &found[2])
    });
    let text = WORD.replace_all(&text, |found: &Captures<'_>| {
        let word = look_up(WORDS, &found[1]);
        match found.get(2).map(|next| next.as_str()) {
            // A letter follows the point: a name such as "Co.uk", not an abbreviation.
            None => found[0].to_owned(),
            // The point at the very end ends the sentence as well.
            Some(next) if next.trim().is_empty() && found.get(0).is_some_and(|whole| whole.end() == text.len()) => {
                format!("{word}.")
            }
            Some(next) => format!("{word}{next}"),
        }
    });
    let text = NUMBERED.replace_all(&text, |found: &Captures<'_>| {
        let word = if found.get(1).is_some_and(|word| word.as_str() == "Nos") {
            "numbers"
        } else {
            "number"
        };
        let digit = found.get(2).or_else(|| found.get(3)).map_or("", |digit| digit.as_str());
        format!("{word} {digit}")
    });
    WITH.replace_all(&text, |found: &Captures<'_>| {
        format!(
            "{}{}",
            if found.get(1).is_some() { "without" } else { "with" },
            &found[2]
        )
    })
    .into_owned()
}

/// Says whether a point behind `word` cannot end a sentence: a title, an initial, "e.g".
pub fn never_ends_sentence(word: &str) -> bool {
    let mut letters = word.chars();
    let initial = letters.next().is_some_and(char::is_uppercase) && letters.next().is_none() && word != "I";
    initial || LEADING.contains(&word) || TITLES.iter().any(|(title, _)| *title == word)
}

/// Says whether `word` is letters with points between them, such as "U.S" or "p.m".
pub fn is_dotted_initialism(word: &str) -> bool {
    word.contains('.')
        && word
            .split('.')
            .all(|part| part.chars().count() == 1 && part.chars().all(char::is_alphabetic))
}

fn alternatives(table: &[(&str, &str)]) -> String {
    let words: Vec<_> = table.iter().map(|(word, _)| regex::escape(word)).collect();
    words.join("|")
}

fn look_up(table: &[(&str, &'static str)], word: &str) -> &'static str {
    table
        .iter()
        .find(|(known, _)| *known == word)
        .map_or("", |(_, meaning)| meaning)
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn abbreviations_are_expanded() {
        check(
            rewrite,
            &[
                ("Dr. Smith met Mr Jones", "Doctor Smith met Mister Jones"),
                ("St. John lives on Main St.", "Saint John lives on Main Street."),
                ("on Elm St., e.g. here", "on Elm Street, for example here"),
                ("cats, dogs, etc. and so on", "cats, dogs, et cetera and so on"),
                ("Acme Inc. vs. Foo Ltd.", "Acme Incorporated versus Foo Limited."),
                ("No. 5 and no. 7, but no.", "number 5 and number 7, but no."),
                ("w/ milk, w/o sugar", "with milk, without sugar"),
                ("Co.uk is not Co. here", "Co.uk is not Company here"),
                ("a best. fiction", "a best. fiction"),
            ],
        );
    }

    #[test]
    fn knows_what_leads_on() {
        for word in ["Dr", "e.g", "J", "No", "vs"] {
            assert!(never_ends_sentence(word), "{word}");
        }
        for word in ["etc", "Inc", "I", "end", "U.S"] {
            assert!(!never_ends_sentence(word), "{word}");
        }
        assert!(is_dotted_initialism("U.S") && is_dotted_initialism("p.m"));
        assert!(!is_dotted_initialism("end") && !is_dotted_initialism("docs.rs"));
    }
}
