//! Edits of a generation: a new generation that takes over everything that did not change.

mod draft;

use std::fmt;
use std::future::IntoFuture;

use draft::Draft;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

use super::request::{self, Change, check_budget};
use super::{Generation, Loqui};
use crate::engine::SpeechEngine;
use crate::error::{Error, Result, code};
use crate::ledger::{GenerationRecord, NewGeneration, Status};
use crate::options::SpeakOptions;
use crate::runtime::policy_for;
use crate::script::ScriptOptions;
use crate::store::GenerationStoreExt as _;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
use crate::store::sql;

/// A change of a generation. Sentences are named by their numbers ([`SegmentInfo::number`](crate::ledger::SegmentInfo::number)),
/// which stay the same in all edited versions.
///
/// As JSON: `{"op": "change", "sentence": 3, "text": "Hello."}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Edit {
    /// Gives a sentence another text.
    Change {
        /// The number of the sentence.
        sentence: u32,
        /// The new text.
        text: String,
        /// The label of another voice. Default: the voice that the sentence has.
        #[serde(default)]
        voice: Option<String>,
    },
    /// Inserts text after a sentence.
    Insert {
        /// The number of the sentence before; 0 for the beginning.
        after: u32,
        /// The text.
        text: String,
        /// The label of the voice. Default: the voice of the sentence before.
        #[serde(default)]
        voice: Option<String>,
    },
    /// Deletes a sentence.
    Delete {
        /// The number of the sentence.
        sentence: u32,
    },
    /// Moves a sentence.
    Move {
        /// The number of the sentence.
        sentence: u32,
        /// The number of the sentence that is to be before it; 0 for the beginning.
        after: u32,
    },
    /// Speaks a sentence again, with another seed.
    Retake {
        /// The number of the sentence.
        sentence: u32,
    },
    /// Chooses one of the takes of a sentence ([`SegmentInfo::choices`](crate::ledger::SegmentInfo::choices)).
    Pick {
        /// The number of the sentence.
        sentence: u32,
        /// The number of the take.
        take: u32,
    },
}

/// A request to edit a generation. Set its options, then `.await` it for the new generation.
#[must_use = "nothing is edited before it is awaited"]
pub struct EditRequest {
    generation: Generation,
    edits: Vec<Edit>,
    budget_usd: Option<f64>,
    idempotency_key: Option<String>,
    change: Change,
}

impl EditRequest {
    pub(super) fn new(generation: Generation, edits: Vec<Edit>) -> Self {
        Self {
            generation,
            edits,
            budget_usd: None,
            idempotency_key: None,
            change: None,
        }
    }

    /// Sets the most that the edit may cost, in US dollars. Default: the budget of the edited generation.
    pub fn budget(mut self, usd: f64) -> Self {
        self.budget_usd = Some(usd);
        self
    }

    /// Makes it safe to repeat the request: the same key of the same owner returns the same generation.
    pub fn idempotency_key(mut self, key: impl Into<String>) -> Self {
        self.idempotency_key = Some(key.into());
        self
    }

    /// Runs a change of the application in the transaction of the submission, like
    /// [`Request::in_transaction`](super::Request::in_transaction).
    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    pub fn in_transaction<C>(mut self, change: C) -> Self
    where
        C: for<'t> FnOnce(sql::Transaction<'t>, sql::Submitted) -> BoxFuture<'t, Result<()>> + Send + 'static,
    {
        self.change = Some(Box::new(change));
        self
    }

    async fn submit(self) -> Result<Generation> {
        let Self {
            generation,
            edits,
            budget_usd,
            idempotency_key,
            change,
        } = self;
        let loqui = generation.loqui.clone();
        #[cfg(any(feature = "sqlite", feature = "postgres"))]
        if change.is_some() {
            loqui.database()?;
        }
        let record = generation.record().await?;
        let mut new = edited(&loqui, &record, edits, budget_usd)
            .await
            .map_err(|error| error.with_generation(record.id))?;
        new.idempotency_key = idempotency_key;
        request::record(loqui, new, change).await
    }
}

/// The generation that results from edits of another one.
async fn edited(
    loqui: &Loqui,
    record: &GenerationRecord,
    edits: Vec<Edit>,
    budget_usd: Option<f64>,
) -> Result<NewGeneration> {
    if record.status != Status::Completed {
        let message = format!(
            "generation {} is {}, and only a finished one can be edited",
            record.id, record.status
        );
        return Err(Error::new(&code::GENERATION_NOT_FINISHED, message));
    }
    if edits.is_empty() {
        return Err(Error::new(&code::OPTION_OUT_OF_RANGE, "no edit is given"));
    }
    let engine = loqui.runtime.engines.named(&record.engine)?;
    let mut name = None;
    for sample in record.samples() {
        let sample = loqui.kept(sample, None).await?;
        name.get_or_insert(sample.name);
    }
    let mut reading = reading(engine.as_ref(), record)?;
    reading.voice = name;
    let takes = loqui.runtime.store.takes(record.id).await?;
    let mut draft = Draft::of(record, &takes)?;
    for edit in edits {
        draft.apply(edit, &reading)?;
    }
    let mut options = SpeakOptions {
        limits: record.options.limits.clone(),
        ..record.options.clone()
    };
    options.text.format = None;
    options.limits.budget_usd = budget_usd.or(options.limits.budget_usd);
    options.check()?;
    let policy = policy_for(&loqui.runtime.settings.policy, engine.as_ref(), record)?;
    check_budget(draft.anew().map(|segment| policy.cost_of(segment)).sum(), &options)?;
    let now = loqui.runtime.clock.now();
    let mut new = NewGeneration::new(record.sample, &record.engine, &record.model, "", now);
    new.owner.clone_from(&record.owner);
    new.voices.clone_from(&record.voices);
    new.warnings = draft.warnings(record);
    let (script, segments, lineage) = draft.finish();
    new.script = script;
    new.segments = segments;
    new.lineage = Some(lineage);
    new.options = options;
    Ok(new)
}

/// How new text is read: within the limits of all models of the generation.
fn reading(engine: &dyn SpeechEngine, record: &GenerationRecord) -> Result<ScriptOptions> {
    let mut options = record.options.clone();
    options.text.format = None;
    let mut reading = engine.model(Some(&record.model))?.script_options(&options)?;
    for voice in &record.voices {
        reading.restrict(&engine.model(Some(&voice.model))?.script_options(&options)?);
    }
    // The text was accepted in this language before.
    reading.language_given = true;
    reading.editable = true;
    Ok(reading)
}

impl IntoFuture for EditRequest {
    type Output = Result<Generation>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(request::spawned(self.submit()))
    }
}

impl fmt::Debug for EditRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EditRequest")
            .field("generation", &self.generation)
            .field("edits", &self.edits.len())
            .finish_non_exhaustive()
    }
}
