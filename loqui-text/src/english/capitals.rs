//! Display capitals: words that are set in capitals for their look, such as the first words of a chapter.

use super::chunk::Chunk;

/// Words that are neither names nor acronyms.
const COMMON: &[&str] = &[
    "THE", "OF", "AND", "TO", "IN", "IS", "WAS", "THAT", "FOR", "WITH", "HIS", "HER", "THEY", "THIS", "HAVE", "FROM",
    "NOT", "BUT", "WERE", "ARE", "BY", "AN", "BE", "AS", "AT", "ON", "HAD", "WHEN", "THERE", "WHICH", "YOU", "YOUR",
    "ALL", "MY", "WE", "SHE", "HE", "IT", "IF", "OR", "SO", "NO", "WHAT", "WILL", "ONE", "TWO", "THREE", "CHAPTER",
    "PART", "OUR", "ITS", "DO", "DID", "BEEN", "INTO", "UP", "OUT", "THEN", "THAN", "SOME", "ONLY", "MORE", "PLEASE",
    "MUST", "CAN", "BEFORE", "AFTER", "ABOUT", "NOW", "NEW", "ONCE", "UPON", "LONG", "TIME", "EVERY", "HOW", "WHY",
    "WHO", "NEVER", "WARNING", "READ", "OPEN", "CLOSED", "SALE", "FREE", "STOP",
];
/// Words that are stressed if they are the only word in capitals.
const STRESSED: &[&str] = &[
    "NOT",
    "NEVER",
    "ALWAYS",
    "VERY",
    "MUST",
    "STOP",
    "THIS",
    "THAT",
    "THE",
    "AND",
    "BUT",
    "ALL",
    "ONLY",
    "REALLY",
    "YES",
    "PLEASE",
    "NOTE",
    "WARNING",
    "IMPORTANT",
    "BEFORE",
    "AFTER",
    "EVERY",
    "ANY",
    "SHOULD",
    "WILL",
    "HATE",
    "LOVE",
    "CHAPTER",
    "PART",
    "SECTION",
    "DANGER",
    "CAUTION",
    "TODAY",
    "NOW",
    "FREE",
    "NEW",
    "WANT",
    "NEED",
    "BEST",
    "WORST",
    "ONE",
];
/// Acronyms, which stay in capitals among display capitals.
const ACRONYMS: &[&str] = &[
    "USA", "UK", "EU", "UN", "NASA", "FBI", "CIA", "BBC", "CNN", "NBC", "CBS", "ABC", "NATO", "WHO", "AIDS", "DNA",
    "RNA", "CEO", "CFO", "CTO", "HR", "IT", "PR", "TV", "DVD", "CD", "PC", "PDF", "HTML", "HTTP", "API", "GPU", "CPU",
    "USB", "RAM", "ROM", "ATM", "GPS", "SUV", "VIP", "UFO", "IQ", "OK", "AM", "PM", "AD", "BC", "MP", "PHD", "MBA",
    "NYC", "LA", "DC", "LLC", "GDP", "VAT", "IRS", "FAQ", "ID", "QR", "AI", "ML", "TTS", "SQL", "UI", "UX",
];

/// The maximum length of a run of words in capitals, in chunks.
pub(super) const LONGEST_RUN: usize = 40;

/// Whether a chunk is a word, or a short run of words with hyphens, in capitals.
fn is_capital(chunk: &Chunk<'_>) -> bool {
    let mut letters = 0;
    chunk.core.chars().all(|c| {
        letters += usize::from(c.is_alphabetic());
        c.is_uppercase() || matches!(c, '\'' | '-')
    }) && letters > 0
}

/// Returns the number of chunks at the start that are in display capitals.
pub(super) fn run<'a>(chunks: impl Iterator<Item = &'a Chunk<'a>>) -> usize {
    let (mut length, mut words, mut common) = (0, 0, 0);
    for chunk in chunks.take(LONGEST_RUN) {
        if !is_capital(chunk) {
            break;
        }
        length += 1;
        let word = chunk.core.as_ref();
        words += usize::from(word.len() > 1);
        common += usize::from(COMMON.contains(&word));
        if chunk.trail.contains(['.', '!', '?']) && length > 1 && chunk.core.len() == 1 {
            break;
        }
    }
    if words >= 2 && common > 0 || words >= 4 {
        length
    } else {
        0
    }
}

/// Returns true if a single word in capitals is stressed and not spelled.
pub(super) fn is_stressed(word: &str) -> bool {
    STRESSED.contains(&word)
}

/// Returns a word of a run of display capitals in lower case. If `first` is true, its first letter stays a capital.
pub(super) fn lower(word: &str, first: bool) -> String {
    if word == "I" || word.starts_with("I'") {
        let (head, tail) = word.split_at(1);
        return format!("{head}{}", tail.to_lowercase());
    }
    if ACRONYMS.contains(&word) && !matches!(word, "IT" | "WHO" | "AM" | "LA" | "AD" | "ID")
        || word.len() > 1
            && crate::roman::value(word).is_some()
            && !matches!(word, "MIX" | "MILD" | "DIM" | "LID" | "MID" | "DID" | "CIVIL")
    {
        return word.to_owned();
    }
    let lower = word.to_lowercase();
    let mut letters = lower.chars();
    match (first, letters.next()) {
        (true, Some(initial)) => initial.to_uppercase().chain(letters).collect(),
        _ => lower,
    }
}
