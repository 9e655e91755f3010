//! Where the container is.

use std::fmt;

use url::Url;

use crate::error::{Error, Result, code};

/// Why an address cannot be a container's.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("the address is not a URL")]
    Unreadable(#[source] url::ParseError),
    #[error("the address is not http or https")]
    Scheme,
    #[error("the address holds a query or a fragment")]
    Decorated,
}

/// The address of a container. Plain http is allowed: it stands in a network of its owner's. A user name and a password
/// in it are for a proxy in front of the container, and are never shown.
#[derive(Clone)]
pub(super) struct Address(Url);

impl Address {
    pub(super) fn parse(text: &str) -> Result<Self> {
        accepted(text.trim()).map(Self).map_err(|refusal| {
            Error::new(&code::COG_URL, "the address of the Cog container cannot be used").with_source(refusal)
        })
    }

    /// The address of a path under it, given as its parts; each part is escaped.
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

fn accepted(text: &str) -> Result<Url, Refusal> {
    let url = Url::parse(text).map_err(Refusal::Unreadable)?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(Refusal::Scheme);
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(Refusal::Decorated);
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_appended_and_escaped() {
        let address = Address::parse(" http://gpu-box:5000/tts/ ").unwrap();
        assert_eq!(
            address.join(&["predictions", "a/b"]).as_str(),
            "http://gpu-box:5000/tts/predictions/a%2Fb"
        );
    }

    #[test]
    fn a_password_is_never_shown() {
        let address = Address::parse("https://me:secret@gpu-box").unwrap();
        assert_eq!(format!("{address} {address:?}"), "https://gpu-box https://gpu-box");
    }

    #[test]
    fn what_is_no_address_of_a_container_is_refused() {
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
