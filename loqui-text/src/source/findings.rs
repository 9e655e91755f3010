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
        "Remove the tag, or write < as &lt; if it is to be read.",
        0..0,
    )
}

pub(super) fn ignored_tag(name: &str) -> Finding {
    Finding::new(
        "script.ignored_markup",
        format!("<{}> has no effect: its content is read as it stands", shown(name)),
        "Choose the voice and its tone with the options of the command.",
        0..0,
    )
}

pub(super) fn open_tag() -> Finding {
    Finding::new(
        "script.open_tag",
        "a tag is not closed with >".to_owned(),
        "Close the tag, or write < as &lt; if it is to be read.",
        0..0,
    )
}

pub(super) fn left_out(what: &'static str) -> Finding {
    Finding::new(
        "script.left_out",
        format!("{what} is left out"),
        "Describe in words what listeners need to know of it.",
        0..0,
    )
}

pub(super) fn placeholder(what: &str) -> Finding {
    Finding::new(
        "script.placeholder",
        format!("{} looks like a placeholder that was not filled in", shown(what)),
        "Put the words in its place before you have it spoken.",
        0..0,
    )
}

pub(super) fn direction(count: usize) -> Finding {
    Finding::new(
        "script.direction_marks",
        format!("{count} characters that change the direction of writing are left out"),
        "Check that the text reads in the order you expect.",
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

/// Enough of a text to recognise it.
fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(40).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
