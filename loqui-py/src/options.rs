//! Keyword arguments as options of the core.

use std::time::Duration;

use loqui_core::SpeakOptions;
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
}

impl TryFrom<Options> for SpeakOptions {
    type Error = PyErr;

    fn try_from(given: Options) -> PyResult<Self> {
        let mut options = Self::default();
        options.model = given.model;
        options.exaggeration = given.exaggeration;
        options.cfg_weight = given.cfg_weight;
        options.temperature = given.temperature;
        options.seed = given.seed;
        options.language = given.language;
        options.budget_usd = given.budget;
        options.max_takes = given.max_takes;
        options.deadline = given.timeout.map(seconds).transpose()?;
        Ok(options)
    }
}

/// Seconds as Python counts them.
pub(crate) fn seconds(seconds: f64) -> PyResult<Duration> {
    Duration::try_from_secs_f64(seconds)
        .map_err(|error| pyo3::exceptions::PyValueError::new_err(format!("{seconds} seconds: {error}")))
}
