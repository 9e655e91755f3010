//! Files with scripts: texts in any encoding, documents, books.

use loqui_text::{Book, BookOptions, Cover, Document};

use super::{TextFormat, decode};
use crate::error::{Error, Result, code};
use crate::finding::{Finding, Severity};

/// The name of the format of books, beside those of [`TextFormat::NAMES`].
const EPUB: &str = "epub";

/// The content of a file with a script: the text to speak, and the format in which it is written.
///
/// A book becomes a [`Document`] in its JSON form, so that text and format are all that is needed to read the script again.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ScriptFile {
    /// The text to speak.
    pub text: String,
    /// The format of the text.
    pub format: TextFormat,
    /// What was left out of a book, and what is damaged in it.
    pub findings: Vec<Finding>,
    /// The picture on the cover of a book.
    pub cover: Option<Cover>,
}

impl ScriptFile {
    /// Reads a file. The format is `format`, a name of [`TextFormat::NAMES`] or `epub`; without it, that of the content for books
    /// and documents, otherwise that of `extension`, without its full stop. `options` are for books.
    ///
    /// # Errors
    ///
    /// `script.unreadable`, `script.book`, `script.document`, `option.out_of_range` for an unknown format.
    ///
    /// # Examples
    ///
    /// ```
    /// use loqui_core::script::{BookOptions, ScriptFile, TextFormat};
    ///
    /// let file = ScriptFile::read(b"# One\n\nIt begins.", None, Some("md"), &BookOptions::default())?;
    /// assert_eq!(file.format, TextFormat::Markdown);
    /// # Ok::<(), loqui_core::Error>(())
    /// ```
    pub fn read(bytes: &[u8], format: Option<&str>, extension: Option<&str>, options: &BookOptions) -> Result<Self> {
        let is_book = match format {
            Some(name) => name == EPUB,
            None => Book::is_book(bytes) || extension.is_some_and(|extension| extension.eq_ignore_ascii_case(EPUB)),
        };
        if is_book {
            let book = Book::read(bytes, options)?;
            return Ok(Self {
                text: book.document.to_json(),
                format: TextFormat::Document,
                findings: book.findings.iter().map(of_book).collect(),
                cover: book.cover,
            });
        }
        let text = decode(bytes)?;
        let format = match format {
            Some(name) => TextFormat::from_name(name).ok_or_else(|| unknown_format(name))?,
            None if Document::from_json(&text).is_ok() => TextFormat::Document,
            None => extension.map_or_else(TextFormat::default, TextFormat::from_extension),
        };
        if format == TextFormat::Document {
            Document::from_json(&text)?;
        }
        Ok(Self {
            text,
            format,
            findings: Vec::new(),
            cover: None,
        })
    }
}

/// Converts a finding about a book. It has no position in a text.
fn of_book(finding: &loqui_text::Finding) -> Finding {
    Finding::new(Severity::Warning, finding.code, finding.message.clone(), finding.hint)
}

fn unknown_format(name: &str) -> Error {
    let known = TextFormat::NAMES.join(", ");
    let message = format!("the format is {name:?}; it must be one of {known}, {EPUB}");
    Error::new(&code::OPTION_OUT_OF_RANGE, message)
}
