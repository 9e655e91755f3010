//! Description of a model: limits, capabilities and price.

use crate::money;
use crate::sample::ReferenceLimits;
use crate::script;

/// Limits, capabilities and price of a model.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ModelInfo {
    /// Full name, for instance `resemble-ai/chatterbox`.
    pub name: String,
    /// Recommended length of a segment, in characters.
    pub target_characters: usize,
    /// Maximum length of a segment, in characters.
    pub max_characters: usize,
    /// Languages the model speaks, as ISO 639-1 codes.
    pub languages: Vec<String>,
    /// Price. A model without one is free of charge.
    pub price: Option<Price>,
    /// Minimum length of a reference recording, in seconds.
    pub min_reference_seconds: f64,
    /// Maximum length of the audio, in seconds, if the model cuts longer audio without an error.
    pub max_output_seconds: Option<f64>,
    /// True if the model speaks in the voice of the reference recording. Then takes are compared with that voice.
    pub clones_voice: bool,
    /// True if the model supports unaccented letters only. Then accents are removed from English text.
    pub plain_letters: bool,
    /// Maximum number of takes of one generation that the model speaks at once. The policy decides if absent.
    pub parallel: Option<usize>,
}

impl ModelInfo {
    /// Describes a model with the limits that all Chatterbox models share. Change the fields that differ.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            target_characters: 250,
            max_characters: 300,
            languages: vec!["en".to_owned()],
            price: None,
            min_reference_seconds: 3.0,
            max_output_seconds: None,
            clones_voice: true,
            plain_letters: false,
            parallel: None,
        }
    }

    /// Returns the requirements of the model on a reference.
    pub fn reference_limits(&self) -> ReferenceLimits {
        ReferenceLimits::new(&self.name, self.min_reference_seconds)
    }

    /// Returns the limits of the segments that the model can speak.
    pub fn script_limits(&self) -> script::Limits {
        script::Limits::default()
            .with_segments(self.target_characters, self.max_characters)
            .with_plain_letters(self.plain_letters)
    }

    /// Returns the language of a text: the requested language, or the only language of the model.
    pub fn language<'a>(&'a self, requested: Option<&'a str>) -> Option<&'a str> {
        requested.or(match self.languages.as_slice() {
            [only] => Some(only),
            _ => None,
        })
    }
}

/// The price of a model.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Price {
    /// US dollars per 1,000 characters of text.
    pub usd_per_1000_characters: f64,
    /// The day of the price, as `YYYY-MM-DD`.
    pub as_of: String,
}

impl Price {
    /// Creates a price in US dollars per 1,000 characters, as of a day (`YYYY-MM-DD`).
    pub fn new(usd_per_1000_characters: f64, as_of: impl Into<String>) -> Self {
        Self {
            usd_per_1000_characters,
            as_of: as_of.into(),
        }
    }

    /// Returns the cost of this many characters in US dollars.
    pub fn of(&self, characters: usize) -> f64 {
        money::exact(characters as f64 * self.usd_per_1000_characters / 1000.0)
    }
}
