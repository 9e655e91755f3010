//! Findings of the front end about a text.

use std::ops::Range;

/// A note on a part of a text that is not read as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The code of the finding, such as `script.placeholder`.
    pub code: &'static str,
    /// The observation, in one line.
    pub message: String,
    /// The suggested fix.
    pub hint: &'static str,
    /// The position, in Unicode scalar values from the start of the given text.
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
