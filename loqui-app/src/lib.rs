//! The program `loqui`, which speaks a text in the voice of a short recording.
//!
//! It is a library so that the Python package can run the program as well (`python -m loqui`). Other crates use
//! `loqui-core`.

#![forbid(unsafe_code)]

mod arguments;
mod backup;
mod cast;
pub mod code;
mod commands;
mod copy;
mod exit;
mod export;
mod failure;
mod listen;
mod logging;
mod mcp;
mod output;
mod progress;
mod recording;
mod script;
mod serve;
mod settings;
mod speak_flags;
mod stdin;
mod summary;
mod target;
mod verdict;
mod voices;

use std::ffi::OsString;
use std::time::Duration;

use commands::{Command, CommonFlags};
use exit::ExitCode;

/// How long the threads of the program may take to end.
const SHUTDOWN: Duration = Duration::from_secs(2);

/// Runs the program with these arguments, the first of which is its name. Returns the exit code: 0 for success, 1 for
/// failure, 2 for invalid usage, 130 after Ctrl-C, 141 if the reader of audio on stdout has closed it.
///
/// The function prints, logs to stderr, handles Ctrl-C and starts threads, as a program does. Call it once per process:
/// a second command panics, because the log is already set up.
///
/// ```
/// assert_eq!(loqui_app::main(["loqui", "--version"]), 0);
/// assert_eq!(loqui_app::main(["loqui", "fly"]), 2);
/// ```
pub fn main<W: Into<OsString> + Clone>(arguments: impl IntoIterator<Item = W>) -> u8 {
    let words: Vec<OsString> = arguments.into_iter().map(Into::into).collect();
    let code = match arguments::parse(&words) {
        Ok((common, command)) => start(&common, command, &words),
        Err(error) => arguments::explain(&error, &words),
    };
    code.number()
}

fn start(common: &CommonFlags, command: Command, words: &[OsString]) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failure::cannot_start(&error),
    };
    let ended = runtime.block_on(command.run(common));
    // A read of stdin cannot be cancelled: the program would end with the next key that is pressed.
    runtime.shutdown_timeout(SHUTDOWN);
    match ended {
        Ok(code) => code,
        Err(failure) => failure.print(common.json, &arguments::command_of(words)),
    }
}
