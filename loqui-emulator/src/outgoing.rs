//! HTTP clients for fetching references and delivering webhooks.

use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::Policy;

use crate::error::Error;

/// The HTTP clients of the emulator.
#[derive(Debug, Clone)]
pub(crate) struct Outgoing {
    /// For references: follows redirects.
    pub(crate) fetch: reqwest::Client,
    /// For webhooks: follows no redirects.
    pub(crate) deliver: reqwest::Client,
}

impl Outgoing {
    pub(crate) fn new() -> Result<Self, Error> {
        let client = |redirects| {
            reqwest::Client::builder()
                .tls_backend_preconfigured(tls()?)
                .redirect(redirects)
                .timeout(Duration::from_secs(10))
                .no_proxy()
                .build()
                .map_err(|source| Error::Client { source: source.into() })
        };
        Ok(Self {
            fetch: client(Policy::limited(5))?,
            deliver: client(Policy::none())?,
        })
    }
}

fn tls() -> Result<rustls::ClientConfig, Error> {
    let roots = webpki_roots::TLS_SERVER_ROOTS
        .iter()
        .cloned()
        .collect::<rustls::RootCertStore>();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|source| Error::Client { source: source.into() })?
        .with_root_certificates(roots)
        .with_no_client_auth())
}
