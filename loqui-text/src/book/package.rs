//! The package file of a book: its title, its files, and the order of its pages.

use std::collections::HashMap;

use super::Reader;
use super::error::UnreadableBook;
use super::xml::{self, Item, one_line};
use crate::book::Cover;
use crate::source::{KINDS, LeftOut, decode_page, kind_of};

/// The most pages of a book.
const MOST_PAGES: usize = 20_000;
/// The most authors of a book.
const MOST_AUTHORS: usize = 20;

/// What the package file says.
#[derive(Debug, Default)]
pub(super) struct Package {
    pub(super) title: Option<String>,
    pub(super) authors: Vec<String>,
    pub(super) language: Option<String>,
    /// The pages, in order.
    pub(super) spine: Vec<SpineItem>,
    pub(super) nav: Option<String>,
    pub(super) ncx: Option<String>,
    pub(super) styles: Vec<String>,
    pub(super) cover: Option<String>,
    /// Pages that are not part of the text, by their path.
    pub(super) kinds: HashMap<String, LeftOut>,
}

/// A page in the order of reading.
#[derive(Debug)]
pub(super) struct SpineItem {
    pub(super) path: String,
    /// Whether it is part of the order of reading.
    pub(super) linear: bool,
}

/// A file in the list of a package.
#[derive(Debug, Default)]
struct ManifestItem {
    path: String,
    media_type: String,
    properties: String,
}

impl ManifestItem {
    fn is_page(&self) -> bool {
        is_page(&self.path) || matches!(self.media_type.as_str(), "application/xhtml+xml" | "text/html")
    }
}

/// What is collected while the package file is read.
#[derive(Default)]
struct Draft {
    items: Vec<(String, ManifestItem)>,
    spine: Vec<(String, bool)>,
    guide: Vec<(String, String)>,
    toc: Option<String>,
    cover: Option<String>,
}

impl Reader<'_> {
    /// Reads the package file. Without one, all pages are read in the order of their names.
    pub(super) fn package(&mut self) -> Result<Package, UnreadableBook> {
        self.check_protection()?;
        let Some(path) = self.package_path()? else {
            self.findings
                .damaged("the package file is missing; the pages are read in the order of their names");
            return self.pages_by_name();
        };
        let text = self.text(&path)?.unwrap_or_default();
        let base = folder(&path);
        let mut package = Package::default();
        let mut draft = Draft::default();
        let mut open = String::new();
        let mut words = String::new();
        let whole = xml::each(&text, |item| match item {
            Item::Open(tag) => {
                words.clear();
                open.clone_from(&tag.name);
                draft.open(&tag, base);
            }
            Item::Text(text) => words.push_str(&text),
            Item::Close(name) => {
                if name == open {
                    package.describe(&name, &one_line(&words));
                }
                words.clear();
            }
        });
        if !whole {
            self.findings.damaged("the package file is damaged");
        }
        draft.settle(&mut package);
        if package.spine.is_empty() {
            self.findings
                .damaged("the order of the pages is missing; they are read in the order of their names");
            package.spine = self.pages_by_name()?.spine;
        }
        Ok(package)
    }

    /// Finds the package file: as the container names it, or by its extension.
    fn package_path(&mut self) -> Result<Option<String>, UnreadableBook> {
        let mut named = Vec::new();
        if let Some(container) = self.text("META-INF/container.xml")? {
            xml::each(&container, |item| {
                if let Item::Open(tag) = item
                    && tag.name == "rootfile"
                {
                    named.extend(tag.attribute("full-path"));
                }
            });
        } else {
            self.findings.damaged("META-INF/container.xml is missing");
        }
        let paths = self.archive.paths();
        let known = named.into_iter().map(|path| resolve("", &path));
        let known = known.filter(|path| paths.iter().any(|known| known.eq_ignore_ascii_case(path)));
        Ok(known
            .into_iter()
            .next()
            .or_else(|| paths.iter().find(|path| has_extension(path, &["opf"])).cloned()))
    }

    /// Refuses books whose pages are encrypted. Fonts may be.
    fn check_protection(&mut self) -> Result<(), UnreadableBook> {
        let Some(text) = self.text("META-INF/encryption.xml")? else {
            return Ok(());
        };
        let mut is_protected = false;
        xml::each(&text, |item| {
            if let Item::Open(tag) = item
                && tag.name == "cipherreference"
            {
                is_protected |= tag.attribute("URI").is_some_and(|path| is_page(&path));
            }
        });
        if is_protected {
            Err(UnreadableBook::Protected)
        } else {
            Ok(())
        }
    }

    fn pages_by_name(&self) -> Result<Package, UnreadableBook> {
        let paths = self.archive.paths().into_iter().filter(|path| is_page(path));
        let mut spine: Vec<SpineItem> = paths
            .take(MOST_PAGES)
            .map(|path| SpineItem { path, linear: true })
            .collect();
        spine.sort_by_cached_key(|item| natural(&item.path));
        if spine.is_empty() {
            return Err(UnreadableBook::NotABook);
        }
        Ok(Package {
            spine,
            ..Package::default()
        })
    }

    /// Reads a file as text.
    pub(super) fn text(&mut self, path: &str) -> Result<Option<String>, UnreadableBook> {
        let Some(unpacked) = self.archive.read(path)? else {
            return Ok(None);
        };
        if unpacked.damaged {
            self.findings
                .damaged(format!("{path} is damaged and is read as far as it is there"));
        }
        Ok(decode_page(&unpacked.bytes))
    }

    /// Reads the picture on the cover, if players can show it.
    pub(super) fn cover(&mut self, package: &Package) -> Option<Cover> {
        let unpacked = self.archive.read(package.cover.as_deref()?).ok().flatten()?;
        Cover::of(unpacked.bytes).filter(|_| !unpacked.damaged)
    }
}

impl Package {
    /// Takes the content of an element of the metadata.
    fn describe(&mut self, name: &str, words: &str) {
        if words.is_empty() {
            return;
        }
        match name {
            "title" if self.title.is_none() => self.title = Some(words.to_owned()),
            "creator" if self.authors.len() < MOST_AUTHORS => self.authors.push(words.to_owned()),
            "language" if self.language.is_none() => self.language = Some(words.to_owned()),
            _ => {}
        }
    }
}

impl Draft {
    fn open(&mut self, tag: &xml::Tag<'_>, base: &str) {
        let value = |name: &str| tag.attribute(name).unwrap_or_default();
        match tag.name.as_str() {
            "item" if self.items.len() < 2 * MOST_PAGES => {
                let item = ManifestItem {
                    path: resolve(base, &value("href")),
                    media_type: value("media-type").to_ascii_lowercase(),
                    properties: value("properties"),
                };
                self.items.push((value("id"), item));
            }
            "itemref" if self.spine.len() < MOST_PAGES => self.spine.push((value("idref"), value("linear") != "no")),
            "spine" => self.toc = tag.attribute("toc"),
            "meta" if value("name") == "cover" => self.cover = tag.attribute("content"),
            "reference" if self.guide.len() < 100 => self.guide.push((value("type"), value("href"))),
            _ => {}
        }
        if tag.name == "reference"
            && let Some((_, href)) = self.guide.last_mut()
            && !href.contains('#')
        {
            *href = resolve(base, href);
        }
    }

    /// Looks up the pages of the spine among the files.
    fn settle(self, package: &mut Package) {
        let by_id: HashMap<&str, &ManifestItem> = self.items.iter().map(|(id, item)| (id.as_str(), item)).collect();
        for (id, linear) in &self.spine {
            // Some books refer to files by their paths.
            let item = by_id.get(id.as_str()).copied();
            let item = item.or_else(|| {
                self.items
                    .iter()
                    .map(|(_, item)| item)
                    .find(|item| item.path.ends_with(id.as_str()))
            });
            if let Some(item) = item.filter(|item| item.is_page()) {
                let (path, linear) = (item.path.clone(), *linear);
                package.spine.push(SpineItem { path, linear });
            }
        }
        let has = |property: &'static str| {
            let mut items = self.items.iter().map(|(_, item)| item);
            items.find(move |item| item.properties.split_ascii_whitespace().any(|known| known == property))
        };
        package.nav = has("nav").map(|item| item.path.clone());
        let ncx = self.toc.as_deref().and_then(|id| by_id.get(id).copied());
        let by_type = || {
            let mut items = self.items.iter().map(|(_, item)| item);
            items.find(|item| item.media_type == "application/x-dtbncx+xml" || has_extension(&item.path, &["ncx"]))
        };
        package.ncx = ncx.or_else(by_type).map(|item| item.path.clone());
        let styles = self
            .items
            .iter()
            .filter(|(_, item)| has_extension(&item.path, &["css"]));
        package.styles = styles.map(|(_, item)| item.path.clone()).collect();
        let cover = self.cover.as_deref().and_then(|id| by_id.get(id).copied());
        package.cover = has("cover-image").or(cover).map(|item| item.path.clone());
        for (kind, href) in &self.guide {
            if let Some(kind) = kind_of(KINDS, kind)
                && !href.contains('#')
            {
                package.kinds.insert(href.clone(), kind);
            }
        }
    }
}

/// Returns the folder of a path, with its slash.
pub(super) fn folder(path: &str) -> &str {
    path.rfind('/').map_or("", |slash| &path[..=slash])
}

/// Resolves a reference within the book, without its fragment.
pub(super) fn resolve(base: &str, href: &str) -> String {
    let href = href.split(['#', '?']).next().unwrap_or_default();
    let href = percent_decoded(href).replace('\\', "/");
    let joined = if href.starts_with('/') {
        href
    } else {
        format!("{base}{href}")
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in joined.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn percent_decoded(href: &str) -> String {
    if !href.contains('%') {
        return href.to_owned();
    }
    let mut bytes = Vec::with_capacity(href.len());
    let mut rest = href.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let code = behind.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let code = code.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (first, code) {
            (b'%', Some(code)) => {
                bytes.push(code);
                rest = &behind[2..];
            }
            _ => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn has_extension(path: &str, extensions: &[&str]) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let extension = name
        .rsplit_once('.')
        .map(|(_, extension)| extension.to_ascii_lowercase());
    extension.is_some_and(|extension| extensions.contains(&extension.as_str()))
}

fn is_page(path: &str) -> bool {
    has_extension(path, &["xhtml", "html", "htm", "xht"])
}

/// Returns a key under which `page2` comes before `page10`.
fn natural(path: &str) -> String {
    let mut key = String::new();
    let mut digits = String::new();
    for c in path.chars() {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        pad(&mut key, &mut digits);
        key.push(c);
    }
    pad(&mut key, &mut digits);
    key
}

fn pad(key: &mut String, digits: &mut String) {
    if !digits.is_empty() {
        key.push_str(&format!("{digits:0>12}"));
        digits.clear();
    }
}
