//! The public interface: the handle, requests, generations and their events.

mod audio;
mod builder;
mod cancel_on_drop;
mod edit;
mod events;
mod export;
mod generate_speech;
mod handle;
mod maintenance;
mod manifest;
mod openai_settings;
mod request;
mod samples;
mod speech;
#[cfg(test)]
pub(crate) mod tests;
mod voices;

use std::fmt;
use std::sync::Arc;

pub use audio::{SpeechChunk, SpeechStream};
pub use builder::LoquiBuilder;
pub use cancel_on_drop::CancelOnDrop;
pub use edit::{Edit, EditRequest};
pub use events::Events;
pub use export::{ExportFields, ExportOptions, ExportedFile};
pub use generate_speech::generate_speech;
pub use handle::Generation;
pub use manifest::{Manifest, ProvenanceInfo};
pub use request::Request;
pub use samples::{AddSample, Erased};
pub use speech::Speech;
pub use voices::Voice;

use crate::counts::Counts;
use crate::engine::{ModelInfo, SpeechEngine};
use crate::error::Result;
use crate::estimate::Estimate;
use crate::id::{GenerationId, SampleId};
use crate::ledger::GenerationRecord;
use crate::options::SpeakOptions;
use crate::runtime::Runtime;
use crate::sample::Sample;
use crate::script::Script;
use crate::store::{AudioStore, Filter, GenerationStore, GenerationStoreExt as _, UsageFilter};
use crate::usage::Usage;

/// Speaks scripts in the voices of samples. Cheap to clone; clones share everything.
///
/// Without a data directory, records are kept in memory. When the process ends, unfinished generations and their paid
/// takes are lost. With a data directory ([`LoquiBuilder::data_dir`] or `LOQUI_DATA_DIR`), a process continues
/// interrupted generations that no live process holds ([`LoquiBuilder::recover`]).
///
/// Dropping the handle does not stop submitted generations; they continue as long as the tokio runtime runs.
///
/// # Cancellation safety
///
/// Each async method documents what happens when its future is dropped before it completes. By default a call is atomic: it
/// takes effect completely or not at all, and can be repeated.
#[derive(Clone)]
pub struct Loqui {
    pub(crate) runtime: Arc<Runtime>,
    pub(crate) defaults: Arc<Defaults>,
}

/// Defaults and requirements that apply to each submission.
pub(crate) struct Defaults {
    pub(crate) budget_usd: Option<f64>,
    pub(crate) require_consent: bool,
    /// The operator declares that the speakers of all samples have consented.
    pub(crate) consent_declared: bool,
    #[cfg(feature = "replicate")]
    pub(crate) replicate: Option<crate::engine::ReplicateEngine>,
}

impl Loqui {
    /// Builds a handle from environment variables, such as `REPLICATE_API_TOKEN` and `LOQUI_DATA_DIR`.
    /// [`Environment`](crate::Environment) lists them all.
    ///
    /// # Errors
    ///
    /// `replicate.missing_token` without a token: no other engine is selected instead. Also those of
    /// [`LoquiBuilder::build`].
    pub fn from_env() -> Result<Self> {
        LoquiBuilder::from_env().build()
    }

    /// Returns a builder for a handle with other settings.
    pub fn builder() -> LoquiBuilder {
        LoquiBuilder::default()
    }

    /// Speaks a text in the voice of a sample and waits for the speech.
    ///
    /// Set options on the returned request, then `.await` it.
    ///
    /// # Cancellation safety
    ///
    /// If the future is dropped before it is done, the generation is cancelled after the grace period
    /// ([`LoquiBuilder::cancel_grace`]), unless an equal request of the same owner joins it by then. Segments that were
    /// finished stay in the store, and [`Generation::retry`] uses them.
    ///
    /// # Errors
    ///
    /// `sample.*` and `script.*` before anything is paid; `generation.*`, `replicate.*`, `engine.*`, `store.*` later.
    pub fn speak(&self, sample: &Sample, text: impl Into<String>) -> Request<Speech> {
        Request::new(self.clone(), sample.clone(), text.into())
    }

    /// Speaks a script whose lines all name a voice, and waits for the speech: [`speak`](Self::speak) without a voice for
    /// text without a label. Add the voices with [`Request::voice`].
    ///
    /// # Errors
    ///
    /// `script.voice_missing` if a label has no voice, or if there is text without a label; those of [`speak`](Self::speak).
    pub fn speak_script(&self, script: impl Into<String>) -> Request<Speech> {
        Request::of(self.clone(), None, script.into())
    }

    /// Records a generation of a script whose lines all name a voice, starts it and returns at once; see
    /// [`speak_script`](Self::speak_script).
    ///
    /// # Errors
    ///
    /// `script.voice_missing`, and those of [`submit`](Self::submit).
    pub fn submit_script(&self, script: impl Into<String>) -> Request<Generation> {
        Request::of(self.clone(), None, script.into())
    }

    /// Records a generation, starts it and returns its handle without waiting for the speech.
    ///
    /// # Cancellation safety
    ///
    /// The submission runs in a task of its own: once the future has been polled, the generation is submitted and runs
    /// even if the future is dropped. Set an [`idempotency_key`](Request::idempotency_key) if the call may be repeated.
    ///
    /// # Errors
    ///
    /// `sample.*`, `script.*`, `option.*`, `model.*`, `engine.*`, `store.*`; `generation.budget` if the script costs
    /// more than the budget; `generation.key_reused` if the idempotency key belongs to a different request.
    pub fn submit(&self, sample: &Sample, text: impl Into<String>) -> Request<Generation> {
        Request::new(self.clone(), sample.clone(), text.into())
    }

    /// Submits a generation with a sample that is in the store, by its id; see [`add_sample`](Self::add_sample). With an
    /// [`owner`](Request::owner), the sample must belong to that owner.
    ///
    /// # Errors
    ///
    /// `sample.not_found`, and those of [`submit`](Self::submit).
    pub fn submit_with(&self, sample: impl Into<SampleId>, text: impl Into<String>) -> Request<Generation> {
        Request::stored(self.clone(), sample.into(), text.into())
    }

    /// Returns the generation with this id.
    ///
    /// # Cancellation safety
    ///
    /// Safe: the call only reads.
    ///
    /// # Errors
    ///
    /// `generation.not_found`, `store.*`.
    pub async fn generation(&self, id: impl Into<GenerationId>) -> Result<Generation> {
        let id = id.into();
        self.record(id).await?;
        Ok(Generation::new(self.clone(), id))
    }

    /// Returns the generations in the store, newest first.
    ///
    /// # Cancellation safety
    ///
    /// Safe: the call only reads.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn generations(&self, filter: &Filter) -> Result<Vec<Generation>> {
        self.runtime.begin_recovery();
        let records = self.runtime.store.generations(filter).await?;
        Ok(records
            .into_iter()
            .map(|record| Generation::new(self.clone(), record.id))
            .collect())
    }

    /// Starts every unfinished generation of the store in the background, and returns their ids.
    ///
    /// A process with a durable store does so by itself for generations that no live process holds, within seconds
    /// ([`LoquiBuilder::recover`]). This call starts all of them at once. A generation that another process holds is
    /// claimed when the lease of that process has expired. With [`LoquiBuilder::leave_to_workers`] nothing is started.
    ///
    /// # Cancellation safety
    ///
    /// Safe: generations that were started continue in the background, and the call may be repeated.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn resume(&self) -> Result<Vec<GenerationId>> {
        let unfinished = self.runtime.store.unfinished().await?;
        self.runtime.keep_lease();
        for id in &unfinished {
            self.runtime.start(*id);
        }
        Ok(unfinished)
    }

    /// Estimates the number of segments, the length and the cost of a text. Nothing is sent.
    ///
    /// # Errors
    ///
    /// `script.*`, `model.unknown`.
    pub fn estimate(&self, text: &str, model: Option<&str>) -> Result<Estimate> {
        Estimate::new(text, &self.default_engine()?.model(model)?)
    }

    /// Reads a script as a request with these options would. Returns its segments, with their written and spoken text,
    /// and the findings. Nothing is sent.
    ///
    /// # Errors
    ///
    /// `script.*`, `model.unknown`, `option.*`.
    pub fn script(&self, text: &str, options: &SpeakOptions) -> Result<Script> {
        let engine = self.default_engine()?;
        let model = engine.model_for(&options.voice)?;
        options.check()?;
        Script::read(text, &model.script_options(options)?)
    }

    /// Returns the spending by day and by model, including erased generations.
    ///
    /// # Cancellation safety
    ///
    /// Safe: the call only reads.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn usage(&self) -> Result<Usage> {
        self.usage_of(&UsageFilter::default()).await
    }

    /// Returns the spending of one owner, or within a range of days.
    ///
    /// # Cancellation safety
    ///
    /// Safe: the call only reads.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn usage_of(&self, filter: &UsageFilter) -> Result<Usage> {
        self.runtime.begin_recovery();
        Ok(Usage::of(&self.runtime.store.spending(filter).await?))
    }

    /// Returns the name of the default engine.
    pub fn engine(&self) -> &str {
        self.runtime.engines.default_name()
    }

    /// Describes a model of the default engine; the default model for `None`.
    ///
    /// # Errors
    ///
    /// `model.unknown`.
    pub fn model(&self, name: Option<&str>) -> Result<ModelInfo> {
        self.default_engine()?.model(name)
    }

    /// Returns the engine for Replicate, if a token is set.
    #[cfg(feature = "replicate")]
    pub fn replicate(&self) -> Option<&crate::engine::ReplicateEngine> {
        self.defaults.replicate.as_ref()
    }

    /// Returns the counters of this handle and its clones since it was built.
    pub fn counts(&self) -> Counts {
        let mut counts = self.runtime.shared.tally.counts();
        counts.in_hand = self.runtime.drivers.count();
        counts.artefacts_made = self.runtime.artefacts.made();
        #[cfg(feature = "replicate")]
        if let Some(replicate) = &self.defaults.replicate {
            (counts.requests_repeated, counts.pace_wait) = replicate.client().retry_stats();
        }
        counts
    }

    /// Returns the name under which this handle and its clones claim generations. It is random, and each built handle
    /// has another one.
    pub fn worker_name(&self) -> &str {
        self.runtime.drivers.worker()
    }

    /// Returns the store of the records.
    pub fn store(&self) -> &Arc<dyn GenerationStore> {
        &self.runtime.store
    }

    /// Returns the SQL database of the records, for tables of an application beside them.
    ///
    /// # Errors
    ///
    /// `store.no_database` if the records are in memory or in another store without an SQL database.
    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    pub fn database(&self) -> Result<crate::store::sql::Database> {
        let store = &self.runtime.store;
        Arc::clone(store).database().ok_or_else(|| {
            let message = format!("the records in {} are not in an SQL database", store.location());
            crate::error::Error::new(&crate::error::code::STORE_NO_DATABASE, message)
        })
    }

    /// Returns the store of the audio.
    pub fn audio_store(&self) -> &AudioStore {
        &self.runtime.audio
    }

    pub(crate) fn default_engine(&self) -> Result<Arc<dyn SpeechEngine>> {
        self.runtime.engines.default_engine()
    }

    pub(crate) async fn record(&self, id: GenerationId) -> Result<GenerationRecord> {
        self.runtime.begin_recovery();
        self.runtime.record(id).await
    }
}

impl fmt::Debug for Loqui {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loqui")
            .field("engine", &self.engine())
            .field("runtime", &self.runtime)
            .finish_non_exhaustive()
    }
}
