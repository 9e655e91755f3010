//! Adds, lists and erases samples.

use std::fmt;
use std::future::IntoFuture;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
use futures::future::FutureExt as _;

use super::Loqui;
use crate::compute;
use crate::engine::{ModelInfo, Reference};
use crate::error::{Error, Result, code};
use crate::id::{GenerationId, SampleId};
use crate::runtime::artefacts::ArtefactKey;
use crate::runtime::outage::Outage;
use crate::sample::{self, Sample, Source};
#[cfg(any(feature = "sqlite", feature = "postgres"))]
use crate::store::sql;
use crate::store::{Consent, Filter, GenerationStoreExt as _, NewSample, SampleFilter, SampleRecord};

/// How long an erasure waits for an audio store or a provider that is away, before it continues in the background.
const ERASURE_WAIT: Duration = Duration::from_secs(5);

/// A sample that is to be added to the store. Set owner and consent, then `.await` it.
#[must_use = "nothing is stored before it is awaited"]
pub struct AddSample {
    loqui: Loqui,
    sample: Sample,
    owner: Option<String>,
    consent: Option<String>,
    renames: bool,
    change: Change,
}

/// What an application changes in the transaction that adds a sample.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
type Change = Option<Box<dyn for<'t> FnOnce(sql::Transaction<'t>, SampleRecord) -> BoxFuture<'t, Result<()>> + Send>>;
/// Without an SQL database there are no transactions.
#[cfg(not(any(feature = "sqlite", feature = "postgres")))]
type Change = Option<std::convert::Infallible>;

impl AddSample {
    /// Sets the owner, where several owners share a store.
    pub fn owner(mut self, owner: impl Into<String>) -> Self {
        self.owner = Some(owner.into());
        self
    }

    /// Sets the statement of the speaker's consent, for instance `I am the speaker`.
    pub fn consent(mut self, statement: impl Into<String>) -> Self {
        self.consent = Some(statement.into());
        self
    }

    /// Sets the name, which otherwise is that of the file. If the owner already has a sample of the recording, it is
    /// renamed.
    pub fn name(mut self, name: &str) -> Self {
        self.sample = self.sample.with_name(name);
        self.renames = true;
        self
    }

    /// Runs a change of the application in the transaction that adds the sample: both take effect, or neither. The change
    /// also runs if the owner has added the recording before.
    ///
    /// The call fails with `store.no_database` if the records are not in an SQL database, and with the error of the change.
    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    pub fn in_transaction<C>(mut self, change: C) -> Self
    where
        C: for<'t> FnOnce(sql::Transaction<'t>, SampleRecord) -> BoxFuture<'t, Result<()>> + Send + 'static,
    {
        self.change = Some(Box::new(change));
        self
    }
}

impl IntoFuture for AddSample {
    type Output = Result<SampleRecord>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            self.sample.ensure_usable()?;
            self.loqui
                .keep(&self.sample, self.owner, self.consent, self.renames, self.change)
                .await
        })
    }
}

impl fmt::Debug for AddSample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AddSample")
            .field("sample", &self.sample)
            .field("owner", &self.owner)
            .finish_non_exhaustive()
    }
}

/// The result of an erasure.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Erased {
    /// The sample, if one was erased.
    pub sample: Option<SampleId>,
    /// The generations whose text and speech were erased.
    pub generations: Vec<GenerationId>,
}

impl Loqui {
    /// Reads a file as [`Sample::open`] does. If the store has a sample of the same recording, the recording is not
    /// checked again: the stored report is used, unless a version of this library with other checks made it.
    ///
    /// # Cancellation safety
    ///
    /// Safe: the call stores nothing that a later call needs.
    ///
    /// # Errors
    ///
    /// Those of [`Sample::open`].
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(feature = "offline")]
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> loqui_core::Result<()> {
    /// # let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/voices/slt.mp3");
    /// let loqui = loqui_core::Loqui::builder().engine_named("offline").build()?;
    /// let sample = loqui.open_sample(path).await?;
    /// assert_eq!(sample.name(), "slt.mp3");
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "offline"))]
    /// # fn main() {}
    /// ```
    pub async fn open_sample(&self, path: impl AsRef<Path>) -> Result<Sample> {
        let path = path.as_ref();
        let recording = sample::read(path).await?;
        let sample = self.read_sample(recording.bytes.clone()).await?;
        Ok(sample.read_from(path, &recording))
    }

    /// Checks a recording in memory as [`Sample::from_bytes`] does, or uses a stored report as
    /// [`open_sample`](Self::open_sample) does. Does not block the thread.
    ///
    /// # Cancellation safety
    ///
    /// Safe: the call stores nothing that a later call needs.
    ///
    /// # Errors
    ///
    /// Those of [`Sample::from_bytes`].
    pub async fn read_sample(&self, recording: impl Into<Bytes>) -> Result<Sample> {
        let recording = recording.into();
        let hashed = recording.clone();
        let sha256 = blocking(move || sample::sha256(&hashed)).await?;
        let key = ArtefactKey::judgement(&sha256);
        let mut judged = None;
        let judgement = self.runtime.artefacts.get_or_make(key, async || {
            let (recording, sha256) = (recording.clone(), sha256.clone());
            let sample = blocking(move || Sample::judge(recording, sha256)).await??;
            let judgement = sample.judgement().clone();
            judged = Some(sample);
            Ok(judgement)
        });
        let judgement = judgement.await?;
        Ok(judged.unwrap_or_else(|| Sample::judged(recording, sha256, judgement)))
    }

    /// Adds a sample to the store, so that generations can be submitted with its id. The same recording of the same owner is
    /// stored once.
    ///
    /// # Cancellation safety
    ///
    /// If the future is dropped, audio that no record refers to may remain. Repeat it.
    ///
    /// # Errors
    ///
    /// `sample.*` if it is not usable, or if consent is required and missing; `store.*`.
    pub fn add_sample(&self, sample: &Sample) -> AddSample {
        AddSample {
            loqui: self.clone(),
            sample: sample.clone(),
            owner: None,
            consent: None,
            renames: false,
            change: None,
        }
    }

    /// Returns the samples in the store, newest first.
    ///
    /// # Cancellation safety
    ///
    /// Safe: the call only reads.
    ///
    /// # Errors
    ///
    /// `store.*`.
    pub async fn samples(&self, filter: &SampleFilter) -> Result<Vec<SampleRecord>> {
        self.runtime.begin_recovery();
        self.runtime.store.samples(filter).await
    }

    /// Returns the sample with this id.
    ///
    /// # Cancellation safety
    ///
    /// Safe: the call only reads.
    ///
    /// # Errors
    ///
    /// `sample.not_found`, `store.*`.
    pub async fn sample(&self, id: impl Into<SampleId>) -> Result<SampleRecord> {
        let id = id.into();
        let found = self.runtime.store.sample(id).await?;
        found.ok_or_else(|| not_found(id))
    }

    /// Returns the recording of a sample: the file that was added, also if it was cleaned; for a voice of several files their
    /// best stretches. [`sources`](Self::sources) returns the files.
    ///
    /// # Cancellation safety
    ///
    /// Safe: the call only reads.
    ///
    /// # Errors
    ///
    /// `sample.not_found`, `store.*`.
    pub async fn recording(&self, id: impl Into<SampleId>) -> Result<Bytes> {
        let id = id.into();
        let sample = self.sample(id).await?;
        if let [source] = &mut *self.sources_of(&sample).await? {
            return Ok(std::mem::take(&mut source.file));
        }
        self.runtime
            .audio
            .get(&sample.original)
            .await?
            .ok_or_else(|| missing(id))
    }

    /// Returns the files that the recording of a sample was made from. Returns none if it was neither cleaned nor made from several files.
    ///
    /// # Cancellation safety
    ///
    /// Safe: the call only reads.
    ///
    /// # Errors
    ///
    /// `sample.not_found`, `store.*`.
    pub async fn sources(&self, id: impl Into<SampleId>) -> Result<Vec<Source>> {
        self.sources_of(&self.sample(id).await?).await
    }

    async fn sources_of(&self, sample: &SampleRecord) -> Result<Vec<Source>> {
        let mut sources = Vec::new();
        loop {
            let key = ArtefactKey::source(&sample.sha256, sources.len());
            match self.runtime.artefacts.find(&key).await? {
                Some(source) => sources.push(source),
                None => return Ok(sources),
            }
        }
    }

    /// Erases a sample: the recording in the store and its copies at the provider. Speech made with it stays. Audio
    /// that a sample of another owner uses stays as well. The artefacts of the recording are erased with its last
    /// sample.
    ///
    /// If the provider or the audio store is unavailable, the record is erased, and the rest follows in the background
    /// after the outage. The provider deletes uploads after a day in any case.
    ///
    /// # Cancellation safety
    ///
    /// The erasure completes in the background. If the process ends before that, audio or copies may remain. Repeat the
    /// call.
    ///
    /// # Errors
    ///
    /// `sample.not_found`; `sample.in_use` while an unfinished generation uses it. After `store.*` or an error of the
    /// provider, repeat the call.
    pub async fn erase_sample(&self, id: impl Into<SampleId>) -> Result<Erased> {
        let id = id.into();
        if let Some(sample) = self.runtime.store.sample(id).await? {
            self.runtime.artefacts.forget(&sample.sha256);
        }
        let sample = self.runtime.store.erase_sample(id, self.runtime.clock.now()).await?;
        let sample = sample.ok_or_else(|| not_found(id))?;
        let loqui = self.clone();
        let mut cleaning = tokio::spawn(async move { loqui.erase_copies(&sample).await });
        tokio::select! {
            cleaned = &mut cleaning => cleaned.map_err(|source| {
                Error::new(&code::INTERNAL, "the erasure of a sample was aborted").with_source(source)
            })??,
            () = self.runtime.clock.sleep(ERASURE_WAIT) => {
                tracing::warn!(sample = id.get(), "the audio of an erased sample is deleted once its store is back");
            }
        }
        tracing::info!(
            sample = id.get(),
            "erased a sample: the recording and its copies at the provider"
        );
        Ok(Erased {
            sample: Some(id),
            generations: Vec::new(),
        })
    }

    /// Deletes the audio of an erased sample, here and at the provider, unless another sample uses it. Outages are waited for.
    async fn erase_copies(&self, sample: &SampleRecord) -> Result<()> {
        let (runtime, outage) = (&self.runtime, Outage::default());
        let (audio, store) = (&runtime.audio, &runtime.store);
        runtime.shared.references.forget(&sample.reference);
        for key in &sample.artefacts {
            runtime.persist(&outage, || audio.delete(key)).await?;
        }
        let wav = runtime.persist(&outage, || audio.get(&sample.reference)).await?;
        if let Some(wav) = wav
            && !runtime
                .persist(&outage, || self.has_recording(&sample.original))
                .await?
        {
            let reference = Reference::new(wav);
            for engine in runtime.engines.all() {
                runtime.persist(&outage, || engine.forget(&reference)).await?;
            }
        }
        // The original goes last: it tells a repeated call whether another owner has the recording.
        for key in [&sample.reference, &sample.original] {
            let users = SampleFilter::default().with_audio(key).with_limit(1);
            if runtime.persist(&outage, || store.samples(&users)).await?.is_empty() {
                runtime.persist(&outage, || audio.delete(key)).await?;
            }
        }
        Ok(())
    }

    /// Erases a sample and all speech that was made with it.
    ///
    /// # Cancellation safety
    ///
    /// If the future is dropped, some generations may remain. Repeat it.
    ///
    /// # Errors
    ///
    /// Those of [`erase_sample`](Self::erase_sample).
    pub async fn erase_sample_and_speech(&self, id: impl Into<SampleId>) -> Result<Erased> {
        let id = id.into();
        // The sample first: then no new generation can use it.
        let mut erased = self.erase_sample(id).await?;
        for generation in self.generations(&Filter::default().with_sample(id)).await? {
            generation.erase().await?;
            erased.generations.push(generation.id());
        }
        Ok(erased)
    }

    /// Whether a sample of any owner has the recording under this key.
    async fn has_recording(&self, key: &str) -> Result<bool> {
        let Some(recording) = self.runtime.audio.get(key).await? else {
            return Ok(false);
        };
        let same = SampleFilter::default()
            .with_sha256(sample::sha256(&recording))
            .with_limit(1);
        Ok(!self.runtime.store.samples(&same).await?.is_empty())
    }

    /// Adds a sample, unless its owner has added the recording before.
    pub(crate) async fn keep(
        &self,
        sample: &Sample,
        owner: Option<String>,
        consent: Option<String>,
        renames: bool,
        change: Change,
    ) -> Result<SampleRecord> {
        #[cfg(any(feature = "sqlite", feature = "postgres"))]
        if change.is_some() {
            // Before any audio is stored.
            self.database()?;
        }
        self.runtime.begin_recovery();
        let owner = owner.filter(|owner| !owner.is_empty());
        let now = self.runtime.clock.now();
        let consent = consent.map(|statement| Consent::new(statement, now));
        let known = self.runtime.store.sample_of(owner.as_deref(), sample.sha256()).await?;
        let agreed = consent.is_some() || known.as_ref().is_some_and(|known| known.consent.is_some());
        if self.defaults.require_consent && !agreed {
            return Err(no_consent());
        }
        let known_id = known.as_ref().map(|known| known.id);
        let keys = match known {
            Some(known) if change.is_none() && !renames && (consent.is_none() || known.consent.is_some()) => {
                self.keep_judgement(sample).await?;
                return Ok(known);
            }
            Some(known) => (known.original, known.reference),
            None => {
                let folder = format!(
                    "samples/{:016x}{:016x}",
                    self.runtime.random.next(),
                    self.runtime.random.next()
                );
                let keys = (format!("{folder}/original"), format!("{folder}/reference.wav"));
                self.runtime.audio.put(&keys.0, sample.original().clone()).await?;
                let cut = sample.clone();
                let reference = blocking(move || cut.try_reference().cloned()).await??;
                self.runtime.audio.put(&keys.1, reference.wav().clone()).await?;
                keys
            }
        };
        let report = serde_json::to_value(sample.report()).map_err(|source| {
            Error::new(&code::INTERNAL, "a report could not be written as JSON").with_source(source)
        })?;
        let seconds = sample.duration().as_secs_f64();
        let mut new = NewSample::new(sample.name(), sample.sha256(), &keys.0, &keys.1, seconds, report, now);
        new.owner = owner;
        new.consent = consent;
        new.renames = renames;
        new.reference_seconds = sample.reference_seconds();
        let record = self.record_sample(new, known_id, change).await?;
        if record.original != keys.0 {
            // Another call added the same recording first.
            self.runtime.audio.delete(&keys.0).await?;
            self.runtime.audio.delete(&keys.1).await?;
        }
        self.keep_judgement(sample).await?;
        Ok(record)
    }

    /// Records a sample, together with the change of the application.
    async fn record_sample(&self, new: NewSample, known: Option<SampleId>, change: Change) -> Result<SampleRecord> {
        let Some(change) = change else {
            return self.runtime.store.add_sample(new).await;
        };
        #[cfg(not(any(feature = "sqlite", feature = "postgres")))]
        {
            let _ = known;
            match change {}
        }
        #[cfg(any(feature = "sqlite", feature = "postgres"))]
        {
            let database = self.database()?;
            let recording = database.write(move |mut transaction| {
                async move {
                    let record = transaction.add_sample(new).await?;
                    if known.is_some_and(|known| known != record.id) {
                        // The new record would refer to audio that is being deleted.
                        let message = "the sample was erased while it was added again";
                        return Err(Error::new(&code::STORE_CONFLICT, message).with_hint("Try again."));
                    }
                    change(transaction, record.clone()).await?;
                    Ok(record)
                }
                .boxed()
            });
            recording.await
        }
    }

    /// Stores the judgement of a recording that the store has a sample of, and the files that it was made from, unless they
    /// are stored.
    async fn keep_judgement(&self, sample: &Sample) -> Result<()> {
        let artefacts = &self.runtime.artefacts;
        for (index, source) in sample.sources().iter().enumerate() {
            artefacts
                .offer(ArtefactKey::source(sample.sha256(), index), source)
                .await?;
        }
        let key = ArtefactKey::judgement(sample.sha256());
        artefacts.offer(key, sample.judgement()).await
    }

    /// A sample in the store, if this owner may use it.
    pub(crate) async fn kept(&self, id: SampleId, owner: Option<&str>) -> Result<SampleRecord> {
        let sample = self.sample(id).await?;
        if owner.is_some() && sample.owner.as_deref() != owner {
            return Err(not_found(id));
        }
        if self.defaults.require_consent && sample.consent.is_none() {
            return Err(no_consent());
        }
        Ok(sample)
    }

    /// Refuses a sample without a recorded consent if the licence of the model requires one.
    pub(super) fn ensure_consent(&self, model: &ModelInfo, sample: Option<&SampleRecord>) -> Result<()> {
        let agreed = self.defaults.consent_declared || sample.is_some_and(|sample| sample.consent.is_some());
        if agreed || !model.needs_consent {
            return Ok(());
        }
        let message = format!(
            "the model {} requires the consent of the speaker, and none is recorded",
            model.name
        );
        Err(Error::new(&code::SAMPLE_NO_CONSENT, message).with_hint(
            "Record it with the sample, for instance with the consent \"I am the speaker\" (`--consent` of the program).",
        ))
    }
}

fn no_consent() -> Error {
    Error::new(&code::SAMPLE_NO_CONSENT, "speaker consent is required")
}

fn not_found(sample: SampleId) -> Error {
    Error::new(&code::SAMPLE_NOT_FOUND, format!("there is no sample {sample}"))
}

fn missing(sample: SampleId) -> Error {
    Error::new(&code::STORE_CORRUPT, format!("the audio of sample {sample} is missing"))
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    compute::run(work)
        .await
        .map_err(|source| Error::new(&code::INTERNAL, "the check of the recording was interrupted").with_source(source))
}
