//! Printing: results on stdout, everything else on stderr.

use std::io::{self, Write as _};

use loqui_core::{Finding, Severity};
use serde::Serialize;

/// Prints a result. A closed stdout is not an error.
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

/// Prints information on stderr.
pub(crate) fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", text.trim_end());
}

/// Prints a finding with its hint.
pub(crate) fn finding(finding: &Finding) {
    let (text, hint) = (format!("{} [{}]", finding.message, finding.code), &finding.hint);
    note(&match finding.severity {
        Severity::Note => format!("note: {text}"),
        Severity::Error => format!("error: {text}\n  hint: {hint}"),
        _ => format!("warning: {text}\n  hint: {hint}"),
    });
}

/// Formats a count with its noun: `1 segment`, `2 segments`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}
