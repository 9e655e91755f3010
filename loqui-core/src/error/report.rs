//! Formats an error with its causes and its hint.

use std::error::Error as _;
use std::fmt::Write as _;

use super::Error;

/// Formats an error as text: the message with its code, each cause, and the hint, one line each.
///
/// # Examples
///
/// ```
/// let error = loqui_core::Sample::from_bytes("not audio").unwrap_err();
/// let text = loqui_core::error::report(&error);
/// assert!(text.starts_with("error: "));
/// assert!(text.contains("[sample.unreadable]"));
/// assert!(text.contains("hint: "));
/// ```
pub fn report(error: &Error) -> String {
    let mut text = format!("error: {error} [{}]", error.code());
    let mut cause = error.source();
    while let Some(source) = cause {
        let _ = write!(text, "\n  caused by: {source}");
        cause = source.source();
    }
    if let Some(hint) = error.hint() {
        let _ = write!(text, "\n  hint: {hint}");
    }
    text
}
