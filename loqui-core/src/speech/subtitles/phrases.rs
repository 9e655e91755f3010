//! Where a text may be divided between two cues or lines.

use super::cues::Unit;

/// Words that belong to the next one: a line does not end with them.
const LEADING: &[&str] = &[
    // English
    "a", "an", "the", "and", "or", "but", "nor", "of", "to", "in", "on", "at", "by", "for", "from", "with", "as", "if",
    "that", "than", "so", "my", "your", "his", "her", "its", "our", "their", "this", "these", "those", "no", "not",
    "is", "are", "was", "were", "be", "i", "he", "she", "it", "we", "they", "you", "who", "which", "when", "because",
    "into", "very", "dr.", "mr.", "mrs.", "ms.", "st.", // German, French, Spanish, Italian, Portuguese
    "der", "die", "das", "dem", "den", "des", "ein", "eine", "einen", "einem", "einer", "und", "oder", "aber", "zu",
    "von", "mit", "für", "im", "am", "dass", "nicht", "le", "la", "les", "un", "une", "des", "du", "de", "et", "ou",
    "à", "au", "aux", "en", "que", "qui", "el", "los", "las", "una", "y", "o", "con", "por", "para", "del", "al", "il",
    "lo", "gli", "i", "e", "di", "da", "per", "che", "os", "as", "um", "uma", "do", "dos", "em", "com",
];

/// The costs of dividing a text behind a word.
const SENTENCE: f64 = 0.0;
const CLAUSE: f64 = 4.0;
const PAUSE: f64 = 6.0;
const WORD: f64 = 24.0;
const LEADING_WORD: f64 = 60.0;
/// Within a word that is longer than a line, or between words without a space.
const WITHIN: f64 = 30.0;

/// The shortest pause that divides a phrase, in seconds.
const PAUSE_SECONDS: f64 = 0.2;

/// Returns the cost of dividing the text behind a word: least at the end of a sentence, most behind an article or another
/// word that belongs to the next one.
pub(super) fn break_cost(units: &[Unit], index: usize) -> f64 {
    let (Some(unit), Some(next)) = (units.get(index), units.get(index + 1)) else {
        return SENTENCE;
    };
    if ends_sentence(&unit.text) {
        SENTENCE
    } else if ends_phrase(&unit.text) {
        CLAUSE
    } else if next.start - unit.end >= PAUSE_SECONDS {
        PAUSE
    } else if !next.spaced {
        WITHIN
    } else if LEADING.contains(&unit.text.to_lowercase().trim_start_matches(is_quote)) {
        LEADING_WORD
    } else {
        WORD
    }
}

/// Returns true if a sentence ends with this word. Abbreviations may be taken for an end: then a cue ends early.
pub(super) fn ends_sentence(word: &str) -> bool {
    let bare = word.trim_end_matches(is_quote);
    let initial = bare
        .strip_suffix('.')
        .is_some_and(|letters| letters.chars().count() == 1 || letters.contains('.'));
    bare.ends_with(['.', '!', '?', '…', '。', '！', '？', '।', '؟']) && !initial && !is_title(bare)
}

/// Returns true if a phrase ends with this word.
pub(super) fn ends_phrase(word: &str) -> bool {
    let bare = word.trim_end_matches(is_quote);
    ends_sentence(word)
        || bare.ends_with([',', ';', ':', '–', '—', '、', '，', '；', '：', '،', '؛'])
        || word.ends_with(')')
}

fn is_title(word: &str) -> bool {
    const TITLES: [&str; 8] = ["mr.", "mrs.", "ms.", "dr.", "prof.", "st.", "vs.", "no."];
    TITLES.contains(&word.to_lowercase().as_str())
}

const fn is_quote(character: char) -> bool {
    matches!(
        character,
        '"' | '\'' | '“' | '”' | '’' | '‘' | '»' | '«' | ')' | '(' | ']' | '[' | '」' | '』'
    )
}
