//! Chunks: runs of characters without white space, with the punctuation around them.

use std::ops::Range;

use super::fold::fold;

/// The kind of a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Characters to classify.
    Word,
    /// `<break/>`, `[laugh]`: passes through.
    Tag,
    /// A dash, or an ellipsis.
    Pause(&'static str),
}

/// A run of characters without white space.
#[derive(Clone, Debug)]
pub(super) struct Chunk<'a> {
    /// The whole run, in bytes of the text.
    pub(super) range: Range<usize>,
    /// Whether white space precedes it.
    pub(super) spaced: bool,
    pub(super) kind: Kind,
    /// Opening punctuation.
    pub(super) lead: &'a str,
    /// The text between the opening and the closing punctuation, as written.
    pub(super) raw: &'a str,
    /// The same text with folded characters; see [`fold`].
    pub(super) core: std::borrow::Cow<'a, str>,
    /// Closing punctuation.
    pub(super) trail: &'a str,
}

impl Chunk<'_> {
    /// Returns the end of the core, in bytes of the text.
    pub(super) fn core_end(&self) -> usize {
        self.range.end - self.trail.len()
    }

    /// Returns the start of the core, in bytes of the text.
    pub(super) fn core_start(&self) -> usize {
        self.range.start + self.lead.len()
    }

    /// Returns true if it has letters only.
    pub(super) fn is_letters(&self) -> bool {
        !self.core.is_empty() && self.core.chars().all(char::is_alphabetic)
    }
}

/// The maximum length of a tag, in bytes.
const LONGEST_TAG: usize = 200;
/// The maximum length of a chunk that is folded and parsed. No token is longer.
pub(super) const LONGEST_CORE: usize = 400;

/// Splits a text into chunks.
pub(super) struct Chunks<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Chunks<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    fn tag(&self, start: usize) -> Option<usize> {
        let rest = &self.text[start..];
        let mut limit = rest.len().min(LONGEST_TAG);
        while !rest.is_char_boundary(limit) {
            limit -= 1;
        }
        let window = &rest[..limit];
        if let Some(name) = window.strip_prefix('<') {
            let name = name.trim_start_matches('/');
            if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
                return None;
            }
            let end = window.find('>')?;
            let inner = &window[1..end];
            return (!inner.contains(['<', '\n'])).then_some(end + 1);
        }
        if window.starts_with('[') {
            let end = window.find(']')?;
            let inner = &window[1..end];
            return (!inner.is_empty() && is_bracket_tag(inner)).then_some(end + 1);
        }
        None
    }
}

/// Returns an instruction to the voice in brackets: a direction in lower case, or phonemes.
fn is_bracket_tag(inner: &str) -> bool {
    let direction = inner.len() <= 24
        && inner
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b' ' || byte == b'_')
        && inner.split(' ').count() <= 2;
    let arpabet = inner.split(' ').count() > 1
        && inner.split(' ').all(|phone| {
            (1..=3).contains(&phone.len())
                && phone
                    .bytes()
                    .all(|byte| byte.is_ascii_uppercase() || matches!(byte, b'0'..=b'2'))
        });
    let ipa = inner
        .chars()
        .any(|c| ('\u{250}'..='\u{2AF}').contains(&c) || matches!(c, 'ˈ' | 'ˌ' | 'ː' | 'ə'));
    direction || arpabet || ipa || inner == "pause" || inner.starts_with("pause ")
}

const fn is_lead(c: char) -> bool {
    matches!(
        c,
        '(' | '['
            | '{'
            | '"'
            | '“'
            | '”'
            | '„'
            | '‘'
            | '’'
            | '‚'
            | '\''
            | '«'
            | '»'
            | '‹'
            | '›'
            | '¿'
            | '¡'
            | '*'
            | '_'
            | '`'
            | '|'
            | '!'
            | '•'
            | '·'
            | '‣'
            | '^'
    )
}

const fn is_trail(c: char) -> bool {
    matches!(
        c,
        ')' | ']'
            | '}'
            | '"'
            | '”'
            | '“'
            | '’'
            | '‘'
            | '\''
            | '»'
            | '«'
            | '›'
            | '‹'
            | ','
            | '.'
            | ';'
            | ':'
            | '!'
            | '?'
            | '*'
            | '_'
            | '`'
            | '|'
            | '…'
            | '‽'
            | '。'
            | '，'
            | '、'
            | '！'
            | '？'
    )
}

/// Returns the end of the chunk at the start of `rest`. White space, a dash, an ellipsis or a tag ends a chunk.
fn end_of(rest: &str, chunks: &Chunks<'_>, start: usize) -> usize {
    let mut before = None;
    for (at, c) in rest.char_indices() {
        if is_gap(c) {
            // A no-break space joins digits.
            let joins = c != ' ' && !matches!(c, '\n' | '\t' | '\r') && is_thin(c);
            let digits = joins
                && before.is_some_and(|c: char| c.is_ascii_digit())
                && rest[at + c.len_utf8()..].starts_with(|c: char| c.is_ascii_digit());
            if !digits {
                return at;
            }
        }
        if at > 0 {
            if matches!(c, '—' | '―' | '…') || rest[at..].starts_with("--") && !rest[..at].ends_with('-') {
                return at;
            }
            if rest[at..].starts_with("...") {
                return at;
            }
            if c == '<' && chunks.tag(start + at).is_some() {
                return at;
            }
            if c == '[' && chunks.tag(start + at).is_some() {
                return at;
            }
        }
        before = Some(c);
    }
    rest.len()
}

fn is_gap(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200B}' | '\u{2028}' | '\u{2029}')
}

const fn is_thin(c: char) -> bool {
    matches!(c, '\u{A0}' | '\u{202F}' | '\u{2009}' | '\u{2007}')
}

/// Removes the punctuation at both ends.
fn strip(run: &str) -> (&str, &str, &str) {
    // An operator that stands alone.
    if matches!(run, "*" | "^") {
        return ("", run, "");
    }
    let mut start = 0;
    for (at, c) in run.char_indices() {
        // "'80s" and "'98": the apostrophe belongs to the year.
        let rest = &run[at + c.len_utf8()..];
        let year = matches!(c, '\'' | '’' | '‘')
            && rest.bytes().take_while(u8::is_ascii_digit).count() == 2
            && rest[2..].chars().all(|c| c == 's' || is_trail(c));
        if !is_lead(c) || year {
            break;
        }
        // "_private" and "*args" are names.
        if matches!(c, '_') && !run.ends_with('_') && run.len() < 60 && !rest.starts_with('_') && !rest.contains("_ ") {
            start = at + c.len_utf8();
            continue;
        }
        start = at + c.len_utf8();
    }
    let body = &run[start..];
    let opened = body.len() < LONGEST_CORE && body.contains(['(', '[']);
    let mut end = body.len();
    for (at, c) in body.char_indices().rev() {
        if !is_trail(c) {
            break;
        }
        if matches!(c, ')' | ']') && opened {
            let before = &body[..at];
            let open = before.matches(if c == ')' { '(' } else { '[' }).count();
            let closed = before.matches(c).count();
            if open > closed {
                break;
            }
        }
        end = at;
    }
    (&run[..start], &body[..end], &body[end..])
}

impl<'a> Iterator for Chunks<'a> {
    type Item = Chunk<'a>;

    fn next(&mut self) -> Option<Chunk<'a>> {
        let rest = &self.text[self.at..];
        let gap = rest.len() - rest.trim_start_matches(is_gap).len();
        let start = self.at + gap;
        let rest = &self.text[start..];
        let first = rest.chars().next()?;
        let whole = |kind, length: usize| Chunk {
            range: start..start + length,
            spaced: gap > 0,
            kind,
            lead: "",
            raw: &self.text[start..start + length],
            core: std::borrow::Cow::Borrowed(""),
            trail: "",
        };
        let chunk = if matches!(first, '<' | '[')
            && let Some(length) = self.tag(start)
        {
            whole(Kind::Tag, length)
        } else if matches!(first, '—' | '―') {
            let length = rest.len() - rest.trim_start_matches(['—', '―']).len();
            whole(Kind::Pause("—"), length)
        } else if rest.starts_with("--") && !rest[2..].starts_with(|c: char| c.is_ascii_alphabetic()) {
            let length = rest.len() - rest.trim_start_matches('-').len();
            whole(Kind::Pause("—"), length)
        } else if rest.starts_with("--") && gap == 0 && start > 0 {
            whole(Kind::Pause("—"), 2)
        } else if first == '…' || rest.starts_with("...") {
            let length = rest.len() - rest.trim_start_matches(['…', '.']).len();
            whole(Kind::Pause("..."), length)
        } else {
            let length = end_of(rest, self, start).max(first.len_utf8());
            let run = &rest[..length];
            let (lead, raw, trail) = strip(run);
            Chunk {
                range: start..start + length,
                spaced: gap > 0,
                kind: Kind::Word,
                lead,
                raw,
                core: if raw.len() <= LONGEST_CORE {
                    fold(raw)
                } else {
                    std::borrow::Cow::Borrowed(raw)
                },
                trail,
            }
        };
        self.at = chunk.range.end;
        Some(chunk)
    }
}
