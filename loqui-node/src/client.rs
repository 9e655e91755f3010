//! The native half of `Loqui`.

use std::time::Duration;

use loqui_core::ledger::Status;
use loqui_core::options::VoiceOptions;
use loqui_core::store::{Filter, SampleFilter};
use loqui_core::{GenerationId, Loqui, LoquiBuilder, Request, SampleId, Voice};
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;

use crate::failure::{Outcome, json, outcome, outcome_json};
use crate::generation::Generation;
use crate::options;
use crate::sample::Sample;

/// The options of a client.
#[napi(object)]
pub struct ClientOptions {
    pub token: Option<String>,
    pub engine: Option<String>,
    pub base_url: Option<String>,
    pub data_dir: Option<String>,
    pub budget: Option<f64>,
    pub require_consent: Option<bool>,
    pub cog_url: Option<String>,
    pub models_dir: Option<String>,
    pub timeout_ms: Option<f64>,
    pub max_retries: Option<u32>,
}

/// Selects generations.
#[napi(object)]
pub struct Wanted {
    pub status: Option<String>,
    pub limit: Option<u32>,
    pub owner: Option<String>,
    pub sample: Option<i64>,
    pub before: Option<i64>,
}

/// The voices of the labels of a script, collected one by one.
#[napi]
#[derive(Clone, Default)]
pub struct Cast {
    voices: Vec<(String, Voice)>,
}

#[napi]
impl Cast {
    #[napi(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the voice of a label, with its options.
    #[napi(catch_unwind)]
    pub fn add(
        &mut self,
        label: String,
        sample: &Sample,
        options: serde_json::Map<String, serde_json::Value>,
    ) -> napi::Result<()> {
        self.push(label, Voice::new(&sample.sample), &options)
    }

    /// Adds the voice of a label with a sample in the store.
    #[napi(catch_unwind)]
    pub fn add_stored(
        &mut self,
        label: String,
        sample: i64,
        options: serde_json::Map<String, serde_json::Value>,
    ) -> napi::Result<()> {
        self.push(label, Voice::stored(sample), &options)
    }
}

impl Cast {
    fn push(
        &mut self,
        label: String,
        voice: Voice,
        options: &serde_json::Map<String, serde_json::Value>,
    ) -> napi::Result<()> {
        let options = VoiceOptions::from_fields(options)
            .map_err(|error| napi::Error::new(napi::Status::InvalidArg, format!("voices.{label}: {error}")))?;
        self.voices.push((label, voice.options(options)));
        Ok(())
    }

    fn set<O>(&self, request: Request<O>) -> Request<O> {
        let voices = self.voices.iter().cloned();
        voices.fold(request, |request, (label, voice)| request.voice(label, voice))
    }
}

/// A client.
#[napi]
pub struct Client {
    loqui: Loqui,
}

#[napi]
impl Client {
    #[napi(catch_unwind)]
    pub fn open(options: ClientOptions) -> Outcome<Client> {
        let mut builder = LoquiBuilder::from_env();
        if let Some(token) = options.token {
            builder = builder.token(token);
        }
        if let Some(engine) = options.engine {
            builder = builder.engine_named(engine);
        }
        if let Some(base_url) = options.base_url {
            builder = builder.base_url(base_url);
        }
        if let Some(data_dir) = options.data_dir {
            builder = builder.data_dir(data_dir);
        }
        if let Some(budget) = options.budget {
            builder = builder.budget_usd(budget);
        }
        if let Some(required) = options.require_consent {
            builder = builder.require_consent(required);
        }
        if let Some(cog_url) = options.cog_url {
            builder = builder.cog_url(cog_url);
        }
        if let Some(models_dir) = options.models_dir {
            builder = builder.models_dir(models_dir);
        }
        if let Some(milliseconds) = options.timeout_ms {
            // The facade has checked the range. Zero is refused by the builder.
            let timeout = Duration::try_from_secs_f64(milliseconds / 1000.0).unwrap_or_default();
            builder = builder.request_timeout(timeout);
        }
        if let Some(retries) = options.max_retries {
            builder = builder.max_retries(retries);
        }
        outcome(builder.build().map(|loqui| Self { loqui }))
    }

    #[napi]
    pub fn engine(&self) -> String {
        self.loqui.engine().to_owned()
    }

    #[napi]
    pub async fn submit(
        &self,
        sample: &Sample,
        text: String,
        voices: &Cast,
        options: serde_json::Map<String, serde_json::Value>,
    ) -> Outcome<Generation> {
        let request = voices.set(self.loqui.submit(&sample.sample, text));
        outcome(options::set(request, &options)?.await.map(Into::into))
    }

    /// Submits with a sample in the store.
    #[napi]
    pub async fn submit_with(
        &self,
        sample: i64,
        text: String,
        voices: &Cast,
        options: serde_json::Map<String, serde_json::Value>,
    ) -> Outcome<Generation> {
        let request = voices.set(self.loqui.submit_with(sample, text));
        outcome(options::set(request, &options)?.await.map(Into::into))
    }

    /// Submits a script whose lines all have a label.
    #[napi]
    pub async fn submit_script(
        &self,
        text: String,
        voices: &Cast,
        options: serde_json::Map<String, serde_json::Value>,
    ) -> Outcome<Generation> {
        let request = voices.set(self.loqui.submit_script(text));
        outcome(options::set(request, &options)?.await.map(Into::into))
    }

    #[napi]
    pub async fn generation(&self, id: i64) -> Outcome<Generation> {
        outcome(self.loqui.generation(id).await.map(Into::into))
    }

    #[napi]
    pub async fn generations(&self, wanted: Wanted) -> Outcome<Vec<Generation>> {
        let mut filter = Filter::default();
        if let Some(name) = wanted.status {
            let status = Status::by_name(&name)
                .ok_or_else(|| napi::Error::new(napi::Status::InvalidArg, format!("unknown status {name:?}")))?;
            filter = filter.with_status(status);
        }
        filter.limit = wanted.limit;
        filter.owner = wanted.owner;
        filter.sample = wanted.sample.map(SampleId::from);
        filter.before = wanted.before.map(GenerationId::from);
        let found = self.loqui.generations(&filter).await;
        outcome(found.map(|found| found.into_iter().map(Into::into).collect()))
    }

    #[napi]
    pub async fn add_sample(
        &self,
        sample: &Sample,
        owner: Option<String>,
        consent: Option<String>,
    ) -> Outcome<serde_json::Value> {
        let mut adding = self.loqui.add_sample(&sample.sample);
        if let Some(owner) = owner {
            adding = adding.owner(owner);
        }
        if let Some(consent) = consent {
            adding = adding.consent(consent);
        }
        outcome_json(adding.await)
    }

    #[napi]
    pub async fn samples(&self, owner: Option<String>, limit: Option<u32>) -> Outcome<serde_json::Value> {
        let mut filter = SampleFilter::default();
        filter.owner = owner;
        filter.limit = limit;
        outcome_json(self.loqui.samples(&filter).await)
    }

    #[napi]
    pub async fn sample(&self, id: i64) -> Outcome<serde_json::Value> {
        outcome_json(self.loqui.sample(id).await)
    }

    #[napi]
    pub async fn recording(&self, id: i64) -> Outcome<Buffer> {
        outcome(self.loqui.recording(id).await.map(|bytes| bytes.to_vec().into()))
    }

    #[napi]
    pub async fn resume(&self) -> Outcome<Vec<i64>> {
        let ids = self.loqui.resume().await;
        outcome(ids.map(|ids| ids.into_iter().map(GenerationId::get).collect()))
    }

    #[napi]
    pub async fn erase_sample(&self, id: i64, speech: bool) -> Outcome<serde_json::Value> {
        outcome_json(if speech {
            self.loqui.erase_sample_and_speech(id).await
        } else {
            self.loqui.erase_sample(id).await
        })
    }

    #[napi]
    pub async fn usage(&self) -> Outcome<serde_json::Value> {
        outcome_json(self.loqui.usage().await)
    }

    #[napi(catch_unwind)]
    pub fn estimate(&self, text: String, model: Option<String>) -> Outcome<serde_json::Value> {
        outcome_json(self.loqui.estimate(&text, model.as_deref()))
    }

    /// Returns what is written and what is spoken.
    #[napi(catch_unwind)]
    pub fn script(
        &self,
        text: String,
        options: serde_json::Map<String, serde_json::Value>,
    ) -> Outcome<serde_json::Value> {
        let options = options::speak(&options)?;
        outcome_json(self.loqui.script(&text, &options).map(|script| script.report()))
    }
}

/// Speaks a text in the voice of a file. Returns the path of the new file, its duration and its size.
#[napi]
pub async fn generate_speech(sample_path: String, text: String, model_name: String) -> Outcome<serde_json::Value> {
    match loqui_core::generate_speech(&sample_path, &text, &model_name).await {
        Ok((path, seconds, bytes)) => outcome(Ok(json(&(path, seconds, bytes))?)),
        Err(error) => outcome(Err(error)),
    }
}
