//! Elements that are not part of the running text: notes, page numbers, navigation, hidden parts.

use crate::source::html::attribute;

/// What is read although it is not part of the running text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kept {
    /// Notes, where they stand. Their marks in the text are never read.
    pub(crate) notes: bool,
    /// Title pages, copyright pages, tables of contents.
    pub(crate) front_matter: bool,
}

impl Kept {
    pub(crate) const NOTHING: Self = Self {
        notes: false,
        front_matter: false,
    };
}

/// Why an element is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LeftOut {
    Note,
    /// The mark of a note or the number of a page: nothing is lost.
    Mark,
    FrontMatter(&'static str),
    Hidden,
}

impl LeftOut {
    /// Returns what to report, if a reader could miss it.
    pub(crate) fn described(self) -> Option<&'static str> {
        match self {
            Self::Note => Some("a note"),
            Self::FrontMatter(what) => Some(what),
            Self::Mark | Self::Hidden => None,
        }
    }
}

/// The kinds of parts, by the vocabularies of EPUB and ARIA (without `doc-`).
pub(crate) const KINDS: &[(&str, LeftOut)] = &[
    ("noteref", LeftOut::Mark),
    ("annoref", LeftOut::Mark),
    ("backlink", LeftOut::Mark),
    ("pagebreak", LeftOut::Mark),
    ("page-list", LeftOut::Mark),
    ("pagelist", LeftOut::Mark),
    ("footnote", LeftOut::Note),
    ("footnotes", LeftOut::Note),
    ("endnote", LeftOut::Note),
    ("endnotes", LeftOut::Note),
    ("rearnote", LeftOut::Note),
    ("rearnotes", LeftOut::Note),
    ("notes", LeftOut::Note),
    ("cover", LeftOut::FrontMatter("the cover")),
    ("titlepage", LeftOut::FrontMatter("the title page")),
    ("title-page", LeftOut::FrontMatter("the title page")),
    ("halftitlepage", LeftOut::FrontMatter("the title page")),
    ("halftitle", LeftOut::FrontMatter("the title page")),
    ("copyright-page", LeftOut::FrontMatter("the copyright page")),
    ("copyright", LeftOut::FrontMatter("the copyright page")),
    ("imprint", LeftOut::FrontMatter("the imprint")),
    ("imprimatur", LeftOut::FrontMatter("the imprint")),
    ("colophon", LeftOut::FrontMatter("the colophon")),
    ("toc", LeftOut::FrontMatter("the table of contents")),
    ("toc-brief", LeftOut::FrontMatter("the table of contents")),
    ("landmarks", LeftOut::FrontMatter("the table of contents")),
    ("loi", LeftOut::FrontMatter("the list of illustrations")),
    ("lot", LeftOut::FrontMatter("the list of tables")),
    ("index", LeftOut::FrontMatter("the index")),
];

/// Classes of notes, marks of notes and page numbers in the books of large collections and converters.
const CLASSES: &[(&str, LeftOut)] = &[
    ("noteref", LeftOut::Mark),
    ("footnote-ref", LeftOut::Mark),
    ("footnote-back", LeftOut::Mark),
    ("fnanchor", LeftOut::Mark),
    ("pagenum", LeftOut::Mark),
    ("pageno", LeftOut::Mark),
    ("page-number", LeftOut::Mark),
    ("pagebreak", LeftOut::Mark),
    ("footnote", LeftOut::Note),
    ("footnotes", LeftOut::Note),
    ("endnotes", LeftOut::Note),
];

/// Returns why an element is left out, from the text of its tag.
pub(crate) fn left_out(name: &str, tag: &str, kept: Kept) -> Option<LeftOut> {
    let types = attribute(tag, "epub:type").unwrap_or_default().split_ascii_whitespace();
    let roles = attribute(tag, "role").unwrap_or_default().split_ascii_whitespace();
    let roles = roles.filter_map(|role| role.strip_prefix("doc-"));
    let classes = attribute(tag, "class").unwrap_or_default().split_ascii_whitespace();
    let kind = types
        .chain(roles)
        .find_map(|kind| of(KINDS, kind))
        .or_else(|| classes.into_iter().find_map(|class| of(CLASSES, class)))
        .or_else(|| is_hidden(tag).then_some(LeftOut::Hidden))?;
    let page = name == "body" || name == "html";
    match kind {
        LeftOut::Note if kept.notes => None,
        LeftOut::FrontMatter(_) if kept.front_matter => None,
        // A class of the whole page says nothing about its parts.
        LeftOut::Hidden | LeftOut::Mark if page => None,
        kind => Some(kind),
    }
}

/// Returns the kind with this name.
pub(crate) fn of(kinds: &[(&str, LeftOut)], name: &str) -> Option<LeftOut> {
    let mut known = kinds.iter();
    known
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, kind)| *kind)
}

fn is_hidden(tag: &str) -> bool {
    let unquoted = tag.split('"').step_by(2).flat_map(str::split_ascii_whitespace);
    unquoted.skip(1).any(|word| matches!(word, "hidden" | "hidden/"))
        || attribute(tag, "hidden").is_some()
        || attribute(tag, "aria-hidden") == Some("true")
        || attribute(tag, "style").is_some_and(|style| {
            let style: String = style.chars().filter(|c| !c.is_whitespace()).collect();
            style.to_ascii_lowercase().contains("display:none")
        })
}
