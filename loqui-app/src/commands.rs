//! The commands. Each has a file with its arguments and its `run` function.

mod batch;
mod check;
mod doctor;
mod emulator;
mod estimate;
mod generations;
mod models;
mod samples;
mod script;
mod serve;
mod speak;
mod usage;
mod users;
mod worker;

use clap::{Args, Subcommand};

use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::logging;
use crate::settings::{EngineFlags, File, LibraryFlags, LibrarySettings};

/// Flags of every command.
#[derive(Debug, Args)]
pub(crate) struct CommonFlags {
    /// Print one JSON document on stdout
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Log to stderr; twice for more detail
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,

    #[command(flatten)]
    library: LibraryFlags,
}

impl CommonFlags {
    /// Loads the settings for a command that starts generations.
    fn settings(&self, engine: &EngineFlags) -> Result<LibrarySettings, Failure> {
        LibrarySettings::load(&self.library, engine, &self.file()?)
    }

    /// Loads the settings for a command that reads or continues stored generations.
    fn settings_for_stored_generations(&self) -> Result<LibrarySettings, Failure> {
        Ok(self.settings(&EngineFlags::default())?.for_stored_generations())
    }

    fn file(&self) -> Result<File, Failure> {
        File::read(self.library.config.as_deref())
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Speak a text in the voice of a recording
    Speak(Box<speak::Arguments>),
    /// Check whether recordings can be used
    Check(check::Arguments),
    /// Estimate segments, duration and cost of a text before paying
    Estimate(estimate::Arguments),
    /// Show what is written and what will be spoken, segment by segment
    Script(script::Arguments),
    /// Speak many texts from a file of jobs; a second run continues the first
    Batch(batch::Arguments),
    /// List, show, wait for, cancel, retry or erase generations
    #[command(subcommand)]
    Generations(generations::Action),
    /// List, add, show or erase samples of voices
    #[command(subcommand)]
    Samples(samples::Action),
    /// List, download, add, verify, quantise or remove voice cloning models that run on this machine
    #[command(subcommand)]
    Models(models::Action),
    /// Show what was spent, by day and model
    Usage(usage::Arguments),
    /// Run generations from a shared store
    Worker(worker::Arguments),
    /// Emulate Replicate's API on this machine, for tests
    Emulator(emulator::Arguments),
    /// Run the HTTP backend with users and a web page
    Serve(Box<serve::Arguments>),
    /// Add, list, disable or enable users of the backend
    #[command(subcommand)]
    Users(users::Action),
    /// Diagnose problems and suggest fixes
    Doctor(doctor::Arguments),
}

impl Command {
    /// Runs the command.
    pub(crate) async fn run(self, common: &CommonFlags) -> Result<ExitCode, Failure> {
        if !matches!(self, Self::Serve(_)) {
            // The server logs in the format that its settings choose.
            logging::for_command(common.verbose);
        }
        match self {
            Self::Speak(arguments) => speak::run(*arguments, common).await,
            Self::Check(arguments) => check::run(arguments, common.json).await,
            Self::Estimate(arguments) => estimate::run(arguments, common.json).await,
            Self::Script(arguments) => script::run(arguments, common.json).await,
            Self::Batch(arguments) => batch::run(arguments, common).await,
            Self::Generations(action) => generations::run(action, common).await,
            Self::Samples(action) => samples::run(action, common).await,
            Self::Models(action) => models::run(action, common).await,
            Self::Usage(arguments) => usage::run(&arguments, common).await,
            Self::Worker(arguments) => worker::run(&arguments, common).await,
            Self::Emulator(arguments) => emulator::run(arguments, common.json).await,
            Self::Serve(arguments) => serve::run(&arguments, common).await,
            Self::Users(action) => users::run(action, common).await,
            Self::Doctor(arguments) => doctor::run(&arguments, common).await,
        }
    }
}
