//! The failure of a command: an error and an exit code.

use loqui_core::Error;
use loqui_core::error::{Code, code as core};
use loqui_core::ledger::ErrorRecord;
use serde_json::json;

use crate::code;
use crate::exit::ExitCode;
use crate::output;

/// Hints that name options of the program.
const SHELL_HINTS: &[(&Code, &str)] = &[
    (
        &core::SAMPLE_NO_CONSENT,
        "State it with `--consent \"I am the speaker\"` (`loqui speak`), or store it with the sample (`loqui samples add`).",
    ),
    (
        &core::STORE_NOT_EMPTY,
        "Restore into an empty data directory or database, or replace the records with `--force`.",
    ),
];

/// An error with its exit code.
#[derive(Debug)]
pub(crate) struct Failure {
    error: Error,
    exit: ExitCode,
}

impl Failure {
    /// Creates the failure for invalid usage of a command.
    pub(crate) fn wrong_use(error: Error) -> Self {
        let exit = ExitCode::WRONG_USE;
        Self { error, exit }
    }

    /// Creates the failure of a command that Ctrl-C has ended.
    pub(crate) fn interrupted(error: Error) -> Self {
        let exit = ExitCode::INTERRUPTED;
        Self { error, exit }
    }

    /// Creates the failure of a command whose stdout was closed by its reader. Nothing is printed.
    pub(crate) fn closed_pipe(error: Error) -> Self {
        let exit = ExitCode::CLOSED_PIPE;
        Self { error, exit }
    }

    /// Returns the error.
    pub(crate) fn error(&self) -> &Error {
        &self.error
    }

    /// Returns the error, for a command that continues.
    pub(crate) fn into_error(self) -> Error {
        self.error
    }

    /// Changes the error.
    pub(crate) fn map(self, change: impl FnOnce(Error) -> Error) -> Self {
        Self {
            error: change(self.error),
            exit: self.exit,
        }
    }

    /// Prints the failure on stderr, and with `json` as JSON with the results. `command` is the command with its
    /// subcommand, which the hint about usage names.
    pub(crate) fn print(self, json: bool, command: &str) -> ExitCode {
        let Self { mut error, exit } = self;
        if exit == ExitCode::CLOSED_PIPE {
            return exit;
        }
        if error.is(&code::USAGE) && error.hint() == code::USAGE.hint() {
            error = error.with_hint(format!("See `{command} --help`."));
        }
        if let Some((_, hint)) = SHELL_HINTS.iter().find(|(code, _)| error.is(code)) {
            error = error.with_hint((*hint).to_owned());
        }
        if json {
            output::json(&json!({
                "generation": error.generation_id(),
                "status": "FAILED",
                "error": ErrorRecord::from(&error),
            }));
        }
        output::error(&loqui_core::error::report(&error));
        exit
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let exit = ExitCode::FAILURE;
        Self { error, exit }
    }
}

/// Prints that the process could not start its threads.
pub(crate) fn cannot_start(error: &std::io::Error) -> ExitCode {
    Failure::from(Error::new(&code::INTERNAL, format!("could not start: {error}"))).print(false, "loqui")
}
