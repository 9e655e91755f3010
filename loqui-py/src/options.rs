//! Keyword arguments as options of the core.

use std::time::Duration;

use loqui_core::{Request, SpeakOptions};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// The keyword arguments of `speak` and `submit`, all present, `None` where they were left out.
#[derive(Debug, FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Options {
    model: Option<String>,
    exaggeration: Option<f64>,
    cfg_weight: Option<f64>,
    temperature: Option<f64>,
    seed: Option<u32>,
    language: Option<String>,
    budget: Option<f64>,
    timeout: Option<f64>,
    max_takes: Option<u32>,
    owner: Option<String>,
    consent: Option<String>,
    idempotency_key: Option<String>,
    reuse: Option<bool>,
}

impl Options {
    /// Sets on the request what was given.
    pub(crate) fn set<O>(self, mut request: Request<O>) -> PyResult<Request<O>> {
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
        options.max_takes = self.max_takes;
        options.reuse = self.reuse;
        options.deadline = self.timeout.map(seconds).transpose()?;
        Ok(request.options(options))
    }
}

/// Seconds as Python counts them.
pub(crate) fn seconds(seconds: f64) -> PyResult<Duration> {
    Duration::try_from_secs_f64(seconds).map_err(|error| PyValueError::new_err(format!("{seconds} seconds: {error}")))
}
