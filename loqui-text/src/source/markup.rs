//! Tags and entities in a text.

use std::ops::Range;

use super::findings;
use super::html::{Element, attribute, element};
use super::map::Output;

/// Longer tags are treated as text.
const LONGEST_TAG: usize = 2000;
/// Longer entities do not exist.
const LONGEST_ENTITY: usize = 34;
/// The maximum number of findings of one kind. A pasted page has hundreds of tags.
const MOST_FINDINGS: usize = 20;

/// The constructs that are read as markup.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    entities: bool,
    /// Whether line breaks are white space like any other.
    flows: bool,
    /// Whether unknown tags are certainly tags.
    strict: bool,
}

impl Rules {
    pub(super) const PLAIN: Self = Self {
        entities: true,
        flows: false,
        strict: false,
    };
    /// The entities are decoded already.
    pub(super) const DECODED: Self = Self {
        entities: false,
        flows: false,
        strict: false,
    };
    pub(super) const HTML: Self = Self {
        entities: true,
        flows: true,
        strict: true,
    };
    pub(super) const SSML: Self = Self {
        entities: true,
        flows: true,
        strict: true,
    };
}

/// Removes tags and decodes entities.
pub(super) fn strip(text: &str, rules: Rules, out: &mut Output) {
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
    };
    stripper.run();
}

struct Stripper<'a, 'b> {
    text: &'a str,
    rules: Rules,
    out: &'b mut Output,
    noted: usize,
    /// The number of open `pre` elements.
    pre: usize,
    /// There is no `>` before this byte.
    no_close_before: usize,
    /// Names of elements without a closing tag in the rest of the text.
    unclosed: Vec<String>,
}

/// A tag in the text.
struct Tag<'a> {
    range: Range<usize>,
    name: String,
    /// The text between the angle brackets.
    inner: &'a str,
    closing: bool,
    empty: bool,
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
        let end = rest.bytes().take(LONGEST_ENTITY).position(|byte| byte == b';')? + 1;
        let written = &rest[..end];
        let body = &written[1..end - 1];
        if !body.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'#') {
            return None;
        }
        let word = htmlize::unescape(written);
        (word != written).then(|| (at + end, word.into_owned()))
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
        let Some(length) = end_of_tag(rest) else {
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
                self.out.line_end(range.start, "\n\n");
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
                    if close.is_none() {
                        self.unclosed.push(tag.name.clone());
                    }
                    return close.unwrap_or(end);
                }
            }
            Some(Element::Silent) => {
                if !tag.closing && matches!(tag.name.as_str(), "img" | "video" | "picture") {
                    self.note(range, findings::left_out("a picture"));
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

    fn speech(&mut self, tag: &Tag<'_>) -> usize {
        let end = tag.range.end;
        match tag.name.as_str() {
            "break" => {
                let pause = pause(tag.inner);
                let space = if self.out.text.ends_with(|c: char| !c.is_whitespace()) {
                    " "
                } else {
                    ""
                };
                self.out
                    .replace(tag.range.clone(), &format!("{space}[pause {pause}ms]"));
                if self.text[end..].starts_with(|c: char| !c.is_whitespace()) {
                    self.out.replace(end..end, " ");
                }
                end
            }
            "say-as" if !tag.closing && !tag.empty => {
                let kind = attribute(tag.inner, "interpret-as").unwrap_or_default();
                let Some(close) = window(&self.text[end..], LONGEST_TAG)
                    .find("</")
                    .map(|found| end + found)
                else {
                    return end;
                };
                let content = &self.text[end..close];
                if content.len() > 200 || content.contains('<') {
                    return end;
                }
                match said_as(content.trim(), kind) {
                    Some(words) => {
                        self.out.replace(end..close, &words);
                        self.closing_tag(close, "say-as", LONGEST_TAG).unwrap_or(close)
                    }
                    None => end,
                }
            }
            _ => end,
        }
    }
}

/// The length of the address between the brackets of `<jane@example.org>` or `<https://example.org>`.
fn autolink(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix('<')?;
    let end = inner.bytes().take(LONGEST_TAG).position(|byte| byte == b'>')?;
    let address = &inner[..end];
    let plain = !address.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '"' | '\'' | '='));
    let mail = address.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !host.contains('@') && !name.starts_with('/')
    });
    (plain && (mail || address.starts_with("https://") || address.starts_with("http://"))).then_some(end)
}

/// The first bytes of a text, cut between characters.
fn window(text: &str, length: usize) -> &str {
    let mut end = text.len().min(length);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Returns the end of the tag at the start of `rest`. A quoted value may contain `>`.
fn end_of_tag(rest: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in rest.bytes().enumerate().take(LONGEST_TAG).skip(1) {
        match (byte, quote) {
            (b'"' | b'\'', None) if rest.as_bytes()[at - 1] == b'=' => quote = Some(byte),
            (_, Some(open)) if open == byte => quote = None,
            (b'>', None) => return Some(at + 1),
            (b'<', None) => return None,
            _ => {}
        }
    }
    None
}

/// Milliseconds of a `break`.
fn pause(inner: &str) -> u64 {
    let named = match attribute(inner, "strength") {
        Some("none") => Some(0),
        Some("x-weak") => Some(100),
        Some("weak") => Some(250),
        Some("strong") => Some(1000),
        Some("x-strong") => Some(2000),
        _ => None,
    };
    let timed = attribute(inner, "time").and_then(|time| {
        let (number, unit) = time.strip_suffix("ms").map_or_else(
            || time.strip_suffix('s').map(|number| (number, 1000.0)),
            |number| Some((number, 1.0)),
        )?;
        number
            .trim()
            .parse::<f64>()
            .ok()
            .filter(|value| *value >= 0.0)
            .map(|value| (value * unit).min(60_000.0) as u64)
    });
    timed.or(named).unwrap_or(500)
}

/// Rewrites the content of `say-as` so that the next stages read it as requested.
fn said_as(content: &str, kind: &str) -> Option<String> {
    let spaced = |text: &str| {
        let letters: Vec<String> = text.chars().filter(|c| !c.is_whitespace()).map(String::from).collect();
        letters.join(" ")
    };
    let digits = !content.is_empty() && content.bytes().all(|byte| byte.is_ascii_digit());
    match kind {
        "characters" | "spell-out" | "verbatim" | "letters" | "digits" => Some(spaced(content)),
        "ordinal" if digits => {
            let suffix = match content.as_bytes() {
                [.., b'1', _] => "th",
                [.., b'1'] => "st",
                [.., b'2'] => "nd",
                [.., b'3'] => "rd",
                _ => "th",
            };
            Some(format!("{content}{suffix}"))
        }
        "cardinal" | "number" if digits && content.len() > 3 => {
            let mut grouped = String::new();
            for (index, digit) in content.chars().enumerate() {
                if index > 0 && (content.len() - index).is_multiple_of(3) {
                    grouped.push(',');
                }
                grouped.push(digit);
            }
            Some(grouped)
        }
        _ => None,
    }
}
