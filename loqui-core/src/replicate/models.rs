//! The models of the Chatterbox family: their fields, limits and prices, as data in `models.json`.

mod choice;
mod fields;
mod input;

use std::collections::BTreeMap;
use std::sync::LazyLock;

pub use choice::ModelChoice;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::predictions::{NewPrediction, Route};
use crate::error::{Error, Result, code};

/// A model's name, the names of its input fields, its limits and its price (contract section 1).
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Model {
    /// The full name, for instance `resemble-ai/chatterbox`.
    pub name: String,
    /// The input field of the text. Chatterbox says `prompt`, its siblings `text`; a wrong name is not refused.
    pub text_field: String,
    /// The input field of the reference recording's address; a model without one speaks in voices of its own only.
    pub reference_field: Option<String>,
    /// The input field of the language, where there is a choice.
    pub language_field: Option<String>,
    /// The languages it speaks, as ISO 639-1 codes; the first is its own.
    pub languages: Vec<String>,
    /// Texts sound best up to about this many characters.
    pub target_characters: usize,
    /// Texts are never longer, in characters.
    pub max_characters: usize,
    /// The shortest reference recording it takes, in seconds.
    pub min_reference_seconds: f64,
    /// It stops speaking here without saying so, in seconds.
    pub max_output_seconds: f64,
    /// The numbers it knows beside the seed, each with its least and greatest value.
    pub ranges: BTreeMap<String, (f64, f64)>,
    /// Those of them that are whole numbers.
    #[serde(default)]
    pub integers: Vec<String>,
    /// The fields that take one word of a list, with that list; `voice` names the model's own voices, for predictions
    /// without a reference recording.
    #[serde(default)]
    pub choices: BTreeMap<String, Vec<String>>,
    /// The fields that take any text.
    #[serde(default)]
    pub texts: Vec<String>,
    /// What it costs.
    pub price: ModelPrice,
}

/// What a model costs. Replicate has no list of prices to ask: the figures are from its pages on `as_of`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct ModelPrice {
    /// US dollars for 1,000 characters of text.
    pub usd_per_1000_characters: f64,
    /// The day it was looked up, as `YYYY-MM-DD`.
    pub as_of: String,
    /// How it is billed.
    pub basis: PriceBasis,
}

/// How a model is billed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PriceBasis {
    /// By the characters sent: the price is exact.
    Characters,
    /// By the seconds a GPU was used: the price by characters is an estimate on the high side.
    GpuSeconds,
}

static MODELS: LazyLock<Vec<Model>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("models/models.json")).expect("a test reads the table that is built in")
});

impl Model {
    /// Every model there is; the first is used unless told otherwise.
    pub fn all() -> &'static [Self] {
        &MODELS
    }

    /// Finds a model by its full name or its short one (`chatterbox-turbo`).
    ///
    /// # Errors
    ///
    /// `model.unknown`.
    ///
    /// ```
    /// use loqui_core::replicate::Model;
    ///
    /// assert_eq!(Model::by_name("chatterbox-turbo")?.text_field, "text");
    /// assert_eq!(Model::by_name("resemble-ai/chatterbox")?.text_field, "prompt");
    /// # Ok::<(), loqui_core::Error>(())
    /// ```
    pub fn by_name(name: &str) -> Result<&'static Self> {
        let wanted = name.trim();
        MODELS
            .iter()
            .find(|model| model.name == wanted || model.short_name() == wanted)
            .ok_or_else(|| {
                let known: Vec<_> = MODELS.iter().map(Self::short_name).collect();
                Error::new(&code::MODEL_UNKNOWN, format!("there is no model {wanted:?}"))
                    .with_hint(format!("Use one of {}.", known.join(", ")))
            })
    }

    /// Whether it speaks in the voice of a recording.
    pub fn clones(&self) -> bool {
        self.reference_field.is_some()
    }

    /// The field of the recording.
    ///
    /// # Errors
    ///
    /// `model.no_reference`: the model speaks in voices of its own only.
    ///
    /// ```
    /// use loqui_core::replicate::Model;
    ///
    /// assert_eq!(Model::by_name("chatterbox")?.cloning()?, "audio_prompt");
    /// assert_eq!(Model::by_name("chatterbox-pro")?.cloning().unwrap_err().code(), "model.no_reference");
    /// # Ok::<(), loqui_core::Error>(())
    /// ```
    pub fn cloning(&self) -> Result<&str> {
        self.reference_field.as_deref().ok_or_else(|| {
            let message = format!("{} takes no recording: it speaks in voices of its own only", self.name);
            Error::new(&code::MODEL_NO_REFERENCE, message)
        })
    }

    /// A prediction of this input by the model's official route.
    pub fn prediction(&self, input: Map<String, Value>) -> NewPrediction {
        NewPrediction::new(Route::Official(self.name.clone()), input)
    }

    /// The name without its owner.
    pub fn short_name(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        assert_eq!(Model::all().len(), 4);
        for model in Model::all() {
            assert!(model.name.starts_with("resemble-ai/"));
            assert!(model.target_characters <= model.max_characters);
            assert_eq!(model.languages.first().map(String::as_str), Some("en"));
            assert_eq!(model.languages.len() > 1, model.language_field.is_some());
            assert!(model.ranges.values().all(|(least, greatest)| least < greatest));
            assert!(model.price.as_of.parse::<jiff::civil::Date>().is_ok());
            assert!(model.price.usd_per_1000_characters > 0.0);
            assert!(model.clones() || model.choices.contains_key("voice"));
        }
        assert_eq!(Model::by_name("chatterbox-multilingual").unwrap().languages.len(), 23);
    }

    #[test]
    fn an_unknown_model_is_answered_with_the_known_ones() {
        let error = Model::by_name("tortoise").unwrap_err();
        assert_eq!(error.code(), "model.unknown");
        assert!(error.hint().unwrap().contains("chatterbox-turbo"));
    }
}
