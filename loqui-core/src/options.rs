//! How to speak: what can be set on every call.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How a script is to be spoken. Everything is optional; an engine says which options it knows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct SpeakOptions {
    /// The model, for instance `resemble-ai/chatterbox` or `chatterbox-turbo`; the engine's own if absent.
    pub model: Option<String>,
    /// How expressive, 0.25 to 2 (0.5 is neutral).
    pub exaggeration: Option<f64>,
    /// How closely the pace follows the sample, 0.2 to 1 (0.5).
    pub cfg_weight: Option<f64>,
    /// How varied, 0.05 to 5 (0.8).
    pub temperature: Option<f64>,
    /// Makes the result repeatable; 1 or more. Every segment and take gets its own seed made from it.
    pub seed: Option<u32>,
    /// The language of the script, as an ISO 639-1 code such as `en`.
    pub language: Option<String>,
    /// The most it may cost, in US dollars.
    pub budget_usd: Option<f64>,
    /// How long the whole generation may take from submission.
    pub deadline: Option<Duration>,
    /// How often a segment is taken again if a take is bad; 3 unless told.
    pub max_takes: Option<u32>,
    /// Whether segments that an earlier generation spoke in the same voice and way are taken from it instead of being paid
    /// again. If absent, those of an edited script are; the very same script is spoken anew.
    pub reuse: Option<bool>,
}
