//! A request to speak: set its options, then `.await` it.

use std::collections::HashSet;
use std::fmt;
use std::future::IntoFuture;
use std::marker::PhantomData;
use std::time::Duration;

use futures::future::BoxFuture;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
use futures::future::FutureExt as _;
use tracing::Instrument as _;

use super::voices::{CheckedVoices, StoredVoices, Voice, VoiceSource};
use super::{CancelOnDrop, Generation, Loqui, Speech};
use crate::error::{Code, Error, Result, code};
use crate::estimate::dollars;
use crate::finding::Severity;
use crate::id::SampleId;
use crate::ledger::cast::Cast;
use crate::ledger::{GenerationRecord, NewGeneration, Status};
use crate::money;
use crate::options::{RequestMetadata, SpeakOptions};
use crate::runtime::reuse::{self, ReuseQuery};
use crate::sample::Sample;
use crate::script::Script;
use crate::store::GenerationStoreExt as _;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
use crate::store::sql;

/// A request to speak a text. Set its options, then `.await` it.
///
/// `O` is the result: a [`Speech`] from [`Loqui::speak`], a [`Generation`] from [`Loqui::submit`], a [`CancelOnDrop`] from
/// [`awaited`](Request::awaited).
#[must_use = "nothing is spoken before it is awaited"]
pub struct Request<O> {
    loqui: Loqui,
    /// The voice of text without a label.
    voice: Option<VoiceSource>,
    voices: Vec<(String, Voice)>,
    text: String,
    options: SpeakOptions,
    metadata: RequestMetadata,
    any_language: bool,
    change: Change,
    output: PhantomData<fn() -> O>,
}

/// What an application changes in the transaction of the submission.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(super) type Change =
    Option<Box<dyn for<'t> FnOnce(sql::Transaction<'t>, sql::Submitted) -> BoxFuture<'t, Result<()>> + Send>>;
/// Without an SQL database there are no transactions.
#[cfg(not(any(feature = "sqlite", feature = "postgres")))]
pub(super) type Change = Option<std::convert::Infallible>;

impl<O> Request<O> {
    pub(super) fn new(loqui: Loqui, sample: Sample, text: String) -> Self {
        Self::of(loqui, Some(VoiceSource::Given(sample)), text)
    }

    pub(super) fn stored(loqui: Loqui, sample: SampleId, text: String) -> Self {
        Self::of(loqui, Some(VoiceSource::Stored(sample)), text)
    }

    pub(super) fn of(loqui: Loqui, voice: Option<VoiceSource>, text: String) -> Self {
        Self {
            loqui,
            voice,
            voices: Vec::new(),
            text,
            options: SpeakOptions::default(),
            metadata: RequestMetadata::default(),
            any_language: false,
            change: None,
            output: PhantomData,
        }
    }

    /// Adds the voice of a label: of lines such as `[anna]: Good morning.`, spans such as `{voice=anna}Hello{/voice}`, and the
    /// element `<voice name="anna">`. Text without a label has the voice that the request was made with. Upper and lower
    /// case of labels do not differ.
    ///
    /// The request fails with `script.voice_missing` if the script names a label without a voice.
    pub fn voice(mut self, label: impl Into<String>, voice: impl Into<Voice>) -> Self {
        self.voices.push((label.into(), voice.into()));
        self
    }

    /// Sets the owner of the generation and of its sample, where several users share a store.
    pub fn owner(mut self, owner: impl Into<String>) -> Self {
        self.metadata.owner = Some(owner.into());
        self
    }

    /// Records the speaker's consent in words, for example `I am the speaker`. It is stored with the sample.
    pub fn consent(mut self, statement: impl Into<String>) -> Self {
        self.metadata.consent = Some(statement.into());
        self
    }

    /// Sets a key that makes it safe to repeat the request: the same key of the same owner returns the same generation.
    /// A different request with that key fails with `generation.key_reused`.
    pub fn idempotency_key(mut self, key: impl Into<String>) -> Self {
        self.metadata.idempotency_key = Some(key.into());
        self
    }

    /// Sets owner, consent and idempotency key at once.
    pub fn metadata(mut self, metadata: RequestMetadata) -> Self {
        self.metadata = metadata;
        self
    }

    /// Runs a change of the application in the transaction of the submission: both take effect, or neither. The change also
    /// runs if the idempotency key returns an earlier generation
    /// ([`Submitted::is_new`](crate::store::sql::Submitted::is_new)).
    ///
    /// The request fails with `store.no_database` if the records are not in an SQL database, and with the error of the
    /// change.
    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    pub fn in_transaction<C>(mut self, change: C) -> Self
    where
        C: for<'t> FnOnce(sql::Transaction<'t>, sql::Submitted) -> BoxFuture<'t, Result<()>> + Send + 'static,
    {
        self.change = Some(Box::new(change));
        self
    }

    /// Sets all options at once.
    pub fn options(mut self, options: SpeakOptions) -> Self {
        self.options = options;
        self
    }

    /// Sets [the model](crate::options::VoiceSettings::model), for example `chatterbox-turbo`.
    pub fn model(mut self, model: impl Into<String>) -> Self {
        self.options.voice.model = Some(model.into());
        self
    }

    /// Sets [how expressive the voice is](crate::options::VoiceSettings::exaggeration), 0.25 to 2; 0.5 is neutral.
    pub fn exaggeration(mut self, exaggeration: f64) -> Self {
        self.options.voice.exaggeration = Some(exaggeration);
        self
    }

    /// Sets [how closely the pace follows the sample](crate::options::VoiceSettings::cfg_weight), 0.2 to 1.
    pub fn cfg_weight(mut self, cfg_weight: f64) -> Self {
        self.options.voice.cfg_weight = Some(cfg_weight);
        self
    }

    /// Sets [how much takes vary](crate::options::VoiceSettings::temperature), 0.05 to 5.
    pub fn temperature(mut self, temperature: f64) -> Self {
        self.options.voice.temperature = Some(temperature);
        self
    }

    /// Sets [the seed](crate::options::VoiceSettings::seed), 1 or more, which makes the result repeatable.
    pub fn seed(mut self, seed: u32) -> Self {
        self.options.voice.seed = Some(seed);
        self
    }

    /// Sets [the language of the script](crate::options::VoiceSettings::language), such as `en` or `en-GB`.
    pub fn language(mut self, language: impl Into<String>) -> Self {
        self.options.voice.language = Some(language.into());
        self
    }

    /// Sets [the format of the text](crate::options::TextOptions::format), for example `markdown`.
    pub fn format(mut self, format: impl Into<String>) -> Self {
        self.options.text.format = Some(format.into());
        self
    }

    /// Sets [whether each sentence is a segment of its own](crate::options::TextOptions::editable).
    pub fn editable(mut self, editable: bool) -> Self {
        self.options.text.editable = Some(editable);
        self
    }

    /// Sets [how terms are said](crate::options::TextOptions::pronunciations): a line for each, `term = respelling`.
    pub fn pronunciations(mut self, lines: impl Into<String>) -> Self {
        self.options.text.pronunciations = Some(lines.into());
        self
    }

    /// Sets [the tempo](crate::options::DeliveryOptions::speed), 0.5 to 2, with the pitch unchanged.
    pub fn speed(mut self, speed: f64) -> Self {
        self.options.delivery.speed = Some(speed);
        self
    }

    /// Sets [the silence before the speech](crate::options::DeliveryOptions::leading_silence), in seconds.
    pub fn leading_silence(mut self, seconds: f64) -> Self {
        self.options.delivery.leading_silence = Some(seconds);
        self
    }

    /// Sets [the silence after the speech](crate::options::DeliveryOptions::trailing_silence), in seconds.
    pub fn trailing_silence(mut self, seconds: f64) -> Self {
        self.options.delivery.trailing_silence = Some(seconds);
        self
    }

    /// Accepts a text that seems to be in another language than the one it is spoken in. Otherwise such a text is refused
    /// with `script.wrong_language`, unless the request names the language. The finding is in the warnings in any case.
    pub fn accept_other_language(mut self) -> Self {
        self.any_language = true;
        self
    }

    /// Sets [the most it may cost](crate::options::RunLimits::budget_usd), in US dollars.
    pub fn budget(mut self, usd: f64) -> Self {
        self.options.limits.budget_usd = Some(usd);
        self
    }

    /// Sets [the most time from submission to the end](crate::options::RunLimits::deadline).
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.options.limits.deadline = Some(deadline);
        self
    }

    /// Sets [the most takes of one segment](crate::options::RunLimits::max_takes).
    pub fn max_takes(mut self, takes: u32) -> Self {
        self.options.limits.max_takes = Some(takes);
        self
    }

    /// Sets [whether to reuse segments of earlier generations](crate::options::RunLimits::reuse).
    pub fn reuse(mut self, reuse: bool) -> Self {
        self.options.limits.reuse = Some(reuse);
        self
    }

    /// Submits, and counts the caller. If the same owner made an equal request whose caller left a moment ago, it joins that
    /// generation.
    async fn submit_awaited(self) -> Result<CancelOnDrop> {
        let joins = self.metadata.idempotency_key.is_none();
        let (loqui, new, change) = self.prepare().await?;
        if joins && let Some(guard) = loqui.rejoin(&new).await? {
            return Ok(guard);
        }
        record(loqui, new, change).await.map(CancelOnDrop::new)
    }

    /// Validates the request, records the generation and starts it.
    async fn submit(self) -> Result<Generation> {
        let (loqui, new, change) = self.prepare().await?;
        record(loqui, new, change).await
    }

    /// Validates the request, and stores its recording.
    async fn prepare(self) -> Result<(Loqui, NewGeneration, Change)> {
        let Self {
            loqui,
            voice,
            voices,
            text,
            mut options,
            metadata,
            any_language,
            change,
            ..
        } = self;
        let RequestMetadata {
            owner,
            consent,
            idempotency_key,
        } = metadata;
        #[cfg(any(feature = "sqlite", feature = "postgres"))]
        if change.is_some() {
            // Before any audio is stored.
            loqui.database()?;
        }
        loqui.runtime.begin_recovery();
        let engine = loqui.default_engine()?;
        options.limits.budget_usd = options.limits.budget_usd.or(loqui.defaults.budget_usd);
        options.check()?;
        let (for_owner, consent) = (owner.as_deref(), consent.as_deref());
        let mut voices = CheckedVoices::check(&loqui, engine.as_ref(), voice, voices, &options, for_owner).await?;
        voices.ensure_consents(&loqui, for_owner, consent).await?;
        let mut reading = voices.script_options(&options)?;
        reading.language_given |= any_language;
        let mut script = Script::read(&text, &reading)?;
        check_script(&script)?;
        voices.assign(&mut script)?;
        // An edited script of one segment has no unchanged segment to reuse.
        let reuses = options.limits.reuse.unwrap_or_else(|| script.segments().len() > 1);
        if !reuses {
            check_budget(voices.cost(script.segments()), &options)?;
        }
        let model = voices.model().name.clone();
        let mut warnings = std::mem::take(&mut voices.warnings);
        warnings.extend(script.findings().iter().cloned());
        let StoredVoices {
            sample,
            voices: records,
        } = voices.store(&loqui, for_owner, consent).await?;
        if reuses {
            let store = loqui.runtime.store.as_ref();
            let cast = Cast {
                sample,
                model: &model,
                settings: &options.voice,
                voices: &records,
            };
            let query = reuse_query(engine.name(), cast, &script, &options);
            let mut reused = HashSet::new();
            if let Some(earlier) = reuse::earlier_version(store, &query).await? {
                script = Script::read_edited(&text, &reading, &earlier.segments)?;
                voices.assign(&mut script)?;
                let query = reuse_query(engine.name(), cast, &script, &options);
                reused = reuse::find(store, &query).await?.into_keys().collect();
            }
            let spoken = script
                .segments()
                .iter()
                .filter(|segment| !reused.contains(&segment.index));
            check_budget(voices.cost(spoken), &options)?;
        }
        let mut segments = script.segments().to_vec();
        if reading.editable {
            for segment in &mut segments {
                segment.id = Some(segment.index + 1);
            }
        }
        let now = loqui.runtime.clock.now();
        let mut new = NewGeneration::new(sample, engine.name(), model, script.text(), now);
        new.owner = owner.filter(|owner| !owner.is_empty());
        new.idempotency_key = idempotency_key;
        new.options = options;
        new.segments = segments;
        new.voices = records;
        new.warnings = warnings;
        Ok((loqui, new, change))
    }
}

impl Request<Generation> {
    /// Submits for a caller that waits for the speech. If the result is dropped without being
    /// [disarmed](CancelOnDrop::disarm), the generation is cancelled after the grace period. If all callers of an equal
    /// request of the same owner have left less than a grace period ago, the call joins that generation instead of
    /// starting another one. With an idempotency key it does not join.
    ///
    /// # Cancellation safety
    ///
    /// Dropping the future is the same as dropping its result.
    pub fn awaited(self) -> Request<CancelOnDrop> {
        Request {
            loqui: self.loqui,
            voice: self.voice,
            voices: self.voices,
            text: self.text,
            options: self.options,
            metadata: self.metadata,
            any_language: self.any_language,
            change: self.change,
            output: PhantomData,
        }
    }
}

/// Records a generation, together with the change of the application, and starts it.
pub(super) async fn record(loqui: Loqui, new: NewGeneration, change: Change) -> Result<Generation> {
    let record = insert(&loqui, new, change).await?;
    loqui.runtime.start(record.id);
    loqui.runtime.drivers.expect_end(&record);
    Ok(Generation::new(loqui, record.id))
}

async fn insert(loqui: &Loqui, new: NewGeneration, change: Change) -> Result<GenerationRecord> {
    let Some(change) = change else {
        let record = loqui.runtime.store.submit(new.clone()).await?;
        check_same(&new, &record)?;
        return Ok(record);
    };
    #[cfg(not(any(feature = "sqlite", feature = "postgres")))]
    match change {}
    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    {
        let database = loqui.database()?;
        let recording = database.write(|mut transaction| {
            async move {
                let submitted = transaction.submit(new.clone()).await?;
                check_same(&new, &submitted.generation)?;
                let record = submitted.generation.clone();
                change(transaction, submitted).await?;
                Ok(record)
            }
            .boxed()
        });
        recording.await
    }
}

impl Loqui {
    /// Joins an equal generation of the same owner that its last caller has left, if it can still succeed.
    async fn rejoin(&self, new: &NewGeneration) -> Result<Option<CancelOnDrop>> {
        let waiters = &self.runtime.shared.waiters;
        for id in waiters.left() {
            let Some(record) = self.runtime.store.generation(id).await? else {
                continue;
            };
            let is_equal = record.owner == new.owner && is_same(new, &record);
            if is_equal && record.status != Status::Failed && !record.cancel_requested && waiters.rejoin(id) {
                return Ok(Some(CancelOnDrop::joined(Generation::new(self.clone(), id))));
            }
        }
        Ok(None)
    }
}

fn is_same(new: &NewGeneration, record: &GenerationRecord) -> bool {
    let one = (new.sample, &new.engine, &new.model, &new.script, &new.options);
    let other = (
        record.sample,
        &record.engine,
        &record.model,
        &record.script,
        &record.options,
    );
    one == other && new.voices == record.voices && new.lineage == record.lineage
}

/// Refuses an idempotency key of a different request: its result would be the speech of another text.
fn check_same(new: &NewGeneration, record: &GenerationRecord) -> Result<()> {
    if is_same(new, record) {
        return Ok(());
    }
    let key = new.idempotency_key.as_deref().unwrap_or_default();
    let message = format!(
        "the key {key:?} belongs to generation {}, which has a different request",
        record.id
    );
    Err(Error::new(&code::GENERATION_KEY_REUSED, message).with_generation(record.id))
}

/// Builds the conditions under which takes of an earlier generation can be reused.
fn reuse_query<'a>(engine: &'a str, cast: Cast<'a>, script: &'a Script, options: &'a SpeakOptions) -> ReuseQuery<'a> {
    ReuseQuery {
        before: None,
        engine,
        cast,
        script: script.text(),
        limits: &options.limits,
        delivery: &options.delivery,
        segments: script.segments(),
    }
}

/// Refuses a script with an error finding.
pub(super) fn check_script(script: &Script) -> Result<()> {
    match script
        .findings()
        .iter()
        .find(|finding| finding.severity == Severity::Error)
    {
        Some(finding) => {
            let code = Code::by_name(finding.code.as_str()).unwrap_or(&code::SCRIPT_WRONG_LANGUAGE);
            Err(Error::new(code, finding.message.clone()).with_hint(finding.hint.clone()))
        }
        None => Ok(()),
    }
}

/// Refuses a script that costs more than the budget before the first part of it is paid.
pub(super) fn check_budget(cost: f64, options: &SpeakOptions) -> Result<()> {
    let cost = money::exact(cost);
    let Some(budget) = options.limits.budget_usd.filter(|budget| cost > money::exact(*budget)) else {
        return Ok(());
    };
    Err(Error::new(
        &code::GENERATION_BUDGET,
        format!(
            "the script costs {}, more than the budget of {}",
            dollars(cost),
            dollars(budget)
        ),
    ))
}

/// Runs the submission in a task of its own: if the caller is dropped meanwhile, the submission completes all the same,
/// and what it returns is dropped.
pub(super) async fn spawned<T: Send + 'static>(
    submission: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    let task = tokio::spawn(submission.in_current_span());
    let aborted = |source| Error::new(&code::INTERNAL, "a submission was aborted").with_source(source);
    task.await.map_err(aborted)?
}

impl IntoFuture for Request<Generation> {
    type Output = Result<Generation>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(spawned(self.submit()))
    }
}

impl IntoFuture for Request<CancelOnDrop> {
    type Output = Result<CancelOnDrop>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(spawned(self.submit_awaited()))
    }
}

impl IntoFuture for Request<Speech> {
    type Output = Result<Speech>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let mut guard = spawned(self.submit_awaited()).await?;
            let speech = guard.generation().wait().await;
            guard.disarm();
            speech
        })
    }
}

impl<O> fmt::Debug for Request<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("voice", &self.voice)
            .field("voices", &self.voices)
            .field("characters", &self.text.chars().count())
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
