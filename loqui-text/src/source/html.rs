//! The elements of HTML and SSML, and their treatment.

/// The treatment of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Element {
    /// Is part of a line.
    Inline,
    /// Begins and ends a paragraph.
    Block,
    /// Ends a line.
    Line,
    /// A cell of a table; a comma follows it.
    Cell,
    /// Is removed with all its content.
    Hidden,
    /// Has no words: a picture, a form.
    Silent,
    /// Speech markup.
    Speech,
    /// Speech markup that the engines cannot follow.
    Ignored,
}

const ELEMENTS: &[(Element, &[&str])] = &[
    (
        Element::Inline,
        &[
            "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i",
            "ins", "kbd", "label", "mark", "q", "ruby", "rb", "s", "samp", "small", "span", "strike", "strong", "sub",
            "sup", "time", "tt", "u", "var", "wbr", "nobr", "center", "c", "v",
        ],
    ),
    (
        Element::Block,
        &[
            "address",
            "article",
            "aside",
            "blockquote",
            "body",
            "caption",
            "dd",
            "details",
            "dialog",
            "div",
            "dl",
            "dt",
            "fieldset",
            "figcaption",
            "figure",
            "footer",
            "form",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "header",
            "hgroup",
            "hr",
            "html",
            "legend",
            "main",
            "menu",
            "nav",
            "ol",
            "p",
            "pre",
            "section",
            "summary",
            "table",
            "tbody",
            "tfoot",
            "thead",
            "ul",
        ],
    ),
    (Element::Line, &["br", "li", "tr", "option"]),
    (Element::Cell, &["td", "th"]),
    (
        Element::Hidden,
        &[
            "script", "style", "head", "title", "template", "noscript", "iframe", "svg", "math", "object", "canvas",
            "select", "textarea", "rt", "rp", "metadata",
        ],
    ),
    (
        Element::Silent,
        &[
            "img", "input", "button", "video", "source", "track", "embed", "area", "map", "col", "colgroup", "link",
            "meta", "base", "param", "picture", "progress", "meter",
        ],
    ),
    (Element::Speech, &["speak", "break", "say-as", "w"]),
    (
        Element::Ignored,
        &[
            "prosody",
            "emphasis",
            "voice",
            "lang",
            "phoneme",
            "audio",
            "desc",
            "lexicon",
            "amazon:effect",
            "mstts:express-as",
        ],
    ),
];

/// Returns the treatment of the element with this name, in lower case.
pub(super) fn element(name: &str) -> Option<Element> {
    ELEMENTS
        .iter()
        .find(|(_, names)| names.contains(&name))
        .map(|(element, _)| *element)
}

/// The value of an attribute of a tag.
pub(crate) fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = tag;
    while let Some(at) = rest.find(name) {
        let begins = rest[..at].ends_with(|c: char| c.is_whitespace());
        let behind = rest[at + name.len()..].trim_start();
        if begins && let Some(value) = behind.strip_prefix('=') {
            let value = value.trim_start();
            return match value.chars().next() {
                Some(quote @ ('"' | '\'')) => value[1..].split(quote).next(),
                _ => value
                    .split(|c: char| c.is_whitespace() || matches!(c, '>' | '/'))
                    .next(),
            };
        }
        rest = &rest[at + name.len()..];
    }
    None
}
