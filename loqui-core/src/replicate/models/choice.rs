//! A model and the way it is called, in one word: what can be typed where a model is asked for.

use super::Model;
use crate::error::{Error, Result, code};
use crate::replicate::predictions::{Route, parts};

/// A model and, if it was asked for, another way to call it than its official one.
///
/// ```
/// use loqui_core::replicate::{ModelChoice, Route};
///
/// let choice = ModelChoice::parse("chatterbox-turbo@me/warm-turbo")?;
/// assert_eq!(choice.model.name, "resemble-ai/chatterbox-turbo");
/// assert_eq!(choice.route, Some(Route::Deployment("me/warm-turbo".into())));
/// assert_eq!(choice.to_string(), "resemble-ai/chatterbox-turbo@me/warm-turbo");
/// # Ok::<(), loqui_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ModelChoice {
    /// Its fields, limits and price.
    pub model: &'static Model,
    /// The other way, if one was asked for.
    pub route: Option<Route>,
}

impl ModelChoice {
    /// Reads `NAME`, `NAME:VERSION` (64 hexadecimal digits) or `NAME@OWNER/DEPLOYMENT`, where `NAME` is the full or the
    /// short name of a model.
    ///
    /// # Errors
    ///
    /// `model.unknown`.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let (name, route) = if let Some((name, deployment)) = text.split_once('@') {
            parts(deployment)?;
            (name, Some(Route::Deployment(deployment.to_owned())))
        } else if let Some((name, version)) = text.split_once(':') {
            if version.len() != 64 || !version.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                let message = format!("{version:?} is not a version: it must be 64 hexadecimal digits");
                return Err(Error::new(&code::MODEL_UNKNOWN, message));
            }
            (name, Some(Route::Version(version.to_owned())))
        } else {
            (text, None)
        };
        let model = Model::by_name(name)?;
        Ok(Self { model, route })
    }
}

impl std::fmt::Display for ModelChoice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = &self.model.name;
        match &self.route {
            Some(Route::Deployment(deployment)) => write!(f, "{name}@{deployment}"),
            Some(Route::Version(version)) => write!(f, "{name}:{version}"),
            _ => f.write_str(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_survives_being_written_and_read() {
        let version = "1b8422bc49635c20d0a84e387ed20879c0dd09254ecdb4e75dc4bec10ff94e97";
        for text in [
            "resemble-ai/chatterbox".to_owned(),
            format!("resemble-ai/chatterbox-multilingual:{version}"),
            "resemble-ai/chatterbox@me/warm".to_owned(),
        ] {
            let choice = ModelChoice::parse(&text).unwrap();
            assert_eq!(choice.to_string(), text);
            assert_eq!(ModelChoice::parse(&choice.to_string()).unwrap(), choice);
        }
        assert_eq!(ModelChoice::parse(" chatterbox ").unwrap().route, None);
    }

    #[test]
    fn what_is_none_of_them_is_refused() {
        for text in [
            "",
            "tortoise",
            "chatterbox:latest",
            "chatterbox@warm",
            "chatterbox@../x",
            "@me/warm",
        ] {
            assert_eq!(ModelChoice::parse(text).unwrap_err().code(), "model.unknown", "{text}");
        }
    }
}
