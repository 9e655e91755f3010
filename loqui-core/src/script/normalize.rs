//! Normalizes characters and punctuation of spoken text, in all languages: each character has one [`Form`].

use unicode_normalization::UnicodeNormalization as _;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};
use unicode_script::{Script as Writing, UnicodeScript as _};

use super::segment::Boundary;

/// The spoken form of a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// The character itself.
    Same,
    /// Other, plain characters.
    Plain(&'static str),
    /// White space of any kind.
    Space,
    /// A joiner: part of words in some scripts, invisible in all.
    Joiner,
    /// Invisible, and left out.
    Invisible,
    /// Visible, but left out: emoji, arrows, boxes.
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
            // Variation selectors and the keycap frame modify the character before them.
            '\u{FE00}'..='\u{FE0F}' | '\u{20E3}' => Self::Invisible,
            // Arrows. Some of them have the category of mathematical symbols.
            '\u{2190}'..='\u{21FF}' => Self::Symbol,
            _ if character.is_whitespace() => Self::Space,
            _ => match character.general_category() {
                GeneralCategory::Control
                | GeneralCategory::Format
                | GeneralCategory::Unassigned
                | GeneralCategory::PrivateUse
                | GeneralCategory::Surrogate => Self::Invisible,
                // Symbols below the arrows have names: degree, numero, trade mark.
                GeneralCategory::OtherSymbol if character >= '\u{2190}' => Self::Symbol,
                GeneralCategory::ModifierSymbol if character >= '\u{1F000}' => Self::Symbol,
                _ => Self::Same,
            },
        }
    }
}

/// Returns a text in composed characters, with plain quotes and dashes, single spaces, no unspeakable characters, and no
/// bullet at the start.
pub(super) fn in_plain_forms(text: &str) -> String {
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
            // Persian and Indic words contain joiners. Elsewhere they join emoji.
            Form::Joiner if spoken.text.ends_with(|last| ('\u{600}'..='\u{DFF}').contains(&last)) => {
                spoken.push(character);
            }
            Form::Joiner | Form::Invisible => {}
        }
    }
    without_bullet(spoken.text)
}

/// The gap before the next character.
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
        let attached = matches!(character, '.' | ',' | '!' | '?' | ';' | ':') && self.gap == Gap::Symbol;
        if self.gap != Gap::None && !self.text.is_empty() && !attached {
            self.text.push(' ');
        }
        self.gap = Gap::None;
        self.text.push(character);
    }
}

/// Removes the bullet of a list item or the dash before a line of dialogue.
fn without_bullet(mut spoken: String) -> String {
    let mut characters = spoken.chars();
    if let (Some('-' | '*' | '•' | '‣' | '·' | '+'), Some(' ')) = (characters.next(), characters.next()) {
        let rest = spoken.len() - characters.as_str().len();
        spoken.drain(..rest);
    }
    spoken
}

/// Returns true if there is a letter or a digit.
pub(super) fn is_speakable(spoken: &str) -> bool {
    spoken.chars().any(char::is_alphanumeric)
}

/// Returns the punctuation mark to add at the end of `spoken`, if it needs one. Models add speech after a text without
/// one.
///
/// A sentence gets the full stop of its script, a part of a sentence gets a comma. Whether a mark is needed does not
/// depend on the boundary.
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

/// Returns true for closing quotes and brackets, which may stand between the end of a sentence and the space after it.
pub(super) const fn is_closer(character: char) -> bool {
    matches!(
        character,
        '"' | '\'' | '”' | '’' | '»' | '›' | ')' | ']' | '}' | '」' | '』' | '】' | '〉' | '》' | '）' | '］' | '｣'
    )
}

/// Returns true for marks that end a sentence. `.` and `…` do so only in some cases.
pub(super) const fn is_ender(character: char) -> bool {
    matches!(character, '.' | '!' | '?' | '…' | '‽' | '⁇' | '⁈' | '⁉') || is_free_ender(character)
}

/// Returns true for marks that end a sentence without a space after them.
pub(super) const fn is_free_ender(character: char) -> bool {
    matches!(
        character,
        '。' | '！' | '？' | '｡' | '．' | '।' | '॥' | '؟' | '۔' | '።' | '፧' | '։' | '။' | '។' | '།' | '\u{37E}'
    )
}

/// Returns true for marks that separate clauses if a space follows.
pub(super) const fn is_clause_mark(character: char) -> bool {
    matches!(character, ',' | ';' | ':' | '-' | '–' | '—' | '·') || is_free_clause_mark(character)
}

/// Returns true for marks that separate clauses without a space after them.
pub(super) const fn is_free_clause_mark(character: char) -> bool {
    matches!(character, '，' | '、' | '；' | '：' | '､' | '،' | '؛' | '၊')
}

/// Returns true for marks that a piece may end with.
const fn is_mark(character: char) -> bool {
    is_ender(character) || is_clause_mark(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn punctuation_and_spaces_are_normalized() {
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
            assert_eq!(in_plain_forms(written), spoken, "{written:?}");
        }
    }

    #[test]
    fn emoji_are_removed_with_their_spaces() {
        assert_eq!(in_plain_forms("Great 😀!"), "Great!");
        assert_eq!(in_plain_forms("hi😀there"), "hi there");
        assert_eq!(in_plain_forms("👩\u{200D}👩\u{200D}👧 👍🏽 🇪🇺"), "");
        assert_eq!(
            in_plain_forms("Press 1\u{FE0F}\u{20E3} now → there"),
            "Press 1 now there"
        );
    }

    #[test]
    fn closing_mark_depends_on_the_script_and_the_boundary() {
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
