//! Printing: results on stdout, everything else on stderr. Results go to stderr as well while audio goes to stdout.

use std::io::{self, IsTerminal, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

use loqui_core::{Finding, Severity};
use serde::Serialize;

/// Whether stdout carries audio or another file.
static STDOUT_IS_TAKEN: AtomicBool = AtomicBool::new(false);
/// Whether information and progress are left out.
static QUIET: AtomicBool = AtomicBool::new(false);

/// Prints all results on stderr from now on, because stdout carries a file.
pub(crate) fn take_stdout() {
    STDOUT_IS_TAKEN.store(true, Ordering::Relaxed);
}

/// Leaves out information and progress from now on.
pub(crate) fn set_quiet(quiet: bool) {
    QUIET.store(quiet, Ordering::Relaxed);
}

/// Returns whether information and progress are left out.
pub(crate) fn is_quiet() -> bool {
    QUIET.load(Ordering::Relaxed)
}

/// Returns whether a stream shows colours: a terminal, unless `NO_COLOR` is set or the terminal cannot.
#[expect(clippy::disallowed_methods, reason = "conventions of terminals, not settings")]
pub(crate) fn shows_colours(stream: &impl IsTerminal) -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    stream.is_terminal() && !is_set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|name| name != "dumb")
}

/// Prints a result. A closed stdout is not an error.
pub(crate) fn print(text: &str) {
    let text = text.trim_end();
    let _ = if STDOUT_IS_TAKEN.load(Ordering::Relaxed) {
        writeln!(io::stderr().lock(), "{text}")
    } else {
        writeln!(io::stdout().lock(), "{text}")
    };
}

/// Prints one JSON document on one line.
pub(crate) fn json(value: &impl Serialize) {
    match serde_json::to_string(value) {
        Ok(text) => print(&text),
        Err(cause) => error(&format!("error: could not write JSON: {cause}")),
    }
}

/// Prints information on stderr.
pub(crate) fn note(text: &str) {
    if !is_quiet() {
        let _ = writeln!(io::stderr().lock(), "{}", text.trim_end());
    }
}

/// Prints an error or a warning on stderr.
pub(crate) fn error(text: &str) {
    let mut stderr = io::stderr().lock();
    let text = text.trim_end();
    let _ = if shows_colours(&stderr) {
        writeln!(stderr, "{}", coloured(text))
    } else {
        writeln!(stderr, "{text}")
    };
}

/// Colours the first words of an error or a warning, and of its hint.
fn coloured(text: &str) -> String {
    let mut coloured = String::new();
    for line in text.split_inclusive('\n') {
        let mark = [("error:", "1;31"), ("warning:", "1;33"), ("  hint:", "36")]
            .into_iter()
            .find_map(|(word, colour)| Some((word, colour, line.strip_prefix(word)?)));
        match mark {
            Some((word, colour, rest)) => coloured.extend(["\x1b[", colour, "m", word, "\x1b[0m", rest]),
            None => coloured.push_str(line),
        }
    }
    coloured
}

/// Prints a finding with its hint.
pub(crate) fn finding(finding: &Finding) {
    let (text, hint) = (format!("{} [{}]", finding.message, finding.code), &finding.hint);
    match finding.severity {
        Severity::Note => note(&format!("note: {text}")),
        Severity::Error => error(&format!("error: {text}\n  hint: {hint}")),
        _ => error(&format!("warning: {text}\n  hint: {hint}")),
    }
}

/// Formats a count with its noun: `1 segment`, `2 segments`.
pub(crate) fn counted<N: Copy + std::fmt::Display + PartialEq + From<u8>>(count: N, noun: &str) -> String {
    let plural = if count == N::from(1) { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_words_are_coloured() {
        assert_eq!(
            coloured("error: the error: x\n  hint: y"),
            "\x1b[1;31merror:\x1b[0m the error: x\n\x1b[36m  hint:\x1b[0m y"
        );
        assert_eq!(coloured("plain"), "plain");
    }
}
