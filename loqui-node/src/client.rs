//! `Loqui`, its native half.

use loqui_core::generation::Status;
use loqui_core::store::Filter;
use loqui_core::{Loqui, LoquiBuilder};
use napi_derive::napi;

use crate::failure::{Outcome, json, outcome};
use crate::generation::Generation;
use crate::options::Options;
use crate::sample::Sample;

/// How to open the library.
#[napi(object)]
pub struct ClientOptions {
    pub token: Option<String>,
    pub engine: Option<String>,
    pub base_url: Option<String>,
    pub data_dir: Option<String>,
    pub budget: Option<f64>,
}

/// The library, opened.
#[napi]
pub struct Client {
    loqui: Loqui,
}

#[napi]
impl Client {
    #[napi]
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
        outcome(builder.build().map(|loqui| Self { loqui }))
    }

    #[napi]
    pub fn engine(&self) -> String {
        self.loqui.engine().to_owned()
    }

    #[napi]
    pub async fn submit(&self, sample: &Sample, text: String, options: Options) -> Outcome<Generation> {
        let submitted = self.loqui.submit(&sample.sample, text).options(options.into()).await;
        outcome(submitted.map(|generation| Generation { generation }))
    }

    #[napi]
    pub async fn generation(&self, id: i64) -> Outcome<Generation> {
        outcome(
            self.loqui
                .generation(id)
                .await
                .map(|generation| Generation { generation }),
        )
    }

    #[napi]
    pub async fn generations(&self, status: Option<String>, limit: Option<u32>) -> Outcome<Vec<Generation>> {
        let mut filter = Filter::default();
        if let Some(name) = status {
            let status = Status::by_name(&name)
                .ok_or_else(|| napi::Error::new(napi::Status::InvalidArg, format!("there is no status {name:?}")))?;
            filter = filter.with_status(status);
        }
        if let Some(limit) = limit {
            filter = filter.with_limit(limit);
        }
        let found = self.loqui.generations(&filter).await;
        outcome(found.map(|found| found.into_iter().map(|generation| Generation { generation }).collect()))
    }

    #[napi]
    pub fn estimate(&self, text: String, model: Option<String>) -> Outcome<serde_json::Value> {
        match self.loqui.estimate(&text, model.as_deref()) {
            Ok(estimate) => outcome(Ok(json(&estimate)?)),
            Err(error) => outcome(Err(error)),
        }
    }
}
