//! What a text would come to, before anything is paid.

use serde::Serialize;

use crate::engine::ModelInfo;
use crate::error::Result;
use crate::finding::Finding;
use crate::script::Script;

/// How fast Chatterbox speaks on average, in characters a second (5,000 characters are about five and a half minutes).
const CHARACTERS_PER_SECOND: f64 = 15.15;

/// What a text would come to.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Estimate {
    /// The length of the text.
    pub characters: usize,
    /// What is sent and paid for: English numbers and signs are written in words.
    #[serde(skip)]
    pub spoken_characters: usize,
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
    /// What may sound wrong in it.
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
        let script = Script::parse(text, &model.script_limits(), model.language(None))?;
        let spoken = script.spoken_characters();
        let (segments, findings) = script.into_parts();
        let last = segments.len().saturating_sub(1);
        let pauses: f64 = segments[..last]
            .iter()
            .map(|segment| segment.pause().as_secs_f64())
            .sum();
        Ok(Self {
            characters: text.chars().count(),
            spoken_characters: spoken,
            segments: segments.len(),
            duration_seconds: (spoken as f64 / CHARACTERS_PER_SECOND + pauses).round(),
            cost_usd: model.price.as_ref().map_or(0.0, |price| price.of(spoken)),
            price_basis: if model.price.is_some() {
                "per 1000 characters"
            } else {
                "free"
            }
            .to_owned(),
            prices_as_of: model.price.as_ref().map(|price| price.as_of.clone()),
            warnings: findings,
        })
    }
}
