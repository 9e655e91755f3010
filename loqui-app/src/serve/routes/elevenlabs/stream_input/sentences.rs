//! Finds the sentences that are complete in a text that is still growing.

use loqui_core::script::sentences;

/// A word that starts a sentence, to test whether the sentence before it is closed.
const PROBE: &str = "Next";

/// Removes the closed sentences from the start of a text, and returns them. The last sentence is closed if it is followed
/// by white space and a new sentence could start there: `Dr. ` is not the end of a sentence.
pub(super) fn take_closed(text: &mut String, language: Option<&str>) -> String {
    let probe = format!("{} {PROBE}", text.trim_end());
    let ends_with_blank = text.ends_with(char::is_whitespace);
    let mut spans = sentences(&probe, language);
    let is_closed = spans.last().is_some_and(|last| &probe[last.clone()] == PROBE);
    if is_closed {
        spans.pop();
        if ends_with_blank {
            return std::mem::take(text);
        }
    }
    // The last sentence is still open.
    spans.pop();
    match spans.last().map(|closed| closed.end.min(text.len())) {
        Some(end) if text.is_char_boundary(end) => {
            let rest = text.split_off(end);
            std::mem::replace(text, rest)
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds pieces, and returns what is spoken after each.
    fn spoken(pieces: &[&str]) -> Vec<String> {
        let mut text = String::new();
        pieces
            .iter()
            .map(|piece| {
                text.push_str(piece);
                take_closed(&mut text, Some("en")).trim().to_owned()
            })
            .collect()
    }

    #[test]
    fn sentences_are_taken_as_they_close() {
        assert_eq!(
            spoken(&["Hello the", "re. ", "How are", " you? I", " am fine.", " "]),
            ["", "Hello there.", "", "How are you?", "", "I am fine."]
        );
    }

    #[test]
    fn abbreviations_and_numbers_do_not_close_a_sentence() {
        assert_eq!(
            spoken(&["I met Dr. ", "Who. ", "It is 3.", "14 today. "]),
            ["", "I met Dr. Who.", "", "It is 3.14 today."]
        );
    }

    #[test]
    fn every_character_is_spoken_once() {
        let pieces = ["One two. Thr", "ee! Four", " five? ", "Six"];
        let mut text = String::new();
        let mut all = String::new();
        for piece in pieces {
            text.push_str(piece);
            all.push_str(&take_closed(&mut text, Some("en")));
        }
        assert_eq!(all + &text, pieces.concat());
        assert_eq!(text, "Six");
    }
}
