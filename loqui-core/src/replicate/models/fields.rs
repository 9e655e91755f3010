//! Checks a complete input against the fields of a model.

use serde_json::{Map, Value};

use super::Model;
use crate::error::{Error, Result, code};

impl Model {
    /// Checks the names, types and ranges of all fields of an input, and the length of its text.
    ///
    /// Replicate ignores unknown fields. With `audio_prompt` instead of `reference_audio`, for example, a model would speak
    /// in another voice, and the prediction would be paid for.
    ///
    /// # Errors
    ///
    /// `option.unsupported` for an unknown field, `option.out_of_range`, `script.empty`,
    /// `script.too_long`, `script.wrong_language`.
    ///
    /// ```
    /// use loqui_core::replicate::Model;
    /// use serde_json::json;
    ///
    /// let turbo = Model::by_name("chatterbox-turbo")?;
    /// let input = json!({ "text": "Hi [laugh]", "voice": "Andy", "top_k": 500 });
    /// turbo.check_input(input.as_object().unwrap())?;
    /// let wrong = json!({ "text": "Hi", "audio_prompt": "https://example.com/me.wav" });
    /// let error = turbo.check_input(wrong.as_object().unwrap()).unwrap_err();
    /// assert_eq!(error.code(), "option.unsupported");
    /// # Ok::<(), loqui_core::Error>(())
    /// ```
    pub fn check_input(&self, input: &Map<String, Value>) -> Result<()> {
        self.check_text(input.get(&self.text_field))?;
        for (name, value) in input {
            if *name == self.text_field {
                continue;
            }
            if Some(name) == self.reference_field.as_ref() {
                check_url(name, value)?;
            } else if Some(name) == self.language_field.as_ref() {
                let language = value.as_str().unwrap_or_default();
                self.language_code(language)?;
            } else if name == "seed" {
                if !value.is_null() && value.as_i64().is_none() {
                    return Err(invalid_field(name, value, "an integer"));
                }
            } else if let Some(values) = self.choices.get(name) {
                let known = |value| values.iter().any(|known| known == value);
                if !value.as_str().is_some_and(known) {
                    return Err(invalid_field(name, value, &format!("one of {}", values.join(", "))));
                }
            } else if self.texts.contains(name) {
                if !value.is_string() {
                    return Err(invalid_field(name, value, "a text"));
                }
            } else if self.integers.contains(name) && value.as_i64().is_none() {
                return Err(invalid_field(name, value, "an integer"));
            } else {
                let number = value.as_f64().unwrap_or(f64::NAN);
                self.check_setting(name, number)?;
            }
        }
        Ok(())
    }

    fn check_text(&self, text: Option<&Value>) -> Result<()> {
        let text = text.and_then(Value::as_str).unwrap_or_default();
        if text.trim().is_empty() {
            let message = format!("{} is missing or empty", self.text_field);
            return Err(Error::new(&code::SCRIPT_EMPTY, message));
        }
        self.check_length(text)
    }
}

fn check_url(name: &str, value: &Value) -> Result<()> {
    let is_url = value.as_str().is_some_and(|text| {
        ["https://", "http://", "data:"]
            .iter()
            .any(|start| text.starts_with(start))
    });
    if is_url || value.is_null() {
        return Ok(());
    }
    let message = format!("{name} is not a URL: use the https URL of a recording, or a data URI");
    Err(Error::new(&code::OPTION_OUT_OF_RANGE, message))
}

fn invalid_field(name: &str, value: &Value, expected: &str) -> Error {
    let shown: String = value.to_string().chars().take(40).collect();
    Error::new(
        &code::OPTION_OUT_OF_RANGE,
        format!("{name} is {shown}; it must be {expected}"),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::options::VoiceSettings;

    fn check(model: &str, input: &Value) -> Result<()> {
        Model::by_name(model).unwrap().check_input(input.as_object().unwrap())
    }

    #[test]
    fn built_input_passes_the_check() {
        for model in Model::all() {
            let options = VoiceSettings::default();
            let reference = model.clones_voice().then_some("data:audio/wav;base64,UklG");
            let input = model.input("Hello.", reference, &options, Some(7));
            model.check_input(&input.unwrap()).unwrap();
        }
    }

    #[test]
    fn each_field_is_checked_by_the_rules_of_the_model() {
        for (model, input, expected) in [
            ("chatterbox", json!({ "text": "Hi" }), "script.empty"),
            (
                "chatterbox",
                json!({ "prompt": "Hi", "reference_audio": "https://x" }),
                "option.unsupported",
            ),
            (
                "chatterbox",
                json!({ "prompt": "Hi", "audio_prompt": "me.wav" }),
                "option.out_of_range",
            ),
            (
                "chatterbox",
                json!({ "prompt": "Hi", "seed": 1.5 }),
                "option.out_of_range",
            ),
            (
                "chatterbox",
                json!({ "prompt": "Hi", "temperature": "hot" }),
                "option.out_of_range",
            ),
            (
                "chatterbox",
                json!({ "prompt": "Hi", "voice": "Andy" }),
                "option.unsupported",
            ),
            (
                "chatterbox-turbo",
                json!({ "text": "a".repeat(501) }),
                "script.too_long",
            ),
            (
                "chatterbox-turbo",
                json!({ "text": "Hi", "voice": "Luna" }),
                "option.out_of_range",
            ),
            (
                "chatterbox-turbo",
                json!({ "text": "Hi", "top_k": 0 }),
                "option.out_of_range",
            ),
            (
                "chatterbox-turbo",
                json!({ "text": "Hi", "top_k": 2.5 }),
                "option.out_of_range",
            ),
            (
                "chatterbox-turbo",
                json!({ "text": "Hi", "cfg_weight": 0.5 }),
                "option.unsupported",
            ),
            (
                "chatterbox-pro",
                json!({ "prompt": "Hi", "audio_prompt": "https://x" }),
                "option.unsupported",
            ),
            (
                "chatterbox-pro",
                json!({ "prompt": "Hi", "pitch": "highest" }),
                "option.out_of_range",
            ),
            (
                "chatterbox-pro",
                json!({ "prompt": "Hi", "custom_voice": 7 }),
                "option.out_of_range",
            ),
            (
                "chatterbox-multilingual",
                json!({ "text": "Hi", "language": "xx" }),
                "script.wrong_language",
            ),
        ] {
            assert_eq!(check(model, &input).unwrap_err().code(), expected, "{model} {input}");
        }
        check(
            "chatterbox-multilingual",
            &json!({ "text": "Olá", "language": "pt", "cfg_weight": 0.0 }),
        )
        .unwrap();
        check(
            "chatterbox-pro",
            &json!({ "prompt": "Hi", "voice": "Orion", "pitch": "x-low", "custom_voice": "f9f2d9b1" }),
        )
        .unwrap();
        check("chatterbox-turbo", &json!({ "text": "Hi", "seed": null, "top_p": 0.9 })).unwrap();
    }
}
