//! Builds the handle.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::driver::Drivers;
use super::signals::Signals;
use super::{Inner, Loqui};
use crate::clock::{SharedClock, SharedRandom, System};
use crate::config::Environment;
use crate::engine::SpeechEngine;
use crate::error::{Error, Result, code};
use crate::generation::Policy;
use crate::speech::verify::Checks;
use crate::store::{AudioStore, GenerationStore, MemoryStore};

/// The name of the engine behind Replicate's API.
const REPLICATE: &str = "replicate";

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
pub struct LoquiBuilder {
    token: Option<String>,
    base_url: Option<String>,
    engine: Option<String>,
    own_engines: Vec<Arc<dyn SpeechEngine>>,
    data_dir: Option<PathBuf>,
    store: Option<Arc<dyn GenerationStore>>,
    audio: Option<AudioStore>,
    budget_usd: Option<f64>,
    budget_text: Option<String>,
    require_consent: bool,
    policy: Option<Policy>,
    checks: Checks,
    clock: Option<SharedClock>,
    random: Option<SharedRandom>,
}

impl LoquiBuilder {
    /// Starts with what the environment says: `REPLICATE_API_TOKEN`, `REPLICATE_BASE_URL`, `LOQUI_DATA_DIR`,
    /// `LOQUI_BUDGET_USD`, `LOQUI_REQUIRE_CONSENT`.
    pub fn from_env() -> Self {
        let environment = Environment::read();
        Self {
            token: environment.token,
            base_url: environment.base_url,
            data_dir: environment.data_dir,
            budget_text: environment.budget_usd,
            require_consent: environment.require_consent,
            ..Self::default()
        }
    }

    /// The token of a Replicate account. It is sent to the API only, and shown nowhere.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// The API's address with `/v1`, for instance an emulator's.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = Some(base_url.into());
        self
    }

    /// Chooses the engine: `replicate` (the default, needs a token) or `offline`.
    pub fn engine_named(mut self, name: impl Into<String>) -> Self {
        self.engine = Some(name.into());
        self
    }

    /// Brings an engine of your own, and chooses it.
    pub fn engine(mut self, engine: Arc<dyn SpeechEngine>) -> Self {
        self.engine = Some(engine.name().to_owned());
        self.own_engines.push(engine);
        self
    }

    /// Keeps records and audio in this folder; it is made if it is missing.
    pub fn data_dir(mut self, folder: impl AsRef<Path>) -> Self {
        self.data_dir = Some(folder.as_ref().to_owned());
        self
    }

    /// Keeps records in a store of your own.
    pub fn store(mut self, store: Arc<dyn GenerationStore>) -> Self {
        self.store = Some(store);
        self
    }

    /// Keeps audio in a store of your own.
    pub fn audio_store(mut self, audio: AudioStore) -> Self {
        self.audio = Some(audio);
        self
    }

    /// The most that one generation may cost unless it says otherwise, in US dollars.
    pub fn budget_usd(mut self, budget: f64) -> Self {
        self.budget_usd = Some(budget);
        self
    }

    /// Refuses samples without the consent of their speaker; see [`Request::consent`](super::Request::consent).
    pub fn require_consent(mut self, required: bool) -> Self {
        self.require_consent = required;
        self
    }

    /// Changes times and limits; for tests and unusual providers.
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = Some(policy);
        self
    }

    /// Looks at more than the sound of a take: whose voice it is, which words it says.
    pub fn checks(mut self, checks: Checks) -> Self {
        self.checks = checks;
        self
    }

    /// Tells the time differently; for tests.
    pub fn clock(mut self, clock: SharedClock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Draws random numbers differently; for tests.
    pub fn random(mut self, random: SharedRandom) -> Self {
        self.random = Some(random);
        self
    }

    /// Whether a token is set.
    pub fn has_token(&self) -> bool {
        self.token.is_some()
    }

    /// The handle. Nothing is sent; the data directory is made if it is missing.
    ///
    /// # Errors
    ///
    /// `replicate.missing_token` if no token is set and no engine chosen, `engine.unknown`, `engine.unavailable`,
    /// `option.out_of_range` for a budget that is not a number, `store.unavailable` for a build without SQLite.
    pub fn build(self) -> Result<Loqui> {
        let clock = self.clock.clone().unwrap_or_else(|| Arc::new(System));
        let random = self.random.clone().unwrap_or_else(|| Arc::new(System));
        let engine = self.engine.clone().unwrap_or_else(|| REPLICATE.to_owned());
        let budget_usd = self.budget()?;
        let store = self.records()?;
        let audio = self.sounds()?;
        let worker = format!("{:016x}{:016x}", random.next(), random.next());
        #[cfg(feature = "replicate")]
        let replicate = self.replicate(&clock, &random)?;
        #[cfg(not(feature = "replicate"))]
        let replicate = None;
        let inner = Inner {
            engines: self.engines(replicate),
            store,
            audio,
            budget_usd,
            require_consent: self.require_consent,
            policy: self.policy.unwrap_or_default(),
            checks: self.checks,
            clock,
            random,
            signals: Signals::default(),
            drivers: Drivers::new(worker),
            engine,
        };
        let loqui = Loqui { inner: Arc::new(inner) };
        loqui.default_engine()?;
        Ok(loqui)
    }

    fn budget(&self) -> Result<Option<f64>> {
        let text = self.budget_text.as_deref();
        let read = text.map(str::parse::<f64>).transpose().map_err(|source| {
            Error::new(
                &code::OPTION_OUT_OF_RANGE,
                "LOQUI_BUDGET_USD is not a number of US dollars",
            )
            .with_source(source)
        })?;
        Ok(self.budget_usd.or(read))
    }

    /// Every engine that can be used here: a generation that was begun with another one can then go on as well.
    fn engines(&self, replicate: Option<Arc<dyn SpeechEngine>>) -> BTreeMap<String, Arc<dyn SpeechEngine>> {
        #[cfg(feature = "offline")]
        let offline: Option<Arc<dyn SpeechEngine>> = Some(Arc::new(crate::engine::OfflineEngine::new()));
        #[cfg(not(feature = "offline"))]
        let offline = None;
        let own = self.own_engines.iter().cloned();
        [replicate, offline]
            .into_iter()
            .flatten()
            .chain(own)
            .map(|engine| (engine.name().to_owned(), engine))
            .collect()
    }

    #[cfg(feature = "replicate")]
    fn replicate(&self, clock: &SharedClock, random: &SharedRandom) -> Result<Option<Arc<dyn SpeechEngine>>> {
        let Some(token) = &self.token else { return Ok(None) };
        let mut client = crate::replicate::Client::builder(token.clone())
            .clock(Arc::clone(clock))
            .random(Arc::clone(random));
        if let Some(base_url) = &self.base_url {
            client = client.base_url(base_url);
        }
        Ok(Some(Arc::new(crate::engine::ReplicateEngine::new(client.build()?))))
    }

    #[cfg_attr(
        feature = "sqlite",
        expect(
            clippy::unnecessary_wraps,
            reason = "a build without SQLite refuses a data directory"
        )
    )]
    fn records(&self) -> Result<Arc<dyn GenerationStore>> {
        match (&self.store, &self.data_dir) {
            (Some(store), _) => Ok(Arc::clone(store)),
            (None, None) => Ok(Arc::new(MemoryStore::new())),
            #[cfg(feature = "sqlite")]
            (None, Some(folder)) => Ok(Arc::new(crate::store::SqliteStore::lazy(folder.join("loqui.db")))),
            #[cfg(not(feature = "sqlite"))]
            (None, Some(_)) => Err(Error::new(&code::STORE_UNAVAILABLE, "this build has no SQLite")
                .with_hint("Build with the feature sqlite, or bring a store of your own.")),
        }
    }

    fn sounds(&self) -> Result<AudioStore> {
        match (&self.audio, &self.data_dir) {
            (Some(audio), _) => Ok(audio.clone()),
            (None, None) => Ok(AudioStore::memory()),
            (None, Some(folder)) => AudioStore::local(folder.join("audio")),
        }
    }
}

impl std::fmt::Debug for LoquiBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LoquiBuilder")
            .field("token", &self.token.as_ref().map(|_| "..."))
            .field("engine", &self.engine)
            .field("data_dir", &self.data_dir)
            .finish_non_exhaustive()
    }
}
