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

/// A model's name, input fields, limits and price.
///
/// The fields follow the schema on the model's page, for instance <https://replicate.com/resemble-ai/chatterbox/api>.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Model {
    /// The full name, for instance `resemble-ai/chatterbox`.
    pub name: String,
    /// The input field of the text: `prompt` for Chatterbox, `text` for the other models. Replicate ignores unknown fields.
    pub text_field: String,
    /// The input field of the reference recording's URL. A model without one speaks in built-in voices only.
    pub reference_field: Option<String>,
    /// The input field of the language, if the model has one.
    pub language_field: Option<String>,
    /// The languages the model speaks, as ISO 639-1 codes. The first is the default.
    pub languages: Vec<String>,
    /// Recommended length of a text, in characters.
    pub target_characters: usize,
    /// Maximum length of a text, in characters.
    pub max_characters: usize,
    /// Minimum length of a reference recording, in seconds.
    pub min_reference_seconds: f64,
    /// Maximum length of the audio, in seconds. The model cuts longer audio without an error.
    pub max_output_seconds: f64,
    /// Numeric fields besides the seed, each with its minimum and maximum.
    pub ranges: BTreeMap<String, (f64, f64)>,
    /// Numeric fields that take integers only.
    #[serde(default)]
    pub integers: Vec<String>,
    /// Fields that take one of several values, with those values. `voice` selects a built-in voice for predictions
    /// without a reference recording.
    #[serde(default)]
    pub choices: BTreeMap<String, Vec<String>>,
    /// Fields that take any text.
    #[serde(default)]
    pub texts: Vec<String>,
    /// Whether the model reads numbers, dates and signs better than Loqui does.
    #[serde(default)]
    pub reads_written: bool,
    /// The directions that the model understands in square brackets, such as `laugh`.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Price of the model.
    pub price: ModelPrice,
}

/// The price of a model. Replicate has no API for prices: the figures were read from its pages on the day `as_of`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct ModelPrice {
    /// US dollars per 1,000 characters of text.
    pub usd_per_1000_characters: f64,
    /// The day of the price, as `YYYY-MM-DD`.
    pub as_of: String,
    /// How the model is billed.
    pub basis: PriceBasis,
}

/// How a model is billed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PriceBasis {
    /// Billed by characters: the price is exact.
    Characters,
    /// Billed by GPU seconds: the price by characters is a conservative estimate.
    GpuSeconds,
}

static MODELS: LazyLock<Vec<Model>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("models/models.json")).expect("the built-in table is valid, as a test checks")
});

impl Model {
    /// Returns all models. The first is the default.
    pub fn all() -> &'static [Self] {
        &MODELS
    }

    /// Finds a model by its full name or its short name (`chatterbox-turbo`).
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
        let name = name.trim();
        MODELS
            .iter()
            .find(|model| model.name == name || model.short_name() == name)
            .ok_or_else(|| {
                let known: Vec<_> = MODELS.iter().map(Self::short_name).collect();
                Error::new(&code::MODEL_UNKNOWN, format!("there is no model {name:?}"))
                    .with_hint(format!("Use one of {}.", known.join(", ")))
            })
    }

    /// Returns true if the model speaks in the voice of a reference recording.
    pub fn clones_voice(&self) -> bool {
        self.reference_field.is_some()
    }

    /// Returns the input field of the reference recording.
    ///
    /// # Errors
    ///
    /// `model.no_reference`: the model speaks in built-in voices only.
    ///
    /// ```
    /// use loqui_core::replicate::Model;
    ///
    /// assert_eq!(Model::by_name("chatterbox")?.require_reference_field()?, "audio_prompt");
    /// assert_eq!(Model::by_name("chatterbox-pro")?.require_reference_field().unwrap_err().code(), "model.no_reference");
    /// # Ok::<(), loqui_core::Error>(())
    /// ```
    pub fn require_reference_field(&self) -> Result<&str> {
        self.reference_field.as_deref().ok_or_else(|| {
            let message = format!("{} takes no recording: it speaks in built-in voices only", self.name);
            Error::new(&code::MODEL_NO_REFERENCE, message)
        })
    }

    /// Returns a prediction of this input by the model's official route.
    pub fn prediction(&self, input: Map<String, Value>) -> NewPrediction {
        NewPrediction::new(Route::Official(self.name.clone()), input)
    }

    /// Returns the name without its owner.
    pub fn short_name(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn model_table_is_consistent() {
        assert_eq!(Model::all().len(), 4);
        for model in Model::all() {
            assert!(model.name.starts_with("resemble-ai/"));
            assert!(model.target_characters <= model.max_characters);
            assert_eq!(model.languages.first().map(String::as_str), Some("en"));
            assert_eq!(model.languages.len() > 1, model.language_field.is_some());
            assert!(model.ranges.values().all(|(least, greatest)| least < greatest));
            assert!(model.price.as_of.parse::<jiff::civil::Date>().is_ok());
            assert!(model.price.usd_per_1000_characters > 0.0);
            assert!(model.clones_voice() || model.choices.contains_key("voice"));
        }
        assert_eq!(Model::by_name("chatterbox-multilingual").unwrap().languages.len(), 23);
    }

    #[test]
    fn error_for_an_unknown_model_lists_the_known_models() {
        let error = Model::by_name("tortoise").unwrap_err();
        assert_eq!(error.code(), "model.unknown");
        assert!(error.hint().unwrap().contains("chatterbox-turbo"));
    }
}
