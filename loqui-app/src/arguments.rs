//! The command line.

use std::ffi::OsString;

use clap::error::ErrorKind;
use loqui_core::Error;

use crate::code;
use crate::commands::{self, Command, CommonFlags};
use crate::exit::ExitCode;
use crate::failure::Failure;

/// Parses the command line.
///
/// # Errors
///
/// The parser's result if there is nothing to run: help, the version, or invalid usage.
pub(crate) fn parse(words: &[OsString]) -> Result<(CommonFlags, Command), clap::Error> {
    commands::parsed(commands::parser().try_get_matches_from(words)?)
}

/// Returns the command of a command line with its subcommands, for example `loqui samples add`.
pub(crate) fn command_of(words: &[OsString]) -> String {
    let mut parser = commands::parser();
    let mut path = "loqui".to_owned();
    for word in words.iter().skip(1).filter_map(|word| word.to_str()) {
        let Some(subcommand) = parser.find_subcommand(word) else {
            continue;
        };
        path.push(' ');
        path.push_str(subcommand.get_name());
        parser = subcommand.clone();
    }
    path
}

/// Prints the parser's result: help and version on stdout, usage errors like every other failure.
pub(crate) fn explain(error: &clap::Error, words: &[OsString]) -> ExitCode {
    if !error.use_stderr() {
        // A closed stdout is not an error.
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    // Without a command, the complete help is more useful than its first line.
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let _ = error.print();
        return ExitCode::WRONG_USE;
    }
    let text = error.render().to_string();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let summary = lines
        .next()
        .unwrap_or_default()
        .trim_start_matches("error: ")
        .trim_end_matches(':')
        .to_owned();
    let details: Vec<&str> = lines
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"))
        .collect();
    let message = if details.is_empty() {
        summary
    } else {
        format!("{summary}: {}", details.join(" "))
    };
    let json = words.iter().any(|word| word == "--json");
    Failure::wrong_use(Error::new(&code::USAGE, message)).print(json, &command_of(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_is_found_among_options() {
        for (line, command) in [
            ("loqui", "loqui"),
            ("loqui --json speak --fly", "loqui speak"),
            ("loqui samples add speak.wav --nmae x", "loqui samples add"),
            ("loqui fly", "loqui"),
        ] {
            let words: Vec<OsString> = line.split(' ').map(Into::into).collect();
            assert_eq!(command_of(&words), command, "{line}");
        }
    }
}
