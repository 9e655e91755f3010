//! The handle that users hold.

mod audio;
mod builder;
mod events;
mod generate_speech;
mod handle;
mod manifest;
mod request;
mod samples;
mod speech;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

pub use audio::{SpeechChunk, SpeechStream};
pub use builder::LoquiBuilder;
pub use events::Events;
pub use generate_speech::generate_speech;
pub use handle::Generation;
pub use manifest::{Manifest, ProvenanceInfo};
pub use request::Request;
pub use samples::{AddSample, Erased};
pub use speech::Speech;

use crate::clock::{SharedClock, SharedRandom};
use crate::counts::{Counts, Tally};
use crate::engine::{ModelInfo, SpeechEngine};
use crate::error::{Error, Result, code};
use crate::estimate::Estimate;
use crate::ledger::{Budgets, GenerationRecord, Policy};
use crate::runtime::concurrency::ConcurrencyLimits;
use crate::runtime::driver::Drivers;
use crate::runtime::references::References;
use crate::runtime::signals::Signals;
use crate::sample::Sample;
use crate::speech::verify::Checks;
use crate::store::{AudioStore, Filter, GenerationStore, GenerationStoreExt as _, UsageFilter};
use crate::usage::Usage;

/// Speaks scripts in the voices of samples, and keeps the ledger. Cheap to clone; clones share everything.
///
/// Without a data directory the records are in memory: a generation is then lost with its process, together with what it
/// has cost. Give it one ([`LoquiBuilder::data_dir`] or `LOQUI_DATA_DIR`) and a generation that was interrupted goes on.
///
/// Dropping the handle does not stop generations that were submitted; they go on as long as the runtime lives.
#[derive(Clone)]
pub struct Loqui {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) store: Arc<dyn GenerationStore>,
    pub(crate) audio: AudioStore,
    pub(crate) engines: BTreeMap<String, Arc<dyn SpeechEngine>>,
    #[cfg(feature = "replicate")]
    pub(crate) replicate: Option<crate::engine::ReplicateEngine>,
    pub(crate) engine: String,
    pub(crate) budget_usd: Option<f64>,
    pub(crate) require_consent: bool,
    pub(crate) budgets: Budgets,
    pub(crate) keep: Option<Duration>,
    pub(crate) keep_takes: Option<Duration>,
    /// Others carry on what is submitted here.
    pub(crate) leave_to_workers: bool,
    pub(crate) policy: Policy,
    pub(crate) checks: Checks,
    pub(crate) clock: SharedClock,
    pub(crate) random: SharedRandom,
    pub(crate) signals: Signals,
    pub(crate) tally: Arc<Tally>,
    pub(crate) lanes: Arc<ConcurrencyLimits>,
    pub(crate) references: References,
    /// Set once something notices what other processes do.
    pub(crate) watching: OnceLock<()>,
    pub(crate) drivers: Drivers,
}

impl Loqui {
    /// Builds a handle from the environment: `REPLICATE_API_TOKEN`, `REPLICATE_BASE_URL`, `LOQUI_DATA_DIR`,
    /// `LOQUI_BUDGET_USD`.
    ///
    /// # Errors
    ///
    /// `replicate.missing_token` without a token: no engine is ever chosen silently.
    pub fn from_env() -> Result<Self> {
        LoquiBuilder::from_env().build()
    }

    /// Starts to build a handle with settings of your own.
    pub fn builder() -> LoquiBuilder {
        LoquiBuilder::default()
    }

    /// Speaks a text in the voice of a sample and waits for the speech.
    ///
    /// Set options on what it returns, then `.await` it. Dropping the future before it is done cancels the generation.
    ///
    /// # Errors
    ///
    /// `sample.*` and `script.*` before anything is paid; `generation.*`, `replicate.*`, `engine.*`, `store.*` later.
    pub fn speak(&self, sample: &Sample, text: impl Into<String>) -> Request<Speech> {
        Request::new(self.clone(), sample.clone(), text.into())
    }

    /// Writes a generation down, starts it and returns at once.
    ///
    /// # Errors
    ///
    /// `sample.*`, `script.*`, `option.*`, `store.*`.
    pub fn submit(&self, sample: &Sample, text: impl Into<String>) -> Request<Generation> {
        Request::new(self.clone(), sample.clone(), text.into())
    }

    /// The same with a sample that is in the store already, by its number; see [`add_sample`](Self::add_sample). With an
    /// [`owner`](Request::owner), the sample must be theirs.
    ///
    /// # Errors
    ///
    /// `sample.not_found`, and those of [`submit`](Self::submit).
    pub fn submit_with(&self, sample: i64, text: impl Into<String>) -> Request<Generation> {
        Request::stored(self.clone(), sample, text.into())
    }

    /// The generation of that number.
    ///
    /// # Errors
    ///
    /// `generation.not_found`, `store.*`.
    pub async fn generation(&self, id: i64) -> Result<Generation> {
        self.record(id).await?;
        Ok(Generation::new(self.clone(), id))
    }

    /// The generations in the store, newest first.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn generations(&self, filter: &Filter) -> Result<Vec<Generation>> {
        let records = self.inner.store.generations(filter).await?;
        Ok(records
            .into_iter()
            .map(|record| Generation::new(self.clone(), record.id))
            .collect())
    }

    /// Goes on with every generation that was interrupted; returns their numbers.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn resume(&self) -> Result<Vec<i64>> {
        let unfinished = self.inner.store.unfinished().await?;
        self.live();
        for id in &unfinished {
            self.start(*id);
        }
        Ok(unfinished)
    }

    /// Says what a text would come to: segments, seconds, cost. Nothing is sent.
    ///
    /// # Errors
    ///
    /// `script.*`, `model.unknown`.
    pub fn estimate(&self, text: &str, model: Option<&str>) -> Result<Estimate> {
        Estimate::new(text, &self.default_engine()?.model(model)?)
    }

    /// What was spent, by day and by model; also on what was erased since.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn usage(&self) -> Result<Usage> {
        self.usage_of(&UsageFilter::default()).await
    }

    /// What one owner spent, or what was spent within some days.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn usage_of(&self, filter: &UsageFilter) -> Result<Usage> {
        Ok(Usage::of(&self.inner.store.spending(filter).await?))
    }

    /// The name of the engine that speaks unless a generation says otherwise.
    pub fn engine(&self) -> &str {
        &self.inner.engine
    }

    /// Describes a model of the engine; its usual one for `None`.
    ///
    /// # Errors
    ///
    /// `model.unknown`.
    pub fn model(&self, name: Option<&str>) -> Result<ModelInfo> {
        self.default_engine()?.model(name)
    }

    /// The engine behind Replicate's API, if a token is set: for its client, and for webhooks.
    #[cfg(feature = "replicate")]
    pub fn replicate(&self) -> Option<&crate::engine::ReplicateEngine> {
        self.inner.replicate.as_ref()
    }

    /// What this handle and its clones have counted since it was built, for those who watch the process.
    pub fn counts(&self) -> Counts {
        let mut counts = self.inner.tally.counts();
        counts.in_hand = self.inner.drivers.count();
        #[cfg(feature = "replicate")]
        if let Some(replicate) = &self.inner.replicate {
            (counts.requests_repeated, counts.pace_wait) = replicate.client().retry_stats();
        }
        counts
    }

    /// The name under which this process holds generations in the store: its own for as long as it lives.
    pub fn worker_name(&self) -> &str {
        self.inner.drivers.worker()
    }

    /// Where records are kept.
    pub fn store(&self) -> &Arc<dyn GenerationStore> {
        &self.inner.store
    }

    /// Where audio is kept.
    pub fn audio_store(&self) -> &AudioStore {
        &self.inner.audio
    }

    pub(crate) fn default_engine(&self) -> Result<Arc<dyn SpeechEngine>> {
        self.engine_named(&self.inner.engine)
    }

    pub(crate) fn engine_named(&self, name: &str) -> Result<Arc<dyn SpeechEngine>> {
        self.inner.engines.get(name).cloned().ok_or_else(|| match name {
            "replicate" => Error::new(&code::REPLICATE_MISSING_TOKEN, "no token for Replicate is set"),
            "cog" => Error::new(&code::COG_URL, "no address of a Cog container is set"),
            "offline" => Error::new(&code::ENGINE_UNAVAILABLE, "this build has no offline voice"),
            other => Error::new(&code::ENGINE_UNKNOWN, format!("there is no engine named {other:?}")),
        })
    }

    pub(crate) async fn record(&self, id: i64) -> Result<GenerationRecord> {
        self.inner.store.generation(id).await?.ok_or_else(|| {
            Error::new(&code::GENERATION_NOT_FOUND, format!("there is no generation {id}")).with_generation(id)
        })
    }
}

impl fmt::Debug for Loqui {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loqui")
            .field("engine", &self.inner.engine)
            .field("engines", &self.inner.engines.keys())
            .field("store", &self.inner.store)
            .finish_non_exhaustive()
    }
}
