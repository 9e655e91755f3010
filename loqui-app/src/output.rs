//! The only place that prints. Results go to stdout, everything else to stderr.

use std::io::{self, Write as _};

use loqui_core::{Finding, Severity};
use serde::Serialize;

/// Prints a result. A reader that has gone away is not an error.
pub(crate) fn print(text: &str) {
    let _ = writeln!(io::stdout().lock(), "{}", text.trim_end());
}

/// Prints one JSON document on one line.
pub(crate) fn json(value: &impl Serialize) {
    match serde_json::to_string(value) {
        Ok(text) => print(&text),
        Err(error) => note(&format!("could not write JSON: {error}")),
    }
}

/// Tells people something beside the result.
pub(crate) fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", text.trim_end());
}

/// Tells people what was noticed, and what to do about it.
pub(crate) fn finding(finding: &Finding) {
    let (text, hint) = (format!("{} [{}]", finding.message, finding.code), &finding.hint);
    note(&match finding.severity {
        Severity::Note => format!("note: {text}"),
        Severity::Error => format!("error: {text}\n  hint: {hint}"),
        _ => format!("warning: {text}\n  hint: {hint}"),
    });
}

/// `1 segment`, `2 segments`.
pub(crate) fn counted(count: usize, what: &str) -> String {
    let many = if count == 1 { "" } else { "s" };
    format!("{count} {what}{many}")
}
