//! The findings of the source stages, in one place.

use crate::Finding;

pub(super) fn replaced(encoding: &str) -> Finding {
    Finding::new(
        "script.encoding",
        format!("some bytes have no meaning in {encoding} and were replaced"),
        "Save the script as UTF-8 text.",
        0..0,
    )
}

pub(super) fn unknown_tag(name: &str) -> Finding {
    Finding::new(
        "script.unknown_tag",
        format!("the tag <{}> is unknown and is left out", shown(name)),
        "Remove the tag, or write < as &lt; to have it read.",
        0..0,
    )
}

pub(super) fn ignored_tag(name: &str) -> Finding {
    Finding::new(
        "script.ignored_markup",
        format!("<{}> has no effect: its content is read as text", shown(name)),
        "Choose the voice and its tone with the options of the request.",
        0..0,
    )
}

pub(super) fn open_tag() -> Finding {
    Finding::new(
        "script.open_tag",
        "a tag is not closed with >".to_owned(),
        "Close the tag, or write < as &lt; to have it read.",
        0..0,
    )
}

pub(super) fn left_out(what: &'static str) -> Finding {
    Finding::new(
        "script.left_out",
        format!("{what} is left out"),
        "Describe its content in words.",
        0..0,
    )
}

pub(super) fn placeholder(what: &str) -> Finding {
    Finding::new(
        "script.placeholder",
        format!("{} looks like a placeholder that was not filled in", shown(what)),
        "Replace it with the words to speak.",
        0..0,
    )
}

pub(super) fn direction(count: usize) -> Finding {
    Finding::new(
        "script.direction_marks",
        format!("{count} characters that change the writing direction are left out"),
        "Check the order of the words.",
        0..0,
    )
}

pub(super) fn control(count: usize) -> Finding {
    Finding::new(
        "script.control_characters",
        format!("{count} control characters are left out"),
        "Remove them. They often come from a damaged or binary file.",
        0..0,
    )
}

/// Returns the start of a text, for messages.
fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(40).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
