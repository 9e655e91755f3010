//! Folds characters to one form each, so that characters that look the same are read the same.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};

/// The maximum number of combining marks on one letter. No script needs more, and others are left out.
const MAX_MARKS: usize = 4;

/// Writes digits of every script, full-width and styled letters, superscripts (`^2`), fractions (`1/2`), typographic
/// hyphens, minus signs and apostrophes in ASCII, and removes invisible characters.
pub(super) fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut folded = String::with_capacity(text.len());
    let mut marks = 0;
    let mut raised = false;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        if let Some(level) = superscript(c) {
            if !raised {
                // "¹²C": a number before a letter, not an exponent.
                let first = folded
                    .chars()
                    .next_back()
                    .is_none_or(|last| !last.is_alphanumeric() && last != ')');
                if first {
                    folded.push('\u{2}');
                } else {
                    folded.push('^');
                }
            }
            raised = true;
            folded.push(level);
            continue;
        }
        if raised {
            raised = false;
            if folded.contains('\u{2}') && c.is_alphabetic() {
                folded.push('-');
            }
        }
        if is_combining_mark(c) {
            marks += 1;
            if marks <= MAX_MARKS {
                folded.push(c);
            }
            continue;
        }
        marks = 0;
        match c {
            '‘' | '’' | '‚' | '‛' | '′' | 'ʼ' | '＇' => folded.push('\''),
            '“' | '”' | '„' | '‟' | '″' | '＂' => folded.push('"'),
            '‐' | '‑' | '‒' | '–' | '−' | '﹣' | '－' => folded.push('-'),
            '⁄' | '∕' | '／' => folded.push('/'),
            'º' | '˚' => folded.push('°'),
            'µ' => folded.push('μ'),
            'Ω' => folded.push('Ω'),
            '∙' | '⋅' => folded.push('·'),
            '℃' => folded.push_str("°C"),
            '℉' => folded.push_str("°F"),
            '№' => folded.push_str("No"),
            '￥' => folded.push('¥'),
            '\u{A0}' | '\u{202F}' | '\u{2007}' | '\u{2009}' => {
                let between = folded.ends_with(|last: char| last.is_ascii_digit())
                    && characters.peek().is_some_and(|next| next.is_numeric());
                folded.push(if between { '\u{2009}' } else { ' ' });
            }
            '½' | '¼' | '¾' | '⅓' | '⅔' | '⅕' | '⅖' | '⅗' | '⅘' | '⅙' | '⅚' | '⅛' | '⅜' | '⅝' | '⅞' | '⅐' | '⅑'
            | '⅒' | '↉' => {
                if folded.ends_with(|last: char| last.is_ascii_digit()) {
                    folded.push(' ');
                }
                folded.extend(
                    std::iter::once(c)
                        .nfkc()
                        .map(|part| if part == '⁄' { '/' } else { part }),
                );
            }
            _ if is_plain(c) => folded.push(c),
            _ => match c.general_category() {
                GeneralCategory::Control | GeneralCategory::Format | GeneralCategory::PrivateUse => {}
                GeneralCategory::DecimalNumber => folded.push(digit(c)),
                _ => folded.extend(std::iter::once(c).nfkc().take(18)),
            },
        }
    }
    Cow::Owned(folded.replace('\u{2}', ""))
}

/// Returns true for characters that stay unchanged: ASCII, Latin letters, Greek, Cyrillic, and all characters without a
/// compatibility form.
fn is_plain(c: char) -> bool {
    matches!(c, '\u{20}'..='\u{7E}' | '\u{C0}'..='\u{24F}' | '\u{370}'..='\u{52F}') || SIGNS.contains(c)
}

/// Signs that stay unchanged.
const SIGNS: &str = "¡¢£¤¥§©«®°±¶·»¿€₩₹₽₿₺₪₫฿₴₦™≈≤≥≠√∞→…—";

/// The plain form of a superscript.
const fn superscript(c: char) -> Option<char> {
    Some(match c {
        '⁰' => '0',
        '¹' => '1',
        '²' => '2',
        '³' => '3',
        '⁴' => '4',
        '⁵' => '5',
        '⁶' => '6',
        '⁷' => '7',
        '⁸' => '8',
        '⁹' => '9',
        '⁻' => '-',
        '⁺' => '+',
        'ⁿ' => 'n',
        _ => return None,
    })
}

/// The ASCII digit of a decimal digit in any script. Unicode keeps decimal digits in runs that begin with a zero.
fn digit(c: char) -> char {
    if let Some(plain) = std::iter::once(c).nfkc().next().filter(char::is_ascii_digit) {
        return plain;
    }
    let is_digit = |c: &char| c.general_category() == GeneralCategory::DecimalNumber;
    let before = (1..=c as u32)
        .take(40)
        .map_while(|back| char::from_u32(c as u32 - back).filter(is_digit));
    char::from_digit(before.count() as u32 % 10, 10).unwrap_or(c)
}

/// Returns a word in plain letters: ASCII apostrophes and hyphens, no styled letters, no invisible characters.
pub(super) fn readable(word: &str) -> String {
    fold(word).replace('^', "")
}
