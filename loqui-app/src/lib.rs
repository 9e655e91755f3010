//! The program `loqui`: give it a few seconds of a voice and a text, and that voice speaks it.
//!
//! It is a library so that the Python package can be the program as well (`python -m loqui`); there is nothing here for
//! other crates, which use `loqui-core`.

#![forbid(unsafe_code)]

mod arguments;
mod commands;
mod engine;
mod exit;
mod failure;
mod output;
mod progress;
mod script;
mod serve;
mod speak_flags;
mod target;

use std::ffi::OsString;

use arguments::{Arguments, Command};
use clap::Parser as _;
use exit::ExitCode;

/// Runs the program with these words, its own name first; answers with the exit code: 0 it is done, 1 it did not work,
/// 2 wrong use.
///
/// It prints, logs to stderr, heeds Ctrl-C and starts threads, as a program does. Once in a process: a second command would
/// find the log of the first in its way, and panic.
///
/// ```
/// assert_eq!(loqui_app::main(["loqui", "--version"]), 0);
/// assert_eq!(loqui_app::main(["loqui", "fly"]), 2);
/// ```
pub fn main<W: Into<OsString> + Clone>(words: impl IntoIterator<Item = W>) -> u8 {
    let code = match Arguments::try_parse_from(words) {
        Ok(arguments) => start(arguments),
        Err(error) => failure::wrong_use(&error),
    };
    code.number()
}

fn start(arguments: Arguments) -> ExitCode {
    match &arguments.command {
        Command::Serve(serve) => commands::serve::log(arguments.verbose, serve),
        _ => log(arguments.verbose),
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failure::cannot_start(&error),
    };
    let json = arguments.json;
    match runtime.block_on(run(arguments)) {
        Ok(code) => code,
        Err(failure) => failure.print(json),
    }
}

async fn run(arguments: Arguments) -> Result<ExitCode, failure::Failure> {
    let Arguments {
        json,
        data_dir,
        command,
        ..
    } = arguments;
    match command {
        Command::Speak(arguments) => commands::speak::run(arguments, data_dir, json).await,
        Command::Check(arguments) => commands::check::run(arguments, json).await,
        Command::Estimate(arguments) => commands::estimate::run(arguments, json).await,
        Command::Batch(arguments) => commands::batch::run(arguments, data_dir, json).await,
        Command::Generations(command) => commands::generations::run(command, data_dir, json).await,
        Command::Samples(command) => commands::samples::run(command, data_dir, json).await,
        Command::Usage(arguments) => commands::usage::run(arguments, data_dir, json).await,
        Command::Worker(arguments) => commands::worker::run(arguments, data_dir, json).await,
        Command::Emulator(arguments) => commands::emulator::run(arguments, json).await,
        Command::Serve(arguments) => commands::serve::run(arguments, data_dir, json).await,
        Command::Users(command) => commands::users::run(command, data_dir, json).await,
        Command::Doctor(arguments) => commands::doctor::run(arguments, data_dir, json).await,
    }
}

/// Logs go to stderr: warnings unless told otherwise by `-v` or `RUST_LOG`.
fn log(verbose: u8) {
    let default = match verbose {
        0 => "off",
        1 => "loqui_core=info,loqui=info",
        _ => "loqui_core=debug,loqui=debug",
    };
    let filter = tracing_subscriber::EnvFilter::builder()
        .with_default_directive(tracing_subscriber::filter::LevelFilter::OFF.into());
    let filter = if verbose == 0 {
        filter.from_env_lossy()
    } else {
        filter.parse_lossy(default)
    };
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}
