//! Markdown.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::findings;
use super::map::Output;
use crate::Mark;

/// Writes the words of a Markdown document, and marks its headings. Code blocks, notes and front matter are left out with a
/// finding. Pictures are read by their description.
pub(super) fn read(text: &str, out: &mut Output) {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS
        | Options::ENABLE_HEADING_ATTRIBUTES;
    // Without formulas: "$200-210 million at ~$3" is no formula.
    let mut reader = Reader {
        text,
        out,
        hidden: 0,
        inside: 0,
        links: 0,
        heading: None,
        pictures: Vec::new(),
        front_matter: None,
    };
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        reader.event(event, range);
    }
    let trimmed = reader.out.text.trim_end().len();
    reader.out.text.truncate(trimmed);
}

struct Reader<'a, 'b> {
    text: &'a str,
    out: &'b mut Output,
    /// The number of open elements that are not read.
    hidden: usize,
    /// The number of open lists and quotations: a heading inside one begins no chapter.
    inside: usize,
    /// The number of open links. A picture in a link is a badge or a button.
    links: usize,
    /// Where the open heading begins in the output.
    heading: Option<usize>,
    /// Where the open pictures begin in the output. None for one that is not read.
    pictures: Vec<Option<usize>>,
    /// The source of the open front matter.
    front_matter: Option<String>,
}

impl Reader<'_, '_> {
    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(&tag, range),
            Event::End(end) => self.end(end, range),
            Event::Text(words) if self.front_matter.is_some() => {
                if let Some(fields) = &mut self.front_matter {
                    fields.push_str(&words);
                }
            }
            _ if self.hidden > 0 => {}
            Event::Text(words) | Event::Code(words) | Event::Html(words) | Event::InlineHtml(words) => {
                write(self.text, &words, range, self.out);
            }
            Event::SoftBreak => soft_break(self.text, range, self.out),
            Event::HardBreak => self.out.replace(range, "\n"),
            Event::Rule => self.out.line_end(range.end, "\n\n"),
            Event::FootnoteReference(_) | Event::TaskListMarker(_) | Event::InlineMath(_) | Event::DisplayMath(_) => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::List(_) | Tag::BlockQuote(_) => self.inside += 1,
            Tag::Link { .. } => self.links += 1,
            Tag::Heading { .. } if self.hidden == 0 && self.inside == 0 => self.heading = Some(self.out.text.len()),
            Tag::TableCell if self.hidden == 0 => {
                let words = |c: char| c.is_alphanumeric() || matches!(c, '%' | ')');
                if self.out.text.ends_with(words) {
                    self.out.replace(range.start..range.start, ", ");
                }
            }
            Tag::CodeBlock(_) => self.hide(range, "a block of code"),
            Tag::Image { .. } if self.links > 0 => {
                self.pictures.push(None);
                self.hide(range, "a picture");
            }
            Tag::Image { .. } => self.pictures.push(Some(self.out.text.len())),
            Tag::FootnoteDefinition(_) => self.hide(range, "a note"),
            Tag::MetadataBlock(_) => {
                self.front_matter = Some(String::new());
                self.hide(range, "front matter");
            }
            _ => {}
        }
    }

    fn hide(&mut self, range: Range<usize>, what: &'static str) {
        if self.hidden == 0 {
            self.out.note(range, findings::left_out(what));
        }
        self.hidden += 1;
    }

    fn end(&mut self, end: TagEnd, range: Range<usize>) {
        match end {
            TagEnd::Image => match self.pictures.pop() {
                Some(Some(start)) => {
                    if self.hidden == 0 && self.out.text.len() <= start {
                        self.out
                            .note(range, findings::left_out("a picture without a description"));
                    }
                }
                _ => self.hidden = self.hidden.saturating_sub(1),
            },
            TagEnd::CodeBlock | TagEnd::FootnoteDefinition => self.hidden = self.hidden.saturating_sub(1),
            TagEnd::MetadataBlock(_) => {
                self.hidden = self.hidden.saturating_sub(1);
                let fields = self.front_matter.take().unwrap_or_default();
                describe(&fields, self.out);
            }
            TagEnd::Link => self.links = self.links.saturating_sub(1),
            TagEnd::Heading(level) => {
                if let Some(start) = self.heading.take() {
                    let mark = Mark::Heading {
                        level: level as u8,
                        title: None,
                    };
                    self.out.mark(start..self.out.text.len(), mark);
                }
                self.paragraph_end(range.end);
            }
            TagEnd::List(_) | TagEnd::BlockQuote(_) => {
                self.inside = self.inside.saturating_sub(1);
                self.paragraph_end(range.end);
            }
            TagEnd::Paragraph | TagEnd::Table | TagEnd::Item | TagEnd::TableRow | TagEnd::TableHead => {
                self.paragraph_end(range.end);
            }
            _ => {}
        }
    }

    fn paragraph_end(&mut self, at: usize) {
        if self.hidden == 0 {
            self.out.line_end(at, "\n\n");
        }
    }
}

/// Reads the title and the authors from front matter: `title: A Book`, `author: [A, B]`, or a list below the name.
fn describe(fields: &str, out: &mut Output) {
    let plain = |value: &str| value.trim().trim_matches(['"', '\'']).trim().to_owned();
    let mut in_authors = false;
    for line in fields.lines().take(200) {
        let item = line.trim_start();
        if let Some(name) = item.strip_prefix("- ").filter(|_| in_authors) {
            out.authors.push(plain(name.strip_prefix("name:").unwrap_or(name)));
            continue;
        }
        let Some((name, value)) = line.split_once([':', '=']) else {
            continue;
        };
        let value = value.trim();
        in_authors = matches!(name.trim(), "author" | "authors");
        if name.trim() == "title" && out.title.is_none() {
            out.title = Some(plain(value)).filter(|title| !title.is_empty());
        } else if in_authors {
            let names = value.trim_matches(['[', ']']).split(',').map(plain);
            out.authors.extend(names.filter(|name| !name.is_empty()));
        }
    }
}

/// A break within a paragraph is a space; a word that was cut there is joined.
fn soft_break(text: &str, range: Range<usize>, out: &mut Output) {
    let next = text[range.end..].trim_start();
    let cut = out.text.ends_with('\u{AD}');
    if cut && next.starts_with(char::is_alphabetic) {
        out.text.pop();
    } else {
        out.replace(range, " ");
    }
}

/// Copies words that are in the source unchanged. Others, such as decoded entities, replace their source.
fn write(text: &str, words: &str, range: Range<usize>, out: &mut Output) {
    let written = &text[range.clone()];
    if written == words {
        out.copy(text, range);
    } else if let Some(at) = written.find(words) {
        let start = range.start + at;
        out.copy(text, start..start + words.len());
    } else {
        out.replace(range, words);
    }
}
