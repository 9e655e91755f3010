//! What is printed when it did not work: one line with a code, and what to do about it.

use clap::CommandFactory as _;
use clap::error::ErrorKind;
use loqui_core::Error;
use loqui_core::error::{Code, code};
use loqui_core::ledger::ErrorRecord;
use serde_json::json;

use crate::arguments::Arguments;
use crate::exit::ExitCode;
use crate::output;

/// It did not work (exit code 1), or it was used wrongly (exit code 2).
#[derive(Debug)]
pub(crate) struct Failure {
    error: Error,
    wrong_use: bool,
}

impl Failure {
    /// The caller asked for something that does not exist.
    pub(crate) fn wrong_use(error: Error) -> Self {
        Self { error, wrong_use: true }
    }

    /// What went wrong.
    pub(crate) fn error(&self) -> &Error {
        &self.error
    }

    /// What went wrong, for somebody who goes on.
    pub(crate) fn into_error(self) -> Error {
        self.error
    }

    /// Prints it: for people on stderr, and as JSON on stdout if that was asked for.
    pub(crate) fn print(&self, json: bool) -> ExitCode {
        if json {
            let generation = self.error.generation_id();
            output::json(&json!({
                "generation": generation,
                "status": "FAILED",
                "error": ErrorRecord::from(&self.error),
            }));
        }
        output::note(&loqui_core::error::report(&self.error));
        if self.wrong_use {
            ExitCode::WRONG_USE
        } else {
            ExitCode::FAILURE
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self {
            error,
            wrong_use: false,
        }
    }
}

/// What clap has to say: help and version on stdout, mistakes in the same shape as every other failure.
pub(crate) fn wrong_use(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        output::print(&error.render().to_string());
        return ExitCode::SUCCESS;
    }
    // No command was typed: the help is the answer, not one line of it.
    if let ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand = error.kind() {
        output::note(&Arguments::command().render_help().to_string());
        return ExitCode::WRONG_USE;
    }
    let text = error.render().to_string();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let what = lines
        .next()
        .unwrap_or_default()
        .trim_start_matches("error: ")
        .trim_end_matches(':')
        .to_owned();
    let details: Vec<&str> = lines
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"))
        .collect();
    let message = if details.is_empty() {
        what
    } else {
        format!("{what}: {}", details.join(" "))
    };
    let json = std::env::args_os().any(|argument| argument == "--json");
    Failure::wrong_use(Error::new(&code::USAGE, message)).print(json)
}

/// The machine would not let it start.
pub(crate) fn cannot_start(error: &std::io::Error) -> ExitCode {
    let usage: &'static Code = &code::INTERNAL;
    Failure::from(Error::new(usage, format!("could not start: {error}"))).print(false)
}
