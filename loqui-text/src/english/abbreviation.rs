//! Abbreviations: what they stand for and what must stand around them.

use std::collections::HashMap;
use std::sync::LazyLock;

/// What an abbreviation needs to be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needs {
    /// A capital behind it, with or without the point: `Mr Jones`.
    Capital,
    /// A point, and a capital behind it: `Gen. Lee`.
    PointAndCapital,
    /// A point: `approx.`
    Point,
    /// A number behind it, with or without the point: `Fig 3`.
    Number,
    /// A point, and a number behind it: `p. 12`.
    PointAndNumber,
    /// Nothing more: `vs`.
    Nothing,
}

/// What an abbreviation stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Abbreviation {
    pub(super) spoken: &'static str,
    pub(super) needs: Needs,
    /// Whether a sentence may end at its point.
    pub(super) ends: bool,
}

const TITLES: &[(&str, &str)] = &[
    ("mr", "Mister"),
    ("mrs", "Misses"),
    ("ms", "Miz"),
    ("mx", "Mix"),
    ("dr", "Doctor"),
    ("drs", "Doctors"),
    ("prof", "Professor"),
    ("profs", "Professors"),
    ("st", "Saint"),
    ("ste", "Sainte"),
    ("sts", "Saints"),
    ("mt", "Mount"),
    ("lt", "Lieutenant"),
    ("sgt", "Sergeant"),
    ("capt", "Captain"),
    ("cpt", "Captain"),
    ("cpl", "Corporal"),
    ("cmdr", "Commander"),
    ("messrs", "Messieurs"),
    ("mme", "Madame"),
    ("mlle", "Mademoiselle"),
];
const POINTED_TITLES: &[(&str, &str)] = &[
    ("ft", "Fort"),
    ("gen", "General"),
    ("gov", "Governor"),
    ("sen", "Senator"),
    ("sens", "Senators"),
    ("rep", "Representative"),
    ("reps", "Representatives"),
    ("col", "Colonel"),
    ("maj", "Major"),
    ("pvt", "Private"),
    ("adm", "Admiral"),
    ("rev", "Reverend"),
    ("hon", "Honorable"),
    ("pres", "President"),
    ("supt", "Superintendent"),
    ("insp", "Inspector"),
    ("det", "Detective"),
    ("fr", "Father"),
    ("amb", "Ambassador"),
    ("atty", "Attorney"),
    ("pt", "Point"),
    ("cdr", "Commander"),
    ("brig", "Brigadier"),
    ("sec", "Secretary"),
    ("msgr", "Monsignor"),
];
/// Read with a number behind them, with or without the point.
const NUMBERED: &[(&str, &str)] = &[
    ("nos", "numbers"),
    ("nr", "number"),
    ("pp", "pages"),
    ("fig", "figure"),
    ("figs", "figures"),
    ("vol", "volume"),
    ("vols", "volumes"),
    ("hwy", "Highway"),
    ("rte", "Route"),
    ("apt", "Apartment"),
    ("bldg", "Building"),
    ("ext", "extension"),
    ("eq", "equation"),
    ("eqs", "equations"),
    ("chap", "chapter"),
    ("ch", "chapter"),
    ("approx", "approximately"),
    ("tel", "telephone"),
    ("sect", "section"),
    ("ste", "Suite"),
    ("ver", "version"),
];
/// The same, but words or names without their point.
const POINTED_NUMBERED: &[(&str, &str)] = &[
    ("no", "number"),
    ("p", "page"),
    ("sec", "section"),
    ("art", "article"),
    ("pt", "part"),
    ("par", "paragraph"),
    ("para", "paragraph"),
    ("tab", "table"),
    ("bk", "book"),
    ("app", "appendix"),
    ("ex", "example"),
    ("rm", "Room"),
    ("fl", "Floor"),
    ("flr", "Floor"),
    ("rt", "Route"),
    ("c", "circa"),
    ("ca", "circa"),
    ("b", "born"),
    ("d", "died"),
    ("l", "line"),
    ("ll", "lines"),
    ("v", "verse"),
    ("vv", "verses"),
    ("n", "note"),
    ("op", "opus"),
    ("ser", "series"),
    ("pl", "plate"),
    ("est", "established"),
    ("cl", "clause"),
    ("sc", "scene"),
    ("r", "reigned"),
    ("dep", "departs"),
    ("arr", "arrives"),
    ("sch", "schedule"),
    ("max", "maximum"),
    ("min", "minimum"),
    ("avg", "average"),
    ("temp", "temperature"),
    ("alt", "altitude"),
    ("lat", "latitude"),
    ("long", "longitude"),
    ("dia", "diameter"),
];
/// Read anywhere if they have their point; a sentence may end there.
const POINTED: &[(&str, &str)] = &[
    ("jr", "Junior"),
    ("sr", "Senior"),
    ("esq", "Esquire"),
    ("st", "Street"),
    ("ave", "Avenue"),
    ("blvd", "Boulevard"),
    ("rd", "Road"),
    ("dr", "Drive"),
    ("ln", "Lane"),
    ("pkwy", "Parkway"),
    ("hwy", "Highway"),
    ("rte", "Route"),
    ("apt", "Apartment"),
    ("bldg", "Building"),
    ("inc", "Incorporated"),
    ("ltd", "Limited"),
    ("corp", "Corporation"),
    ("co", "Company"),
    ("cos", "Companies"),
    ("bros", "Brothers"),
    ("dept", "Department"),
    ("depts", "Departments"),
    ("univ", "University"),
    ("govt", "Government"),
    ("assn", "Association"),
    ("assoc", "Associates"),
    ("natl", "National"),
    ("intl", "International"),
    ("inst", "Institute"),
    ("mfg", "Manufacturing"),
    ("mgr", "manager"),
    ("asst", "assistant"),
    ("dir", "director"),
    ("etc", "et cetera"),
    ("misc", "miscellaneous"),
    ("max", "maximum"),
    ("avg", "average"),
    ("temp", "temperature"),
    ("attn", "attention"),
    ("cont", "continued"),
    ("incl", "including"),
    ("excl", "excluding"),
    ("orig", "original"),
    ("resp", "respectively"),
    ("ref", "reference"),
    ("refs", "references"),
    ("ed", "edition"),
    ("eds", "editors"),
    ("trans", "translated"),
    ("hrs", "hours"),
    ("mins", "minutes"),
    ("secs", "seconds"),
    ("yrs", "years"),
    ("lbs", "pounds"),
    ("tbsp", "tablespoon"),
    ("tsp", "teaspoon"),
    ("fl", "floor"),
    ("pkg", "package"),
    ("qty", "quantity"),
    ("amt", "amount"),
    ("acct", "account"),
    ("appt", "appointment"),
    ("dist", "district"),
    ("vol", "volume"),
    ("fig", "figure"),
    ("chap", "chapter"),
    ("para", "paragraph"),
    ("jan", "January"),
    ("feb", "February"),
    ("apr", "April"),
    ("aug", "August"),
    ("sept", "September"),
    ("oct", "October"),
    ("nov", "November"),
    ("dec", "December"),
    ("mon", "Monday"),
    ("tues", "Tuesday"),
    ("wed", "Wednesday"),
    ("thurs", "Thursday"),
    ("thur", "Thursday"),
    ("fri", "Friday"),
    ("ph.d", "PhD"),
    ("m.d", "MD"),
    ("d.c", "DC"),
    ("a.d", "AD"),
    ("b.c", "BC"),
    ("b.c.e", "BCE"),
    ("c.e", "CE"),
    ("a.k.a", "also known as"),
    ("p.s", "PS"),
    ("r.s.v.p", "RSVP"),
    ("o.k", "OK"),
    ("ibid", "ibidem"),
    ("calif", "California"),
    ("mass", "Massachusetts"),
    ("conn", "Connecticut"),
    ("wash", "Washington"),
    ("fla", "Florida"),
    ("tenn", "Tennessee"),
    ("minn", "Minnesota"),
    ("ariz", "Arizona"),
    ("colo", "Colorado"),
    ("penn", "Pennsylvania"),
];
/// Read anywhere if they have their point, and always lead on to something.
const LEADING: &[(&str, &str)] = &[
    ("approx", "approximately"),
    ("est", "estimated"),
    ("e.g", "for example"),
    ("i.e", "that is"),
    ("eg", "for example"),
    ("ie", "that is"),
    ("viz", "namely"),
    ("cf", "compare"),
    ("esp", "especially"),
    ("ca", "circa"),
    ("n.b", "note"),
    ("vs", "versus"),
    ("fwd", "forward"),
    ("mr", "Mister"),
    ("mrs", "Misses"),
    ("ms", "Miz"),
    ("prof", "Professor"),
    ("sgt", "Sergeant"),
    ("capt", "Captain"),
    ("messrs", "Messieurs"),
];
/// Read without a point too.
const FREE: &[(&str, &str)] = &[
    ("vs", "versus"),
    ("e.g", "for example"),
    ("i.e", "that is"),
    ("w/", "with"),
    ("w/o", "without"),
    ("b/c", "because"),
    ("c/o", "care of"),
    ("n/a", "not applicable"),
    ("h/t", "hat tip"),
    ("y/o", "year old"),
    ("b/w", "between"),
    ("and/or", "and or"),
    ("i/o", "I O"),
    ("ac/dc", "AC DC"),
    ("tcp/ip", "TCP IP"),
    ("401(k)", "four oh one k"),
    ("401k", "four oh one k"),
    ("403(b)", "four oh three b"),
    ("9-1-1", "nine one one"),
    ("a.k.a", "also known as"),
    ("aka", "also known as"),
    ("ph.d", "PhD"),
    ("dept", "Department"),
    ("govt", "Government"),
    ("blvd", "Boulevard"),
    ("pkwy", "Parkway"),
    ("p&l", "P and L"),
    ("r&d", "R and D"),
    ("q&a", "Q and A"),
    ("at&t", "AT and T"),
];

static TABLE: LazyLock<HashMap<&'static str, Vec<Abbreviation>>> = LazyLock::new(|| {
    let mut table: HashMap<&'static str, Vec<Abbreviation>> = HashMap::new();
    let groups: [(&[(&'static str, &'static str)], Needs, bool); 7] = [
        (NUMBERED, Needs::Number, false),
        (POINTED_NUMBERED, Needs::PointAndNumber, false),
        (TITLES, Needs::Capital, false),
        (POINTED_TITLES, Needs::PointAndCapital, false),
        (POINTED, Needs::Point, true),
        (LEADING, Needs::Point, false),
        (FREE, Needs::Nothing, false),
    ];
    for (entries, needs, ends) in groups {
        for (written, spoken) in entries {
            table.entry(written).or_default().push(Abbreviation { spoken, needs, ends });
        }
    }
    table
});

/// The longest abbreviation in the table, in bytes.
const LONGEST: usize = 8;

/// All that `word` may stand for, in the order in which they are tried.
pub(super) fn find(word: &str) -> &'static [Abbreviation] {
    if word.len() > LONGEST || !word.is_ascii() {
        return &[];
    }
    let mut lower = [0; LONGEST];
    let lower = &mut lower[..word.len()];
    lower.copy_from_slice(word.as_bytes());
    lower.make_ascii_lowercase();
    let known = std::str::from_utf8(lower).ok().and_then(|lower| TABLE.get(lower));
    known.map_or(&[], Vec::as_slice)
}

/// Whether `word` is a title, such as `Gen`.
pub(super) fn is_title(word: &str) -> bool {
    let word = word.trim_end_matches('.');
    TITLES.iter().chain(POINTED_TITLES).any(|(title, _)| title.eq_ignore_ascii_case(word))
        || ["saint", "mount", "fort", "sir", "lord", "lady", "king", "queen", "pope"]
            .iter()
            .any(|title| title.eq_ignore_ascii_case(word))
}

/// Words that begin sentences far more often than they are names.
const STARTERS: &[&str] = &[
    "The", "It", "He", "She", "They", "We", "I", "In", "This", "That", "These", "Those", "But", "And", "A", "An", "On",
    "At", "For", "If", "As", "There", "When", "What", "Then", "So", "My", "Our", "His", "Her", "Its", "Their", "You",
    "Your", "Not", "No", "Yes", "After", "Before", "While", "Who", "Why", "How", "Where", "Please", "Now", "Here", "To",
    "From", "With", "By", "Some", "Many", "Most", "All", "Both", "Each", "One", "Two", "However", "Also", "Because",
    "Since", "Although", "Though", "Until", "Once", "Later", "Today", "Yesterday", "Tomorrow", "Nobody", "Everyone", "It's",
    "He's", "She's", "We're", "They're", "I'm", "I've", "I'll", "That's", "There's", "Let's", "Don't", "Nothing", "Soon",
    "Still", "Just", "Only", "Even", "Perhaps", "Maybe", "Or", "Is", "Are", "Was", "Were", "Do", "Does", "Did", "Can",
    "Could", "Will", "Would", "Should", "Take", "See", "Turn", "Bring", "Call", "Meet", "Come", "Go",
];

/// Whether `word` begins a sentence rather than a name.
pub(super) fn starts_sentence(word: &str) -> bool {
    STARTERS.contains(&word)
}
