//! The events of an XML file that may be damaged.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// An event. Names are without prefixes.
pub(super) enum Item<'x> {
    Open(Tag<'x>),
    Close(String),
    Text(String),
}

/// The start of an element.
pub(super) struct Tag<'x> {
    pub(super) name: String,
    start: BytesStart<'x>,
}

impl Tag<'_> {
    /// Returns the value of an attribute, by its name without prefix.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        let mut attributes = self.start.attributes();
        attributes
            .with_checks(false)
            .flatten()
            .find(|attribute| attribute.key.local_name().as_ref() == name.as_bytes())
            .map(|attribute| {
                htmlize::unescape_attribute(String::from_utf8_lossy(&attribute.value))
                    .trim()
                    .to_owned()
            })
    }
}

/// Calls `each` for the events of a file. Returns false if the file is damaged; what stands behind the damage is lost.
pub(super) fn each(text: &str, mut each: impl FnMut(Item<'_>)) -> bool {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => return true,
            Ok(Event::Start(start)) => each(Item::Open(tag(start))),
            Ok(Event::Empty(start)) => {
                let tag = tag(start);
                let name = tag.name.clone();
                each(Item::Open(tag));
                each(Item::Close(name));
            }
            Ok(Event::End(end)) => each(Item::Close(local(end.local_name().as_ref()))),
            Ok(Event::Text(text)) => each(Item::Text(String::from_utf8_lossy(&text).into_owned())),
            Ok(Event::CData(text)) => each(Item::Text(String::from_utf8_lossy(&text).into_owned())),
            Ok(Event::GeneralRef(entity)) => {
                let written = format!("&{};", String::from_utf8_lossy(&entity));
                each(Item::Text(htmlize::unescape(written).into_owned()));
            }
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}

fn tag(start: BytesStart<'_>) -> Tag<'_> {
    Tag {
        name: local(start.local_name().as_ref()),
        start,
    }
}

fn local(name: &[u8]) -> String {
    String::from_utf8_lossy(name).to_ascii_lowercase()
}

/// Joins the words of a text.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
