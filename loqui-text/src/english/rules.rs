//! Rules for ambiguous tokens. The first rule that matches decides, and its reason is reported in words.

use super::abbreviation;
use super::address;
use super::context::Context;

/// The reading of digits without separators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Digits {
    OneByOne,
    Pairs,
    Year,
    Quantity,
}

/// A rule: a condition, the reading, and the reason.
pub(super) struct Rule<T: 'static> {
    fits: fn(&str, &Context<'_>) -> bool,
    pub(super) reading: T,
    pub(super) reason: &'static str,
}

/// Returns the first rule that matches.
pub(super) fn decide<T>(rules: &'static [Rule<T>], text: &str, context: &Context<'_>) -> Option<&'static Rule<T>> {
    rules.iter().find(|rule| (rule.fits)(text, context))
}

/// Words before digits that are an identifier and not a quantity.
const IDENTIFIERS: &[&str] = &[
    "zip",
    "pin",
    "code",
    "otp",
    "ssn",
    "account",
    "acct",
    "card",
    "order",
    "invoice",
    "extension",
    "isbn",
    "id",
    "imei",
    "serial",
    "part",
    "item",
    "batch",
    "lot",
    "ticket",
    "case",
    "tracking",
    "passcode",
    "password",
    "pnr",
    "reference",
    "ref",
    "confirmation",
    "badge",
    "policy",
    "claim",
    "booking",
    "reservation",
    "box",
    "sku",
    "upc",
    "license",
    "licence",
    "plate",
    "postcode",
    "post",
    "username",
    "token",
    "model",
    "transaction",
    "receipt",
    "passport",
    "member",
    "membership",
    "asin",
    "iban",
    "port",
];
/// Words before numbers that are read in pairs.
const PAIRED: &[&str] = &[
    "room",
    "flight",
    "suite",
    "apartment",
    "apt",
    "highway",
    "hwy",
    "route",
    "rte",
    "interstate",
    "bus",
    "unit",
    "ste",
    "channel",
    "train",
    "boeing",
    "fahrenheit",
    "locker",
    "county",
    "ward",
    "area",
    "i",
    "us",
];
/// Words before an amount.
const AMOUNTS: &[&str] = &[
    "over",
    "nearly",
    "almost",
    "exactly",
    "than",
    "approximately",
    "roughly",
    "only",
    "just",
    "another",
    "some",
    "costs",
    "cost",
    "paid",
    "pay",
    "weighs",
    "total",
    "times",
    "plus",
    "minus",
    "least",
    "most",
    "every",
];
/// Words before a year.
const BEFORE_YEAR: &[&str] = &[
    "in",
    "since",
    "by",
    "until",
    "till",
    "from",
    "year",
    "around",
    "circa",
    "before",
    "after",
    "during",
    "early",
    "late",
    "mid",
    "summer",
    "winter",
    "spring",
    "autumn",
    "fall",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "fiscal",
    "of",
    "and",
    "to",
    "c",
    "ca",
    "copyright",
    "dated",
];

/// Programs and standards whose releases have two numbers.
const PROGRAMS: &[&str] = &[
    "android",
    "angular",
    "bash",
    "bluetooth",
    "cmake",
    "cuda",
    "debian",
    "deno",
    "django",
    "docker",
    "elixir",
    "fedora",
    "firefox",
    "flutter",
    "gcc",
    "ghc",
    "git",
    "gnome",
    "golang",
    "hdmi",
    "helm",
    "ios",
    "ipados",
    "kernel",
    "kotlin",
    "kubernetes",
    "laravel",
    "linux",
    "llvm",
    "lua",
    "macos",
    "mariadb",
    "mongodb",
    "mysql",
    "nginx",
    "node",
    "node.js",
    "npm",
    "numpy",
    "openssl",
    "pandas",
    "perl",
    "php",
    "pip",
    "postgres",
    "postgresql",
    "pytorch",
    "python",
    "redis",
    "scipy",
    "sqlite",
    "tensorflow",
    "tls",
    "typescript",
    "ubuntu",
    "usb",
    "vim",
    "vulkan",
    "xcode",
    "zsh",
];
/// Programs that are also words. They need a capital letter.
const PROGRAMS_AND_WORDS: &[&str] = &[
    "Apache", "Blender", "Chrome", "Dart", "Go", "Java", "Julia", "Rails", "React", "Ruby", "Rust", "Safari", "Scala",
    "Spring", "Swift", "Unity", "Windows",
];

/// Returns true if a number with a point here is a release: "Python 3.11", "version 3.11", "Python >= 3.11".
pub(super) fn is_release(context: &Context<'_>) -> bool {
    let named = |word: &str| {
        PROGRAMS.contains(&word) || matches!(word, "version" | "versions" | "ver" | "v" | "ver." | "v." | "release")
    };
    let compared = matches!(
        context.left.as_str(),
        "is" | "was" | ">=" | "<=" | ">" | "<" | "=" | "==" | "≥" | "≤" | "~=" | "version" | "lts"
    );
    named(&context.left) || PROGRAMS_AND_WORDS.contains(&context.before) || compared && named(&context.before_that)
}

fn four(text: &str) -> Option<u32> {
    (text.len() == 4).then(|| text.parse().ok())?
}

fn may_be_year(text: &str) -> bool {
    four(text).is_some_and(|number| (1001..2100).contains(&number))
}

fn identifies(text: &str, context: &Context<'_>) -> bool {
    let named = |word: &str| IDENTIFIERS.contains(&word.trim_end_matches('.'));
    let through = matches!(
        context.left.as_str(),
        "number" | "no" | "no." | "is" | "was" | "are" | "#" | "id" | "code"
    ) && named(&context.before_that);
    text.len() >= 3 && (named(&context.left) && !(context.left == "case" && context.counts_noun()) || through)
        || context.left == "in" && context.before_that == "ending"
}

/// Rules for digits without separators.
pub(super) const DIGITS: &[Rule<Digits>] = &[
    Rule {
        fits: |text, context| {
            matches!(text, "112" | "911" | "999") && matches!(context.right.as_str(), "call" | "calls" | "operator")
        },
        reading: Digits::OneByOne,
        reason: "a number for emergencies",
    },
    Rule {
        fits: |text, context| matches!(text, "112" | "911" | "999") && context.left == "or" && !context.counts_noun(),
        reading: Digits::OneByOne,
        reason: "a number for emergencies",
    },
    Rule {
        fits: |text, context| {
            let status = text.len() == 3 && text.starts_with(['4', '5']) && !context.counts_noun();
            status && matches!(context.left.as_str(), "http" | "status") || text == "404" && context.left == "a"
        },
        reading: Digits::Pairs,
        reason: "a status of HTTP",
    },
    Rule {
        fits: |text, _| text.len() > 1 && text.starts_with('0'),
        reading: Digits::OneByOne,
        reason: "a number that starts with a zero is not a quantity",
    },
    Rule {
        fits: |text, _| text.len() >= super::number::IDENTIFIER_DIGITS && !text.ends_with("000"),
        reading: Digits::OneByOne,
        reason: "ten digits without separators are an identifier",
    },
    Rule {
        fits: |text, context| address::is_zip(text) && address::state(context.before).is_some(),
        reading: Digits::OneByOne,
        reason: "five digits after a state are a postal code",
    },
    Rule {
        fits: identifies,
        reading: Digits::OneByOne,
        reason: "the words before it show that it is an identifier",
    },
    Rule {
        fits: |text, context| {
            (3..=4).contains(&text.len())
                && PAIRED.contains(&context.left.trim_end_matches('.'))
                && !(matches!(context.left.as_str(), "i" | "us") && context.before != context.before.to_uppercase())
                && context.left != "us"
                && context.left != "i"
        },
        reading: Digits::Pairs,
        reason: "numbers of rooms, roads and flights are read in pairs",
    },
    Rule {
        fits: |text, context| {
            may_be_year(text) && context.counts_noun() && !BEFORE_YEAR[..6].contains(&context.left.as_str())
        },
        reading: Digits::Quantity,
        reason: "the next word is counted",
    },
    Rule {
        fits: |text, context| {
            (3..=4).contains(&text.len())
                && context.before.len() > 1
                && context.before.bytes().all(|byte| byte.is_ascii_uppercase())
                && !may_be_year(text)
                && !context.counts_noun()
                && (context.after.is_empty() || context.after.chars().any(|c| !c.is_uppercase()))
        },
        reading: Digits::Pairs,
        reason: "numbers after an acronym are a name",
    },
    Rule {
        fits: |text, context| may_be_year(text) && AMOUNTS.contains(&context.left.as_str()),
        reading: Digits::Quantity,
        reason: "the word before it is about a quantity",
    },
    Rule {
        fits: |text, context| may_be_year(text) && BEFORE_YEAR.contains(&context.left.as_str()),
        reading: Digits::Year,
        reason: "the word before it precedes years",
    },
    Rule {
        fits: |text, _| may_be_year(text),
        reading: Digits::Year,
        reason: "four digits up to 2099 are a year unless another rule matches",
    },
    Rule {
        fits: |text, context| text.len() == 3 && context.left == "year" || text.len() == 3 && context.left == "ad",
        reading: Digits::Year,
        reason: "the word before it precedes years",
    },
    Rule {
        fits: |_, _| true,
        reading: Digits::Quantity,
        reason: "digits are a quantity unless another rule matches",
    },
];

/// Rules for `St.` and `Dr.`: true if it is a street.
pub(super) const STREET_OR_TITLE: &[Rule<bool>] = &[
    Rule {
        fits: |_, context| abbreviation::is_title(context.before),
        reading: false,
        reason: "it follows another title",
    },
    Rule {
        fits: |_, context| {
            matches!(
                context.left.as_str(),
                "port" | "east" | "west" | "north" | "south" | "sault" | "mount" | "fort"
            ) && context.after.starts_with(char::is_uppercase)
                && !abbreviation::starts_sentence(context.after)
        },
        reading: false,
        reason: "a place named after a saint",
    },
    Rule {
        fits: |_, context| is_name(context.before) && (context.after.is_empty() || context.broken),
        reading: true,
        reason: "it is the end of a name",
    },
    Rule {
        fits: |_, context| is_name(context.before) && abbreviation::starts_sentence(context.after),
        reading: true,
        reason: "a new sentence follows",
    },
    Rule {
        fits: |_, context| context.after.starts_with(char::is_uppercase),
        reading: false,
        reason: "a name follows",
    },
    Rule {
        fits: |_, context| is_name(context.before) || context.before.ends_with(|c: char| c.is_ascii_digit()),
        reading: true,
        reason: "it follows a name",
    },
    Rule {
        fits: |_, context| context.before.starts_with(|c: char| c.is_ascii_digit()),
        reading: true,
        reason: "it follows a number",
    },
];

/// A word that may be the name of a street.
fn is_name(word: &str) -> bool {
    (word.starts_with(char::is_uppercase) || word.starts_with(|c: char| c.is_ascii_digit()))
        && !abbreviation::starts_sentence(word)
}

/// Whether `3/4` is a date.
pub(super) const DATE_OR_FRACTION: &[Rule<bool>] = &[
    Rule {
        fits: |text, context| {
            let day_and_month = text.split_once('/').is_some_and(|(a, b)| {
                let fits = |part: &str, most: u32| {
                    part.len() <= 2 && part.parse::<u32>().is_ok_and(|n| (1..=most).contains(&n))
                };
                (fits(a, 12) && fits(b, 31)) || (fits(a, 31) && fits(b, 12))
            });
            day_and_month
                && (text.starts_with('0')
                    || text.contains("/0")
                    || matches!(
                        context.left.as_str(),
                        "on" | "due" | "since" | "until" | "dated" | "before" | "after" | "starting" | "ending"
                    )
                    || context.left == "by"
                        && !["/2", "/3", "/4", "/5", "/8", "/10"]
                            .iter()
                            .any(|below| text.ends_with(below))
                    || super::date::weekday(context.left.trim_end_matches('.')).is_some())
        },
        reading: true,
        reason: "the word before it precedes dates",
    },
    Rule {
        fits: |_, _| true,
        reading: false,
        reason: "two numbers with a slash are a fraction unless another rule matches",
    },
];
