//! The command line.

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser};
use loqui_core::Error;

use crate::code;
use crate::commands::{Command, CommonFlags};
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::output;

/// Clone a voice from a short recording and speak text with it, from a shell or over HTTP
#[derive(Debug, Parser)]
#[command(name = "loqui", version, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) common: CommonFlags,

    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Prints the parser's result: help and version on stdout, usage errors like every other failure.
pub(crate) fn explain(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        output::print(&error.render().to_string());
        return ExitCode::SUCCESS;
    }
    // Without a command, the complete help is more useful than its first line.
    if let ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand = error.kind() {
        output::note(&Arguments::command().render_help().to_string());
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
    let json = std::env::args_os().any(|argument| argument == "--json");
    Failure::wrong_use(Error::new(&code::USAGE, message)).print(json)
}
