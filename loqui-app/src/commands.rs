//! The commands. Each has a file with its arguments and its `run` function.

mod backup;
mod batch;
mod check;
mod clean;
mod completions;
mod doctor;
mod emulator;
mod estimate;
mod examples;
mod generations;
mod man;
mod mcp;
mod models;
mod restore;
mod samples;
mod script;
mod serve;
mod speak;
mod usage;
mod users;
mod worker;

use clap::{ArgMatches, Args, FromArgMatches as _, Subcommand};
use loqui_core::engine::ModelInfo;
use loqui_core::script::Script;

use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::script::ScriptFlags;
use crate::settings::{EngineFlags, File, LibraryFlags, LibrarySettings};
use crate::{logging, output, voices};

/// Flags of every command.
#[derive(Debug, Args)]
pub(crate) struct CommonFlags {
    /// Print results as JSON on stdout: one document, or one per line for `batch` and `check`
    #[arg(long, global = true, display_order = 900)]
    pub(crate) json: bool,

    /// Print no progress and no notices: only results, warnings and errors
    #[arg(short, long, global = true, display_order = 901)]
    quiet: bool,

    /// Log to stderr; twice for more detail
    #[arg(long, global = true, action = clap::ArgAction::Count, display_order = 902)]
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

    /// Reads a script for a voice.
    async fn read(&self, script: ScriptFlags) -> Result<(Script, ModelInfo), Failure> {
        let voice = match script.voice() {
            Some(name) => {
                let loqui = self.settings_for_stored_generations()?.open()?;
                Some(voices::find(&loqui, name).await?.name)
            }
            None => None,
        };
        script.read(voice).await
    }

    fn file(&self) -> Result<File, Failure> {
        File::read(self.library.config.as_deref())
    }
}

/// Returns the parser of the command line.
pub(crate) fn parser() -> clap::Command {
    let program = clap::Command::new("loqui")
        .version(env!("CARGO_PKG_VERSION"))
        .max_term_width(100)
        .subcommand_required(true)
        .arg_required_else_help(true);
    let program = CommonFlags::augment_args(Command::augment_subcommands(program))
        // After the flags, whose own description would replace it.
        .about("Clone a voice from a short recording and speak text with it, from a shell or over HTTP");
    examples::add(program)
}

/// Returns the common flags and the command of a parsed command line.
pub(crate) fn parsed(mut matches: ArgMatches) -> Result<(CommonFlags, Command), clap::Error> {
    let common = CommonFlags::from_arg_matches_mut(&mut matches)?;
    Ok((common, Command::from_arg_matches_mut(&mut matches)?))
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Speak a text in the voice of a recording
    Speak(Box<speak::Arguments>),
    /// Check whether recordings can be used
    Check(check::Arguments),
    /// Repair a recording: noise, hum, rumble, clipped peaks, silence, level
    Clean(clean::Arguments),
    /// Estimate segments, duration and cost at Replicate of a text, before paying
    Estimate(estimate::Arguments),
    /// Show how a text is split into segments and read, without speaking it
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
    /// Run stored generations; any number of workers can share a store
    Worker(worker::Arguments),
    /// Emulate Replicate's API on this machine, for tests
    Emulator(emulator::Arguments),
    /// Run the HTTP backend, with users and a web page
    Serve(Box<serve::Arguments>),
    /// Serve agents over the Model Context Protocol, on stdin and stdout or over HTTP
    Mcp(mcp::Arguments),
    /// Add, list, disable or enable users of the backend
    #[command(subcommand)]
    Users(users::Action),
    /// Write all records and audio into one file, while other programs use them
    Backup(backup::Arguments),
    /// Replace records and audio by those of a backup
    Restore(restore::Arguments),
    /// Diagnose problems and suggest fixes
    Doctor(doctor::Arguments),
    /// Print completions for a shell
    Completions(completions::Arguments),
    /// Write manual pages
    Man(man::Arguments),
}

impl Command {
    /// Runs the command.
    pub(crate) async fn run(self, common: &CommonFlags) -> Result<ExitCode, Failure> {
        output::set_quiet(common.quiet);
        if !matches!(self, Self::Serve(_)) {
            // The server logs in the format that its settings choose.
            logging::for_command(common.verbose);
        }
        match self {
            Self::Speak(arguments) => speak::run(*arguments, common).await,
            Self::Check(arguments) => check::run(arguments, common.json).await,
            Self::Clean(arguments) => clean::run(arguments, common.json).await,
            Self::Estimate(arguments) => estimate::run(arguments, common).await,
            Self::Script(arguments) => script::run(arguments, common).await,
            Self::Batch(arguments) => batch::run(arguments, common).await,
            Self::Generations(action) => generations::run(action, common).await,
            Self::Samples(action) => samples::run(action, common).await,
            Self::Models(action) => models::run(action, common).await,
            Self::Usage(arguments) => usage::run(&arguments, common).await,
            Self::Worker(arguments) => worker::run(&arguments, common).await,
            Self::Emulator(arguments) => emulator::run(arguments, common.json).await,
            Self::Serve(arguments) => serve::run(&arguments, common).await,
            Self::Mcp(arguments) => Box::pin(mcp::run(arguments, common)).await,
            Self::Users(action) => users::run(action, common).await,
            Self::Backup(arguments) => backup::run(arguments, common).await,
            Self::Restore(arguments) => restore::run(arguments, common).await,
            Self::Doctor(arguments) => doctor::run(&arguments, common).await,
            Self::Completions(arguments) => Ok(completions::run(&arguments)),
            Self::Man(arguments) => man::run(&arguments, common.json),
        }
    }
}
