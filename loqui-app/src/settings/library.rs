//! The settings of the library. Every command builds the library with them.

use std::fmt;
use std::path::{Path, PathBuf};

use directories::ProjectDirs;
use loqui_core::speech::verify::Checks;
use loqui_core::{Environment, Error, Loqui, LoquiBuilder};

use super::engine::{Available, Engine, EngineFlags};
use super::file::File;
use super::not_blank;
use crate::code;
use crate::failure::Failure;

/// Flags of every command. The library reads the environment variables that the help names.
#[derive(Clone, Default, clap::Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct LibraryFlags {
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        help = "Folder of records and audio [env: LOQUI_DATA_DIR] [default: the data directory of the platform]"
    )]
    pub(crate) data_dir: Option<PathBuf>,

    #[arg(
        long,
        global = true,
        value_name = "DIR",
        help = "Folder of voice cloning models, for the engine pocket [env: LOQUI_MODELS_DIR] [default: `models` in the folder of records]"
    )]
    pub(crate) models_dir: Option<PathBuf>,

    /// TOML file with settings; deploy/loqui.toml in the repository lists all
    #[arg(long, global = true, value_name = "FILE", env = "LOQUI_CONFIG")]
    pub(crate) config: Option<PathBuf>,

    #[arg(
        long,
        global = true,
        value_name = "URL",
        help = "Address of a container with a Chatterbox model, for the engine cog [env: LOQUI_COG_URL]"
    )]
    pub(crate) cog_url: Option<String>,

    #[arg(
        long,
        global = true,
        value_name = "URL",
        help = "Address of a server with OpenAI's speech route, for the engine openai [env: LOQUI_OPENAI_URL]"
    )]
    pub(crate) openai_url: Option<String>,

    // Hidden, because other users of the machine can read command lines.
    #[arg(long, global = true, hide = true)]
    pub(crate) token: Option<String>,

    #[arg(long, global = true, hide = true)]
    pub(crate) base_url: Option<String>,

    #[arg(long, global = true, hide = true)]
    pub(crate) database_url: Option<String>,

    #[arg(long, global = true, hide = true)]
    pub(crate) storage_url: Option<String>,
}

impl fmt::Debug for LibraryFlags {
    /// Omits the token, and addresses, which may contain passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LibraryFlags")
            .field("data_dir", &self.data_dir)
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

/// The effective settings of the library.
#[derive(Debug)]
pub(crate) struct LibrarySettings {
    /// The environment, with flags and file merged into it.
    environment: Environment,
    data_dir: PathBuf,
    models_dir: PathBuf,
    engine: Engine,
    checks: Checks,
    leave_to_workers: bool,
    recover: bool,
}

impl LibrarySettings {
    /// Merges flags, environment, file and defaults.
    ///
    /// # Errors
    ///
    /// `engine.unknown`; `store.unavailable` if no data directory is set and the user has no home directory.
    pub(crate) fn load(flags: &LibraryFlags, engine: &EngineFlags, file: &File) -> Result<Self, Failure> {
        Self::merge(flags, engine, Environment::read(), file)
    }

    fn merge(
        flags: &LibraryFlags,
        engine: &EngineFlags,
        mut environment: Environment,
        file: &File,
    ) -> Result<Self, Failure> {
        for (setting, flag, file) in [
            (&mut environment.token, flags.token.as_ref(), None),
            (
                &mut environment.base_url,
                flags.base_url.as_ref(),
                file.base_url.as_ref(),
            ),
            (&mut environment.cog_url, flags.cog_url.as_ref(), file.cog_url.as_ref()),
            (
                &mut environment.openai_url,
                flags.openai_url.as_ref(),
                file.openai_url.as_ref(),
            ),
            (&mut environment.openai_model, None, file.openai_model.as_ref()),
            (&mut environment.openai_server, None, file.openai_server.as_ref()),
            (&mut environment.openai_voices, None, file.openai_voices().as_ref()),
            (&mut environment.public_url, None, file.public_url.as_ref()),
            (
                &mut environment.database_url,
                flags.database_url.as_ref(),
                file.database_url.as_ref(),
            ),
            (
                &mut environment.storage_url,
                flags.storage_url.as_ref(),
                file.storage_url.as_ref(),
            ),
        ] {
            *setting = not_blank(flag).or_else(|| setting.take()).or_else(|| not_blank(file));
        }
        for (setting, file) in [
            (
                &mut environment.openai_usd_per_1000_characters,
                file.openai_usd_per_1000_characters,
            ),
            (&mut environment.budget_usd, file.budget_usd),
            (&mut environment.budget_total_usd, file.budget_total_usd),
            (&mut environment.budget_day_usd, file.budget_day_usd),
            (&mut environment.budget_owner_usd, file.budget_owner_usd),
            (&mut environment.budget_owner_day_usd, file.budget_owner_day_usd),
        ] {
            *setting = setting.or(file);
        }
        for (setting, file) in [
            (&mut environment.keep_generations, file.keep_generations),
            (&mut environment.keep_takes, file.keep_takes),
            (&mut environment.cancel_grace, file.cancel_grace),
        ] {
            *setting = setting.or(file);
        }
        environment.require_consent = environment.require_consent.or(file.require_consent);
        environment.consent_declared = environment.consent_declared.or(file.consent_declared);
        let given = |flag: Option<&PathBuf>| flag.filter(|path| !path.as_os_str().is_empty()).cloned();
        let data_dir = given(flags.data_dir.as_ref())
            .or_else(|| environment.data_dir.take())
            .or_else(|| file.data_dir.clone())
            .or_else(|| ProjectDirs::from("", "", "loqui").map(|folders| folders.data_dir().to_owned()))
            .ok_or_else(|| {
                Error::new(
                    &code::STORE_UNAVAILABLE,
                    "no data directory is set and there is no home directory",
                )
                .with_hint("Set LOQUI_DATA_DIR.")
            })?;
        environment.data_dir = Some(data_dir.clone());
        let models_dir = given(flags.models_dir.as_ref())
            .or_else(|| environment.models_dir.take())
            .or_else(|| file.models_dir.clone())
            .unwrap_or_else(|| data_dir.join("models"));
        environment.models_dir = Some(models_dir.clone());
        let engine = not_blank(engine.engine.as_ref())
            .or_else(|| not_blank(file.engine.as_ref()))
            .map_or(Ok(Engine::default()), |name| name.parse())?;
        Ok(Self {
            environment,
            data_dir,
            models_dir,
            engine,
            // Commands generate little speech at a time, so the additional check has a small cost.
            checks: Checks::default().with_similarity(true),
            leave_to_workers: false,
            // A command does what it was asked for; a server or a worker continues what was interrupted.
            recover: false,
        })
    }

    /// Ignores the chosen engine, for commands that only continue or read stored generations. These use the engine they
    /// were started with.
    pub(crate) fn for_stored_generations(mut self) -> Self {
        self.engine = Engine::Auto;
        self
    }

    /// Omits the similarity check, because a server generates much speech at the same time. `leave_to_workers` leaves
    /// the generations to workers; otherwise the server continues interrupted ones.
    pub(crate) fn for_server(mut self, leave_to_workers: bool) -> Self {
        self.checks = Checks::default();
        self.leave_to_workers = leave_to_workers;
        self.recover = !leave_to_workers;
        self
    }

    /// Declares that the speakers of all samples have consented, for models whose licence requires it.
    pub(crate) fn with_consent_declared(mut self) -> Self {
        self.environment.consent_declared = Some(true);
        self
    }

    /// Returns the folder of records and audio.
    pub(crate) fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// Returns the maximum cost of one generation, in US dollars.
    pub(crate) fn budget_usd(&self) -> Option<f64> {
        self.environment.budget_usd
    }

    /// Returns the folder of models that run on this machine.
    pub(crate) fn models_dir(&self) -> &Path {
        &self.models_dir
    }

    /// Returns the chosen engine.
    pub(crate) fn engine(&self) -> Engine {
        self.engine
    }

    /// Returns the address of the container with a model.
    pub(crate) fn cog_url(&self) -> Option<&str> {
        self.environment.cog_url.as_deref()
    }

    /// Returns the address of the server with OpenAI's speech route.
    pub(crate) fn openai_url(&self) -> Option<&str> {
        self.environment.openai_url.as_deref()
    }

    /// Returns the notice to print before speech is generated, if the engine runs on this machine.
    pub(crate) fn notice(&self) -> Option<String> {
        self.engine.notice(self.available())
    }

    fn available(&self) -> Available<'_> {
        Available {
            token: self.environment.token.is_some(),
            models: &self.models_dir,
        }
    }

    /// Starts building the library.
    pub(crate) fn builder(self) -> LoquiBuilder {
        let engine = self.engine.name(self.available());
        LoquiBuilder::from_environment(self.environment)
            .engine_named(engine)
            .checks(self.checks)
            .leave_to_workers(self.leave_to_workers)
            .recover(self.recover)
    }

    /// Builds the library.
    ///
    /// # Errors
    ///
    /// Those of [`LoquiBuilder::build`].
    pub(crate) fn open(self) -> Result<Loqui, Failure> {
        Ok(self.builder().build()?)
    }
}

#[cfg(test)]
mod tests;
