//! The context of a token.

/// The reading of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) class: crate::Class,
    pub(super) spoken: String,
    pub(super) reason: Option<&'static str>,
}

impl Reading {
    pub(super) fn new(class: crate::Class, spoken: impl Into<String>) -> Self {
        Self {
            class,
            spoken: spoken.into(),
            reason: None,
        }
    }

    pub(super) const fn because(mut self, reason: &'static str) -> Self {
        self.reason = Some(reason);
        self
    }
}

/// The words around a token. A word is empty if the text or the sentence ends there.
#[derive(Clone, Debug, Default)]
pub(super) struct Context<'a> {
    pub(super) british: bool,
    /// The previous word, as written.
    pub(super) before: &'a str,
    /// The word before the previous one, in lower case.
    pub(super) before_that: String,
    /// The previous word, in lower case.
    pub(super) left: String,
    /// The next word, as written.
    pub(super) after: &'a str,
    /// The next word, in lower case.
    pub(super) right: String,
    /// Whether a mark such as a comma is between the token and the next word.
    pub(super) broken: bool,
}

/// Words that start a noun phrase.
const DETERMINERS: [&str; 15] = [
    "the", "a", "an", "another", "this", "that", "my", "your", "his", "her", "our", "their", "every", "each", "any",
];
/// Words that cannot be the noun of "a 40 cm gap".
const NO_NOUN: &[&str] = &[
    "a", "about", "above", "across", "after", "ago", "all", "an", "and", "apart", "are", "around", "as", "at", "away",
    "back", "be", "because", "been", "before", "behind", "below", "between", "but", "by", "can", "could", "deep",
    "did", "do", "does", "down", "each", "early", "either", "else", "ever", "every", "extra", "for", "from", "had",
    "has", "have", "he", "her", "here", "high", "his", "i", "if", "in", "into", "is", "it", "its", "just", "late",
    "later", "less", "long", "longer", "may", "might", "more", "must", "my", "near", "no", "nor", "not", "now", "of",
    "off", "on", "only", "or", "our", "out", "over", "per", "she", "should", "since", "so", "still", "tall", "than",
    "that", "the", "their", "then", "there", "they", "this", "through", "to", "together", "too", "total", "under",
    "until", "up", "was", "we", "were", "what", "when", "where", "which", "while", "who", "wide", "will", "with",
    "within", "without", "would", "yet", "you", "your", "thick", "old", "older", "each", "plus", "minus",
];

/// Nouns in the singular that a measure describes without an article: "with 5 mm wire".
const DESCRIBED: &[&str] = &[
    "adapter",
    "battery",
    "bulb",
    "cable",
    "chip",
    "dash",
    "drill",
    "engine",
    "fence",
    "frame",
    "ladder",
    "poster",
    "print",
    "rug",
    "ruler",
    "drive",
    "film",
    "foam",
    "gauge",
    "glass",
    "hose",
    "jack",
    "lens",
    "mesh",
    "monitor",
    "nozzle",
    "outlet",
    "pipe",
    "plywood",
    "power",
    "process",
    "radius",
    "range",
    "race",
    "resolution",
    "rope",
    "run",
    "screen",
    "spacing",
    "speed",
    "steel",
    "storage",
    "supply",
    "swim",
    "tape",
    "technology",
    "thread",
    "tubing",
    "wire",
    "wiring",
];
/// Plural nouns for what lasts a time: "for 30 min intervals".
const TIMED: &[&str] = &[
    "blocks",
    "breaks",
    "calls",
    "classes",
    "contracts",
    "delays",
    "episodes",
    "intervals",
    "meetings",
    "naps",
    "periods",
    "rides",
    "runs",
    "sessions",
    "shifts",
    "slots",
    "timeouts",
    "videos",
    "walks",
    "windows",
    "workouts",
];
/// Nouns for containers and pieces.
const CONTAINERS: &[&str] = &[
    "bag",
    "bar",
    "barrel",
    "block",
    "bolus",
    "bottle",
    "bowl",
    "box",
    "can",
    "capsule",
    "carton",
    "container",
    "dose",
    "dumbbell",
    "jar",
    "jug",
    "kettlebell",
    "keg",
    "pack",
    "packet",
    "pill",
    "plate",
    "sachet",
    "sack",
    "steak",
    "syringe",
    "tablet",
    "tank",
    "tin",
    "tub",
    "vial",
    "weight",
];
/// Words in -s after a measure that are verbs or adverbs.
const NO_PLURALS: &[&str] = &[
    "across",
    "appears",
    "backwards",
    "becomes",
    "comes",
    "costs",
    "downwards",
    "drives",
    "equals",
    "feeds",
    "flows",
    "forwards",
    "gives",
    "goes",
    "inwards",
    "keeps",
    "leads",
    "leaves",
    "lies",
    "looks",
    "makes",
    "means",
    "needs",
    "onwards",
    "outwards",
    "passes",
    "powers",
    "remains",
    "requires",
    "seems",
    "separates",
    "sounds",
    "takes",
    "thus",
    "towards",
    "upwards",
    "versus",
    "works",
];

impl Context<'_> {
    /// Returns true if a measure or an amount here describes the next noun: "a 40 cm gap", "a $20 bill".
    pub(super) fn describes_noun(&self) -> bool {
        DETERMINERS.contains(&self.left.as_str())
            && !self.broken
            && self
                .after
                .chars()
                .next()
                .is_some_and(|c| c.is_lowercase() || c.is_uppercase() && matches!(self.left.as_str(), "a" | "an"))
            && self.after.chars().all(|c| c.is_alphabetic() || c == '-')
            && !NO_NOUN.contains(&self.right.as_str())
    }

    /// Returns true if a measure without an article describes the next noun: "5 nm chips". A plural noun shows it, or a
    /// noun that is often described so. An amount describes containers only: "5 lb bags", but "500 g carrots".
    pub(super) fn describes_noun_with(&self, unit: &super::units::Name) -> bool {
        if self.broken || unit.one.starts_with("degree") || !self.after.chars().all(|c| c.is_lowercase() || c == '-') {
            return false;
        }
        let word = self.right.as_str();
        // "after 30 s users see": the noun is the subject.
        let adverbial = ["after", "within", "in", "every", "until", "for"].contains(&self.left.as_str());
        if unit.is_time() && adverbial && !TIMED.contains(&word) {
            return false;
        }
        let singular = word.strip_suffix("es").filter(|stem| CONTAINERS.contains(stem));
        let singular = singular.or_else(|| word.strip_suffix('s')).unwrap_or(word);
        if unit.is_amount() {
            return CONTAINERS.contains(&singular);
        }
        let plural = self.counts_noun() && word.ends_with('s') && !NO_PLURALS.contains(&word);
        plural || CONTAINERS.contains(&word) || DESCRIBED.contains(&word)
    }

    /// Returns true if the next word says what is so many times as much or as often: "2x faster", "3x a day".
    pub(super) fn precedes_compared(&self) -> bool {
        const LINKS: &[&str] = &["a", "as", "less", "longer", "more", "per", "the"];
        let word = self.right.as_str();
        word.len() > 1 && self.after.chars().all(char::is_lowercase) && !NO_NOUN.contains(&word)
            || LINKS.contains(&word)
    }

    /// Returns true if the next word is a plural that a number may count: "1500 people", "2000 tons".
    pub(super) fn counts_noun(&self) -> bool {
        const NOT_COUNTED: [&str; 17] = [
            "was",
            "is",
            "has",
            "does",
            "as",
            "us",
            "this",
            "its",
            "his",
            "yes",
            "always",
            "perhaps",
            "sometimes",
            "unless",
            "whereas",
            "besides",
            "afterwards",
        ];
        const COUNTED: [&str; 14] = [
            "percent", "people", "men", "women", "children", "feet", "of", "dollars", "euros", "hundred", "thousand",
            "million", "mice", "teeth",
        ];
        if self.broken {
            return false;
        }
        let word = self.right.as_str();
        COUNTED.contains(&word)
            || word.len() > 3
                && word.ends_with('s')
                && !word.ends_with("ss")
                && self.after.chars().all(char::is_lowercase)
                && !NOT_COUNTED.contains(&word)
    }
}
