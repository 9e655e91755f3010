//! Construction of `reqwest` clients: TLS, timeouts, no redirects, no automatic retries.

use std::time::Duration;

use super::public_dns::PublicDns;
use crate::error::{Error, Result, code};
use crate::tls;

/// Timeouts of the clients in [`HttpClients`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timeouts {
    /// For a connection, including the TLS handshake.
    pub(crate) connect: Duration,
    /// For one API call, from connecting to the last byte of the response.
    pub(crate) call: Duration,
    /// For one download attempt.
    pub(crate) download: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            call: Duration::from_secs(30),
            download: Duration::from_mins(1),
        }
    }
}

/// The longest timeout of a create. `Reconciliation::settle` relies on it.
const MAX_CREATE_TIMEOUT: Duration = Duration::from_secs(30);

/// The clients for a provider whose creates cost money.
///
/// None of them follows redirects or repeats a request. Proxy environment variables apply to https only, where the proxy
/// does not see the token. An emulator on this machine is always called directly.
#[derive(Clone)]
pub(crate) struct HttpClients {
    /// For API calls that may be repeated.
    pub(crate) api: reqwest::Client,
    /// For creates, which must not be repeated.
    ///
    /// Each create uses a new HTTP/1.1 connection. On an idle connection the server may close just as the request
    /// leaves, and then the client cannot know whether the request arrived. hyper also moves a request that it considers
    /// unsent to another connection on its own. A handshake costs less than a search for a lost prediction.
    pub(crate) create: reqwest::Client,
    /// For outputs: sends no token and connects to public addresses only.
    pub(crate) output: reqwest::Client,
}

impl HttpClients {
    /// Builds the clients. `direct` ignores proxy settings.
    pub(crate) fn new(timeouts: Timeouts, direct: bool) -> Result<Self> {
        let builder = |protocols: &[&str]| client_builder(protocols, direct, timeouts.connect);
        Ok(Self {
            api: build(builder(&["h2", "http/1.1"])?.timeout(timeouts.call))?,
            create: build(
                builder(&["http/1.1"])?
                    .http1_only()
                    .pool_max_idle_per_host(0)
                    .timeout(timeouts.call.min(MAX_CREATE_TIMEOUT)),
            )?,
            output: build(
                builder(&["h2", "http/1.1"])?
                    .dns_resolver(PublicDns)
                    .timeout(timeouts.download),
            )?,
        })
    }
}

/// Returns a builder for a client that follows no redirects and repeats no requests. `direct` ignores proxy settings.
pub(crate) fn client_builder(protocols: &[&str], direct: bool, connect: Duration) -> Result<reqwest::ClientBuilder> {
    let builder = reqwest::Client::builder();
    let builder = if direct { builder.no_proxy() } else { builder };
    Ok(builder
        .tls_backend_preconfigured(tls::client(protocols)?)
        .user_agent(concat!("loqui/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(connect))
}

/// Builds a client.
pub(crate) fn build(builder: reqwest::ClientBuilder) -> Result<reqwest::Client> {
    builder.build().map_err(|error| {
        Error::new(&code::INTERNAL, "could not set up the HTTP client").with_source(error.without_url())
    })
}
