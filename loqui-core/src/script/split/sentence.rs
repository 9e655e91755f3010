//! Sentences.

use std::ops::Range;

use super::abbreviation::{Context, keeps_its_stop};
use crate::script::blocks::{begins_item, trimmed};
use crate::script::normalize::{is_closer, is_ender, is_free_ender};
use crate::script::reading::Reading;

/// The maximum distance of the next word. Between two sentences there are only spaces, quotes and decoration.
const LOOK_AHEAD_CHARACTERS: usize = 16;

/// Returns the sentences of a paragraph of `whole`, without the white space around them, in bytes of `whole`.
pub(in crate::script) fn sentences(
    whole: &str,
    paragraph: Range<usize>,
    language: Option<&str>,
    reading: &Reading,
) -> Vec<Range<usize>> {
    let greek = language == Some("el");
    let text = &whole[..paragraph.end];
    let mut spans = Vec::new();
    let mut start = paragraph.start;
    let mut at = paragraph.start;
    while let Some(character) = text[at..].chars().next() {
        let mark = at;
        at += character.len_utf8();
        let ends = if is_ender(character) || (greek && character == ';') {
            at = end_of_run(text, at);
            let run = Mark {
                character,
                before: &text[start..mark],
                run: &text[mark..at],
                after: &text[at..],
                token_ends: reading.stop_ends_sentence(mark),
            };
            run.ends_sentence(language)
        } else {
            character == '\n' && begins_item(&text[at..])
        };
        if ends {
            spans.extend(trimmed(text, start..at));
            start = at;
        }
    }
    spans.extend(trimmed(text, start..text.len()));
    spans
}

/// Returns the end of a run of sentence ends and closing quotes and brackets (`?!"`, `.)`).
fn end_of_run(text: &str, from: usize) -> usize {
    let rest = &text[from..];
    from + rest.len() - rest.trim_start_matches(|c| is_ender(c) || is_closer(c)).len()
}

/// A run of sentence ends with its context.
struct Mark<'a> {
    character: char,
    before: &'a str,
    run: &'a str,
    after: &'a str,
    /// What the token says to which the mark belongs, if there is one.
    token_ends: Option<bool>,
}

impl Mark<'_> {
    fn ends_sentence(&self, language: Option<&str>) -> bool {
        if self.is_quoted_by_what_follows() {
            return false;
        }
        if is_free_ender(self.character) {
            return true;
        }
        if !self.after.starts_with(char::is_whitespace) {
            return self.after.is_empty();
        }
        let begins = |(_, c): &(usize, char)| c.is_alphanumeric();
        let Some((at, next)) = self.after.char_indices().take(LOOK_AHEAD_CHARACTERS).find(begins) else {
            return true;
        };
        let following = &self.after[at..];
        // `"Really?" she asked`, `approx. five`, `well... perhaps`
        if next.is_lowercase() {
            return false;
        }
        let stops = self.run.chars().filter(|c| is_ender(*c)).count();
        if self.character == '.'
            && stops == 1
            && let Some(ends) = self.token_ends
        {
            return ends;
        }
        if self.character != '.' || self.run.len() > 1 {
            // `well... perhaps` is one sentence, which letters without case do not show.
            let trails_off = self.run == "…" || (self.run.len() > 1 && self.run.chars().all(|c| c == '.'));
            return !(trails_off && has_no_case(next));
        }
        let word = self
            .before
            .rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '[' | '"' | '“' | '„' | '«' | '‘' | '\''))
            .next()
            .unwrap_or_default();
        let rest = self.before[..self.before.len() - word.len()].trim();
        let context = Context {
            first: rest.is_empty(),
            after_stop: rest.ends_with('.'),
        };
        !keeps_its_stop(word, context, following, language)
    }

    /// Returns true for a quotation within a longer sentence, as `“Really?” she asked`, in scripts without case.
    fn is_quoted_by_what_follows(&self) -> bool {
        if !self.run.ends_with(is_closer) || self.run.ends_with([')', '）', ']', '］']) {
            return false;
        }
        if let Some(next) = self.after.chars().next()
            && !next.is_whitespace()
        {
            // Japanese marks quotations with a particle: 「はい。」と言った.
            return matches!(next, 'と' | 'っ');
        }
        let asks = matches!(self.character, '?' | '!' | '؟');
        asks && self.after.trim_start().starts_with(has_no_case)
    }
}

/// Returns true for letters of scripts without case.
fn has_no_case(letter: char) -> bool {
    letter.is_alphabetic() && !letter.is_uppercase() && !letter.is_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::{Limits, ScriptOptions};

    fn split<'a>(text: &'a str, language: &str) -> Vec<&'a str> {
        let reading = Reading::of(text, &ScriptOptions::new(Limits::default(), Some(language)));
        sentences(text, 0..text.len(), Some(language), &reading)
            .into_iter()
            .map(|span| &text[span])
            .collect()
    }

    /// `|` marks the ends of sentences.
    #[test]
    fn sentences_are_split_in_many_languages() {
        let table = [
            ("en", "Dr. Smith paid $3.50, e.g. for tea. |He left at 5 p.m. |The end."),
            (
                "en",
                "She lives in Washington D.C. |It is hot. |No. 5 is alive! |Really?! |Yes.",
            ),
            (
                "en",
                "\"Really?\" she asked. |\"Go!\" |He went (slowly.) |J. K. Rowling wrote... and wrote.",
            ),
            ("en", "Visit example.com. |Version 2.0 is out."),
            ("en", "1. Open the door. |2. Go in."),
            ("de", "Am 3. März kam z. B. Hr. Meier. |Er ging 1990. |Ende."),
            ("fr", "Mme. Dupont est là. |« Vraiment ? » dit-il. |Oui !"),
            ("es", "¿Cómo está el Sr. López? |¡Muy bien! |Gracias."),
            ("it", "Il dott. Rossi arriva. |Perché?"),
            ("pt", "A Sra. Silva chegou. |Tudo bem?"),
            ("ru", "Это г. Иванов. |Он дома, т. е. здесь. |Да!"),
            ("el", "Τι κάνεις; |Καλά. |Εσύ;"),
            ("zh", "你好。|今天天气很好！|你去吗？"),
            ("ja", "「こんにちは。」|彼は言った。|元気ですか？"),
            ("ko", "안녕하세요. |잘 지내요?"),
            ("hi", "नमस्ते दुनिया। |आप कैसे हैं? |ठीक।"),
            ("ar", "كيف حالك؟ |أنا بخير. |شكرا!"),
            ("ja", "「高いですか？」と彼女は聞いた。|「いいえ。」|彼は答えた。"),
            ("ko", "“비싼가요?” 그녀가 물었다. |네... 아마도요."),
            ("hi", "डॉ. शर्मा ने कहा। |“क्या?” उसने पूछा।"),
            ("ar", "«هل هذا غالٍ؟» سألت هي. |لا."),
            ("sv", "”Vad?” frågade hon. |Ja, kl. 9.30."),
            ("pl", "Mieszka przy ul. Długiej. |Por. rys. 3 na s. 12. |Tak."),
            ("es", "EE. UU. queda lejos. |Véase la pág. 12. |Fin."),
            ("nl", "In de Kerkstr. 5 op 4 jan. 1998. |Zie afb. 3."),
            ("tr", "Bugün 5. katta Av. Yılmaz var. |Geldi mi?"),
        ];
        for (language, marked) in table {
            let text = marked.replace('|', "");
            let expected: Vec<_> = marked.split('|').map(str::trim).collect();
            assert_eq!(split(&text, language), expected, "{language}");
        }
    }

    #[test]
    fn list_items_are_sentences() {
        assert_eq!(
            split("Buy:\n- milk\n- eggs\n2) bread", "en"),
            ["Buy:", "- milk", "- eggs", "2) bread"]
        );
        assert_eq!(split("a broken\nline", "en"), ["a broken\nline"]);
    }
}
