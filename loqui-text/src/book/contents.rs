//! The table of contents of a book: the navigation page of EPUB 3, the NCX file of EPUB 2.

use std::collections::{BTreeMap, HashMap};

use super::Reader;
use super::package::{Package, folder, resolve};
use super::xml::{self, Item, one_line};
use crate::source::{KINDS, LeftOut, kind_of};

/// The most entries of a table of contents.
const MOST_ENTRIES: usize = 20_000;
/// The longest title, in characters.
const LONGEST_TITLE: usize = 300;

/// An entry of the table of contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) title: String,
    /// From 1 to 6.
    pub(super) level: u8,
}

/// The table of contents.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// Entries that refer to a whole page.
    pub(super) pages: HashMap<String, Entry>,
    /// Entries that refer to an element, by page and id.
    pub(super) elements: HashMap<String, BTreeMap<String, (u8, String)>>,
    /// Pages that are not part of the text.
    pub(super) kinds: HashMap<String, LeftOut>,
}

impl Contents {
    fn add(&mut self, base: &str, found: Found) {
        let title: String = one_line(&found.title).chars().take(LONGEST_TITLE).collect();
        let Some(href) = found.href.filter(|_| !title.is_empty()) else {
            return;
        };
        let path = resolve(base, &href);
        let level = found.depth.clamp(1, 6) as u8;
        match href.split_once('#') {
            Some((_, id)) if !id.is_empty() => {
                let ids = self.elements.entry(path).or_default();
                ids.entry(id.to_owned()).or_insert((level, title));
            }
            _ => {
                self.pages.entry(path).or_insert(Entry { title, level });
            }
        }
    }
}

/// An entry while it is read.
#[derive(Default)]
struct Found {
    title: String,
    href: Option<String>,
    depth: usize,
}

impl Reader<'_> {
    /// Reads the table of contents. Without one, the headings of the pages are the chapters.
    pub(super) fn contents(&mut self, package: &Package) -> Contents {
        let mut contents = Contents {
            kinds: package.kinds.clone(),
            ..Contents::default()
        };
        for (path, is_nav) in [(&package.nav, true), (&package.ncx, false)] {
            let Some(path) = path else { continue };
            let Ok(Some(text)) = self.text(path) else {
                self.findings
                    .damaged(format!("the table of contents {path} is missing"));
                continue;
            };
            let base = folder(path);
            let whole = if is_nav {
                contents
                    .kinds
                    .insert(path.clone(), LeftOut::FrontMatter("the table of contents"));
                navigation(&text, base, &mut contents)
            } else if contents.pages.is_empty() && contents.elements.is_empty() {
                ncx(&text, base, &mut contents)
            } else {
                true
            };
            if !whole {
                self.findings
                    .damaged(format!("the table of contents {path} is damaged"));
            }
        }
        contents
    }
}

/// Reads the NCX file.
fn ncx(text: &str, base: &str, contents: &mut Contents) -> bool {
    let mut depth = 0;
    let mut entries = 0;
    let mut current: Option<Found> = None;
    let mut in_label = false;
    let whole = xml::each(text, |item| match item {
        Item::Open(tag) => match tag.name.as_str() {
            "navpoint" => {
                depth += 1;
                entries += 1;
                let found = Found {
                    depth,
                    ..Found::default()
                };
                if let Some(before) = current.replace(found) {
                    contents.add(base, before);
                }
            }
            "navlabel" => in_label = true,
            "content" => {
                if let Some(found) = &mut current {
                    found.href = tag.attribute("src");
                }
            }
            _ => {}
        },
        Item::Text(words) => {
            if let Some(found) = current.as_mut().filter(|found| in_label && found.title.len() < 2000) {
                found.title.push_str(&words);
            }
        }
        Item::Close(name) => match name.as_str() {
            "navpoint" => {
                depth = depth.saturating_sub(1);
                if let Some(found) = current.take().filter(|_| entries <= MOST_ENTRIES) {
                    contents.add(base, found);
                }
            }
            "navlabel" => in_label = false,
            _ => {}
        },
    });
    if let Some(found) = current {
        contents.add(base, found);
    }
    whole
}

/// Reads the navigation page: the table of contents, and the landmarks.
fn navigation(text: &str, base: &str, contents: &mut Contents) -> bool {
    let (mut list, mut depth, mut entries) = (List::Other, 0, 0);
    let mut current: Option<Found> = None;
    let mut kind = None;
    xml::each(text, |item| match item {
        Item::Open(tag) => match tag.name.as_str() {
            "nav" => {
                let kinds = tag
                    .attribute("type")
                    .or_else(|| tag.attribute("role"))
                    .unwrap_or_default();
                list = List::of(&kinds);
                depth = 0;
            }
            "ol" => depth += 1,
            "a" if list != List::Other && entries < MOST_ENTRIES => {
                entries += 1;
                kind = tag.attribute("type");
                current = Some(Found {
                    title: String::new(),
                    href: tag.attribute("href"),
                    depth,
                });
            }
            "img" => {
                if let (Some(found), Some(words)) = (&mut current, tag.attribute("alt")) {
                    found.title.push_str(&words);
                }
            }
            _ => {}
        },
        Item::Text(words) => {
            if let Some(found) = current.as_mut().filter(|found| found.title.len() < 2000) {
                found.title.push_str(&words);
            }
        }
        Item::Close(name) => match name.as_str() {
            "a" => {
                let Some(found) = current.take() else { return };
                if list == List::Contents {
                    contents.add(base, found);
                } else if let Some(href) = found.href.filter(|href| !href.contains('#'))
                    && let Some(kind) = kind.take().and_then(|kind| kind_of(KINDS, &kind))
                {
                    contents.kinds.insert(resolve(base, &href), kind);
                }
            }
            "ol" => depth = depth.saturating_sub(1),
            "nav" => list = List::Other,
            _ => {}
        },
    })
}

/// A list of the navigation page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum List {
    Contents,
    Landmarks,
    Other,
}

impl List {
    fn of(kinds: &str) -> Self {
        let mut kinds = kinds.split_ascii_whitespace();
        kinds
            .find_map(|kind| match kind {
                "toc" | "doc-toc" => Some(Self::Contents),
                "landmarks" => Some(Self::Landmarks),
                _ => None,
            })
            .unwrap_or(Self::Other)
    }
}
