//! Why a book cannot be read.

/// A book cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnreadableBook {
    /// The file is no ZIP archive, or not one with pages.
    NotABook,
    /// There is no text on its pages.
    NoText,
    /// Its pages are encrypted.
    Protected,
    /// A part of it is larger than the limit.
    TooLarge {
        /// The part.
        part: String,
        /// The limit, in bytes.
        limit: u64,
    },
}

impl UnreadableBook {
    /// The code of this error.
    pub const CODE: &'static str = "script.book";

    /// Returns the suggested fix.
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::NotABook => "Provide a book in EPUB format, or save the text in another format.",
            Self::NoText => "Its pages may be pictures. Provide a book with text.",
            Self::Protected => "Provide a copy without protection.",
            Self::TooLarge { .. } => "Provide a smaller book, or split it.",
        }
    }
}

impl std::fmt::Display for UnreadableBook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotABook => f.write_str("the file is no book in EPUB format"),
            Self::NoText => f.write_str("the book has no text"),
            Self::Protected => f.write_str("the book is encrypted"),
            Self::TooLarge { part, limit } => {
                write!(f, "{part} unpacks to more than {} MiB", limit >> 20)
            }
        }
    }
}

impl std::error::Error for UnreadableBook {}
