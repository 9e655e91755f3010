//! Builds and checks the input of a prediction, so that nothing is sent that the model refuses or ignores.

use serde_json::{Map, Value};

use super::Model;
use crate::error::{Error, Result, code};
use crate::options::VoiceSettings;

impl Model {
    /// Checks options against this model's fields and ranges.
    ///
    /// # Errors
    ///
    /// * `option.unsupported`: the model has no such option; Replicate would ignore it.
    /// * `option.out_of_range`: with the option, its value and the range.
    /// * `script.wrong_language`: the model does not speak the language.
    pub fn check(&self, settings: &VoiceSettings) -> Result<()> {
        for (name, value) in settings.parameters() {
            self.check_setting(name, value)?;
        }
        if settings.seed == Some(0) {
            let message = "seed is 0; it must be 1 or more (0 means random to the model)";
            return Err(Error::new(&code::OPTION_OUT_OF_RANGE, message));
        }
        settings
            .language
            .as_deref()
            .map_or(Ok(()), |language| self.language_code(language).map(drop))
    }

    /// Builds the `input` of a prediction with this model's field names. Options that are not set are left out.
    ///
    /// `reference` is the URL of the recording (see [`Client::reference`](crate::replicate::Client::reference)). Without it
    /// the model speaks in a built-in voice.
    ///
    /// # Errors
    ///
    /// The errors of [`check`](Self::check), `script.empty`, `script.too_long`, and `model.no_reference` if the model takes
    /// no recording.
    ///
    /// ```
    /// use loqui_core::VoiceSettings;
    /// use loqui_core::replicate::Model;
    ///
    /// let model = Model::by_name("chatterbox")?;
    /// let input = model.input("Hello!", Some("https://example.com/me.wav"), &VoiceSettings::default(), Some(7))?;
    /// assert_eq!(input["prompt"], "Hello!");
    /// assert_eq!(input["audio_prompt"], "https://example.com/me.wav");
    /// assert_eq!(input["seed"], 7);
    /// # Ok::<(), loqui_core::Error>(())
    /// ```
    pub fn input(
        &self,
        text: &str,
        reference: Option<&str>,
        settings: &VoiceSettings,
        seed: Option<u32>,
    ) -> Result<Map<String, Value>> {
        self.check(settings)?;
        if text.trim().is_empty() {
            return Err(Error::new(&code::SCRIPT_EMPTY, "the text is empty"));
        }
        self.check_length(text)?;
        let mut input = Map::new();
        input.insert(self.text_field.clone(), text.into());
        if let Some(reference) = reference {
            input.insert(self.require_reference_field()?.to_owned(), reference.into());
        }
        for (name, value) in settings.parameters() {
            input.insert(name.to_owned(), value.into());
        }
        if let Some(seed) = seed.or(settings.seed) {
            input.insert("seed".to_owned(), seed.into());
        }
        if let (Some(field), Some(language)) = (&self.language_field, settings.language.as_deref()) {
            input.insert(field.clone(), self.language_code(language)?.into());
        }
        Ok(input)
    }

    pub(super) fn check_length(&self, text: &str) -> Result<()> {
        let characters = text.chars().count();
        if characters <= self.max_characters {
            return Ok(());
        }
        let message = format!(
            "the text has {characters} characters; {} takes {} at once",
            self.name, self.max_characters
        );
        Err(Error::new(&code::SCRIPT_TOO_LONG, message))
    }

    pub(super) fn check_setting(&self, name: &str, value: f64) -> Result<()> {
        let Some(&(least, greatest)) = self.ranges.get(name) else {
            let message = format!("{} has no option {name}", self.name);
            return Err(Error::new(&code::OPTION_UNSUPPORTED, message));
        };
        if !(least..=greatest).contains(&value) {
            let message = format!("{name} is {value}; {} takes {least} to {greatest}", self.name);
            return Err(Error::new(&code::OPTION_OUT_OF_RANGE, message));
        }
        Ok(())
    }

    /// Returns the model's code for a language. A region, as in `pt-BR`, is ignored.
    pub(super) fn language_code(&self, language: &str) -> Result<&str> {
        let main = language.split(['-', '_']).next().unwrap_or_default();
        self.languages
            .iter()
            .find(|known| known.eq_ignore_ascii_case(main))
            .map(String::as_str)
            .ok_or_else(|| {
                let message = format!(
                    "{} does not speak {language:?}, but {}",
                    self.name,
                    self.languages.join(", ")
                );
                let error = Error::new(&code::SCRIPT_WRONG_LANGUAGE, message);
                if self.language_field.is_none() {
                    error.with_hint("Choose the model chatterbox-multilingual, which speaks 23 languages.")
                } else {
                    error
                }
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(name: &str) -> &'static Model {
        Model::by_name(name).unwrap()
    }

    fn with(change: impl FnOnce(&mut VoiceSettings)) -> VoiceSettings {
        let mut settings = VoiceSettings::default();
        change(&mut settings);
        settings
    }

    #[test]
    fn each_model_gets_its_own_field_names() {
        let settings = with(|settings| settings.temperature = Some(1.0));
        let turbo = model("chatterbox-turbo")
            .input("Hi", Some("u"), &settings, Some(5))
            .unwrap();
        assert_eq!(
            Value::Object(turbo),
            serde_json::json!({ "text": "Hi", "reference_audio": "u", "temperature": 1.0, "seed": 5 })
        );
        let settings = with(|settings| settings.language = Some("pt-BR".to_owned()));
        let multilingual = model("chatterbox-multilingual")
            .input("Olá", None, &settings, None)
            .unwrap();
        assert_eq!(
            Value::Object(multilingual),
            serde_json::json!({ "text": "Olá", "language": "pt" })
        );
    }

    #[test]
    fn unsupported_and_out_of_range_options_are_refused() {
        let code = |name: &str, settings: VoiceSettings| model(name).check(&settings).unwrap_err().code();
        assert_eq!(
            code("chatterbox-turbo", with(|o| o.exaggeration = Some(0.5))),
            "option.unsupported"
        );
        assert_eq!(
            code("chatterbox", with(|o| o.temperature = Some(5.1))),
            "option.out_of_range"
        );
        assert_eq!(
            code("chatterbox", with(|o| o.cfg_weight = Some(f64::NAN))),
            "option.out_of_range"
        );
        assert_eq!(code("chatterbox", with(|o| o.seed = Some(0))), "option.out_of_range");
        assert_eq!(
            code("chatterbox", with(|o| o.language = Some("de".into()))),
            "script.wrong_language"
        );
        assert_eq!(
            code("chatterbox-multilingual", with(|o| o.language = Some("xx".into()))),
            "script.wrong_language"
        );
        let error = model("chatterbox")
            .check(&with(|o| o.exaggeration = Some(3.0)))
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "exaggeration is 3; resemble-ai/chatterbox takes 0.25 to 2"
        );
        model("chatterbox")
            .check(&with(|o| o.language = Some("EN-us".into())))
            .unwrap();
    }

    #[test]
    fn text_length_is_counted_in_characters() {
        let chatterbox = model("chatterbox");
        let input = |text: &str| chatterbox.input(text, None, &VoiceSettings::default(), None);
        assert!(input(&"é".repeat(300)).is_ok());
        assert_eq!(input(&"é".repeat(301)).unwrap_err().code(), "script.too_long");
        assert_eq!(input(" \n").unwrap_err().code(), "script.empty");
    }
}
