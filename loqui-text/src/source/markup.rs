//! Tags and entities in a text.

mod page;
mod speech;
mod tags;

use std::collections::BTreeMap;
use std::ops::Range;

pub(crate) use page::{KINDS, Kept, LeftOut, PageRules, of, refers_to_note};
use tags::{Tag, TagEnd, autolink, end_of_tag, window};

use super::findings;
use super::html::{Element, attribute, element};
use super::map::Output;
use crate::{Attributes, Mark};

/// Longer tags are treated as text. A page may have some longer ones, with a picture in an attribute.
const LONGEST_TAG: usize = 2000;
/// Longer entities do not exist.
const LONGEST_ENTITY: usize = 34;
/// The maximum number of findings of one kind. A pasted page has hundreds of tags.
const MOST_FINDINGS: usize = 20;
/// How often a page is searched for the end of a long tag in vain.
const MOST_LONG_TAGS: usize = 50;

/// The constructs that are read as markup.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules<'r> {
    entities: bool,
    /// Whether line breaks are white space like any other.
    flows: bool,
    /// Whether unknown tags are certainly tags.
    strict: bool,
    /// The rules of pages: what is left out, and which headings are known.
    page: Option<&'r PageRules>,
}

impl<'r> Rules<'r> {
    pub(super) const PLAIN: Self = Self {
        entities: true,
        flows: false,
        strict: false,
        page: None,
    };
    /// The entities are decoded already.
    pub(super) const DECODED: Self = Self {
        entities: false,
        flows: false,
        strict: false,
        page: None,
    };
    pub(super) const SSML: Self = Self {
        entities: true,
        flows: true,
        strict: true,
        page: None,
    };

    /// The rules of a page in HTML.
    pub(super) const fn page(page: &'r PageRules) -> Self {
        Self {
            entities: true,
            flows: true,
            strict: true,
            page: Some(page),
        }
    }
}

/// Removes tags and decodes entities.
pub(super) fn strip(text: &str, rules: Rules<'_>, out: &mut Output) {
    if !text.contains(['<', '&']) && !rules.flows {
        out.copy(text, 0..text.len());
        return;
    }
    let mut stripper = Stripper {
        text,
        rules,
        out,
        noted: 0,
        pre: 0,
        no_close_before: 0,
        unclosed: Vec::new(),
        heading: None,
        long_tags: MOST_LONG_TAGS,
        entities: BTreeMap::new(),
        voices: Vec::new(),
        small_caps: None,
    };
    stripper.run();
}

struct Stripper<'a, 'b> {
    text: &'a str,
    rules: Rules<'b>,
    out: &'b mut Output,
    noted: usize,
    /// The number of open `pre` elements.
    pre: usize,
    /// There is no `>` before this byte.
    no_close_before: usize,
    /// Names of elements without a closing tag in the rest of the text.
    unclosed: Vec<String>,
    /// The open heading: its level, and where it begins in the output.
    heading: Option<(u8, usize)>,
    /// How many tags may still be longer than [`LONGEST_TAG`] without an end.
    long_tags: usize,
    /// The entities that the page defines.
    entities: BTreeMap<String, String>,
    /// The open elements `voice`: where each begins in the output, and its name.
    voices: Vec<(usize, Option<String>)>,
    /// The open element in small capitals.
    small_caps: Option<page::SmallCaps>,
}

impl<'a> Stripper<'a, '_> {
    fn run(&mut self) {
        let mut at = 0;
        let mut copied = 0;
        while let Some(found) = self.next_mark(at) {
            let rest = &self.text[found..];
            let (handled, end) = if rest.starts_with('&') {
                match self.entity(found) {
                    Some((end, word)) => {
                        self.text_run(copied..found);
                        self.out.replace(found..end, &word);
                        (true, end)
                    }
                    None => (false, found + 1),
                }
            } else if let Some(inner) = autolink(rest) {
                self.text_run(copied..found);
                self.out.copy(self.text, found + 1..found + 1 + inner);
                (true, found + inner + 2)
            } else if rest.starts_with('<') {
                match self.tag(found) {
                    Some(tag) => {
                        self.text_run(copied..found);
                        let end = self.apply(&tag);
                        (true, end)
                    }
                    None => (false, found + 1),
                }
            } else {
                (false, found + 1)
            };
            if handled {
                copied = end;
            }
            at = end;
        }
        self.text_run(copied..self.text.len());
        while let Some(open) = self.voices.pop() {
            self.end_voice(open);
        }
        self.end_small_caps();
        self.end_heading();
    }

    /// Begins or ends an element `voice`. One without a name changes nothing.
    fn voice(&mut self, tag: &Tag<'_>) {
        if tag.closing {
            if let Some(open) = self.voices.pop() {
                self.end_voice(open);
            }
        } else if !tag.empty {
            let name = attribute(tag.inner, "name").map(|name| htmlize::unescape(name).trim().to_owned());
            self.voices
                .push((self.out.text.len(), name.filter(|name| !name.is_empty())));
        }
    }

    fn end_voice(&mut self, (start, name): (usize, Option<String>)) {
        let end = self.out.text.len();
        if name.is_some() && start < end {
            let attributes = Attributes {
                voice: name,
                ..Attributes::default()
            };
            self.out.mark(start..end, Mark::Span(attributes));
        }
    }

    fn next_mark(&self, at: usize) -> Option<usize> {
        self.text[at..].find(['<', '&']).map(|found| at + found)
    }

    /// Copies text; where lines flow, runs of white space become one space.
    fn text_run(&mut self, range: Range<usize>) {
        if !self.rules.flows || self.pre > 0 {
            self.out.copy(self.text, range);
            return;
        }
        let mut start = range.start;
        let run = &self.text[range.clone()];
        let mut rest = run;
        while let Some(found) = rest.find(|c: char| c.is_whitespace() && c != '\u{A0}') {
            let space = range.start + (run.len() - rest.len()) + found;
            let behind = rest[found..].trim_start_matches(|c: char| c.is_whitespace() && c != '\u{A0}');
            let next = range.start + (run.len() - behind.len());
            self.out.copy(self.text, start..space);
            if !self.out.text.is_empty() && !self.out.text.ends_with(['\n', ' ']) {
                self.out.replace(space..next, " ");
            }
            start = next;
            rest = behind;
        }
        self.out.copy(self.text, start..range.end);
    }

    fn entity(&self, at: usize) -> Option<(usize, String)> {
        if !self.rules.entities {
            return None;
        }
        let rest = &self.text[at..];
        let end = rest.bytes().take(LONGEST_ENTITY).position(|byte| byte == b';');
        let whole = end.and_then(|end| decoded(&rest[..=end]).map(|word| (at + end + 1, word)));
        match (whole, self.rules.page) {
            (Some((end, word)), Some(_)) if word == "&" => Some(self.escaped_twice(end).unwrap_or((end, word))),
            (Some(whole), _) => Some(whole),
            (None, Some(_)) => self.defined(rest).map(|(length, word)| (at + length, word)),
            (None, None) => None,
        }
    }

    fn note(&mut self, range: Range<usize>, finding: crate::Finding) {
        self.noted += 1;
        if self.noted <= MOST_FINDINGS {
            self.out.note(range, finding);
        }
    }

    /// Reads the tag at `at`. Anything that is not a tag stays text.
    fn tag(&mut self, at: usize) -> Option<Tag<'a>> {
        let rest = &self.text[at..];
        if let Some(body) = rest.strip_prefix("<!--") {
            let length = if at < self.no_close_before {
                None
            } else {
                body.find("-->").map(|end| end + 7)
            };
            if length.is_none() && at >= self.no_close_before {
                self.no_close_before = self.text.len();
                self.note(at..at + 4, findings::open_tag());
            }
            return Some(self.whole(at, length?, "!"));
        }
        if let Some(length) = self.declaration(rest) {
            return Some(self.whole(at, length, "!"));
        }
        if rest.starts_with("<![CDATA[") || rest.starts_with("<?") || rest.starts_with("<!") {
            let length = rest.bytes().take(LONGEST_TAG).position(|byte| byte == b'>')? + 1;
            return rest[2..]
                .starts_with(|c: char| c.is_ascii_alphabetic() || c == '[')
                .then(|| self.whole(at, length, "!"));
        }
        let closing = rest.starts_with("</");
        let body = &rest[1 + usize::from(closing)..];
        let name_length = body
            .bytes()
            .take(40)
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b':' | b'_'))
            .count();
        if name_length == 0 || !body.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let name = body[..name_length].to_ascii_lowercase();
        let known = element(&name).is_some() || matches!(name.as_str(), "sub" | "p" | "s");
        let Some(length) = self.end_of_tag(rest) else {
            if known && at >= self.no_close_before {
                self.no_close_before = self.text.len();
                self.note(at..at + 1 + name_length, findings::open_tag());
            }
            return None;
        };
        let inner = &rest[1..length - 1];
        let behind = &body[name_length..];
        let empty = inner.ends_with('/');
        if !known && !self.rules.strict {
            let attributes = inner[usize::from(closing) + name_length..].trim_end_matches('/').trim();
            let formed = attributes.is_empty() || attributes.contains('=');
            let glued = self.text[..at].ends_with(|c: char| c.is_alphanumeric()) && !closing && !empty;
            if !formed || glued || behind.starts_with(['@', '.', '/']) && !empty {
                return None;
            }
        }
        if !(behind.starts_with(|c: char| c.is_whitespace()) || behind.starts_with(['>', '/', '=', '.'])) {
            return None;
        }
        Some(Tag {
            range: at..at + length,
            name,
            inner,
            closing,
            empty,
        })
    }

    /// Returns the length of the tag at the start of `rest`.
    fn end_of_tag(&mut self, rest: &str) -> Option<usize> {
        let is_page = self.rules.page.is_some() && self.long_tags > 0;
        match end_of_tag(rest, LONGEST_TAG) {
            TagEnd::At(length) => Some(length),
            TagEnd::TooLong if is_page => {
                let TagEnd::At(length) = end_of_tag(rest, page::LONGEST_TAG) else {
                    self.long_tags -= 1;
                    return None;
                };
                Some(length)
            }
            TagEnd::Missing | TagEnd::TooLong => None,
        }
    }

    fn whole(&self, at: usize, length: usize, name: &str) -> Tag<'a> {
        Tag {
            range: at..at + length,
            name: name.to_owned(),
            inner: &self.text[at + 1..at + length - 1],
            closing: false,
            empty: true,
        }
    }

    /// Applies a tag and returns where the text continues.
    fn apply(&mut self, tag: &Tag<'_>) -> usize {
        let range = tag.range.clone();
        let end = range.end;
        if tag.name == "!" {
            self.declared(tag);
            return end;
        }
        if let Some(end) = self.page_element(tag) {
            return end;
        }
        if tag.name == "voice" {
            self.voice(tag);
            return end;
        }
        if tag.name == "sub"
            && let Some(alias) = attribute(tag.inner, "alias")
            && !tag.closing
        {
            let alias = htmlize::unescape(alias).into_owned();
            let close = self.closing_tag(end, "sub", LONGEST_TAG).unwrap_or(end);
            self.out.replace(range.start..close, &alias);
            return close;
        }
        match element(&tag.name) {
            Some(Element::Inline) => {}
            Some(Element::Block) => {
                if tag.name == "pre" {
                    self.pre = if tag.closing {
                        self.pre.saturating_sub(1)
                    } else {
                        self.pre + 1
                    };
                }
                self.trim_space();
                self.block_heading(tag);
                self.out.line_end(range.start, "\n\n");
                self.begin_heading(tag);
            }
            Some(Element::Line) => {
                self.trim_space();
                if tag.name != "li" || !tag.closing {
                    self.out
                        .line_end(range.start, if tag.name == "br" { "\n" } else { "\n\n" });
                }
            }
            Some(Element::Cell) => {
                if tag.closing && self.out.text.ends_with(|c: char| c.is_alphanumeric()) {
                    self.out.replace(range, ", ");
                }
            }
            Some(Element::Hidden) => {
                if !tag.closing && !tag.empty {
                    if self.unclosed.contains(&tag.name) {
                        return end;
                    }
                    let close = self.closing_tag(end, &tag.name, usize::MAX);
                    if let (Some(close), "head" | "title") = (close, tag.name.as_str()) {
                        self.page_title(range.start..close);
                    }
                    if close.is_none() {
                        self.unclosed.push(tag.name.clone());
                    }
                    return close.unwrap_or(end);
                }
            }
            Some(Element::Silent) => {
                if !tag.closing && matches!(tag.name.as_str(), "img" | "video") {
                    self.picture(tag);
                }
            }
            Some(Element::Speech) => return self.speech(tag),
            Some(Element::Ignored) => {
                if !tag.closing {
                    self.note(range, findings::ignored_tag(&tag.name));
                }
            }
            None => {
                if !tag.closing {
                    self.note(range, findings::unknown_tag(&tag.name));
                }
                let between = self.out.text.ends_with(|c: char| c.is_alphanumeric());
                if between && self.text[end..].starts_with(|c: char| c.is_alphanumeric()) {
                    self.out.replace(tag.range.clone(), " ");
                }
            }
        }
        end
    }

    fn trim_space(&mut self) {
        if self.rules.flows && self.out.text.ends_with(' ') {
            self.out.text.pop();
        }
    }

    /// Returns the end of the closing tag of an element that opened before `at`, if it is within `within` bytes.
    fn closing_tag(&self, at: usize, name: &str, within: usize) -> Option<usize> {
        let mut from = at;
        let near = window(&self.text[at..], within);
        while let Some(found) = near[from - at..].find("</") {
            let start = from + found;
            let rest = &self.text[start + 2..];
            if rest
                .get(..name.len())
                .is_some_and(|found| found.eq_ignore_ascii_case(name))
            {
                return window(rest, LONGEST_TAG).find('>').map(|close| start + 2 + close + 1);
            }
            from = start + 2;
        }
        None
    }
}

/// Returns the text of an entity, such as `&amp;`.
fn decoded(written: &str) -> Option<String> {
    let body = written.strip_prefix('&')?.strip_suffix(';')?;
    if body.is_empty() || !body.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'#') {
        return None;
    }
    let word = htmlize::unescape(written);
    (word != written).then(|| word.into_owned())
}
