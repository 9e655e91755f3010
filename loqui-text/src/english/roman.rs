//! Roman numerals.

use super::context::{Context, Reading};
use super::number::{cardinal, ordinal, year};
use crate::Class;
use crate::roman::value;

/// Words after which a numeral is a cardinal number: "Chapter four".
const COUNTED: &[&str] = &[
    "chapter",
    "part",
    "act",
    "scene",
    "section",
    "volume",
    "book",
    "phase",
    "article",
    "war",
    "mark",
    "type",
    "level",
    "stage",
    "class",
    "grade",
    "bowl",
    "apollo",
    "episode",
    "round",
    "rocky",
    "title",
    "appendix",
    "canto",
    "verse",
    "psalm",
    "page",
    "pages",
    "no",
    "figure",
    "table",
    "plate",
    "annex",
    "schedule",
    "tier",
    "group",
    "division",
    "unit",
    "lesson",
    "season",
    "series",
    "saturn",
    "gemini",
    "vol",
    "ch",
    "sc",
    "pt",
    "fig",
    "sec",
    "art",
    "bk",
    "olympiad",
    "step",
    "factor",
    "corps",
    "fantasy",
    "world",
    "cranial",
    "nerve",
    "league",
    "game",
    "option",
    "amendment",
    "symphony",
    "opus",
];
/// The words among them after which `I` is the number one and not the pronoun.
const FIRST: &[&str] = &[
    "chapter", "part", "act", "volume", "book", "war", "phase", "type", "title", "scene", "section", "vol", "class",
    "stage", "level", "article", "appendix", "group",
];
/// Names after which a numeral is an ordinal: "the eighth".
const NAMES: &[&str] = &[
    "pope",
    "king",
    "queen",
    "henry",
    "louis",
    "edward",
    "george",
    "william",
    "charles",
    "james",
    "richard",
    "elizabeth",
    "napoleon",
    "pius",
    "benedict",
    "leo",
    "paul",
    "ramses",
    "ramesses",
    "frederick",
    "philip",
    "alexander",
    "nicholas",
    "peter",
    "catherine",
    "ivan",
    "victor",
    "gustav",
    "christian",
    "ferdinand",
    "mary",
    "innocent",
    "clement",
    "gregory",
    "otto",
    "albert",
    "leopold",
    "john",
    "francis",
    "joseph",
    "margaret",
    "robert",
    "david",
    "emperor",
    "tsar",
    "czar",
    "kaiser",
    "prince",
    "sam",
    "thomas",
    "urban",
    "boniface",
    "sixtus",
    "julius",
    "adolf",
    "harald",
    "haakon",
    "olav",
    "carl",
    "karl",
    "wilhelm",
    "maximilian",
    "rudolf",
    "sigismund",
    "umberto",
    "emmanuel",
    "alfonso",
    "juan",
    "felipe",
    "carlos",
    "pedro",
    "manuel",
    "afonso",
    "sancho",
    "mehmed",
    "selim",
    "suleiman",
    "murad",
    "cleopatra",
    "ptolemy",
    "darius",
    "xerxes",
    "cyrus",
    "artaxerxes",
    "constantine",
    "justinian",
    "theodosius",
    "valentinian",
    "leon",
    "basil",
    "isaac",
    "michael",
    "theodore",
    "mark",
    "anthony",
    "jr",
    "rama",
    "amenhotep",
    "thutmose",
    "seti",
    "baldwin",
    "bohemond",
    "friedrich",
    "ludwig",
    "heinrich",
    "franz",
    "edwards",
    "walter",
    "davis",
    "martin",
    "stephen",
    "sultan",
];
/// Numerals that are not also words or initials.
const CLEAR: &[&str] = &[
    "II", "III", "IV", "VI", "VII", "VIII", "IX", "XI", "XII", "XIII", "XIV", "XV", "XVI", "XVII", "XVIII", "XIX",
    "XX", "XXI", "XXII", "XXIII", "XXIV", "XXV",
];

/// Years such as `MMXXIV` and `MCMXC` have at least as many letters. Shorter ones, such as `MDC`, are more often acronyms.
const LONG_YEAR: usize = 4;

/// Reads a numeral in its context, with the possessive of a name: `Henry VIII's`. `styled` is true if it was written
/// with the numeral characters of Unicode, which have no other meaning.
pub(super) fn read(text: &str, context: &Context<'_>, styled: bool) -> Option<Reading> {
    let (numeral, possessive) = match text.strip_suffix("'s") {
        Some(numeral) => (numeral, "'s"),
        None => (text, ""),
    };
    let left = context.left.trim_end_matches('.');
    let counted = COUNTED.contains(&left);
    let upper = numeral.to_ascii_uppercase();
    let small = numeral != upper;
    if small && !(counted && numeral.bytes().all(|byte| byte.is_ascii_lowercase()) && left != "mark" && left != "world")
    {
        return spans(text, context);
    }
    let Some(number) = value(&upper) else {
        return spans(text, context);
    };
    let digits = number.to_string();
    let plain = |reason| {
        Some(
            Reading::new(
                Class::Roman,
                format!("{}{possessive}", cardinal(&digits, context.british)),
            )
            .because(reason),
        )
    };
    if context.right == "century" || context.right == "centuries" {
        return Some(Reading::new(Class::Roman, ordinal(&digits, false)).because("centuries have ordinals"));
    }
    // "Appendix C" and "Part D" are letters.
    let initial = numeral == "I" && !FIRST.contains(&left) || !styled && matches!(numeral, "C" | "D" | "L" | "M");
    if counted && !initial && (left != "mark" || numeral.len() > 1) {
        return plain("the word before it is counted");
    }
    let named = context.before.starts_with(char::is_uppercase);
    let regnal = NAMES.contains(&left) && named;
    if regnal && (numeral.len() > 1 || matches!(numeral, "V" | "X") || numeral == "I" && ruler(context)) {
        let the = format!("the {}{possessive}", ordinal(&digits, false));
        return Some(Reading::new(Class::Roman, the).because("after the name of a ruler it is an ordinal"));
    }
    if styled {
        return plain("the character is used for numerals only");
    }
    if CLEAR.contains(&numeral) && left.is_empty() && context.right.is_empty() && possessive.is_empty() {
        return plain("it is alone, as in a heading");
    }
    // "J. P. Morgan III": people with the name of their father.
    let initial_before = context.before_that.trim_end_matches('.').chars().count() == 1;
    if matches!(numeral, "II" | "III" | "IV") && named && initial_before {
        let the = format!("the {}{possessive}", ordinal(&digits, false));
        return Some(Reading::new(Class::Roman, the).because("after a name with an initial it is an ordinal"));
    }
    if CLEAR.contains(&numeral) && named && !left.is_empty() {
        return plain("it follows a name");
    }
    if numeral.len() >= LONG_YEAR && (1500..2100).contains(&number) {
        let words = format!("{}{possessive}", year(&digits));
        return Some(Reading::new(Class::Roman, words).because("a long numeral of such a value is a year"));
    }
    None
}

/// "Elizabeth I was": only rulers have the ordinal "the first", and a verb for the pronoun "I" excludes it.
fn ruler(context: &Context<'_>) -> bool {
    const RULERS: [&str; 12] = [
        "elizabeth",
        "napoleon",
        "charles",
        "james",
        "francis",
        "nicholas",
        "alexander",
        "george",
        "wilhelm",
        "peter",
        "catherine",
        "edward",
    ];
    const VERBS: [&str; 16] = [
        "am", "have", "had", "was", "will", "would", "think", "know", "want", "see", "saw", "said", "can", "could",
        "do", "did",
    ];
    RULERS.contains(&context.left.as_str())
        && !VERBS.contains(&context.right.as_str())
        && (context.right.is_empty()
            || context.broken
            || matches!(
                context.right.as_str(),
                "of" | "and" | "in" | "died" | "ruled" | "reigned" | "became"
            ))
}

/// `I-IV` after a word that is counted.
fn spans(text: &str, context: &Context<'_>) -> Option<Reading> {
    let (first, last) = text.split_once('-')?;
    let counted = COUNTED
        .iter()
        .any(|word| context.left == *word || context.left.strip_suffix('s') == Some(word));
    if !counted {
        return None;
    }
    let (first, last) = (value(&first.to_ascii_uppercase())?, value(&last.to_ascii_uppercase())?);
    (last > first).then(|| {
        let say = |number: u32| cardinal(&number.to_string(), false);
        Reading::new(Class::Roman, format!("{} to {}", say(first), say(last)))
    })
}
