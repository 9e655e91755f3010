//! Entities that a page defines, entities without an end, and entities that were escaped twice.

use super::super::{LONGEST_ENTITY, Stripper, decoded};

/// The most entities that a page may define.
const MOST: usize = 200;
/// The longest text of a defined entity, in bytes.
const LONGEST: usize = 200;

/// Reads the entities that a document type defines. Their texts are taken as they stand: entities inside them are not replaced,
/// so that they cannot grow.
pub(super) fn defined(doctype: &str) -> Vec<(String, String)> {
    let definitions = doctype.split("<!ENTITY").skip(1).take(MOST);
    definitions
        .filter_map(|definition| {
            let definition = definition.trim_start();
            let (name, rest) = definition.split_once(char::is_whitespace)?;
            let rest = rest.trim_start();
            let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            let value = rest[1..].split(quote).next()?;
            let fits = value.len() <= LONGEST && !value.contains(['<', '%']) && !name.starts_with('%');
            let text = htmlize::unescape(value).into_owned();
            fits.then(|| (name.to_owned(), text))
        })
        .collect()
}

impl Stripper<'_, '_> {
    /// Reads an entity that the page defines, or one of HTML without a semicolon. Returns its length and its text.
    pub(in super::super) fn defined(&self, rest: &str) -> Option<(usize, String)> {
        let body = rest.strip_prefix('&')?;
        let length = body
            .bytes()
            .take(LONGEST_ENTITY)
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'#' | b'_' | b'-' | b'.'))
            .count();
        let name = &body[..length];
        if body[length..].starts_with(';') {
            return Some((length + 2, self.entities.get(name)?.clone()));
        }
        let name = name.trim_end_matches(['_', '-', '.']);
        // Numbers, and the few names that HTML permits without a semicolon.
        let number = name.strip_prefix('#').is_some_and(|digits| digits.len() >= 2);
        if !number && name.len() < 3 {
            return None;
        }
        let written = &rest[..=name.len()];
        let word = htmlize::unescape(written);
        (word != written).then(|| (written.len(), word.into_owned()))
    }

    /// Reads an entity whose sign `&` was escaped: `&amp;nbsp;`. `at` is behind the escaped sign.
    pub(in super::super) fn escaped_twice(&self, at: usize) -> Option<(usize, String)> {
        let rest = &self.text[at..];
        let end = rest.bytes().take(LONGEST_ENTITY).position(|byte| byte == b';')?;
        let word = decoded(&format!("&{}", &rest[..=end]))?;
        // A page about HTML writes the entities of its signs.
        let sign = matches!(word.as_str(), "<" | ">" | "&");
        (!sign).then_some((at + end + 1, word))
    }
}
