//! Signs that stand for a word.

use std::sync::LazyLock;

use regex::Regex;

use super::pattern;

/// Sign and reading. Signs outside ASCII pass the screening because they stand here or in [`READ_ELSEWHERE`].
const WORDS: &[(char, &str)] = &[
    ('&', "and"),
    ('+', "plus"),
    ('@', "at"),
    ('=', "equals"),
    ('<', "less than"),
    ('>', "greater than"),
    ('^', "to the power of"),
    ('%', "percent"),
    ('\\', "backslash"),
    ('©', "copyright"),
    ('®', "registered"),
    ('™', "trademark"),
    ('§', "section"),
    ('¶', "paragraph"),
    ('±', "plus or minus"),
    ('×', "times"),
    ('÷', "divided by"),
    ('−', "minus"),
    ('≈', "about"),
    ('≠', "is not equal to"),
    ('≤', "is at most"),
    ('≥', "is at least"),
    ('→', "to"),
    ('√', "the square root of"),
    ('∞', "infinity"),
    ('‰', "per mille"),
    ('²', "squared"),
    ('³', "cubed"),
    ('°', "degrees"),
    ('µ', "micro"),
];
/// Signs that the files on money, numbers and abbreviations turn into words.
const READ_ELSEWHERE: &str = "£€¥₹₩¢½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞№";

static HASH_NUMBER: LazyLock<Regex> = LazyLock::new(|| pattern(r"(^|[^\w])#\s?(\d)"));
static HASH_TAG: LazyLock<Regex> = LazyLock::new(|| pattern(r"(^|[^\w])#(\w)"));
static SHARP: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b([A-G])#"));
static ABOUT: LazyLock<Regex> = LazyLock::new(|| pattern(r"~\s?([$£€]?\d)"));
static SLASH: LazyLock<Regex> = LazyLock::new(|| pattern(r"(\w)\s?/\s?(\w)"));
static AND_OR: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b([Aa]nd)/or\b"));

/// Spells out signs; markup such as asterisks and underscores becomes a space.
pub(super) fn rewrite(text: &str) -> String {
    let text = HASH_NUMBER.replace_all(text, "${1}number $2");
    let text = HASH_TAG.replace_all(&text, "${1}hashtag $2");
    let text = SHARP.replace_all(&text, "$1 sharp");
    let text = ABOUT.replace_all(&text, "about $1");
    let text = AND_OR.replace_all(&text, "$1 or");
    let text = SLASH.replace_all(&text, "$1 slash $2");
    let mut spoken = String::with_capacity(text.len());
    for sign in text.chars() {
        match word(sign) {
            Some(word) => {
                spoken.push(' ');
                spoken.push_str(word);
                spoken.push(' ');
            }
            None if matches!(sign, '*' | '_' | '|' | '~' | '/' | '#') => spoken.push(' '),
            None => spoken.push(sign),
        }
    }
    spoken
}

/// Says whether a sign outside ASCII has a reading.
pub fn is_readable(sign: char) -> bool {
    word(sign).is_some() || READ_ELSEWHERE.contains(sign)
}

fn word(sign: char) -> Option<&'static str> {
    WORDS.iter().find(|(known, _)| *known == sign).map(|(_, word)| *word)
}

#[cfg(test)]
mod tests {
    use super::super::{check, punctuation};
    use super::*;

    #[test]
    fn signs_are_spelled_out() {
        check(
            |text| punctuation::tidy(&rewrite(text)),
            &[
                ("rock & roll @ home", "rock and roll at home"),
                ("2 + 2 = 4", "2 plus 2 equals 4"),
                ("50%", "50 percent"),
                ("#1 in C# and #winning", "number 1 in C sharp and hashtag winning"),
                ("~50 and/or he/she", "about 50 and or he slash she"),
                ("**bold** snake_case a | b", "bold snake case a b"),
                ("x² ≤ ∞", "x squared is at most infinity"),
                ("A → B ™", "A to B trademark"),
            ],
        );
    }
}
