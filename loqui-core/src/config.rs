//! Reads the environment. No other module reads a variable.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::error::{Error, Result, code};

/// The settings that environment variables can give. `None` means that the variable is unset or blank.
///
/// [`LoquiBuilder::from_env`](crate::LoquiBuilder::from_env) reads them. A program with sources of its own, for
/// instance flags or a file, reads them here, replaces fields, and passes the result to
/// [`LoquiBuilder::from_environment`](crate::LoquiBuilder::from_environment).
///
/// # Examples
///
/// ```
/// let mut environment = loqui_core::Environment::read();
/// environment.data_dir.get_or_insert_with(|| "data".into());
/// let builder = loqui_core::LoquiBuilder::from_environment(environment);
/// # drop(builder);
/// ```
#[derive(Default)]
#[non_exhaustive]
pub struct Environment {
    /// `REPLICATE_API_TOKEN`: the token of a Replicate account.
    pub token: Option<String>,
    /// `REPLICATE_BASE_URL`: the address of Replicate's API, with `/v1`.
    pub base_url: Option<String>,
    /// `LOQUI_COG_URL`: the address of a container with a Chatterbox model.
    pub cog_url: Option<String>,
    /// `LOQUI_OPENAI_URL`: the address of a server with OpenAI's speech route, for the engine `openai`.
    pub openai_url: Option<String>,
    /// `LOQUI_OPENAI_KEY`: the key of that server.
    pub openai_key: Option<String>,
    /// `LOQUI_OPENAI_MODEL`: the model that it is asked for.
    pub openai_model: Option<String>,
    /// `LOQUI_OPENAI_SERVER`: its kind, see [`OpenAiServer`](crate::engine::OpenAiServer); `auto` finds it out.
    pub openai_server: Option<String>,
    /// `LOQUI_OPENAI_VOICES`: the voices of the server for samples, as `SAMPLE=VOICE,SAMPLE=VOICE`; `*` is every other sample.
    pub openai_voices: Option<String>,
    /// `LOQUI_OPENAI_USD_PER_1000_CHARACTERS`: its price, in US dollars.
    pub openai_usd_per_1000_characters: Option<f64>,
    /// `LOQUI_DATA_DIR`: the folder of records and audio.
    pub data_dir: Option<PathBuf>,
    /// `LOQUI_MODELS_DIR`: the folder of voice cloning models that run on this machine.
    pub models_dir: Option<PathBuf>,
    /// `LOQUI_DATABASE_URL`: the database of the records.
    pub database_url: Option<String>,
    /// `LOQUI_STORAGE_URL`: the storage of the audio.
    pub storage_url: Option<String>,
    /// `LOQUI_PUBLIC_URL`: the address at which Replicate reaches this machine with webhooks.
    pub public_url: Option<String>,
    /// `LOQUI_BUDGET_USD`: the budget of one generation, in US dollars.
    pub budget_usd: Option<f64>,
    /// `LOQUI_BUDGET_TOTAL_USD`: the budget of all generations together, in US dollars.
    pub budget_total_usd: Option<f64>,
    /// `LOQUI_BUDGET_DAY_USD`: the budget of all generations on one day (UTC), in US dollars.
    pub budget_day_usd: Option<f64>,
    /// `LOQUI_BUDGET_OWNER_USD`: the budget of each owner, in US dollars.
    pub budget_owner_usd: Option<f64>,
    /// `LOQUI_BUDGET_OWNER_DAY_USD`: the budget of each owner on one day (UTC), in US dollars.
    pub budget_owner_day_usd: Option<f64>,
    /// `LOQUI_KEEP_DAYS`: the age at which finished generations are erased.
    pub keep_generations: Option<Duration>,
    /// `LOQUI_KEEP_TAKES_DAYS`: the age at which the takes of completed generations are deleted.
    pub keep_takes: Option<Duration>,
    /// `LOQUI_REQUIRE_CONSENT`: whether samples need the consent of their speaker. `0`, `false`, `no` and `off` mean
    /// false, every other value means true.
    pub require_consent: Option<bool>,
    /// `LOQUI_CANCEL_GRACE_SECONDS`: how long a generation continues after its last waiting caller has left.
    pub cancel_grace: Option<Duration>,
    /// `LOQUI_CONSENT_DECLARED`: whether the operator declares that the speakers of all samples have consented. Values as
    /// for `LOQUI_REQUIRE_CONSENT`.
    pub consent_declared: Option<bool>,
    /// The first variable with an unusable value; reported by [`LoquiBuilder::build`](crate::LoquiBuilder::build).
    pub(crate) invalid: Option<Error>,
}

impl Environment {
    /// Reads the environment variables of the process. Blank values count as unset. An unusable number is reported
    /// when the library is built.
    pub fn read() -> Self {
        let mut invalid = None;
        let mut amount = |name: &str| {
            number(name, text(name).as_deref()).unwrap_or_else(|error| {
                invalid.get_or_insert(error);
                None
            })
        };
        Self {
            budget_usd: amount("LOQUI_BUDGET_USD"),
            budget_total_usd: amount("LOQUI_BUDGET_TOTAL_USD"),
            budget_day_usd: amount("LOQUI_BUDGET_DAY_USD"),
            budget_owner_usd: amount("LOQUI_BUDGET_OWNER_USD"),
            budget_owner_day_usd: amount("LOQUI_BUDGET_OWNER_DAY_USD"),
            keep_generations: amount("LOQUI_KEEP_DAYS").and_then(days),
            keep_takes: amount("LOQUI_KEEP_TAKES_DAYS").and_then(days),
            cancel_grace: amount("LOQUI_CANCEL_GRACE_SECONDS")
                .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
            openai_usd_per_1000_characters: amount("LOQUI_OPENAI_USD_PER_1000_CHARACTERS"),
            openai_url: text("LOQUI_OPENAI_URL"),
            openai_key: text("LOQUI_OPENAI_KEY"),
            openai_model: text("LOQUI_OPENAI_MODEL"),
            openai_server: text("LOQUI_OPENAI_SERVER"),
            openai_voices: text("LOQUI_OPENAI_VOICES"),
            token: text("REPLICATE_API_TOKEN"),
            base_url: text("REPLICATE_BASE_URL"),
            cog_url: text("LOQUI_COG_URL"),
            data_dir: text("LOQUI_DATA_DIR").map(PathBuf::from),
            models_dir: text("LOQUI_MODELS_DIR").map(PathBuf::from),
            database_url: text("LOQUI_DATABASE_URL"),
            storage_url: text("LOQUI_STORAGE_URL"),
            public_url: text("LOQUI_PUBLIC_URL"),
            require_consent: text("LOQUI_REQUIRE_CONSENT").as_deref().map(is_true),
            consent_declared: text("LOQUI_CONSENT_DECLARED").as_deref().map(is_true),
            invalid,
        }
    }
}

impl fmt::Debug for Environment {
    /// Omits the token, and addresses, which may contain passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment")
            .field("token", &self.token.as_ref().map(|_| "..."))
            .field("data_dir", &self.data_dir)
            .finish_non_exhaustive()
    }
}

/// Starts an S3 client with the AWS variables: credentials, `AWS_REGION`, `AWS_ENDPOINT`, `AWS_ALLOW_HTTP`.
#[cfg(feature = "s3")]
pub(crate) fn s3() -> object_store::aws::AmazonS3Builder {
    object_store::aws::AmazonS3Builder::from_env()
}

/// The folder of models without any setting: that of the program `loqui`.
#[cfg(feature = "pocket")]
pub(crate) fn platform_models_dir() -> Option<PathBuf> {
    let folders = directories::ProjectDirs::from("", "", "loqui")?;
    Some(folders.data_dir().join("models"))
}

#[expect(clippy::disallowed_methods, reason = "the only place that reads the environment")]
fn text(name: &str) -> Option<String> {
    std::env::var(name)
        .ok()
        .map(|value| value.trim().to_owned())
        .filter(|value| !value.is_empty())
}

fn is_true(value: &str) -> bool {
    !matches!(value.to_ascii_lowercase().as_str(), "0" | "false" | "no" | "off")
}

/// Parses a finite number that is not negative.
fn number(name: &str, text: Option<&str>) -> Result<Option<f64>> {
    let Some(text) = text else { return Ok(None) };
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && number >= 0.0 => Ok(Some(number)),
        _ => Err(Error::new(
            &code::OPTION_OUT_OF_RANGE,
            format!("{name} is {text:?}; it must be a number that is not negative"),
        )),
    }
}

/// A number of days as a duration; `None` if it is too large for one.
fn days(days: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(days * 86_400.0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_must_be_finite_and_not_negative() {
        assert_eq!(number("N", None).unwrap(), None);
        assert_eq!(number("N", Some("0.5")).unwrap(), Some(0.5));
        for text in ["-1", "NaN", "inf", "much"] {
            let error = number("LOQUI_BUDGET_USD", Some(text)).unwrap_err();
            assert!(error.is(&code::OPTION_OUT_OF_RANGE));
            assert!(error.message().starts_with("LOQUI_BUDGET_USD is "), "{error}");
        }
    }

    #[test]
    fn only_negative_words_switch_a_setting_off() {
        for text in ["0", "false", "No", "OFF"] {
            assert!(!is_true(text), "{text}");
        }
        for text in ["1", "true", "yes", "required"] {
            assert!(is_true(text), "{text}");
        }
    }

    #[test]
    fn debug_output_contains_no_secret() {
        let environment = Environment {
            token: Some("r8_secret".to_owned()),
            database_url: Some("postgres://anna:secret@host/db".to_owned()),
            ..Environment::default()
        };
        assert!(!format!("{environment:?}").contains("secret"));
    }
}
