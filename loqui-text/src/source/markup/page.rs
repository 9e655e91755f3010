//! What only pages of HTML have: headings, descriptions of pictures, marks of notes, page numbers, small capitals.

mod capitals;
mod entities;
mod kinds;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

pub(crate) use kinds::{KINDS, Kept, LeftOut, left_out, of};

use super::super::html::attribute;
use super::tags::{Tag, window};
use super::{Stripper, findings};
use crate::Mark;

/// The longest tag of a page, in bytes. Pictures may be part of a tag.
pub(super) const LONGEST_TAG: usize = 8 << 20;
/// A longer text in a heading element is no heading.
const LONGEST_HEADING: usize = 600;
/// A longer element is no mark of a note.
const LONGEST_MARK: usize = 300;
/// A longer block is no note.
const LONGEST_NOTE: usize = 6000;
/// The longest document type, in bytes.
const LONGEST_DOCTYPE: usize = 64 << 10;
/// Descriptions of pictures are cut after this many bytes.
const LONGEST_DESCRIPTION: usize = 2000;

/// How pages are read.
#[derive(Clone, Debug)]
pub(crate) struct PageRules {
    /// What is read although it is not part of the running text.
    pub(crate) kept: Kept,
    /// The classes of elements in small capitals.
    pub(crate) small_caps: BTreeSet<String>,
    /// Ids of elements at which a chapter begins, with the level and the title of the chapter.
    pub(crate) chapters: BTreeMap<String, (u8, String)>,
    /// Ids of notes that marks in the text refer to.
    pub(crate) notes: BTreeSet<String>,
}

impl PageRules {
    pub(crate) const DEFAULT: Self = Self {
        kept: Kept::NOTHING,
        small_caps: BTreeSet::new(),
        chapters: BTreeMap::new(),
        notes: BTreeSet::new(),
    };
}

/// An open element in small capitals.
#[derive(Debug)]
pub(super) struct SmallCaps {
    name: String,
    /// The number of elements of this name inside it.
    depth: usize,
    /// Where it begins in the output.
    start: usize,
}

/// Returns the length of a CDATA section or of a document type with definitions at the start of `rest`.
fn declaration(rest: &str) -> Option<usize> {
    if rest.starts_with("<![CDATA[") {
        return Some(window(rest, LONGEST_TAG).find("]]>")? + 3);
    }
    let open = window(rest, super::LONGEST_TAG).find(['[', '>'])?;
    if rest[open..].starts_with('>') {
        return Some(open + 1);
    }
    let close = open + window(&rest[open..], LONGEST_DOCTYPE).find(']')?;
    Some(close + window(&rest[close..], super::LONGEST_TAG).find('>')? + 1)
}

/// Returns true if a declaration with an end of its own stands at the start of `rest`.
fn begins_declaration(rest: &str) -> bool {
    rest.starts_with("<![CDATA[") || rest.get(..9).is_some_and(|head| head.eq_ignore_ascii_case("<!DOCTYPE"))
}

impl Stripper<'_, '_> {
    /// Returns the length of a CDATA section or of a document type with definitions at the start of `rest`. It is searched for the end
    /// in vain a few times only.
    pub(super) fn declaration(&mut self, rest: &str) -> Option<usize> {
        if self.rules.page.is_none() || self.long_tags == 0 || !begins_declaration(rest) {
            return None;
        }
        let length = declaration(rest);
        self.long_tags -= usize::from(length.is_none());
        length
    }

    /// Reads what a declaration contains: the text of a CDATA section, the entities of a document type.
    pub(super) fn declared(&mut self, tag: &Tag<'_>) {
        if self.rules.page.is_none() {
            return;
        }
        if tag.inner.starts_with("![CDATA[") {
            let start = tag.range.start + "<![CDATA[".len();
            self.text_run(start..tag.range.end - "]]>".len());
        } else if tag.inner.contains("<!ENTITY") {
            self.entities.extend(entities::defined(tag.inner));
        }
    }

    /// Applies what is special to pages. Returns where the text continues, if the element is handled completely.
    pub(super) fn page_element(&mut self, tag: &Tag<'_>) -> Option<usize> {
        let rules = self.rules.page?;
        if self.small_caps.is_some() {
            self.within_small_caps(tag);
        }
        if tag.closing {
            return None;
        }
        let is_plain = !tag.inner.contains(char::is_whitespace);
        if is_plain && tag.name != "sup" && (rules.notes.is_empty() || !is_note_block(&tag.name)) {
            return None;
        }
        let id = id_of(&tag.name, tag.inner);
        let what = left_out(&tag.name, tag.inner, rules.kept);
        if let Some(what) = what
            && let Some(end) = self.element_end(tag)
            // Some books wrap whole pages in an element with the class of a page break.
            && (what != LeftOut::Mark || end - tag.range.end <= 2 * LONGEST_MARK)
        {
            if let Some(what) = what.described() {
                self.note(tag.range.clone(), findings::left_out(what));
            }
            return Some(end);
        }
        if !rules.notes.is_empty()
            && !rules.kept.notes
            && let Some(end) = self.body_of_note(tag, id, &rules.notes)
        {
            self.note(tag.range.clone(), findings::left_out("a note"));
            return Some(end);
        }
        if let Some(end) = self.mark_of_note(tag) {
            return Some(end);
        }
        if let Some((level, title)) = id.and_then(|id| rules.chapters.get(id)) {
            let at = self.out.text.len();
            let title = Some(title.clone());
            self.out.mark(at..at, Mark::Heading { level: *level, title });
        }
        if self.small_caps.is_none() && !tag.empty && capitals::is_small(tag.inner, &rules.small_caps) {
            self.small_caps = Some(SmallCaps {
                name: tag.name.clone(),
                depth: 0,
                start: self.out.text.len(),
            });
        }
        None
    }

    /// Returns the end of a block that marks in the text refer to as a note, and that refers back: `<p id="note1">`, or a
    /// paragraph that begins with `<a id="note1">`.
    fn body_of_note(&mut self, tag: &Tag<'_>, id: Option<&str>, notes: &BTreeSet<String>) -> Option<usize> {
        if !is_note_block(&tag.name) {
            return None;
        }
        let behind = self.text[tag.range.end..].trim_start();
        let inner = behind
            .strip_prefix('<')
            .and_then(|inner| Some(&inner[..inner.find('>')?]));
        let first = inner.and_then(|inner| id_of(inner.split_ascii_whitespace().next().unwrap_or_default(), inner));
        let known = |id: &str| notes.contains(id);
        if !id.is_some_and(known) && !first.is_some_and(known) {
            return None;
        }
        let end = self.element_end(tag)?;
        let content = &self.text[tag.range.end..end];
        let refers_back = content.contains("href=") && content.contains('#');
        (content.len() <= LONGEST_NOTE && refers_back && !content.contains("<h")).then_some(end)
    }

    /// Counts the elements within the one in small capitals, and ends it.
    fn within_small_caps(&mut self, tag: &Tag<'_>) {
        let Some(open) = &mut self.small_caps else { return };
        if open.name != tag.name || tag.empty {
            return;
        }
        if !tag.closing {
            open.depth += 1;
        } else if open.depth > 0 {
            open.depth -= 1;
        } else {
            self.end_small_caps();
        }
    }

    /// Writes what is set in small capitals in lower case, so that it is not spelled.
    pub(super) fn end_small_caps(&mut self) {
        if let Some(open) = self.small_caps.take() {
            capitals::lower(&mut self.out.text, open.start);
        }
    }

    /// Returns the end of an element with its closing tag. Elements of the same name inside it are counted.
    pub(super) fn element_end(&mut self, tag: &Tag<'_>) -> Option<usize> {
        const EMPTY: [&str; 6] = ["a", "img", "br", "hr", "input", "span"];
        if tag.empty || matches!(tag.name.as_str(), "img" | "br" | "hr" | "input") {
            return Some(tag.range.end);
        }
        if self.unclosed.contains(&tag.name) {
            return None;
        }
        let (mut at, mut depth) = (tag.range.end, 0_usize);
        while let Some(found) = self.text[at..].find('<') {
            let rest = &self.text[at + found + 1..];
            at += found + 1;
            let closing = rest.starts_with('/');
            let name = &rest[usize::from(closing)..];
            let same = name
                .get(..tag.name.len())
                .is_some_and(|name| name.eq_ignore_ascii_case(&tag.name));
            let ends = name.as_bytes().get(tag.name.len());
            if !same || !ends.is_some_and(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/')) {
                continue;
            }
            let Some(close) = name.find('>') else { break };
            match (closing, depth) {
                (true, 0) => return Some(at + usize::from(closing) + close + 1),
                (true, _) => depth -= 1,
                (false, _) => depth += usize::from(!name[..close].ends_with('/')),
            }
        }
        // An empty target of a link is often not closed.
        if !EMPTY.contains(&tag.name.as_str()) {
            self.unclosed.push(tag.name.clone());
        }
        None
    }

    /// Ends the heading at the start of another block, and at its closing tag.
    pub(super) fn block_heading(&mut self, tag: &Tag<'_>) {
        let wraps = matches!(
            tag.name.as_str(),
            "div" | "span" | "header" | "section" | "hgroup" | "article"
        );
        if level(&tag.name).is_some() || !wraps {
            self.end_heading();
        }
    }

    /// Begins a heading after the line before it has ended.
    pub(super) fn begin_heading(&mut self, tag: &Tag<'_>) {
        let has_headings = self.rules.page.is_some() || !self.rules.strict;
        if let Some(level) = level(&tag.name).filter(|_| has_headings && !tag.closing) {
            self.heading = Some((level, self.out.text.len()));
        }
    }

    pub(super) fn end_heading(&mut self) {
        let Some((level, start)) = self.heading.take() else {
            return;
        };
        let range = start..self.out.text.len();
        let text = self.out.text.get(range.clone()).unwrap_or_default();
        if !text.trim().is_empty() && text.len() <= LONGEST_HEADING {
            self.out.mark(range, Mark::Heading { level, title: None });
        }
    }

    /// Keeps the title and the author that the head of a page names.
    pub(super) fn page_title(&mut self, head: Range<usize>) {
        let head = &self.text[head];
        let title = head
            .find("<title")
            .and_then(|at| head[at..].split_once('>'))
            .map(|(_, behind)| behind);
        let words = title.and_then(|title| title.split("</").next()).unwrap_or_default();
        let words = htmlize::unescape(window(words, LONGEST_MARK)).into_owned();
        let title = words.split_whitespace().collect::<Vec<_>>().join(" ");
        if self.out.title.is_none() && !title.is_empty() {
            self.out.title = Some(title);
        }
        let metas = head.split("<meta").skip(1).take(100);
        let authors = metas.filter_map(|meta| {
            let meta = window(meta, LONGEST_MARK);
            (attribute(meta, "name") == Some("author")).then(|| attribute(meta, "content"))?
        });
        self.out
            .authors
            .extend(authors.map(|name| htmlize::unescape(name).trim().to_owned()));
    }

    /// Reads a picture by its description.
    pub(super) fn picture(&mut self, tag: &Tag<'_>) {
        let decorative = matches!(attribute(tag.inner, "role"), Some("presentation" | "none"));
        let given = attribute(tag.inner, "alt").or_else(|| attribute(tag.inner, "aria-label"));
        let words = given.map(|alt| htmlize::unescape(window(alt, LONGEST_DESCRIPTION)).into_owned());
        match words.as_deref().map(str::trim) {
            Some(words) if is_description(words) => {
                if self.out.text.ends_with(|c: char| !c.is_whitespace()) {
                    self.out.replace(tag.range.clone(), " ");
                }
                let words: Vec<&str> = words.split_whitespace().collect();
                self.out.replace(tag.range.clone(), &words.join(" "));
                if self.text[tag.range.end..].starts_with(char::is_alphanumeric) {
                    self.out.replace(tag.range.end..tag.range.end, " ");
                }
            }
            // An empty description says that the picture means nothing.
            Some("") => {}
            _ if decorative => {}
            _ => self.note(tag.range.clone(), findings::left_out("a picture without a description")),
        }
    }

    /// Returns the end of an element that is the mark of a note, such as `<sup><a href="#note1">1</a></sup>`. Raised numbers
    /// become characters, which a later stage judges by what stands before them.
    fn mark_of_note(&mut self, tag: &Tag<'_>) -> Option<usize> {
        if !matches!(tag.name.as_str(), "a" | "sup") || tag.empty {
            return None;
        }
        let end = tag.range.end;
        let near = window(&self.text[end..], LONGEST_MARK);
        let close = near.find(if tag.name == "a" { "</a" } else { "</sup" })?;
        let inner = &near[..close];
        let words = without_tags(inner);
        let after = end + close + near[close..].find('>')? + 1;
        if !is_mark(&words) {
            return None;
        }
        let mark = words.trim().trim_matches(['[', ']', '(', ')']).trim();
        let symbol = !mark.starts_with(|c: char| c.is_ascii_digit());
        if tag.name == "sup" {
            if !inner.contains("href=") && !symbol {
                let raised: String = mark.chars().map(raised).collect();
                self.out.replace(tag.range.start..after, &raised);
            }
            return Some(after);
        }
        let (_, target) = attribute(tag.inner, "href")?.split_once('#')?;
        let bracketed = words.trim().starts_with(['[', '(']);
        let within = self.text[..tag.range.start].trim_end().ends_with("<sup>");
        let starts_line = self.out.text.is_empty() || self.out.text.ends_with('\n');
        let refers = inner.contains("<sup") || bracketed || symbol || within || names_note(target);
        (refers && !starts_line).then_some(after)
    }
}

/// Returns the id of an element: its attribute `id`, or the name of an anchor.
fn id_of<'t>(name: &str, tag: &'t str) -> Option<&'t str> {
    attribute(tag, "id").or_else(|| attribute(tag, "name").filter(|_| name == "a"))
}

/// Returns true for elements that hold one note.
fn is_note_block(name: &str) -> bool {
    matches!(name, "p" | "li" | "div" | "aside" | "dd" | "dt" | "tr" | "td")
}

/// Returns true if a link is the mark of a note, from its tag, its content, and the text before it.
pub(crate) fn refers_to_note(tag: &str, content: &str, before: &str) -> bool {
    let target = attribute(tag, "href").and_then(|href| href.split_once('#'));
    let Some((_, target)) = target else { return false };
    if matches!(left_out("a", tag, Kept::NOTHING), Some(LeftOut::Mark)) {
        return !["epub:type", "role"].iter().any(|name| {
            let kinds = attribute(tag, name).unwrap_or_default();
            kinds.contains("backlink") || kinds.contains("pagebreak")
        });
    }
    let is_raised = content.contains("<sup") || before.trim_end().ends_with("<sup>");
    is_mark(&without_tags(content)) && (is_raised || names_note(target) || content.trim().starts_with('['))
}

/// Returns true for the text of a mark: `12`, `[3]`, `*`.
fn is_mark(words: &str) -> bool {
    let mark = words.trim().trim_matches(['[', ']', '(', ')']).trim();
    let number = mark.len() <= 3 && mark.bytes().all(|byte| byte.is_ascii_digit());
    !mark.is_empty() && (number || mark.chars().all(|c| matches!(c, '*' | '†' | '‡' | '§' | '¶')))
}

/// Returns true if the name of an anchor says that it is a note.
fn names_note(target: &str) -> bool {
    let target = target.to_ascii_lowercase();
    ["fn", "ftn", "note", "edn"].iter().any(|name| target.contains(name))
}

/// Returns the level of a heading element.
fn level(name: &str) -> Option<u8> {
    match name.as_bytes() {
        [b'h', level @ b'1'..=b'6'] => Some(level - b'0'),
        _ => None,
    }
}

/// Returns false for names of files and words that say nothing.
fn is_description(words: &str) -> bool {
    const EMPTY: [&str; 8] = [
        "image",
        "img",
        "picture",
        "photo",
        "cover",
        "figure",
        "illustration",
        "graphic",
    ];
    let lower = words.to_ascii_lowercase();
    let file = [".jpg", ".jpeg", ".png", ".gif", ".svg", ".webp"]
        .iter()
        .any(|end| lower.ends_with(end));
    let file_name = file && !words.contains(' ');
    !words.is_empty() && !file_name && !EMPTY.contains(&lower.as_str()) && lower.contains(char::is_alphanumeric)
}

/// Returns the words between tags.
fn without_tags(inner: &str) -> String {
    let mut words = String::new();
    let mut rest = inner;
    while let Some(open) = rest.find('<') {
        words.push_str(&rest[..open]);
        rest = rest[open..].split_once('>').map_or("", |(_, behind)| behind);
    }
    words.push_str(rest);
    htmlize::unescape(words.as_str()).into_owned()
}

fn raised(digit: char) -> char {
    match digit {
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '0' => '⁰',
        other => char::from_u32(0x2070 + (u32::from(other) - u32::from('0'))).unwrap_or(other),
    }
}
