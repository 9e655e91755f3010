//! TLS configuration for all outgoing connections.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};

use crate::error::{Error, Result, code};

/// Returns a TLS configuration with ring and Mozilla's root certificates, so that it works without a system certificate
/// store. `protocols` are offered in this order, for instance `h2` and `http/1.1`.
pub(crate) fn client(protocols: &[&str]) -> Result<ClientConfig> {
    let roots: RootCertStore = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
    let mut config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::new(&code::INTERNAL, "could not set up TLS").with_source(error))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    Ok(config)
}
