//! The base URL of a container.

use std::fmt;

use url::Url;

use crate::error::{Error, Result, code};

/// Why a URL cannot be used for a container.
#[derive(Debug, thiserror::Error)]
enum AddressError {
    #[error("the address is not a URL")]
    Unreadable(#[source] url::ParseError),
    #[error("the address is not http or https")]
    Scheme,
    #[error("the address has a query or a fragment")]
    Decorated,
}

/// The base URL of a container. Plain http is allowed, because containers usually run in a private network. A user name
/// and password are for a proxy in front of the container and are never shown.
#[derive(Clone)]
pub(super) struct Address(Url);

impl Address {
    pub(super) fn parse(text: &str) -> Result<Self> {
        check(text.trim()).map(Self).map_err(|source| {
            Error::new(&code::COG_URL, "the address of the Cog container cannot be used").with_source(source)
        })
    }

    /// Returns the URL of a path below the base. Each segment is escaped.
    pub(super) fn join(&self, parts: &[&str]) -> Url {
        let mut url = self.0.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(parts);
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

fn check(text: &str) -> Result<Url, AddressError> {
    let url = Url::parse(text).map_err(AddressError::Unreadable)?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(AddressError::Scheme);
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(AddressError::Decorated);
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_segments_are_appended_and_escaped() {
        let address = Address::parse(" http://gpu-box:5000/tts/ ").unwrap();
        assert_eq!(
            address.join(&["predictions", "a/b"]).as_str(),
            "http://gpu-box:5000/tts/predictions/a%2Fb"
        );
    }

    #[test]
    fn password_is_not_shown() {
        let address = Address::parse("https://me:secret@gpu-box").unwrap();
        assert_eq!(format!("{address} {address:?}"), "https://gpu-box https://gpu-box");
    }

    #[test]
    fn unusable_urls_are_refused() {
        for text in [
            "",
            "gpu-box:5000",
            "ftp://gpu-box",
            "http://gpu-box/?x=1",
            "http://gpu-box/#x",
        ] {
            assert_eq!(Address::parse(text).unwrap_err().code(), "cog.url", "{text}");
        }
    }
}
