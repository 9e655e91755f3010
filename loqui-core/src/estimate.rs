//! Estimates the length and the cost of a text before anything is paid.

use serde::Serialize;

use crate::engine::ModelInfo;
use crate::error::Result;
use crate::finding::Finding;
pub use crate::money::dollars;
use crate::options::SpeakOptions;
use crate::script::{Script, estimated_seconds};

/// The estimated length and cost of a text.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Estimate {
    /// The number of characters of the text as written.
    pub characters: usize,
    /// The number of characters that are sent and paid. English numbers and symbols are spelled out.
    #[serde(skip)]
    pub spoken_characters: usize,
    /// The number of segments, which is the minimum number of takes.
    pub segments: usize,
    /// The estimated length of the speech, in seconds.
    pub duration_seconds: f64,
    /// The cost with one take per segment, in US dollars.
    pub cost_usd: f64,
    /// The unit of the price.
    pub price_basis: String,
    /// The date of the price. Absent if the model is free.
    pub prices_as_of: Option<String>,
    /// The findings about the text.
    #[serde(skip)]
    pub warnings: Vec<Finding>,
}

impl Estimate {
    /// Estimates a text for a model.
    ///
    /// # Errors
    ///
    /// `script.*`.
    pub fn new(text: &str, model: &ModelInfo) -> Result<Self> {
        let options = model.script_options(&SpeakOptions::default())?;
        Ok(Self::of(&Script::read(text, &options)?, model))
    }

    /// Estimates a script for a model.
    pub fn of(script: &Script, model: &ModelInfo) -> Self {
        let spoken = script.spoken_characters();
        let segments = script.segments();
        Self {
            characters: script.characters(),
            spoken_characters: spoken,
            segments: segments.len(),
            duration_seconds: estimated_seconds(segments, true).round(),
            cost_usd: model.price.as_ref().map_or(0.0, |price| price.of(spoken)),
            price_basis: if model.price.is_some() {
                "per 1000 characters"
            } else {
                "free"
            }
            .to_owned(),
            prices_as_of: model.price.as_ref().map(|price| price.as_of.clone()),
            warnings: script.findings().to_vec(),
        }
    }
}
