//! The options of one request, defined once for every surface: Rust, Python, Node, the command line, batch files and HTTP.
//!
//! [`VoiceSettings`] holds the options that change the sound, [`RunLimits`] those that limit cost, time and attempts,
//! [`TextOptions`] those that change how the text is read, [`DeliveryOptions`] those that change how the speech is delivered,
//! and [`SpeakOptions`] holds all of them. A new option is one field
//! here, with its documentation: the surfaces read it through `serde`, and their names, types and documentation are generated
//! from [`describe`].

#[cfg(feature = "schemars")]
mod describe;
mod dictionary;
mod fields;
mod seconds;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::time::Duration;

#[cfg(feature = "schemars")]
pub use describe::{OptionInfo, OptionKind, describe};
pub use fields::{FieldError, check_known, field_names, from_fields};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, code};
use crate::script::{Pronunciations, TextFormat};

/// The settings of the voice: all options that change the sound. Two requests with equal settings, the same sample and
/// the same model sound alike, so reuse compares this struct as a whole.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct VoiceSettings {
    /// The model, for example `chatterbox-turbo`. Default: the engine's own.
    pub model: Option<String>,
    /// How expressive the voice is, 0.25 to 2; 0.5 is neutral.
    pub exaggeration: Option<f64>,
    /// How closely the pace follows the sample, 0.2 to 1. Default: 0.5.
    pub cfg_weight: Option<f64>,
    /// How much takes vary, 0.05 to 5. Default: 0.8.
    pub temperature: Option<f64>,
    /// Makes the result repeatable; 1 or more. The seed of each segment and take is derived from it.
    #[cfg_attr(feature = "schemars", schemars(range(min = 1)))]
    pub seed: Option<u32>,
    /// The language of the script as an ISO 639-1 code, with a region where conventions differ: `en`, `en-GB`.
    pub language: Option<String>,
}

impl VoiceSettings {
    /// Returns the settings with the model that an engine chose, so that a default and the same model by name are equal.
    pub(crate) fn with_model(&self, model: &str) -> Self {
        Self {
            model: Some(model.to_owned()),
            ..self.clone()
        }
    }

    /// Returns these settings, with those that were set in `other` in front.
    #[must_use]
    pub fn overridden_by(&self, other: &Self) -> Self {
        Self {
            model: other.model.clone().or_else(|| self.model.clone()),
            exaggeration: other.exaggeration.or(self.exaggeration),
            cfg_weight: other.cfg_weight.or(self.cfg_weight),
            temperature: other.temperature.or(self.temperature),
            seed: other.seed.or(self.seed),
            language: other.language.clone().or_else(|| self.language.clone()),
        }
    }

    /// Sets fractions by name. Other names are ignored.
    pub(crate) fn set_parameters(&mut self, parameters: &BTreeMap<String, f64>) {
        for (name, value) in parameters {
            match name.as_str() {
                "exaggeration" => self.exaggeration = Some(*value),
                "cfg_weight" => self.cfg_weight = Some(*value),
                "temperature" => self.temperature = Some(*value),
                _ => {}
            }
        }
    }

    /// Returns the settings that are fractions and were set, by name: the tuning parameters of a model.
    pub fn parameters(&self) -> impl Iterator<Item = (&'static str, f64)> + use<> {
        [
            ("exaggeration", self.exaggeration),
            ("cfg_weight", self.cfg_weight),
            ("temperature", self.temperature),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
    }
}

/// The limits of a generation: money, time and attempts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct RunLimits {
    /// The most the generation may cost, in US dollars.
    #[serde(rename(deserialize = "budget"), alias = "budget_usd")]
    #[cfg_attr(feature = "schemars", schemars(range(min = 0), extend("x-unit" = "USD")))]
    pub budget_usd: Option<f64>,
    /// The most time from submission to the end, in seconds. A generation that exceeds it is stopped and fails.
    #[serde(alias = "timeout", deserialize_with = "seconds::deserialize")]
    #[cfg_attr(
        feature = "schemars",
        schemars(with = "Option<f64>", range(min = 0), extend("x-unit" = "s", "x-alias" = "timeout"))
    )]
    pub deadline: Option<Duration>,
    /// The most takes of one segment. If none passes the checks, the best one is kept. Default: 3.
    #[cfg_attr(feature = "schemars", schemars(range(min = 1)))]
    pub max_takes: Option<u32>,
    /// Whether to reuse segments that an earlier generation spoke with the same sample and settings, at no cost. Default:
    /// reuse unchanged segments of an edited script, and speak an identical script anew.
    pub reuse: Option<bool>,
}

/// How the text is read. The result is compared when takes are reused, so these options are not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct TextOptions {
    /// The format of the text: `plain`, `markdown`, `html`, `ssml`, `srt`, `vtt`, or `json` for a document. Default: `plain`,
    /// which may contain HTML entities and the tags of SSML.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// How terms are said: one line per term, `term = respelling`, followed by `; language=en` or `; voice=NAME` if it
    /// applies to one language or voice only. In JSON also an object of terms and respellings.
    #[serde(
        skip_serializing_if = "Option::is_none",
        deserialize_with = "dictionary::deserialize"
    )]
    #[cfg_attr(feature = "schemars", schemars(with = "Option<String>"))]
    pub pronunciations: Option<String>,
    /// Whether each sentence becomes a segment of its own, so that single sentences can be edited later. Sentences that are
    /// too short for the model are joined with a neighbour. Default: sentences share segments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub editable: Option<bool>,
}

impl TextOptions {
    /// Returns the format.
    ///
    /// # Errors
    ///
    /// `option.out_of_range` for an unknown name.
    pub fn text_format(&self) -> Result<TextFormat> {
        let Some(name) = &self.format else {
            return Ok(TextFormat::default());
        };
        TextFormat::from_name(name).ok_or_else(|| {
            let known = TextFormat::NAMES.join(", ");
            Error::new(
                &code::OPTION_OUT_OF_RANGE,
                format!("the format is {name:?}; it must be one of {known}"),
            )
        })
    }

    /// Returns the pronunciations.
    ///
    /// # Errors
    ///
    /// `script.pronunciations` with the line that cannot be read.
    pub fn dictionary(&self) -> Result<Pronunciations> {
        let lines = self.pronunciations.as_deref().unwrap_or_default();
        Pronunciations::parse(lines).map_err(|error| Error::new(&code::SCRIPT_PRONUNCIATIONS, error.to_string()))
    }
}

/// How the speech is delivered. Takes do not depend on it, so they are reused when it changes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct DeliveryOptions {
    /// The tempo, 0.5 to 2: 2 halves the duration. The pitch does not change. Default: 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speed: Option<f64>,
    /// The silence before the speech, in seconds, at most 60 seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schemars", schemars(range(min = 0), extend("x-unit" = "s")))]
    pub leading_silence: Option<f64>,
    /// The silence after the speech, in seconds, at most 60 seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schemars", schemars(range(min = 0), extend("x-unit" = "s")))]
    pub trailing_silence: Option<f64>,
}

impl DeliveryOptions {
    /// The range of the tempo.
    pub const SPEEDS: std::ops::RangeInclusive<f64> = 0.5..=2.0;
    /// The maximum silence, in seconds.
    pub const MAX_SILENCE_SECONDS: f64 = 60.0;

    fn check(&self) -> Result<()> {
        let refused = |message: String| Err(Error::new(&code::OPTION_OUT_OF_RANGE, message));
        if let Some(speed) = self.speed.filter(|speed| !Self::SPEEDS.contains(speed)) {
            return refused(format!("speed is {speed}; it must be 0.5 to 2"));
        }
        let silences = [
            ("leading_silence", self.leading_silence),
            ("trailing_silence", self.trailing_silence),
        ];
        for (name, seconds) in silences {
            if let Some(seconds) = seconds.filter(|seconds| !(0.0..=Self::MAX_SILENCE_SECONDS).contains(seconds)) {
                return refused(format!(
                    "{name} is {seconds} s; it must be 0 to {} s",
                    Self::MAX_SILENCE_SECONDS
                ));
            }
        }
        Ok(())
    }
}

/// All options of one request. Every option may be left out; an engine refuses or reports the ones it does not have.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SpeakOptions {
    /// The settings of the voice.
    #[serde(flatten)]
    pub voice: VoiceSettings,
    /// The limits of the generation.
    #[serde(flatten)]
    pub limits: RunLimits,
    /// How the text is read.
    #[serde(flatten)]
    pub text: TextOptions,
    /// How the speech is delivered.
    #[serde(flatten)]
    pub delivery: DeliveryOptions,
}

impl SpeakOptions {
    /// Returns the names under which [`from_fields`](Self::from_fields) reads options, aliases included.
    pub fn names() -> Vec<&'static str> {
        [
            field_names::<VoiceSettings>(),
            field_names::<RunLimits>(),
            field_names::<TextOptions>(),
            field_names::<DeliveryOptions>(),
        ]
        .concat()
    }

    /// Reads the options among the fields of a JSON object and ignores the other fields.
    ///
    /// # Errors
    ///
    /// A [`FieldError`] that names the option and says what is wrong with its value.
    ///
    /// ```
    /// use loqui_core::SpeakOptions;
    /// use serde_json::json;
    ///
    /// let fields = json!({ "seed": 7, "deadline": 1.5, "title": "not an option" });
    /// let options = SpeakOptions::from_fields(fields.as_object().expect("an object"))?;
    /// assert_eq!(options.voice.seed, Some(7));
    /// assert_eq!(options.limits.deadline, Some(std::time::Duration::from_millis(1500)));
    /// # Ok::<(), loqui_core::options::FieldError>(())
    /// ```
    pub fn from_fields(fields: &serde_json::Map<String, serde_json::Value>) -> std::result::Result<Self, FieldError> {
        Ok(Self {
            voice: from_fields(fields)?,
            limits: from_fields(fields)?,
            text: from_fields(fields)?,
            delivery: from_fields(fields)?,
        })
    }

    /// Checks the options whose range is the same for every engine.
    pub(crate) fn check(&self) -> Result<()> {
        let out_of_range = |message: String| Err(Error::new(&code::OPTION_OUT_OF_RANGE, message));
        if self.voice.seed == Some(0) {
            return out_of_range("seed is 0; it must be 1 or more".to_owned());
        }
        if self.limits.max_takes == Some(0) {
            return out_of_range("max_takes is 0; it must be 1 or more".to_owned());
        }
        self.text.text_format()?;
        self.text.dictionary()?;
        self.delivery.check()?;
        match self.limits.budget_usd {
            Some(budget) if !budget.is_finite() || budget < 0.0 => {
                out_of_range(format!("the budget is {budget}; it must be 0 US dollars or more"))
            }
            _ => Ok(()),
        }
    }
}

/// What one of several voices has of its own, as JSON: settings, and `gain` in dB.
///
/// ```
/// use loqui_core::options::VoiceOptions;
/// use serde_json::json;
///
/// let fields = json!({ "gain": -2, "exaggeration": 0.7 });
/// let options = VoiceOptions::from_fields(fields.as_object().expect("an object"))?;
/// assert_eq!((options.gain_db, options.settings.exaggeration), (-2.0, Some(0.7)));
/// # Ok::<(), loqui_core::options::FieldError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct VoiceOptions {
    /// What differs from the settings of the request.
    pub settings: VoiceSettings,
    /// How much louder the voice is than the others, in dB.
    pub gain_db: f64,
}

impl VoiceOptions {
    /// Reads the options from the fields of a JSON object.
    ///
    /// # Errors
    ///
    /// A [`FieldError`] for an unknown field, or for a value that does not fit.
    pub fn from_fields(fields: &serde_json::Map<String, serde_json::Value>) -> std::result::Result<Self, FieldError> {
        let known = [field_names::<VoiceSettings>(), &[GAIN, GAIN_DB]].concat();
        check_known(fields, &known)?;
        let gain = fields.get(GAIN).or_else(|| fields.get(GAIN_DB));
        let gain_db = match gain.filter(|gain| !gain.is_null()) {
            Some(gain) => gain
                .as_f64()
                .ok_or_else(|| FieldError::new(GAIN, "it must be a number of decibels"))?,
            None => 0.0,
        };
        Ok(Self {
            settings: from_fields(fields)?,
            gain_db,
        })
    }
}

const GAIN: &str = "gain";
const GAIN_DB: &str = "gain_db";

/// Metadata of a request. It does not change the speech.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct RequestMetadata {
    /// The owner of the generation and of its sample, where several users share a store.
    pub owner: Option<String>,
    /// The speaker's consent in words, for example `I am the speaker`. It is stored with the sample.
    pub consent: Option<String>,
    /// Makes it safe to repeat the request: the same key of the same owner returns the same generation.
    pub idempotency_key: Option<String>,
}
