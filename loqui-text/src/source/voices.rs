//! Voices in a text: lines such as `[anna]: Good morning.` and spans such as `{voice=anna}Good morning.{/voice}`.
//!
//! In Markdown, `[anna]: Good.` is the definition of a link and would vanish, so this stage comes first.

use super::map::Output;
use crate::{Attributes, Mark};

/// The maximum length of a label, in characters.
const LONGEST_LABEL: usize = 60;
/// The maximum length of what is between braces, in bytes.
const LONGEST_BRACES: usize = 200;

/// Marks what has a voice, and removes the labels. A line with a label becomes a paragraph of its own.
///
/// A label holds to the end of its paragraph. `{voice=anna}` holds to `{/voice}` or to the next such mark, across paragraphs;
/// within a line with a label, to the end of its paragraph.
pub(super) fn read(text: &str, out: &mut Output) {
    if !text.contains("]:") && !text.contains("{voice") && !text.contains("{/voice") {
        out.copy(text, 0..text.len());
        return;
    }
    let mut reader = Reader {
        text,
        out,
        spans: Vec::new(),
        turn: None,
        run: None,
    };
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        reader.line(at, line);
        at += line.len();
    }
    reader.end_run();
}

struct Reader<'a, 'b> {
    text: &'a str,
    out: &'b mut Output,
    /// The attributes of the open spans.
    spans: Vec<Attributes>,
    /// The label of the paragraph, and the number of spans that were open before it.
    turn: Option<(Attributes, usize)>,
    /// Where the present attributes began in the output.
    run: Option<(usize, Attributes)>,
}

impl Reader<'_, '_> {
    fn line(&mut self, at: usize, line: &str) {
        if line.trim().is_empty() {
            self.end_turn();
            self.out.copy(self.text, at..at + line.len());
            return;
        }
        let mut start = at;
        if let Some((label, length)) = label(line) {
            self.end_turn();
            self.out.line_end(at, "\n\n");
            let attributes = Attributes {
                voice: Some(label.to_owned()),
                ..Attributes::default()
            };
            self.turn = Some((attributes, self.spans.len()));
            start += length;
        }
        self.begin_run();
        let end = at + line.len();
        let mut copied = start;
        while let Some(found) = self.text[start..end].find('{') {
            let open = start + found;
            let Some((mark, length)) = braces(&self.text[open..end]) else {
                start = open + 1;
                continue;
            };
            self.out.copy(self.text, copied..open);
            match mark {
                Braces::Open(attributes) => self.spans.push(attributes),
                Braces::Close => {
                    let kept = self.turn.as_ref().map_or(0, |(_, kept)| *kept);
                    if self.spans.len() > kept {
                        self.spans.pop();
                    }
                }
            }
            self.begin_run();
            start = open + length;
            copied = start;
        }
        self.out.copy(self.text, copied..end);
    }

    fn end_turn(&mut self) {
        if let Some((_, kept)) = self.turn.take() {
            self.spans.truncate(kept);
            self.begin_run();
        }
    }

    /// The attributes at this place.
    fn present(&self) -> Option<&Attributes> {
        match &self.turn {
            Some((_, kept)) if self.spans.len() > *kept => self.spans.last(),
            Some((attributes, _)) => Some(attributes),
            None => self.spans.last(),
        }
        .filter(|attributes| !attributes.is_empty())
    }

    /// Begins a run if the attributes have changed.
    fn begin_run(&mut self) {
        let present = self.present().cloned();
        let is_new_turn = self.turn.is_some() && self.out.text.ends_with("\n\n");
        if !is_new_turn && self.run.as_ref().map(|(_, attributes)| attributes) == present.as_ref() {
            return;
        }
        self.end_run();
        self.run = present.map(|attributes| (self.out.text.len(), attributes));
    }

    fn end_run(&mut self) {
        if let Some((start, attributes)) = self.run.take() {
            let range = start..self.out.text.len();
            if !range.is_empty() {
                self.out.mark(range, Mark::Span(attributes));
            }
        }
    }
}

/// Returns the label at the start of a line, and the length of what is left out.
fn label(line: &str) -> Option<(&str, usize)> {
    let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
    let inside = line[indent..].strip_prefix('[')?;
    let close = inside.find(']')?;
    let label = &inside[..close];
    let rest = inside[close + 1..].strip_prefix(':')?;
    let words = rest.trim();
    let fits = is_label(label) && !words.is_empty() && !is_link(words);
    let gap = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    fits.then(|| (label.trim(), line.len() - rest.len() + gap))
}

/// True for letters, digits, spaces and `_ - . '` with at least one letter.
fn is_label(label: &str) -> bool {
    label.chars().count() <= LONGEST_LABEL
        && label.chars().any(char::is_alphabetic)
        && label
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.' | '\''))
}

/// True if the words behind `[label]:` are the address of a link in Markdown, with or without a title.
fn is_link(words: &str) -> bool {
    let (address, title) = words
        .split_once([' ', '\t'])
        .map_or((words, ""), |(address, title)| (address, title.trim()));
    let is_address = address.contains("://")
        || address.starts_with(['/', '#', '<'])
        || address.starts_with("./")
        || address.starts_with("../")
        || address.starts_with("mailto:")
        || address.starts_with("www.");
    let is_title = title.is_empty() || title.starts_with(['"', '\'', '(']);
    is_address && is_title
}

enum Braces {
    Open(Attributes),
    Close,
}

/// Reads `{voice=anna}`, `{voice="Old Man" exaggeration=0.7}` or `{/voice}` at the start of a text, and returns its length.
fn braces(text: &str) -> Option<(Braces, usize)> {
    let mut limit = text.len().min(LONGEST_BRACES);
    while !text.is_char_boundary(limit) {
        limit -= 1;
    }
    let close = text[..limit].find('}')?;
    let inside = text[1..close].trim();
    if inside == "/voice" {
        return Some((Braces::Close, close + 1));
    }
    let mut attributes = Attributes::default();
    let mut rest = inside;
    let mut is_first = true;
    while !rest.is_empty() {
        let (name, value, behind) = pair(rest)?;
        match name {
            "voice" if is_first => attributes.voice = Some(value.to_owned()).filter(|voice| !voice.is_empty()),
            _ if is_first => return None,
            "language" | "lang" => attributes.language = Some(value.to_owned()),
            _ => {
                let number: f64 = value.parse().ok().filter(|number: &f64| number.is_finite())?;
                attributes.settings.insert(name.to_owned(), number);
            }
        }
        is_first = false;
        rest = behind.trim_start();
    }
    (!is_first).then_some((Braces::Open(attributes), close + 1))
}

/// Splits `name=value` or `name="value"` from the start of a text.
fn pair(text: &str) -> Option<(&str, &str, &str)> {
    let (name, rest) = text.split_once('=')?;
    let (name, rest) = (name.trim(), rest.trim_start());
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return None;
    }
    for quote in ['"', '\''] {
        if let Some(quoted) = rest.strip_prefix(quote) {
            let (value, behind) = quoted.split_once(quote)?;
            return Some((name, value.trim(), behind));
        }
    }
    // A label without quotes may have spaces: it ends before the next `name=`.
    let end = rest.find('=').map_or(rest.len(), |equals| {
        let before: &str = rest[..equals].trim_end();
        before.rfind(char::is_whitespace).unwrap_or(0)
    });
    let (value, behind) = rest.split_at(end);
    Some((name, value.trim(), behind))
}

#[cfg(test)]
mod tests {
    use crate::{Format, Mark, Plain};

    /// The text, and each span with its voice.
    fn read(text: &str, format: Format) -> (String, Vec<(String, String)>) {
        let plain = Plain::from_text(text, format);
        let spans = plain
            .marks
            .iter()
            .filter_map(|(range, mark)| match mark {
                Mark::Span(attributes) => Some((attributes.voice.clone()?, plain.text[range.clone()].to_owned())),
                _ => None,
            })
            .collect();
        (plain.text, spans)
    }

    fn spans(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter()
            .map(|(voice, text)| ((*voice).to_owned(), (*text).to_owned()))
            .collect()
    }

    #[test]
    fn lines_with_labels_are_read_before_markdown() {
        let text = "# A play\n\n[anna]: Good *morning*.\n[Old Bob]: Good.\nAnd you?\n\nA door.\n[anna]:Yes.";
        for format in [Format::Markdown, Format::Plain] {
            let (plain, found) = read(text, format);
            assert_eq!(found.len(), 3, "{found:?}");
            assert_eq!(found[0].0, "anna");
            assert_eq!(found[2], ("anna".to_owned(), "Yes.".to_owned()));
            assert!(plain.contains("A door.\n\nYes."), "{plain}");
            assert!(!plain.contains("anna"), "{plain}");
        }
        let (plain, found) = read(text, Format::Markdown);
        assert_eq!(plain, "A play\n\nGood morning.\n\nGood. And you?\n\nA door.\n\nYes.");
        assert_eq!(found[1], ("Old Bob".to_owned(), "Good. And you?".to_owned()));
    }

    #[test]
    fn definitions_of_links_and_notes_are_no_lines_with_labels() {
        for text in [
            "See [it].\n\n[it]: https://example.org \"A title\"",
            "See [it].\n\n[it]: /local/page",
            "A fact[^n].\n\n[^n]: A note.",
            "[1]: Smith 2004",
            "[12:30]: noon",
            "[it]:",
        ] {
            assert_eq!(read(text, Format::Markdown).1, [], "{text}");
        }
    }

    #[test]
    fn spans_hold_to_their_end_and_nest_in_lines() {
        let (plain, found) = read("He said {voice=bob}\"Hello!\"{/voice} and left.", Format::Plain);
        assert_eq!(plain, "He said \"Hello!\" and left.");
        assert_eq!(found, spans(&[("bob", "\"Hello!\"")]));

        let (_, found) = read(
            "{voice=anna}\nOne.\n\nTwo.\n\n[bob]: Three {voice=\"Old Man\"}four{/voice} five.\n\nSix.\n\n{voice=}Seven.",
            Format::Markdown,
        );
        assert_eq!(
            found,
            spans(&[
                ("anna", "One.\n\nTwo."),
                ("bob", "Three"),
                ("Old Man", "four"),
                ("bob", "five."),
                ("anna", "Six."),
            ])
        );
    }

    #[test]
    fn spans_may_have_settings_and_a_language() {
        let plain = Plain::from_text(
            "{voice=old man exaggeration=0.75 language=de}Hallo.{/voice}",
            Format::Plain,
        );
        let [(range, Mark::Span(attributes))] = &plain.marks[..] else {
            panic!("{:?}", plain.marks);
        };
        assert_eq!(&plain.text[range.clone()], "Hallo.");
        assert_eq!(attributes.voice.as_deref(), Some("old man"));
        assert_eq!(attributes.language.as_deref(), Some("de"));
        assert!((attributes.settings["exaggeration"] - 0.75).abs() < 1e-9);
    }

    #[test]
    fn other_braces_stay_as_they_are() {
        for text in [
            "{name}",
            "{voice}",
            "{voices=3}",
            "{x=1}",
            "a { b",
            "{voice=a exaggeration=loud}",
        ] {
            let (plain, found) = read(text, Format::Plain);
            assert_eq!(found, [], "{text}");
            assert!(plain.contains('{'), "{text}");
        }
    }
}
