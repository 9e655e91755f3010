//! A model name with an optional version or deployment, as users write it.

use super::Model;
use crate::error::{Error, Result, code};
use crate::replicate::predictions::{Route, split_name};

/// A model, and the version or deployment by which it is called.
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
    /// The model's fields, limits and price.
    pub model: &'static Model,
    /// The version or deployment, if one was given.
    pub route: Option<Route>,
}

impl ModelChoice {
    /// Parses `NAME`, `NAME:VERSION` (64 hexadecimal digits) or `NAME@OWNER/DEPLOYMENT`. `NAME` is the full or short name
    /// of a model.
    ///
    /// # Errors
    ///
    /// `model.unknown`.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let (name, route) = if let Some((name, deployment)) = text.split_once('@') {
            split_name(deployment)?;
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
    fn display_and_parse_are_inverse() {
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
    fn other_forms_are_refused() {
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
