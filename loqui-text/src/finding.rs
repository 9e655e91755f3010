//! What the front end noticed in a text.

use std::ops::Range;

/// A note on a part of a text that is not read as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// What kind of finding this is, such as `script.placeholder`.
    pub code: &'static str,
    /// What was found.
    pub message: String,
    /// What the author can do.
    pub hint: &'static str,
    /// Where it stands, in Unicode scalar values from the start of the text that was given.
    pub range: Range<usize>,
}

impl Finding {
    pub(crate) fn new(code: &'static str, message: impl Into<String>, hint: &'static str, range: Range<usize>) -> Self {
        Self {
            code,
            message: message.into(),
            hint,
            range,
        }
    }
}
