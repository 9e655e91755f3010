//! The failure of a command: an error and an exit code.

use loqui_core::Error;
use loqui_core::ledger::ErrorRecord;
use serde_json::json;

use crate::code;
use crate::exit::ExitCode;
use crate::output;

/// An error with its exit code: 1 for a failure, 2 for invalid usage.
#[derive(Debug)]
pub(crate) struct Failure {
    error: Error,
    wrong_use: bool,
}

impl Failure {
    /// Creates the failure for invalid usage of a command.
    pub(crate) fn wrong_use(error: Error) -> Self {
        Self { error, wrong_use: true }
    }

    /// Returns the error.
    pub(crate) fn error(&self) -> &Error {
        &self.error
    }

    /// Returns the error, for a command that continues.
    pub(crate) fn into_error(self) -> Error {
        self.error
    }

    /// Prints the failure on stderr, and with `json` as JSON on stdout.
    pub(crate) fn print(&self, json: bool) -> ExitCode {
        if json {
            output::json(&json!({
                "generation": self.error.generation_id(),
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

/// Prints that the process could not start its threads.
pub(crate) fn cannot_start(error: &std::io::Error) -> ExitCode {
    Failure::from(Error::new(&code::INTERNAL, format!("could not start: {error}"))).print(false)
}
