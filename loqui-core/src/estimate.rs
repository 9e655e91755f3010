//! What a text would come to, before anything is paid.

use serde::Serialize;

use crate::engine::ModelInfo;
use crate::error::Result;
use crate::script::{Limits, Script};

/// How fast Chatterbox speaks on average, in characters a second (5,000 characters are about five and a half minutes).
const CHARACTERS_PER_SECOND: f64 = 15.15;

/// What a text would come to.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Estimate {
    /// The length of the text.
    pub characters: usize,
    /// How many takes it needs at least.
    pub segments: usize,
    /// About how long the speech will be, in seconds.
    pub duration_seconds: f64,
    /// What it costs if every first take is good, in US dollars.
    pub cost_usd: f64,
    /// What the price goes by.
    pub price_basis: String,
    /// The day the price was looked up; absent if it is free.
    pub prices_as_of: Option<String>,
}

impl Estimate {
    /// Estimates a text for a model.
    ///
    /// # Errors
    ///
    /// `script.*`.
    pub fn new(text: &str, model: &ModelInfo) -> Result<Self> {
        let script = Script::parse(text, &Limits::of(model), None)?;
        let spoken: usize = script
            .segments()
            .iter()
            .map(|segment| segment.spoken.chars().count())
            .sum();
        let pauses: f64 = script
            .segments()
            .iter()
            .map(|segment| segment.boundary.pause().as_secs_f64())
            .sum();
        Ok(Self {
            characters: script.characters(),
            segments: script.segments().len(),
            duration_seconds: (spoken as f64 / CHARACTERS_PER_SECOND + pauses).round(),
            cost_usd: model.price.as_ref().map_or(0.0, |price| price.of(spoken)),
            price_basis: if model.price.is_some() {
                "per 1000 characters"
            } else {
                "free"
            }
            .to_owned(),
            prices_as_of: model.price.as_ref().map(|price| price.as_of.clone()),
        })
    }
}
