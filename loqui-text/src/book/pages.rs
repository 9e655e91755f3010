//! The pages of a book: their texts, and what their marks of notes refer to.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::contents::Contents;
use super::error::UnreadableBook;
use super::package::{Package, folder, resolve};
use super::{BookOptions, Reader, chapters};
use crate::source::{Kept, LeftOut, PageRules, attribute, refers_to_note};
use crate::{Document, Part, Plain};

/// The longest content of a link that may be the mark of a note, in bytes.
const LONGEST_MARK: usize = 300;

/// A page of a book.
pub(super) struct Page {
    path: String,
    text: String,
    linear: bool,
}

impl Reader<'_> {
    /// Unpacks the pages in the order of reading. Missing ones are a finding.
    pub(super) fn pages(&mut self, package: &Package) -> Result<Vec<Page>, UnreadableBook> {
        let mut pages = Vec::new();
        let mut known = HashSet::new();
        for item in &package.spine {
            if !known.insert(item.path.as_str()) {
                continue;
            }
            match self.text(&item.path)? {
                Some(text) => pages.push(Page {
                    path: item.path.clone(),
                    text,
                    linear: item.linear,
                }),
                None => self.findings.damaged(format!("the page {} is missing", item.path)),
            }
        }
        Ok(pages)
    }

    /// Reads the pages.
    pub(super) fn parts(
        &mut self,
        pages: Vec<Page>,
        contents: &Contents,
        small_caps: BTreeSet<String>,
        options: &BookOptions,
    ) -> Vec<Part> {
        let kept = Kept {
            notes: options.notes,
            front_matter: options.front_matter,
        };
        let mut notes = notes(&pages);
        let mut rules = PageRules {
            kept,
            small_caps,
            ..PageRules::DEFAULT
        };
        let mut parts = Vec::new();
        for page in pages {
            if let Some(what) = left_out(&page, contents, kept) {
                self.findings.left_out(what, &page.path);
                continue;
            }
            rules.chapters = contents.elements.get(&page.path).cloned().unwrap_or_default();
            rules.notes = notes.remove(&page.path).unwrap_or_default();
            let plain = Plain::from_page(page.text, &rules);
            for finding in &plain.findings {
                let (message, hint) = (finding.message.clone(), finding.hint);
                self.findings.add(finding.code, message, hint, &page.path);
            }
            let document = Document::from_text(&plain.text, &plain.marks);
            let entry = contents.pages.get(&page.path);
            chapters::add(&mut parts, document.parts, entry, plain.title.as_deref());
        }
        parts
    }
}

/// Returns what a page is, if it is not part of the text.
fn left_out(page: &Page, contents: &Contents, kept: Kept) -> Option<&'static str> {
    match contents.kinds.get(&page.path) {
        Some(LeftOut::FrontMatter(what)) if !kept.front_matter => Some(what),
        Some(LeftOut::Note) if !kept.notes => Some("a page of notes"),
        _ if !page.linear && !kept.notes => Some("a page beside the order of reading"),
        _ => None,
    }
}

/// Returns the ids of the notes of each page that marks refer to.
fn notes(pages: &[Page]) -> HashMap<String, BTreeSet<String>> {
    let mut notes: HashMap<String, BTreeSet<String>> = HashMap::new();
    let names: BTreeMap<&str, &str> = pages
        .iter()
        .map(|page| (page.path.as_str(), page.path.as_str()))
        .collect();
    for page in pages {
        let mut rest = page.text.as_str();
        while let Some(found) = rest.find("<a ") {
            let before = &rest[..found];
            rest = &rest[found + 1..];
            let Some(close) = rest.find('>').filter(|close| *close < 2000) else {
                continue;
            };
            let tag = &rest[..close];
            let behind = &rest[close + 1..];
            let Some(href) = attribute(tag, "href") else { continue };
            let Some((target, id)) = href.split_once('#') else {
                continue;
            };
            let end = behind
                .as_bytes()
                .windows(3)
                .take(LONGEST_MARK)
                .position(|bytes| bytes.eq_ignore_ascii_case(b"</a"));
            let Some(content) = end.and_then(|end| behind.get(..end)) else {
                continue;
            };
            if !refers_to_note(tag, content, before) {
                continue;
            }
            let path = if target.is_empty() {
                page.path.clone()
            } else {
                resolve(folder(&page.path), target)
            };
            if let Some(path) = names.get(path.as_str()) {
                notes.entry((*path).to_owned()).or_default().insert(id.to_owned());
            }
        }
    }
    notes
}
