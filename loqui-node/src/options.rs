//! Options of the core as a plain object.

use std::time::Duration;

use loqui_core::SpeakOptions;
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
}

impl From<Options> for SpeakOptions {
    fn from(given: Options) -> Self {
        let mut options = Self::default();
        options.model = given.model;
        options.exaggeration = given.exaggeration;
        options.cfg_weight = given.cfg_weight;
        options.temperature = given.temperature;
        options.seed = given.seed;
        options.language = given.language;
        options.budget_usd = given.budget;
        options.deadline = given
            .timeout_ms
            .map(|ms| Duration::try_from_secs_f64(ms / 1000.0).unwrap_or_default());
        options.max_takes = given.max_takes;
        options
    }
}
