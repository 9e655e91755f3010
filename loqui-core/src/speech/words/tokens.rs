//! The words of a text.

use std::ops::Range;

use unicode_script::{Script, UnicodeScript as _};
use unicode_segmentation::UnicodeSegmentation as _;

use super::letters::is_letter;

/// Returns the words of a text with their punctuation, in bytes. They are separated by white space, and in scripts without
/// spaces by the rules of Unicode. A mark that stands alone, such as a dash, belongs to the word before it.
pub(in crate::speech) fn tokens(text: &str) -> Vec<Range<usize>> {
    let mut tokens: Vec<Range<usize>> = Vec::new();
    // The start of marks before the first word.
    let mut opening = None;
    for part in parts(text) {
        if text[part.clone()].chars().any(is_spoken) {
            tokens.push(opening.take().unwrap_or(part.start)..part.end);
            continue;
        }
        let is_opening = text[part.clone()].chars().all(opens);
        match tokens.last_mut() {
            Some(last) if !is_opening && opening.is_none() => last.end = part.end,
            _ => {
                opening.get_or_insert(part.start);
            }
        }
    }
    if let (Some(_), Some(last)) = (opening, tokens.last_mut()) {
        last.end = text.trim_end().len().max(last.end);
    }
    tokens
}

/// Splits at white space, and within words of scripts without spaces.
fn parts(text: &str) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut at = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let start = at;
        at += word.len();
        let word = word.trim_end();
        if word.is_empty() {
        } else if word.chars().any(is_unspaced) {
            let bounds = word.split_word_bound_indices();
            parts.extend(bounds.map(|(offset, part)| start + offset..start + offset + part.len()));
        } else {
            parts.push(start..start + word.len());
        }
    }
    parts
}

fn is_spoken(character: char) -> bool {
    is_letter(character)
        || matches!(
            character,
            '$' | '€' | '£' | '¥' | '%' | '&' | '@' | '#' | '+' | '=' | '°' | '№' | '§'
        )
}

const fn opens(character: char) -> bool {
    matches!(
        character,
        '(' | '[' | '{' | '“' | '‘' | '„' | '«' | '‹' | '「' | '『' | '（' | '《' | '〈' | '【' | '¿' | '¡'
    )
}

/// Returns true for letters of scripts that have no spaces between words.
pub(in crate::speech) fn is_unspaced(character: char) -> bool {
    matches!(
        character.script(),
        Script::Han
            | Script::Hiragana
            | Script::Katakana
            | Script::Thai
            | Script::Lao
            | Script::Khmer
            | Script::Myanmar
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        tokens(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn words_keep_their_punctuation() {
        assert_eq!(
            words("“Well,” she said – slowly…"),
            ["“Well,”", "she", "said –", "slowly…"]
        );
        assert_eq!(
            words("— Hola, ¿qué tal?\n\nBien."),
            ["— Hola,", "¿qué", "tal?", "Bien."]
        );
        assert_eq!(words("$5-10 & 20 %"), ["$5-10", "&", "20", "%"]);
        assert_eq!(words(" … !"), Vec::<&str>::new());
        assert_eq!(words(""), Vec::<&str>::new());
    }

    #[test]
    fn scripts_without_spaces_have_words() {
        let text = "你好，世界。「天気」はいい。";
        let found = words(text);
        assert!(found.len() > 3, "{found:?}");
        assert_eq!(found.concat(), text);
        assert!(
            found.iter().all(|word| !word.starts_with(['，', '。', '」'])),
            "{found:?}"
        );
        assert!(words("สวัสดีครับ").concat() == "สวัสดีครับ");
    }
}
