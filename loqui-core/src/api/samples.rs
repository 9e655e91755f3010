//! Adds, lists and erases samples.

use std::fmt;
use std::future::IntoFuture;
use std::time::Duration;

use futures::future::BoxFuture;

use super::Loqui;
use crate::engine::Reference;
use crate::error::{Error, Result, code};
use crate::id::{GenerationId, SampleId};
use crate::runtime::Runtime;
use crate::runtime::outage::Outage;
use crate::sample::Sample;
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
}

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
}

impl IntoFuture for AddSample {
    type Output = Result<SampleRecord>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            self.sample.ensure_usable()?;
            self.loqui.keep(&self.sample, self.owner, self.consent).await
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

/// What was erased.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Erased {
    /// The sample, if one was erased.
    pub sample: Option<SampleId>,
    /// The generations whose text and speech were erased.
    pub generations: Vec<GenerationId>,
}

impl Loqui {
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
        }
    }

    /// The samples in the store, newest first.
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

    /// The sample with this id.
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

    /// The original recording of a sample.
    ///
    /// # Cancellation safety
    ///
    /// Safe: the call only reads.
    ///
    /// # Errors
    ///
    /// `sample.not_found`, `store.*`.
    pub async fn recording(&self, id: impl Into<SampleId>) -> Result<bytes::Bytes> {
        let id = id.into();
        let sample = self.sample(id).await?;
        self.runtime
            .audio
            .get(&sample.original)
            .await?
            .ok_or_else(|| missing(id))
    }

    /// Erases a sample: the recording in the store and its copies at the provider. Speech made with it stays.
    ///
    /// If the provider or the audio store is away, the record is erased, and the rest follows in the background once it is
    /// back. The provider deletes uploads after a day in any case.
    ///
    /// # Cancellation safety
    ///
    /// The erasure completes in the background. If the process ends before, audio or copies may remain. Repeat it.
    ///
    /// # Errors
    ///
    /// `sample.not_found`; `sample.in_use` while a generation uses it; `store.*` and those of the provider: repeat it.
    pub async fn erase_sample(&self, id: impl Into<SampleId>) -> Result<Erased> {
        let id = id.into();
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

    /// Deletes the audio of an erased sample, here and at the provider. Outages are waited for.
    async fn erase_copies(&self, sample: &SampleRecord) -> Result<()> {
        let Runtime { audio, engines, .. } = &*self.runtime;
        let outage = Outage::default();
        let runtime = &self.runtime;
        let wav = runtime.persist(&outage, || audio.get(&sample.reference)).await?;
        self.runtime.shared.references.forget(&sample.reference);
        // The audio here goes first: the provider deletes its copies after a day in any case.
        runtime.persist(&outage, || audio.delete(&sample.original)).await?;
        if let Some(wav) = wav {
            let reference = Reference::new(wav);
            for engine in engines.all() {
                runtime.persist(&outage, || engine.forget(&reference)).await?;
            }
        }
        // The last step: until then the erasure can be repeated.
        runtime.persist(&outage, || audio.delete(&sample.reference)).await
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

    /// Adds a sample, unless its owner has added the recording before.
    pub(crate) async fn keep(
        &self,
        sample: &Sample,
        owner: Option<String>,
        consent: Option<String>,
    ) -> Result<SampleRecord> {
        self.runtime.begin_recovery();
        let owner = owner.filter(|owner| !owner.is_empty());
        let now = self.runtime.clock.now();
        let consent = consent.map(|statement| Consent::new(statement, now));
        let known = self.runtime.store.sample_of(owner.as_deref(), sample.sha256()).await?;
        let agreed = consent.is_some() || known.as_ref().is_some_and(|known| known.consent.is_some());
        if self.defaults.require_consent && !agreed {
            return Err(no_consent());
        }
        let keys = match known {
            Some(known) if consent.is_none() || known.consent.is_some() => return Ok(known),
            Some(known) => (known.original, known.reference),
            None => {
                let folder = format!(
                    "samples/{:016x}{:016x}",
                    self.runtime.random.next(),
                    self.runtime.random.next()
                );
                let keys = (format!("{folder}/original"), format!("{folder}/reference.wav"));
                self.runtime.audio.put(&keys.0, sample.original().clone()).await?;
                self.runtime
                    .audio
                    .put(&keys.1, sample.reference().wav().clone())
                    .await?;
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
        new.reference_seconds = sample.reference_seconds();
        let record = self.runtime.store.add_sample(new).await?;
        if record.original != keys.0 {
            // Another call added the same recording first.
            self.runtime.audio.delete(&keys.0).await?;
            self.runtime.audio.delete(&keys.1).await?;
        }
        Ok(record)
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
