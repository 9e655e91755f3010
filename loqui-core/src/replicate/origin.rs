//! The API's base URL. The token is sent to this origin only.

use std::net::IpAddr;

use url::{Host, Url};

use crate::error::{Error, Result, code};
use crate::http::redact::RedactedUrl;

/// Base URL of Replicate's API.
pub const DEFAULT_BASE_URL: &str = "https://api.replicate.com/v1";

/// Why a base URL cannot be used.
#[derive(Debug, thiserror::Error)]
enum BaseUrlError {
    #[error("the base URL is not a URL")]
    Unreadable(#[source] url::ParseError),
    #[error("the base URL is not https; plain http is allowed for this machine only (localhost, 127.0.0.1, [::1])")]
    Unencrypted,
    #[error("the base URL contains a user name, a password, a query or a fragment")]
    Decorated,
}

/// The base URL of the API.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    base: Url,
}

impl Origin {
    /// Checks a base URL: https, or http on this machine (an emulator).
    pub(super) fn parse(base_url: &str) -> Result<Self> {
        Self::accept(base_url.trim()).map_err(|source| {
            let shown = RedactedUrl(base_url.trim()).to_string();
            Error::new(
                &code::REPLICATE_BASE_URL,
                format!("the base URL {shown} cannot be used"),
            )
            .with_source(source)
        })
    }

    fn accept(base_url: &str) -> Result<Self, BaseUrlError> {
        let mut base = Url::parse(base_url).map_err(BaseUrlError::Unreadable)?;
        let encrypted = base.scheme() == "https" && base.has_host();
        let emulator = base.scheme() == "http" && is_loopback(&base);
        if !encrypted && !emulator {
            return Err(BaseUrlError::Unencrypted);
        }
        let plain = base.username().is_empty() && base.password().is_none();
        if !plain || base.query().is_some() || base.fragment().is_some() {
            return Err(BaseUrlError::Decorated);
        }
        let path = base.path().trim_end_matches('/').to_owned();
        base.set_path(&path);
        Ok(Self { base })
    }

    /// Returns the URL of a path below the base. Each segment is escaped.
    pub(super) fn join(&self, parts: &[&str]) -> Url {
        let mut url = self.base.clone();
        url.path_segments_mut()
            .expect("http and https URLs have paths")
            .pop_if_empty()
            .extend(parts);
        url
    }

    /// Returns true if the URL has the API's scheme, host and port.
    pub(super) fn owns(&self, url: &Url) -> bool {
        self.base.origin() == url.origin() && url.username().is_empty() && url.password().is_none()
    }

    /// Returns true if the API is on this machine (an emulator).
    pub(super) fn is_loopback(&self) -> bool {
        is_loopback(&self.base)
    }

    /// Returns the base URL.
    pub(super) fn url(&self) -> &Url {
        &self.base
    }
}

/// Returns true if the host is this machine.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined_below_the_base_url() {
        for base in ["https://api.replicate.com/v1", "https://api.replicate.com/v1/"] {
            let origin = Origin::parse(base).unwrap();
            let url = origin.join(&["predictions", "abc", "cancel"]);
            assert_eq!(url.as_str(), "https://api.replicate.com/v1/predictions/abc/cancel");
        }
        let origin = Origin::parse("http://127.0.0.1:4000").unwrap();
        assert_eq!(
            origin.join(&["a/../b?c"]).as_str(),
            "http://127.0.0.1:4000/a%2F..%2Fb%3Fc"
        );
    }

    #[test]
    fn plain_http_is_refused_for_other_machines() {
        for bad in [
            "http://api.replicate.com/v1",
            "http://127.0.0.1.evil.example/v1",
            "http://localhost.evil.example",
            "ftp://localhost/",
            "https://user:pass@api.replicate.com/v1",
            "https://api.replicate.com/v1?x=y",
            "api.replicate.com",
            "",
        ] {
            let error = Origin::parse(bad).unwrap_err();
            assert_eq!(error.code(), "replicate.base_url", "{bad}");
            assert!(!error.to_string().contains("user:pass"));
        }
        for good in [
            "http://localhost:1/v1",
            "http://[::1]:1",
            "http://127.1.2.3:1/v1",
            "https://example.com/v1",
        ] {
            assert!(Origin::parse(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn another_port_is_another_origin() {
        let origin = Origin::parse("http://127.0.0.1:4000/v1").unwrap();
        assert!(origin.owns(&Url::parse("http://127.0.0.1:4000/v1/predictions?cursor=a").unwrap()));
        for other in [
            "http://127.0.0.1:4001/v1",
            "https://127.0.0.1:4000/v1",
            "http://u@127.0.0.1:4000/v1",
        ] {
            assert!(!origin.owns(&Url::parse(other).unwrap()), "{other}");
        }
    }
}
