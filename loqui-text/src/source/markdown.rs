//! Markdown.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::findings;
use super::map::Output;

/// Writes the words of a Markdown document. Code blocks, pictures, notes and front matter are left out with a finding.
pub(super) fn read(text: &str, out: &mut Output) {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS
        | Options::ENABLE_HEADING_ATTRIBUTES;
    // Without formulas: "$200-210 million at ~$3" is no formula.
    let mut hidden = 0_usize;
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        match event {
            Event::Start(tag) => {
                let what = match tag {
                    Tag::CodeBlock(_) => Some("a block of code"),
                    Tag::Image { .. } => Some("a picture"),
                    Tag::FootnoteDefinition(_) => Some("a note"),
                    Tag::MetadataBlock(_) => Some("front matter"),
                    _ => None,
                };
                let cell = matches!(tag, Tag::TableCell) && hidden == 0;
                if cell
                    && out
                        .text
                        .ends_with(|c: char| c.is_alphanumeric() || matches!(c, '%' | ')'))
                {
                    out.replace(range.start..range.start, ", ");
                }
                if let Some(what) = what {
                    if hidden == 0 {
                        out.note(range, findings::left_out(what));
                    }
                    hidden += 1;
                }
            }
            Event::End(end) => match end {
                TagEnd::CodeBlock | TagEnd::Image | TagEnd::FootnoteDefinition | TagEnd::MetadataBlock(_) => {
                    hidden = hidden.saturating_sub(1);
                }
                TagEnd::Paragraph
                | TagEnd::Heading(_)
                | TagEnd::BlockQuote(_)
                | TagEnd::List(_)
                | TagEnd::Table
                | TagEnd::Item
                | TagEnd::TableRow
                | TagEnd::TableHead
                    if hidden == 0 =>
                {
                    out.line_end(range.end, "\n\n");
                }
                _ => {}
            },
            _ if hidden > 0 => {}
            Event::Text(words) | Event::Code(words) | Event::Html(words) | Event::InlineHtml(words) => {
                write(text, &words, range, out);
            }
            Event::SoftBreak => soft_break(text, range, out),
            Event::HardBreak => out.replace(range, "\n"),
            Event::Rule => out.line_end(range.end, "\n\n"),
            Event::FootnoteReference(_) | Event::TaskListMarker(_) | Event::InlineMath(_) | Event::DisplayMath(_) => {}
        }
    }
    let trimmed = out.text.trim_end().len();
    out.text.truncate(trimmed);
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
