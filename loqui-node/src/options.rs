//! Options of the core as a plain object.

use std::time::Duration;

use loqui_core::{Request, SpeakOptions};
use napi_derive::napi;

/// How to speak.
#[napi(object)]
pub struct Options {
    pub model: Option<String>,
    pub exaggeration: Option<f64>,
    pub cfg_weight: Option<f64>,
    pub temperature: Option<f64>,
    pub seed: Option<u32>,
    pub language: Option<String>,
    pub budget: Option<f64>,
    pub timeout_ms: Option<f64>,
    pub max_takes: Option<u32>,
    pub owner: Option<String>,
    pub consent: Option<String>,
    pub idempotency_key: Option<String>,
    pub reuse: Option<bool>,
}

impl Options {
    /// Sets on the request what was given.
    pub(crate) fn set<O>(self, mut request: Request<O>) -> Request<O> {
        if let Some(owner) = self.owner {
            request = request.owner(owner);
        }
        if let Some(consent) = self.consent {
            request = request.consent(consent);
        }
        if let Some(key) = self.idempotency_key {
            request = request.idempotency_key(key);
        }
        let mut options = SpeakOptions::default();
        options.model = self.model;
        options.exaggeration = self.exaggeration;
        options.cfg_weight = self.cfg_weight;
        options.temperature = self.temperature;
        options.seed = self.seed;
        options.language = self.language;
        options.budget_usd = self.budget;
        options.deadline = self
            .timeout_ms
            .map(|ms| Duration::try_from_secs_f64(ms / 1000.0).unwrap_or_default());
        options.max_takes = self.max_takes;
        options.reuse = self.reuse;
        request.options(options)
    }
}
