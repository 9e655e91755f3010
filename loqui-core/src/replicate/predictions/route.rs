//! The three endpoints by which a model is called.

use super::super::origin::Origin;
use crate::error::{Error, Result, code};

/// A model and the endpoint by which it is called (<https://replicate.com/docs/reference/http#predictions.create>).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Route {
    /// An official model by its name, `owner/name`. Replicate returns 404 for community models
    /// (<https://replicate.com/docs/topics/models/official-models>).
    Official(String),
    /// Any model by its version: 64 hexadecimal digits, alone or after `owner/name:`.
    Version(String),
    /// A deployment by its name, `owner/name`.
    Deployment(String),
}

impl Route {
    /// Returns the URL and the `version` for the request body.
    pub(in crate::replicate) fn target(&self, origin: &Origin) -> Result<(url::Url, Option<&str>)> {
        match self {
            Self::Official(name) => {
                let (owner, name) = split_name(name)?;
                Ok((origin.join(&["models", owner, name, "predictions"]), None))
            }
            Self::Deployment(name) => {
                let (owner, name) = split_name(name)?;
                Ok((origin.join(&["deployments", owner, name, "predictions"]), None))
            }
            Self::Version(version) => {
                let (name, hash) = version
                    .rsplit_once(':')
                    .map_or((None, version.as_str()), |(name, hash)| (Some(name), hash));
                if hash.len() != 64 || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                    let message = format!("{version:?} is not a version: it must end in 64 hexadecimal digits");
                    return Err(Error::new(&code::MODEL_UNKNOWN, message));
                }
                name.map(split_name).transpose()?;
                Ok((origin.join(&["predictions"]), Some(version)))
            }
        }
    }
}

/// Splits `owner/name`.
pub(in crate::replicate) fn split_name(name: &str) -> Result<(&str, &str)> {
    let valid = |part: &str| {
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        !part.is_empty() && part.len() <= 200 && !part.starts_with('.') && part.bytes().all(legal)
    };
    name.split_once('/')
        .filter(|(owner, name)| valid(owner) && valid(name))
        .ok_or_else(|| {
            Error::new(
                &code::MODEL_UNKNOWN,
                format!("{name:?} is not a model name: it must be owner/name"),
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_route_has_its_url() {
        let origin = Origin::parse("https://api.replicate.com/v1").unwrap();
        let target = |route: Route| {
            route
                .target(&origin)
                .map(|(url, version)| (url.path().to_owned(), version.map(str::to_owned)))
        };
        let official = target(Route::Official("resemble-ai/chatterbox".into())).unwrap();
        assert_eq!(official, ("/v1/models/resemble-ai/chatterbox/predictions".into(), None));
        let deployment = target(Route::Deployment("me/warm".into())).unwrap();
        assert_eq!(deployment.0, "/v1/deployments/me/warm/predictions");
        let hash = "a".repeat(64);
        let version = target(Route::Version(format!("resemble-ai/chatterbox:{hash}"))).unwrap();
        assert_eq!(
            version,
            ("/v1/predictions".into(), Some(format!("resemble-ai/chatterbox:{hash}")))
        );
        assert!(target(Route::Version(hash)).is_ok());
    }

    #[test]
    fn names_that_are_unsafe_in_a_path_are_refused() {
        let origin = Origin::parse("https://api.replicate.com/v1").unwrap();
        for name in [
            "chatterbox",
            "../account",
            "a/../b",
            "a/b/c",
            "a/..",
            "/",
            "a/b?c",
            "a/b c",
            "",
        ] {
            assert!(Route::Official(name.into()).target(&origin).is_err(), "{name}");
            assert!(Route::Deployment(name.into()).target(&origin).is_err(), "{name}");
        }
        for version in ["latest", "a/b:latest", "a/b/c:", ":"] {
            assert!(Route::Version(version.into()).target(&origin).is_err(), "{version}");
        }
    }
}
