//! Converts written text to spoken text, in stages.
//!
//! 1. [`Plain`] reads a source: its encoding, its markup, its lines. It keeps a map to the source.
//! 2. [`tokens`] classifies the tokens of a plain text, each once and as a whole.
//! 3. [`speak`] converts them to words by the conventions of a [`Locale`].
//! 4. [`Pronunciations`] replaces terms by the respellings of a user.
//!
//! [`detect_language`] detects the language of a text, with a confidence.
//!
//! ```
//! use loqui_text::{Format, Locale, Plain, speak};
//!
//! let plain = Plain::from_text("**Prof. Dr. Weber** paid $5-10 on SEPT. 15.", Format::Markdown);
//! let spoken = speak(&plain.text, &Locale::american());
//! assert_eq!(spoken.text, "Professor Doctor Weber paid five to ten dollars on September fifteenth.");
//! ```

#![forbid(unsafe_code)]

mod book;
mod detect;
mod document;
mod english;
mod finding;
mod letters;
mod locale;
mod pronounce;
mod roman;
mod source;
mod speak;
mod spoken;
mod token;
mod world;

pub use book::{Book, BookOptions, Cover, UnreadableBook};
pub use detect::{DetectedLanguage, detect_language};
pub use document::{Attributes, Document, InvalidDocument, Mark, Paragraph, Part, Span};
pub use finding::Finding;
pub use letters::plain_letters;
pub use locale::{InvalidLocale, Locale};
pub use pronounce::{InvalidPronunciation, Pronunciation, Pronunciations};
pub use source::{Format, Plain, UnreadableText, decode};
pub use speak::{is_read, speak, tokens};
pub use spoken::{Piece, Spoken};
pub use token::{Class, Token};
