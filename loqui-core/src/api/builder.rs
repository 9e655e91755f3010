//! Builds the handle.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::openai_settings::OpenAiSettings;
use super::{Defaults, Loqui};
use crate::clock::{SharedClock, SharedRandom, System};
use crate::config::Environment;
#[cfg(feature = "replicate")]
use crate::engine::ReplicateEngine;
use crate::engine::SpeechEngine;
use crate::error::{Error, Result, code};
use crate::ledger::{Budgets, Policy};
use crate::runtime::artefacts::Artefacts;
use crate::runtime::driver::Drivers;
use crate::runtime::{Engines, Runtime, Settings, Shared};
use crate::speech::verify::Checks;
use crate::store::{AudioStore, GenerationStore, MemoryStore};

/// The name of the engine behind Replicate's API.
const REPLICATE: &str = "replicate";

/// The default grace period. It is longer than the pause of common HTTP clients before they repeat a request.
const CANCEL_GRACE: Duration = Duration::from_secs(10);

/// Builds a [`Loqui`].
///
/// # Examples
///
/// ```
/// # #[cfg(feature = "offline")] {
/// let loqui = loqui_core::Loqui::builder().engine_named("offline").build()?;
/// assert_eq!(loqui.engine(), "offline");
/// # }
/// # Ok::<(), loqui_core::Error>(())
/// ```
#[derive(Default)]
#[must_use = "call build()"]
#[cfg_attr(
    feature = "replicate",
    expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")
)]
pub struct LoquiBuilder {
    token: Option<String>,
    base_url: Option<String>,
    engine: Option<String>,
    own_engines: Vec<Arc<dyn SpeechEngine>>,
    data_dir: Option<PathBuf>,
    models_dir: Option<PathBuf>,
    store: Option<Arc<dyn GenerationStore>>,
    audio: Option<AudioStore>,
    budget_usd: Option<f64>,
    require_consent: bool,
    consent_declared: bool,
    budgets: Budgets,
    keep: Option<Duration>,
    keep_takes: Option<Duration>,
    leave_to_workers: bool,
    recover: Option<bool>,
    cancel_grace: Option<Duration>,
    public_url: Option<String>,
    cog_url: Option<String>,
    openai: OpenAiSettings,
    database_url: Option<String>,
    storage_url: Option<String>,
    policy: Option<Policy>,
    checks: Checks,
    clock: Option<SharedClock>,
    random: Option<SharedRandom>,
    request_timeout: Option<Duration>,
    max_retries: Option<u32>,
    #[cfg(feature = "replicate")]
    deletes_uploads: bool,
    /// The error of the first invalid environment variable.
    invalid: Option<Error>,
}

impl LoquiBuilder {
    /// Returns a builder with the settings of the environment. [`Environment`] lists the variables.
    pub fn from_env() -> Self {
        Self::from_environment(Environment::read())
    }

    /// Returns a builder with settings that were read from the environment. The program may have changed them.
    pub fn from_environment(environment: Environment) -> Self {
        Self {
            token: environment.token,
            base_url: environment.base_url,
            data_dir: environment.data_dir,
            models_dir: environment.models_dir,
            budget_usd: environment.budget_usd,
            budgets: Budgets {
                total_usd: environment.budget_total_usd,
                day_usd: environment.budget_day_usd,
                owner_usd: environment.budget_owner_usd,
                owner_day_usd: environment.budget_owner_day_usd,
            },
            require_consent: environment.require_consent.unwrap_or_default(),
            cancel_grace: environment.cancel_grace,
            consent_declared: environment.consent_declared.unwrap_or_default(),
            keep: environment.keep_generations,
            keep_takes: environment.keep_takes,
            public_url: environment.public_url,
            cog_url: environment.cog_url,
            openai: OpenAiSettings {
                url: environment.openai_url,
                key: environment.openai_key,
                model: environment.openai_model,
                server: environment.openai_server,
                voices: environment.openai_voices,
                usd_per_1000_characters: environment.openai_usd_per_1000_characters,
            },
            database_url: environment.database_url,
            storage_url: environment.storage_url,
            invalid: environment.invalid,
            ..Self::default()
        }
    }

    /// Sets the token of a Replicate account. It is sent to the API only. Logs and `Debug` output do not contain it.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Sets the address of the API with `/v1`, for instance of an emulator.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = Some(base_url.into());
        self
    }

    /// Chooses the engine: `replicate` (the default, needs a token), `pocket` (needs a model in the
    /// [folder of models](Self::models_dir)), `offline`, `cog` (needs an [address](Self::cog_url)), or `openai` (needs an
    /// [address](Self::openai_url)).
    pub fn engine_named(mut self, name: impl Into<String>) -> Self {
        self.engine = Some(name.into());
        self
    }

    /// Adds a custom engine and makes it the default.
    pub fn engine(mut self, engine: Arc<dyn SpeechEngine>) -> Self {
        self.engine = Some(engine.name().to_owned());
        self.own_engines.push(engine);
        self
    }

    /// Sets the address of a Cog container with a Chatterbox model, for instance `http://gpu-box:5000`. Adds the engine `cog`,
    /// which is free.
    pub fn cog_url(mut self, address: impl Into<String>) -> Self {
        self.cog_url = Some(address.into());
        self
    }

    /// Sets the address of a server with OpenAI's speech route, for instance `http://gpu-box:8004`. Adds the engine `openai`, with
    /// the other settings of the [environment](crate::Environment). For settings in code, pass an
    /// [`OpenAiEngine`](crate::engine::OpenAiEngine) to [`engine`](Self::engine).
    pub fn openai_url(mut self, address: impl Into<String>) -> Self {
        self.openai.url = Some(address.into());
        self
    }

    /// Keeps records and audio in this folder, which is created if it is missing.
    pub fn data_dir(mut self, folder: impl AsRef<Path>) -> Self {
        self.data_dir = Some(folder.as_ref().to_owned());
        self
    }

    /// Sets the folder of voice cloning models for the engine `pocket` (feature `pocket`). The default is `models` in the
    /// [data directory](Self::data_dir), or without one the folder that `loqui models` uses.
    pub fn models_dir(mut self, folder: impl AsRef<Path>) -> Self {
        self.models_dir = Some(folder.as_ref().to_owned());
        self
    }

    /// Keeps records in this database: `sqlite:///path/to/file`, or `postgres://user:password@host/database` for any number
    /// of machines (feature `postgres`). Overrides [`data_dir`](Self::data_dir) for records; the audio stays there.
    pub fn database_url(mut self, address: impl Into<String>) -> Self {
        self.database_url = Some(address.into());
        self
    }

    /// Keeps audio at this address: `file:///path/to/folder`, or `s3://bucket/prefix` (feature `s3`; see
    /// [`AudioStore::from_url`]). Processes that share records must share the audio as well.
    pub fn storage_url(mut self, address: impl Into<String>) -> Self {
        self.storage_url = Some(address.into());
        self
    }

    /// Keeps records in a custom store.
    pub fn store(mut self, store: Arc<dyn GenerationStore>) -> Self {
        self.store = Some(store);
        self
    }

    /// Keeps audio in a custom store.
    pub fn audio_store(mut self, audio: AudioStore) -> Self {
        self.audio = Some(audio);
        self
    }

    /// Sets the default budget of a generation, in US dollars.
    pub fn budget_usd(mut self, budget: f64) -> Self {
        self.budget_usd = Some(budget);
        self
    }

    /// Sets whether samples without a recorded consent of the speaker are refused; see
    /// [`Request::consent`](super::Request::consent).
    pub fn require_consent(mut self, required: bool) -> Self {
        self.require_consent = required;
        self
    }

    /// Declares that the speakers of all samples have consented to the cloning of their voices. Models whose licence
    /// requires consent ([`ModelInfo::needs_consent`](crate::engine::ModelInfo::needs_consent)) then speak with samples
    /// without a recorded consent. [`require_consent`](Self::require_consent) still refuses them.
    pub fn consent_declared(mut self, declared: bool) -> Self {
        self.consent_declared = declared;
        self
    }

    /// Sets the budgets of all owners together and of each owner, in total and per day. A field that is `None` keeps
    /// its previous value, for instance that of the environment.
    pub fn budgets(mut self, budgets: Budgets) -> Self {
        self.budgets = Budgets {
            total_usd: budgets.total_usd.or(self.budgets.total_usd),
            day_usd: budgets.day_usd.or(self.budgets.day_usd),
            owner_usd: budgets.owner_usd.or(self.budgets.owner_usd),
            owner_day_usd: budgets.owner_day_usd.or(self.budgets.owner_day_usd),
        };
        self
    }

    /// Erases generations this long after their end: text, takes and speech. Their cost stays in the spending.
    pub fn keep_generations(mut self, age: Duration) -> Self {
        self.keep = Some(age);
        self
    }

    /// Prunes completed generations this long after their end: deletes the audio of their takes and all events but the
    /// last. Text and speech stay. An edited version of such a script cannot reuse takes, so it is paid in full. Failed
    /// generations keep their takes for a retry.
    pub fn keep_takes(mut self, age: Duration) -> Self {
        self.keep_takes = Some(age);
        self
    }

    /// Sets whether generations are left to workers on the same store ([`work`](super::Loqui::work)). Then this process
    /// submits generations and reads their events and results, but does not run them.
    pub fn leave_to_workers(mut self, leave: bool) -> Self {
        self.leave_to_workers = leave;
        self
    }

    /// Sets whether this process continues interrupted generations by itself; true by default. Every few seconds it
    /// claims generations that no live process holds: from [`build`](Self::build) on if that is called in a tokio
    /// runtime, otherwise from the first call on. Has no effect for records in memory, which end with their process.
    pub fn recover(mut self, recover: bool) -> Self {
        self.recover = Some(recover);
        self
    }

    /// Sets the grace period: how long a generation continues after the last caller that waits for its speech has left;
    /// 10 seconds by default. An equal request of the same owner to this process joins the generation in this period,
    /// because clients repeat a request after a timeout. After the period the generation is cancelled. See
    /// [`CancelOnDrop`](super::CancelOnDrop).
    pub fn cancel_grace(mut self, grace: Duration) -> Self {
        self.cancel_grace = Some(grace);
        self
    }

    /// Sets the address at which the provider can reach this machine, and requests webhooks. The provider calls
    /// `hooks/replicate/TAKE` below it.
    pub fn public_url(mut self, address: impl Into<String>) -> Self {
        self.public_url = Some(address.into());
        self
    }

    /// Sets the times and limits of the plan, for tests and unusual providers.
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = Some(policy);
        self
    }

    /// Sets the optional checks of takes: speaker similarity, transcript.
    pub fn checks(mut self, checks: Checks) -> Self {
        self.checks = checks;
        self
    }

    /// Sets the clock, for tests.
    pub fn clock(mut self, clock: SharedClock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Sets the source of random numbers, for tests.
    pub fn random(mut self, random: SharedRandom) -> Self {
        self.random = Some(random);
        self
    }

    /// Sets the timeout of one request to Replicate's API, from connecting to the last byte; 30 s by default. To limit a whole
    /// generation, use [`Request::deadline`](super::Request::deadline).
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.request_timeout = Some(timeout);
        self
    }

    /// Sets how often a request to Replicate's API that is free of charge is repeated after an error that may pass; 3 by default.
    /// A request that may cost money is never repeated. To limit how often a segment is spoken, use
    /// [`Request::max_takes`](super::Request::max_takes).
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.max_retries = Some(retries);
        self
    }

    /// Deletes an uploaded recording at Replicate as soon as no take needs it.
    #[cfg(feature = "replicate")]
    pub fn delete_uploads(mut self) -> Self {
        self.deletes_uploads = true;
        self
    }

    /// Returns whether a token is set.
    pub fn has_token(&self) -> bool {
        self.token.is_some()
    }

    /// Builds the handle. Nothing is sent; the data directory is created if it is missing.
    ///
    /// # Errors
    ///
    /// `replicate.missing_token` if the engine is `replicate`, the default, and no token is set; `engine.unknown`,
    /// `engine.unavailable`, `cog.url`; `option.out_of_range` for an invalid number in the environment or an invalid
    /// address; `store.unavailable` if this build does not support the database.
    pub fn build(mut self) -> Result<Loqui> {
        if let Some(error) = self.invalid.take() {
            return Err(error);
        }
        let clock = self.clock.clone().unwrap_or_else(|| Arc::new(System));
        let random = self.random.clone().unwrap_or_else(|| Arc::new(System));
        let engine = self.engine.clone().unwrap_or_else(|| REPLICATE.to_owned());
        let store = self.records()?;
        let audio = self.sounds()?;
        let worker = format!("{:016x}{:016x}", random.next(), random.next());
        #[cfg(feature = "replicate")]
        let replicate = self.replicate(&random)?;
        let mut engines: BTreeMap<String, Arc<dyn SpeechEngine>> = BTreeMap::new();
        #[cfg(feature = "replicate")]
        if let Some(engine) = &replicate {
            engines.insert(REPLICATE.to_owned(), Arc::new(engine.clone()));
        }
        #[cfg(feature = "replicate")]
        if let Some(address) = &self.cog_url {
            let engine = crate::engine::CogEngine::new(address)?.with_clock(Arc::clone(&clock));
            engines.insert("cog".to_owned(), Arc::new(engine));
        }
        #[cfg(feature = "replicate")]
        if let Some(engine) = self.openai.engine()? {
            engines.insert("openai".to_owned(), Arc::new(engine));
        }
        #[cfg(feature = "offline")]
        engines.insert("offline".to_owned(), Arc::new(crate::engine::OfflineEngine::new()));
        #[cfg(feature = "pocket")]
        if let Some(folder) = self.models() {
            engines.insert("pocket".to_owned(), Arc::new(crate::engine::PocketEngine::new(folder)));
        }
        // Every engine that can be used here, so that generations of other engines can continue.
        for engine in &self.own_engines {
            engines.insert(engine.name().to_owned(), Arc::clone(engine));
        }
        let artefacts = Artefacts::new(
            Arc::clone(&store),
            audio.clone(),
            Arc::clone(&clock),
            Arc::clone(&random),
        );
        let runtime = Runtime {
            store,
            audio,
            artefacts: Arc::new(artefacts),
            engines: Engines::new(engines, engine),
            clock,
            random,
            settings: Settings {
                policy: self.policy.unwrap_or_default(),
                checks: self.checks,
                budgets: self.budgets,
                keep: self.keep,
                keep_takes: self.keep_takes,
                leave_to_workers: self.leave_to_workers,
                recovers: self.recover.unwrap_or(true),
                cancel_grace: self.cancel_grace.unwrap_or(CANCEL_GRACE),
            },
            shared: Shared::default(),
            drivers: Drivers::new(worker),
        };
        // Fail here, not at the first submission, if the engine cannot be used.
        runtime.engines.default_engine()?;
        let runtime = Arc::new(runtime);
        runtime.begin_recovery();
        Ok(Loqui {
            runtime,
            defaults: Arc::new(Defaults {
                budget_usd: self.budget_usd,
                require_consent: self.require_consent,
                consent_declared: self.consent_declared,
                #[cfg(feature = "replicate")]
                replicate,
            }),
        })
    }

    #[cfg(feature = "replicate")]
    fn replicate(&self, random: &SharedRandom) -> Result<Option<ReplicateEngine>> {
        let Some(token) = &self.token else { return Ok(None) };
        let mut client = crate::replicate::Client::builder(token.clone()).random(Arc::clone(random));
        if let Some(clock) = &self.clock {
            client = client.clock(Arc::clone(clock));
        }
        if let Some(base_url) = &self.base_url {
            client = client.base_url(base_url);
        }
        if let Some(timeout) = self.request_timeout {
            if timeout.is_zero() {
                return Err(Error::new(&code::OPTION_OUT_OF_RANGE, "the timeout of a request is 0"));
            }
            client = client.timeout(timeout);
        }
        if let Some(retries) = self.max_retries {
            client = client.max_retries(retries);
        }
        let mut engine = ReplicateEngine::new(client.build()?);
        if let Some(address) = &self.public_url {
            let address = url::Url::parse(address).map_err(|source| {
                Error::new(&code::OPTION_OUT_OF_RANGE, "the public address is not a URL").with_source(source)
            })?;
            engine = engine.with_webhook(address);
        }
        if self.deletes_uploads {
            engine = engine.with_uploads_deleted();
        }
        Ok(Some(engine))
    }

    /// The folder of models; none if there is no setting and no home directory.
    #[cfg(feature = "pocket")]
    fn models(&self) -> Option<PathBuf> {
        let beside_records = || Some(self.data_dir.as_ref()?.join("models"));
        self.models_dir
            .clone()
            .or_else(beside_records)
            .or_else(crate::config::platform_models_dir)
    }

    fn records(&self) -> Result<Arc<dyn GenerationStore>> {
        match (&self.store, &self.database_url, &self.data_dir) {
            (Some(store), ..) => Ok(Arc::clone(store)),
            (None, Some(address), _) => database(address),
            (None, None, Some(folder)) => sqlite(folder.join("loqui.db")),
            (None, None, None) => Ok(Arc::new(MemoryStore::new())),
        }
    }

    fn sounds(&self) -> Result<AudioStore> {
        match (&self.audio, &self.storage_url, &self.data_dir) {
            (Some(audio), ..) => Ok(audio.clone()),
            (None, Some(address), _) => AudioStore::from_url(address),
            (None, None, Some(folder)) => AudioStore::local(folder.join("audio")),
            (None, None, None) => Ok(AudioStore::memory()),
        }
    }
}

fn database(address: &str) -> Result<Arc<dyn GenerationStore>> {
    // The address is not part of the error: it may contain a password.
    match address.split_once(':') {
        Some(("sqlite", path)) => sqlite(PathBuf::from(path.strip_prefix("//").unwrap_or(path))),
        Some(("postgres" | "postgresql", _)) => postgres(address),
        Some((scheme, rest)) if rest.starts_with("//") => Err(unknown_database(&format!(
            "databases of the kind {scheme:?} are not supported"
        ))),
        _ => Err(unknown_database(
            "the address of the database does not begin with its kind",
        )),
    }
}

fn unknown_database(message: &str) -> Error {
    Error::new(&code::OPTION_OUT_OF_RANGE, message)
        .with_hint("Use sqlite:///path/to/file, or postgres://user:password@host/database.")
}

#[cfg(feature = "postgres")]
fn postgres(address: &str) -> Result<Arc<dyn GenerationStore>> {
    Ok(Arc::new(crate::store::PostgresStore::lazy(address)?))
}

#[cfg(not(feature = "postgres"))]
fn postgres(_address: &str) -> Result<Arc<dyn GenerationStore>> {
    Err(
        Error::new(&code::STORE_UNAVAILABLE, "this build does not support the database")
            .with_hint("Use sqlite:///path/to/file, or build with the feature postgres."),
    )
}

#[cfg(feature = "sqlite")]
#[expect(clippy::unnecessary_wraps, reason = "a build without SQLite refuses a file")]
fn sqlite(path: PathBuf) -> Result<Arc<dyn GenerationStore>> {
    Ok(Arc::new(crate::store::SqliteStore::lazy(path)))
}

#[cfg(not(feature = "sqlite"))]
fn sqlite(_path: PathBuf) -> Result<Arc<dyn GenerationStore>> {
    Err(Error::new(&code::STORE_UNAVAILABLE, "this build has no SQLite")
        .with_hint("Build with the feature sqlite, or pass a custom store."))
}

impl std::fmt::Debug for LoquiBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LoquiBuilder")
            .field("token", &self.token.as_ref().map(|_| "..."))
            .field("engine", &self.engine)
            .field("data_dir", &self.data_dir)
            .field("models_dir", &self.models_dir)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_kind_of_database_is_refused_without_its_password() {
        for address in [
            "mysql://anna:hush@host/db",
            "mariadb://host/db",
            "host/db",
            "/path/to/file.db",
        ] {
            let error = database(address).unwrap_err();
            assert!(error.is(&code::OPTION_OUT_OF_RANGE), "{error}");
            assert!(!format!("{error:?}").contains("hush"));
            assert!(error.hint().is_some_and(|hint| hint.contains("postgres://")));
        }
        assert!(database("mysql://host/db").unwrap_err().message().contains("mysql"));
    }
}
