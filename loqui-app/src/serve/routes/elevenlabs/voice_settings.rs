//! Settings of a voice, and what they are in the models that Loqui has.
//!
//! | setting | range, default | option |
//! |---|---|---|
//! | `stability` | 0 to 1, 0.5 | `temperature`, from 1.2 to 0.4: less stable speech varies more |
//! | `similarity_boost` | 0 to 1, 0.75 | `cfg_weight`, from 0.2 to 0.6: the pace follows the recording more closely |
//! | `style` | 0 to 1, 0 | `exaggeration`, from 0.5 to 1: more expressive |
//! | `speed` | 0.25 to 4, 1 | tempo of the speech, without a change of the pitch |
//! | `use_speaker_boost` | | no effect |
//!
//! The defaults are the defaults of the models. A setting that is not given is not sent to the model.

use loqui_core::SpeakOptions;
use loqui_core::replicate::Model;
use loqui_core::speech::Encoding;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::serve::api_error::{ApiError, FieldProblem};
use crate::serve::warnings::Warnings;

/// The settings of a voice. A missing setting has its default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub(super) struct VoiceSettings {
    /// How even takes are, 0 to 1. Default: 0.5.
    #[schema(minimum = 0, maximum = 1)]
    pub(super) stability: Option<f64>,
    /// How closely the pace follows the recording, 0 to 1. Default: 0.75.
    #[schema(minimum = 0, maximum = 1)]
    pub(super) similarity_boost: Option<f64>,
    /// How expressive the voice is, 0 to 1. Default: 0.
    #[schema(minimum = 0, maximum = 1)]
    pub(super) style: Option<f64>,
    /// Accepted without effect.
    pub(super) use_speaker_boost: Option<bool>,
    /// The tempo, 0.25 to 4. Default: 1.
    #[schema(minimum = 0.25, maximum = 4)]
    pub(super) speed: Option<f64>,
}

/// The settings with all defaults filled in.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EffectiveSettings {
    stability: f64,
    similarity_boost: f64,
    style: f64,
    use_speaker_boost: bool,
    speed: f64,
}

impl VoiceSettings {
    /// Checks the ranges. `field` is the name of the object in the request.
    pub(super) fn check(&self, field: &str) -> Result<(), ApiError> {
        let fractions = [
            ("stability", self.stability),
            ("similarity_boost", self.similarity_boost),
            ("style", self.style),
        ];
        let mut problems: Vec<FieldProblem> = fractions
            .into_iter()
            .filter(|(_, value)| value.is_some_and(|value| !(0.0..=1.0).contains(&value)))
            .map(|(name, _)| FieldProblem::at(&["body", field, name], "range", "it must be 0 to 1"))
            .collect();
        if self.speed.is_some_and(|speed| !Encoding::SPEEDS.contains(&speed)) {
            problems.push(FieldProblem::at(
                &["body", field, "speed"],
                "range",
                "it must be 0.25 to 4",
            ));
        }
        if problems.is_empty() {
            Ok(())
        } else {
            Err(ApiError::fields(problems))
        }
    }

    /// Returns the settings where those of a request override these.
    pub(super) fn overridden_by(self, request: Option<Self>) -> Self {
        let request = request.unwrap_or_default();
        Self {
            stability: request.stability.or(self.stability),
            similarity_boost: request.similarity_boost.or(self.similarity_boost),
            style: request.style.or(self.style),
            use_speaker_boost: request.use_speaker_boost.or(self.use_speaker_boost),
            speed: request.speed.or(self.speed),
        }
    }

    /// Returns the settings with all defaults filled in.
    pub(super) fn effective(self) -> EffectiveSettings {
        EffectiveSettings {
            stability: self.stability.unwrap_or(0.5),
            similarity_boost: self.similarity_boost.unwrap_or(0.75),
            style: self.style.unwrap_or(0.0),
            use_speaker_boost: self.use_speaker_boost.unwrap_or(false),
            speed: self.speed.unwrap_or(1.0),
        }
    }

    /// Sets the options of a model, by its full name. A setting that the model does not have becomes a warning.
    pub(super) fn apply(&self, model: &str, options: &mut SpeakOptions, warnings: &mut Warnings) {
        type Set = fn(&mut SpeakOptions, f64);
        let settings: [(&str, Option<f64>, Set); 3] = [
            ("stability", self.stability, |options, value| {
                options.voice.temperature = Some(rounded(1.2 - 0.8 * value));
            }),
            ("similarity_boost", self.similarity_boost, |options, value| {
                options.voice.cfg_weight = Some(rounded(0.2 + 0.4 * value));
            }),
            ("style", self.style, |options, value| {
                options.voice.exaggeration = Some(rounded(0.5 + 0.5 * value));
            }),
        ];
        for (name, value, set) in settings {
            let Some(value) = value else { continue };
            let mut only = SpeakOptions::default();
            set(&mut only, value);
            // Models of the other engines report what they do not have.
            let has_it = Model::by_name(model)
                .ok()
                .is_none_or(|model| model.check(&only.voice).is_ok());
            if has_it {
                set(options, value);
            } else {
                warnings.ignored(&format!("voice_settings.{name}"));
            }
        }
        if self.use_speaker_boost == Some(true) {
            warnings.ignored("voice_settings.use_speaker_boost");
        }
    }
}

/// Rounds to thousandths, so that equal settings are equal options.
fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(settings: VoiceSettings, model: &str) -> (Vec<(&'static str, f64)>, Warnings) {
        let (mut options, mut warnings) = (SpeakOptions::default(), Warnings::default());
        settings.apply(model, &mut options, &mut warnings);
        (options.voice.parameters().collect(), warnings)
    }

    #[test]
    fn defaults_are_the_defaults_of_the_models() {
        let defaults = VoiceSettings {
            stability: Some(0.5),
            similarity_boost: Some(0.75),
            style: Some(0.0),
            ..VoiceSettings::default()
        };
        let (options, warnings) = applied(defaults, "resemble-ai/chatterbox");
        assert_eq!(
            options,
            [("exaggeration", 0.5), ("cfg_weight", 0.5), ("temperature", 0.8)]
        );
        assert_eq!(warnings, Warnings::default());
        assert_eq!(applied(VoiceSettings::default(), "hibari").0, []);
    }

    #[test]
    fn the_ends_of_the_ranges_are_within_the_ranges_of_the_models() {
        for value in [0.0, 1.0] {
            let settings = VoiceSettings {
                stability: Some(value),
                similarity_boost: Some(value),
                style: Some(value),
                ..VoiceSettings::default()
            };
            let (options, warnings) = applied(settings, "resemble-ai/chatterbox-multilingual");
            assert_eq!((options.len(), warnings), (3, Warnings::default()));
        }
    }

    #[test]
    fn settings_without_a_counterpart_are_reported() {
        let settings = VoiceSettings {
            stability: Some(0.5),
            style: Some(0.5),
            use_speaker_boost: Some(true),
            ..VoiceSettings::default()
        };
        let (options, warnings) = applied(settings, "resemble-ai/chatterbox-turbo");
        assert_eq!(options, [("temperature", 0.8)]);
        let mut expected = Warnings::default();
        expected.ignored("voice_settings.style");
        expected.ignored("voice_settings.use_speaker_boost");
        assert_eq!(warnings, expected);
    }

    #[test]
    fn values_outside_of_the_ranges_are_refused() {
        let settings = VoiceSettings {
            style: Some(1.1),
            speed: Some(9.0),
            ..VoiceSettings::default()
        };
        let error = settings.check("voice_settings").unwrap_err();
        assert_eq!(error.error().code(), "request.invalid");
        assert!(VoiceSettings::default().check("voice_settings").is_ok());
    }
}
