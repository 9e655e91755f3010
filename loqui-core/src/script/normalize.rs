//! From what people write to what a model can say: words for English, Unicode and punctuation for all.
//!
//! Every character has one [`Form`]. Numbers, money, dates, units and the like are spelled out in English only, by
//! `loqui-text`: elsewhere models read digits in their own way.

use unicode_normalization::UnicodeNormalization as _;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};
use unicode_script::{Script as Writing, UnicodeScript as _};

use super::segment::Boundary;

/// What becomes of one character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Said as it stands.
    Same,
    /// Said as plain characters.
    Plain(&'static str),
    /// White space of any kind.
    Space,
    /// Joins letters in some scripts, invisible in all.
    Joiner,
    /// Cannot be seen and cannot be said.
    Invisible,
    /// Can be seen but not said: emoji, arrows, boxes.
    Symbol,
}

impl Form {
    pub(super) fn of(character: char) -> Self {
        match character {
            '\u{20}'..='\u{7E}' if character != ' ' => Self::Same,
            '‘' | '’' | '‚' | '‛' | '′' | '‹' | '›' | 'ʼ' => Self::Plain("'"),
            '“' | '”' | '„' | '‟' | '″' | '«' | '»' => Self::Plain("\""),
            '…' => Self::Plain("..."),
            '‐' | '‑' | '‒' | '–' | '−' => Self::Plain("-"),
            '—' | '―' => Self::Plain(" - "),
            '\u{200C}' | '\u{200D}' => Self::Joiner,
            // Variation selectors and the keycap frame belong to the character before them.
            '\u{FE00}'..='\u{FE0F}' | '\u{20E3}' => Self::Invisible,
            // Arrows; some of them count as mathematics.
            '\u{2190}'..='\u{21FF}' => Self::Symbol,
            _ if character.is_whitespace() => Self::Space,
            _ => match character.general_category() {
                GeneralCategory::Control
                | GeneralCategory::Format
                | GeneralCategory::Unassigned
                | GeneralCategory::PrivateUse
                | GeneralCategory::Surrogate => Self::Invisible,
                // Below the arrows stand signs that have names: degrees, numero, trade mark.
                GeneralCategory::OtherSymbol if character >= '\u{2190}' => Self::Symbol,
                GeneralCategory::ModifierSymbol if character >= '\u{1F000}' => Self::Symbol,
                _ => Self::Same,
            },
        }
    }
}

/// How a text is read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reading {
    /// Numbers, signs and abbreviations become English words.
    pub(super) english: bool,
    /// Accents come off: the model knows the plain letters only.
    pub(super) plain_letters: bool,
}

impl Reading {
    /// For a primary ISO 639 code.
    pub(super) fn of(language: Option<&str>, plain_letters: bool) -> Self {
        Self {
            english: language == Some("en"),
            plain_letters,
        }
    }
}

/// Rewrites a piece of text as it is to be spoken: words in place of digits and signs where the rules are known, composed
/// characters, plain quotes and dashes, single spaces, nothing that cannot be said, and no bullet at the start.
pub(super) fn normalize(text: &str, reading: Reading) -> String {
    let spoken = if reading.english && !is_plain(text) {
        in_plain_forms(&loqui_text::in_words(&loqui_text::spell_out(text)))
    } else {
        in_plain_forms(text)
    };
    if reading.plain_letters {
        loqui_text::plain_letters(&spoken)
    } else {
        spoken
    }
}

/// True if there is certainly nothing to spell out: letters and marks that mean nothing else, and no two words one of which
/// begins with a capital ("Dr Who", "Henry VIII").
fn is_plain(text: &str) -> bool {
    let (mut capitals, mut spaces) = (false, false);
    text.bytes().all(|byte| {
        capitals |= byte.is_ascii_uppercase();
        spaces |= byte == b' ';
        byte.is_ascii_alphabetic() || matches!(byte, b' ' | b',' | b';' | b'!' | b'?')
    }) && !(capitals && spaces)
        || text.chars().count() == 1
            && text
                .chars()
                .all(|c| c.is_alphabetic() || matches!(c, '.' | '"' | '\'' | '-'))
}

fn in_plain_forms(text: &str) -> String {
    let mut spoken = Spoken {
        text: String::with_capacity(text.len()),
        gap: Gap::None,
    };
    for character in text.nfc() {
        match Form::of(character) {
            Form::Same => spoken.push(character),
            Form::Plain(plain) => plain.chars().for_each(|plain| {
                if plain == ' ' {
                    spoken.gap = Gap::Space;
                } else {
                    spoken.push(plain);
                }
            }),
            Form::Space => spoken.gap = Gap::Space,
            Form::Symbol => spoken.gap = Gap::Symbol,
            // Persian and the scripts of India need them inside words; elsewhere they glue emoji together.
            Form::Joiner if spoken.text.ends_with(|last| ('\u{600}'..='\u{DFF}').contains(&last)) => {
                spoken.push(character);
            }
            Form::Joiner | Form::Invisible => {}
        }
    }
    without_bullet(spoken.text)
}

/// What lies between the last character and the next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    None,
    Space,
    /// A symbol was left out.
    Symbol,
}

struct Spoken {
    text: String,
    gap: Gap,
}

impl Spoken {
    fn push(&mut self, character: char) {
        let glued = matches!(character, '.' | ',' | '!' | '?' | ';' | ':') && self.gap == Gap::Symbol;
        if self.gap != Gap::None && !self.text.is_empty() && !glued {
            self.text.push(' ');
        }
        self.gap = Gap::None;
        self.text.push(character);
    }
}

/// A list's bullet, or the dash before a line of dialogue, is not said.
fn without_bullet(mut spoken: String) -> String {
    let mut characters = spoken.chars();
    if let (Some('-' | '*' | '•' | '‣' | '·' | '+'), Some(' ')) = (characters.next(), characters.next()) {
        let rest = spoken.len() - characters.as_str().len();
        spoken.drain(..rest);
    }
    spoken
}

/// True if there is something to say: a letter or a digit.
pub(super) fn is_speakable(spoken: &str) -> bool {
    spoken.chars().any(char::is_alphanumeric)
}

/// The mark that `spoken` still needs at its end, so that a model knows that it is over: models ramble on without one
/// (Chatterbox adds a full stop itself). A sentence gets a full stop of its script, a part of one gets a comma; whether
/// one is needed does not depend on the boundary.
pub(super) fn closing(spoken: &str, boundary: Boundary) -> Option<char> {
    let words = spoken.trim_end_matches(is_closer);
    let last = words.chars().next_back().or_else(|| spoken.chars().next_back())?;
    if is_mark(last) {
        return None;
    }
    let sentence = boundary >= Boundary::Sentence;
    Some(match (last.script(), sentence) {
        (Writing::Han | Writing::Hiragana | Writing::Katakana, true) => '。',
        (Writing::Han | Writing::Hiragana | Writing::Katakana, false) => '，',
        (Writing::Devanagari, true) => '।',
        (Writing::Arabic, false) => '،',
        (_, true) => '.',
        (_, false) => ',',
    })
}

/// Closes what was opened: stands between an ender and the space after it.
pub(super) const fn is_closer(character: char) -> bool {
    matches!(
        character,
        '"' | '\'' | '”' | '’' | '»' | '›' | ')' | ']' | '}' | '」' | '』' | '】' | '〉' | '》' | '）' | '］' | '｣'
    )
}

/// Ends a sentence, whatever the language. `.` and `…` do so only sometimes.
pub(super) const fn is_ender(character: char) -> bool {
    matches!(character, '.' | '!' | '?' | '…' | '‽' | '⁇' | '⁈' | '⁉') || is_free_ender(character)
}

/// Ends a sentence in scripts that need no space after it.
pub(super) const fn is_free_ender(character: char) -> bool {
    matches!(
        character,
        '。' | '！' | '？' | '｡' | '．' | '।' | '॥' | '؟' | '۔' | '።' | '፧' | '։' | '။' | '។' | '།' | '\u{37E}'
    )
}

/// Separates clauses where a space follows.
pub(super) const fn is_clause_mark(character: char) -> bool {
    matches!(character, ',' | ';' | ':' | '-' | '–' | '—' | '·') || is_free_clause_mark(character)
}

/// Separates clauses in scripts that need no space after it.
pub(super) const fn is_free_clause_mark(character: char) -> bool {
    matches!(character, '，' | '、' | '；' | '：' | '､' | '،' | '؛' | '၊')
}

/// Any mark that a piece may end with.
const fn is_mark(character: char) -> bool {
    is_ender(character) || is_clause_mark(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_is_spelled_out() {
        let english = Reading::of(Some("en"), true);
        let cases = [
            (
                "Dr. Lee paid $3.50 at 9:30 pm.",
                "Doctor Lee paid three dollars and fifty cents at nine thirty PM.",
            ),
            (
                "“50% off” – on 3/14/2026!",
                "\"fifty percent off\" - on March fourteenth, twenty twenty-six!",
            ),
            (
                "It’s 20 °C & 5 km…",
                "It's twenty degrees Celsius and five kilometers...",
            ),
            ("Naïve café 😀!", "Naive cafe!"),
            ("See https://example.com/a", "See example dot com slash a"),
            ("The 2nd of Henry VIII", "The second of Henry the eighth"),
            ("[laugh] So?", "[laugh] So?"),
        ];
        for (written, spoken) in cases {
            assert_eq!(normalize(written, english), spoken, "{written:?}");
        }
        assert_eq!(normalize("5 € für Zoë", Reading::of(Some("de"), false)), "5 € für Zoë");
    }

    #[test]
    fn punctuation_and_spaces_become_plain() {
        let cases = [
            ("“Hello,” she said…", "\"Hello,\" she said..."),
            ("It’s  5–10\u{A0}o’clock", "It's 5-10 o'clock"),
            ("one—two — three", "one - two - three"),
            ("a\u{200B}b\u{AD}c\u{FEFF}\u{7}d", "abcd"),
            ("cafe\u{301}", "café"),
            ("line\nbreak\r\nand\ttab", "line break and tab"),
            ("  • milk", "milk"),
            ("– Hola", "Hola"),
            ("-5 degrees", "-5 degrees"),
            ("20 °C, №7, ®", "20 °C, №7, ®"),
            ("می\u{200C}خواهم", "می\u{200C}خواهم"),
        ];
        for (written, spoken) in cases {
            assert_eq!(normalize(written, Reading::default()), spoken, "{written:?}");
        }
    }

    #[test]
    fn emoji_leave_no_trace() {
        assert_eq!(in_plain_forms("Great 😀!"), "Great!");
        assert_eq!(in_plain_forms("hi😀there"), "hi there");
        assert_eq!(in_plain_forms("👩\u{200D}👩\u{200D}👧 👍🏽 🇪🇺"), "");
        assert_eq!(
            in_plain_forms("Press 1\u{FE0F}\u{20E3} now → there"),
            "Press 1 now there"
        );
    }

    #[test]
    fn an_end_is_marked_in_the_script_of_the_text() {
        let cases = [
            ("So it began", Boundary::End, Some('.')),
            ("So it began", Boundary::Word, Some(',')),
            ("\"Go!\"", Boundary::Sentence, None),
            ("(maybe)", Boundary::Sentence, Some('.')),
            ("first,", Boundary::Clause, None),
            ("你好", Boundary::End, Some('。')),
            ("नमस्ते दुनिया", Boundary::End, Some('।')),
            ("", Boundary::End, None),
        ];
        for (spoken, boundary, expected) in cases {
            assert_eq!(closing(spoken, boundary), expected, "{spoken:?}");
        }
    }
}
