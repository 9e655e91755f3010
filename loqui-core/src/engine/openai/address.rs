//! The address of a server.

use std::fmt;

use url::Url;

use crate::error::{Error, Result, code};

/// The address of a server without `/v1`. Plain http is allowed, because such servers usually run in a private network.
#[derive(Clone)]
pub(super) struct Address(Url);

impl Address {
    pub(super) fn parse(text: &str) -> Result<Self> {
        let refused = |message: &str| Error::new(&code::OPENAI_URL, message);
        let mut url = Url::parse(text.trim())
            .map_err(|source| refused("the address of the server is not a URL").with_source(source))?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(refused("the address of the server is not http or https"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(refused("the address of the server has a query or a fragment"));
        }
        let path = url.path().trim_end_matches('/');
        let root = path.strip_suffix("/v1").unwrap_or(path).to_owned();
        url.set_path(&root);
        Ok(Self(url))
    }

    /// The URL of a path, for instance `v1/audio/speech`.
    pub(super) fn join(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        if let Ok(mut parts) = url.path_segments_mut() {
            parts.pop_if_empty().extend(path.split('/'));
        }
        url
    }

    pub(super) fn is_encrypted(&self) -> bool {
        self.0.scheme() == "https"
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.origin().ascii_serialization())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_with_and_without_version_are_equal() {
        for (text, speech) in [
            ("http://box:8004", "http://box:8004/v1/audio/speech"),
            (" http://box:8004/v1/ ", "http://box:8004/v1/audio/speech"),
            ("https://box/voice/v1", "https://box/voice/v1/audio/speech"),
        ] {
            assert_eq!(Address::parse(text).unwrap().join("v1/audio/speech").as_str(), speech);
        }
    }

    #[test]
    fn unusable_addresses_are_refused_without_their_password() {
        for text in ["", "box:8004", "ftp://box", "http://me:hush@box/?x=1"] {
            let error = Address::parse(text).unwrap_err();
            assert!(error.is(&code::OPENAI_URL), "{text}");
            assert!(!crate::error::report(&error).contains("hush"));
        }
    }
}
