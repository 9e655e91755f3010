//! Samples in the store: kept, listed, erased.

use std::fmt;
use std::future::IntoFuture;

use futures::future::BoxFuture;

use super::Loqui;
use crate::engine::Reference;
use crate::error::{Error, Result, code};
use crate::sample::Sample;
use crate::store::{Consent, Filter, GenerationStoreExt as _, NewSample, SampleFilter, SampleRecord};

/// A sample that is to be kept. Set what is known of it, then `.await` it.
#[must_use = "nothing is kept before it is awaited"]
pub struct AddSample {
    loqui: Loqui,
    sample: Sample,
    owner: Option<String>,
    consent: Option<String>,
}

impl AddSample {
    /// Whose it is, where several people share a store.
    pub fn owner(mut self, owner: impl Into<String>) -> Self {
        self.owner = Some(owner.into());
        self
    }

    /// That the speaker has agreed, in words, for instance `I am the speaker`.
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
    /// The sample, if it was one.
    pub sample: Option<i64>,
    /// The generations whose words and speech are gone.
    pub generations: Vec<i64>,
}

impl Loqui {
    /// Keeps a sample, so that generations can be submitted with its number. The same recording of the same owner is kept
    /// once.
    ///
    /// # Errors
    ///
    /// `sample.*` if it is not usable or the speaker's consent is required and missing; `store.*`.
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
    /// # Errors
    ///
    /// `store.*`.
    pub async fn samples(&self, filter: &SampleFilter) -> Result<Vec<SampleRecord>> {
        self.inner.store.samples(filter).await
    }

    /// The sample of that number.
    ///
    /// # Errors
    ///
    /// `sample.not_found`, `store.*`.
    pub async fn sample(&self, id: i64) -> Result<SampleRecord> {
        let found = self.inner.store.sample(id).await?;
        found.ok_or_else(|| not_found(id))
    }

    /// The recording of a sample as it was given.
    ///
    /// # Errors
    ///
    /// `sample.not_found`, `store.*`.
    pub async fn recording(&self, id: i64) -> Result<bytes::Bytes> {
        let sample = self.sample(id).await?;
        self.inner.audio.get(&sample.original).await?.ok_or_else(|| missing(id))
    }

    /// Erases a sample: its recording here and its copies at the provider. Speech made with it stays.
    ///
    /// # Errors
    ///
    /// `sample.not_found`; `sample.in_use` while a generation speaks with it; `store.*`, and those of the provider: erase
    /// it again then.
    pub async fn erase_sample(&self, id: i64) -> Result<Erased> {
        let inner = &self.inner;
        let sample = inner.store.erase_sample(id, inner.clock.now()).await?;
        let sample = sample.ok_or_else(|| not_found(id))?;
        if let Some(wav) = inner.audio.get(&sample.reference).await? {
            let reference = Reference::new(wav);
            for engine in inner.engines.values() {
                engine.forget(&reference).await?;
            }
        }
        inner.references.forget(&sample.reference);
        for key in [&sample.original, &sample.reference] {
            inner.audio.delete(key).await?;
        }
        tracing::info!(sample = id, "erased a sample: its recording, here and at the provider");
        Ok(Erased {
            sample: Some(id),
            generations: Vec::new(),
        })
    }

    /// Erases a sample and all speech that was made with it.
    ///
    /// # Errors
    ///
    /// Those of [`erase_sample`](Self::erase_sample).
    pub async fn erase_sample_and_speech(&self, id: i64) -> Result<Erased> {
        // First the sample: from then on no generation can begin with it.
        let mut erased = self.erase_sample(id).await?;
        for generation in self.generations(&Filter::default().with_sample(id)).await? {
            generation.erase().await?;
            erased.generations.push(generation.id());
        }
        Ok(erased)
    }

    /// Stores a sample unless its owner has it already.
    pub(crate) async fn keep(
        &self,
        sample: &Sample,
        owner: Option<String>,
        consent: Option<String>,
    ) -> Result<SampleRecord> {
        let inner = &self.inner;
        let owner = owner.filter(|owner| !owner.is_empty());
        let now = inner.clock.now();
        let consent = consent.map(|statement| Consent::new(statement, now));
        let known = inner.store.sample_of(owner.as_deref(), sample.sha256()).await?;
        let agreed = consent.is_some() || known.as_ref().is_some_and(|known| known.consent.is_some());
        if inner.require_consent && !agreed {
            return Err(no_consent());
        }
        let keys = match known {
            Some(known) if consent.is_none() || known.consent.is_some() => return Ok(known),
            Some(known) => (known.original, known.reference),
            None => {
                let folder = format!("samples/{:016x}{:016x}", inner.random.next(), inner.random.next());
                let keys = (format!("{folder}/original"), format!("{folder}/reference.wav"));
                inner.audio.put(&keys.0, sample.original().clone()).await?;
                inner.audio.put(&keys.1, sample.reference().wav().clone()).await?;
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
        let record = inner.store.add_sample(new).await?;
        if record.original != keys.0 {
            // Somebody else was faster with the same recording: theirs is the one that counts.
            inner.audio.delete(&keys.0).await?;
            inner.audio.delete(&keys.1).await?;
        }
        Ok(record)
    }

    /// A sample that is in the store already, if this owner may use it. Somebody else's is as good as none.
    pub(crate) async fn kept(&self, id: i64, owner: Option<&str>) -> Result<SampleRecord> {
        let sample = self.sample(id).await?;
        if owner.is_some() && sample.owner.as_deref() != owner {
            return Err(not_found(id));
        }
        if self.inner.require_consent && sample.consent.is_none() {
            return Err(no_consent());
        }
        Ok(sample)
    }
}

fn no_consent() -> Error {
    Error::new(&code::SAMPLE_NO_CONSENT, "nobody has said that the speaker agreed")
}

fn not_found(sample: i64) -> Error {
    Error::new(&code::SAMPLE_NOT_FOUND, format!("there is no sample {sample}"))
}

fn missing(sample: i64) -> Error {
    Error::new(&code::STORE_CORRUPT, format!("the audio of sample {sample} is missing"))
}
