//! Books: EPUB 2 and 3.
//!
//! A book is read as far as it goes. What is damaged or left out is a finding; only a file without any text is an error. The size
//! of everything that is unpacked is limited.

mod archive;
mod chapters;
mod contents;
mod error;
mod package;
mod pages;
mod styles;
mod xml;

use std::collections::BTreeMap;

use archive::Archive;
pub use error::UnreadableBook;

use crate::{Document, Finding};

/// The most findings of a book.
const MOST_FINDINGS: usize = 100;

/// How a book is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BookOptions {
    /// Whether footnotes and endnotes are read, where they stand. Their marks in the text never are.
    pub notes: bool,
    /// Whether title pages, copyright pages, tables of contents and the like are read.
    pub front_matter: bool,
}

impl BookOptions {
    /// Sets whether notes are read.
    #[must_use]
    pub fn with_notes(mut self, notes: bool) -> Self {
        self.notes = notes;
        self
    }

    /// Sets whether front matter is read.
    #[must_use]
    pub fn with_front_matter(mut self, front_matter: bool) -> Self {
        self.front_matter = front_matter;
        self
    }
}

/// A book that was read.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Book {
    /// Its text, in the order of its spine.
    pub document: Document,
    /// What was left out, and what is damaged.
    pub findings: Vec<Finding>,
    /// The picture on its cover.
    pub cover: Option<Cover>,
}

/// The picture on the cover of a book.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cover {
    /// The media type, such as `image/jpeg`.
    pub media_type: String,
    /// The file.
    pub bytes: Vec<u8>,
}

impl Cover {
    /// Recognises a picture: JPEG or PNG. Players show no other formats.
    pub fn of(bytes: Vec<u8>) -> Option<Self> {
        let media_type = match bytes.as_slice() {
            [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => "image/png",
            _ => return None,
        };
        Some(Self {
            media_type: media_type.to_owned(),
            bytes,
        })
    }
}

impl Book {
    /// Returns true if a file is a book in EPUB format, or at least a ZIP archive that could be one.
    ///
    /// ```
    /// assert!(loqui_text::Book::is_book(b"PK\x03\x04..."));
    /// assert!(!loqui_text::Book::is_book(b"plain text"));
    /// ```
    pub fn is_book(bytes: &[u8]) -> bool {
        bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
    }

    /// Reads a book.
    ///
    /// # Errors
    ///
    /// If the file is no book, has no text, is protected, or unpacks to more than the limits.
    pub fn read(bytes: &[u8], options: &BookOptions) -> Result<Self, UnreadableBook> {
        let mut reader = Reader {
            archive: Archive::open(bytes)?,
            findings: Findings::default(),
        };
        if reader.archive.salvaged {
            reader
                .findings
                .damaged("the directory of the file is missing; its parts are read as far as they are there");
        }
        let package = reader.package()?;
        let contents = reader.contents(&package);
        let pages = reader.pages(&package)?;
        let mut document = Document::new(package.title.clone().unwrap_or_default());
        document.authors.clone_from(&package.authors);
        document.language.clone_from(&package.language);
        let small_caps = reader.small_caps(&package);
        document.parts = reader.parts(pages, &contents, small_caps, options);
        if document.characters() == 0 {
            return Err(UnreadableBook::NoText);
        }
        let cover = reader.cover(&package);
        Ok(Self {
            document,
            findings: reader.findings.list(),
            cover,
        })
    }
}

/// Reads one book.
struct Reader<'a> {
    archive: Archive<'a>,
    findings: Findings,
}

/// The findings of a book. Equal ones are counted.
#[derive(Default)]
struct Findings {
    counted: BTreeMap<(&'static str, String, &'static str), (usize, String)>,
}

impl Findings {
    fn damaged(&mut self, message: impl Into<String>) {
        let hint = "Check the book with a tool such as EPUBCheck, or get another copy.";
        self.add("script.book_damaged", message.into(), hint, "");
    }

    fn left_out(&mut self, what: &str, page: &str) {
        let hint = "Keep notes or front matter with the option --keep.";
        self.add("script.left_out", format!("{what} is left out"), hint, page);
    }

    fn add(&mut self, code: &'static str, message: String, hint: &'static str, page: &str) {
        if self.counted.len() >= MOST_FINDINGS && !self.counted.contains_key(&(code, message.clone(), hint)) {
            return;
        }
        let known = self
            .counted
            .entry((code, message, hint))
            .or_insert((0, page.to_owned()));
        known.0 += 1;
    }

    fn list(self) -> Vec<Finding> {
        let findings = self.counted.into_iter().map(|((code, message, hint), (count, page))| {
            let place = match (page.is_empty(), count) {
                (true, _) => String::new(),
                (false, 1) => format!(" ({page})"),
                (false, _) => format!(" ({page}, and {} more)", count - 1),
            };
            Finding::new(code, format!("{message}{place}"), hint, 0..0)
        });
        findings.collect()
    }
}

#[cfg(test)]
mod tests;
