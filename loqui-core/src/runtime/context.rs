//! The state that the generations of a process share: stores, engines, clock, settings and limits.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::artefacts::Artefacts;
use super::concurrency::ConcurrencyLimits;
use super::driver::Drivers;
use super::references::References;
use super::signals::Signals;
use super::waiters::Waiters;
use crate::clock::{SharedClock, SharedRandom};
use crate::counts::Tally;
use crate::engine::SpeechEngine;
use crate::error::{Error, Result, code};
use crate::id::GenerationId;
use crate::ledger::{Budgets, GenerationRecord, Policy};
use crate::speech::verify::Checks;
use crate::store::GenerationStoreExt as _;
use crate::store::{AudioStore, GenerationStore};

/// Runs generations. One for each handle and its clones; it does not depend on the public API.
pub(crate) struct Runtime {
    pub(crate) store: Arc<dyn GenerationStore>,
    pub(crate) audio: AudioStore,
    pub(crate) artefacts: Arc<Artefacts>,
    pub(crate) engines: Engines,
    pub(crate) clock: SharedClock,
    pub(crate) random: SharedRandom,
    pub(crate) settings: Settings,
    pub(crate) shared: Shared,
    pub(crate) drivers: Drivers,
}

/// The settings that hold for every generation of this process.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) policy: Policy,
    pub(crate) checks: Checks,
    pub(crate) budgets: Budgets,
    /// Generations are erased this long after their end.
    pub(crate) keep: Option<Duration>,
    /// The takes of completed generations are pruned this long after their end.
    pub(crate) keep_takes: Option<Duration>,
    /// True if other processes run the generations that this process submits.
    pub(crate) leave_to_workers: bool,
    /// True if this process continues interrupted generations by itself.
    pub(crate) recovers: bool,
    /// How long a generation continues after its last caller has left.
    pub(crate) cancel_grace: Duration,
}

/// The state that the running generations of this process share.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    pub(crate) signals: Signals,
    pub(crate) tally: Tally,
    pub(crate) limits: ConcurrencyLimits,
    pub(crate) references: References,
    pub(crate) waiters: Waiters,
    /// Set once a task watches for changes that other processes make.
    pub(crate) watching: OnceLock<()>,
}

/// The engines that this process can use, by name.
pub(crate) struct Engines {
    by_name: BTreeMap<String, Arc<dyn SpeechEngine>>,
    default: String,
}

impl Engines {
    /// `default` is the engine of generations that name none.
    pub(crate) const fn new(by_name: BTreeMap<String, Arc<dyn SpeechEngine>>, default: String) -> Self {
        Self { by_name, default }
    }

    /// The name of the engine of generations that name none.
    pub(crate) fn default_name(&self) -> &str {
        &self.default
    }

    /// The engine of generations that name none.
    ///
    /// # Errors
    ///
    /// As [`named`](Self::named).
    pub(crate) fn default_engine(&self) -> Result<Arc<dyn SpeechEngine>> {
        self.named(&self.default)
    }

    /// The engine of this name.
    ///
    /// # Errors
    ///
    /// `replicate.missing_token`, `cog.url`, `engine.unavailable` or `engine.unknown` if it cannot be used here.
    pub(crate) fn named(&self, name: &str) -> Result<Arc<dyn SpeechEngine>> {
        self.by_name.get(name).cloned().ok_or_else(|| match name {
            "replicate" => Error::new(&code::REPLICATE_MISSING_TOKEN, "no token for Replicate is set"),
            "openai" => Error::new(
                &code::OPENAI_URL,
                "no address of a server with OpenAI's speech route is set",
            ),
            "cog" => Error::new(&code::COG_URL, "no address of a Cog container is set"),
            "offline" => Error::new(&code::ENGINE_UNAVAILABLE, "this build has no offline voice"),
            "pocket" => Error::new(
                &code::ENGINE_UNAVAILABLE,
                "this build does not run models, or there is no folder of models",
            )
            .with_hint("Enable the Cargo feature pocket, and set LOQUI_MODELS_DIR."),
            other => Error::new(&code::ENGINE_UNKNOWN, format!("there is no engine named {other:?}")),
        })
    }

    /// The names of all engines.
    pub(crate) fn names(&self) -> Vec<String> {
        self.by_name.keys().cloned().collect()
    }

    /// Every engine.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<dyn SpeechEngine>> {
        self.by_name.values()
    }
}

impl fmt::Debug for Engines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.by_name.keys()).finish()
    }
}

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime")
            .field("engines", &self.engines)
            .field("store", &self.store)
            .finish_non_exhaustive()
    }
}

impl Runtime {
    /// The record of a generation.
    ///
    /// # Errors
    ///
    /// `generation.not_found`, `store.*`.
    pub(crate) async fn record(&self, id: GenerationId) -> Result<GenerationRecord> {
        self.store.generation(id).await?.ok_or_else(|| not_found(id))
    }
}

/// There is no such generation.
pub(crate) fn not_found(id: GenerationId) -> Error {
    Error::new(&code::GENERATION_NOT_FOUND, format!("there is no generation {id}")).with_generation(id)
}
