//! The wire: three `reqwest` clients with what each may do, and answers read up to a cap.

use std::fmt;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::HeaderMap;
use reqwest::{RequestBuilder, Response, StatusCode};

use super::public_dns::PublicDns;
use crate::error::{Error, Result, code};
use crate::tls;

/// How long to wait for whom.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timeouts {
    /// For a connection, TLS included.
    pub(super) connect: Duration,
    /// For a whole call of the API.
    pub(super) call: Duration,
    /// For a whole download, each attempt.
    pub(super) download: Duration,
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

/// The three clients. None follows redirects and none repeats a request by itself. The usual proxy variables are honoured
/// for https, where a proxy sees no token; an emulator on this machine is always called directly.
#[derive(Clone)]
pub(super) struct HttpClients {
    /// Every call of the API but creates.
    pub(super) api: reqwest::Client,
    /// Creates only. Each goes over a fresh HTTP/1.1 connection. On one that had been idle, the provider may be hanging
    /// up just as the request leaves, and nobody could say whether it arrived; and hyper puts a request that it takes
    /// for unsent on another connection by itself. A handshake costs less than looking for a lost prediction.
    pub(super) create: reqwest::Client,
    /// Outputs: no token, and public addresses only.
    pub(super) output: reqwest::Client,
}

impl HttpClients {
    pub(super) fn new(timeouts: Timeouts, direct: bool) -> Result<Self> {
        let plain = |protocols: &[&str]| plain(protocols, direct, timeouts.connect);
        Ok(Self {
            api: build(plain(&["h2", "http/1.1"])?.timeout(timeouts.call))?,
            create: build(
                plain(&["http/1.1"])?
                    .http1_only()
                    .pool_max_idle_per_host(0)
                    .timeout(timeouts.call),
            )?,
            output: build(
                plain(&["h2", "http/1.1"])?
                    .dns_resolver(PublicDns)
                    .timeout(timeouts.download),
            )?,
        })
    }
}

/// A client that follows no redirects and repeats nothing; `direct` leaves proxies out.
pub(crate) fn plain(protocols: &[&str], direct: bool, connect: Duration) -> Result<reqwest::ClientBuilder> {
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

pub(crate) fn build(builder: reqwest::ClientBuilder) -> Result<reqwest::Client> {
    builder.build().map_err(|error| {
        Error::new(&code::INTERNAL, "could not set up the HTTP client").with_source(error.without_url())
    })
}

/// A whole answer.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// A header as text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answer({}, {} bytes)", self.status, self.body.len())
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TransportError {
    /// There never was a connection: nothing was sent.
    #[error("no connection to the API")]
    NotSent(#[source] reqwest::Error),
    /// The connection broke or time ran out after something may have been sent.
    #[error("the connection broke, or time ran out, before the answer was there")]
    Lost(#[source] reqwest::Error),
    /// The answer is longer than it may be.
    #[error("the answer is longer than {cap} bytes")]
    TooLong { cap: usize },
}

impl TransportError {
    /// Sorts an error of the wire; addresses are taken out, they may be signed.
    pub(super) fn from_wire(error: reqwest::Error) -> Self {
        let error = error.without_url();
        if error.is_connect() || error.is_builder() {
            Self::NotSent(error)
        } else {
            Self::Lost(error)
        }
    }
}

/// Sends one request once and reads the whole answer, up to `cap` bytes.
pub(crate) async fn exchange(request: RequestBuilder, cap: usize) -> Result<Answer, TransportError> {
    let response = request.send().await.map_err(TransportError::from_wire)?;
    let status = response.status();
    let headers = response.headers().clone();
    let body = read(response, cap).await?;
    Ok(Answer { status, headers, body })
}

async fn read(mut response: Response, cap: usize) -> Result<Bytes, TransportError> {
    if response.content_length().is_some_and(|length| length > cap as u64) {
        return Err(TransportError::TooLong { cap });
    }
    let mut body = BytesMut::new();
    // Once the head of an answer is there, the request has been sent: whatever breaks now is an answer lost.
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| TransportError::Lost(error.without_url()))?
    {
        if body.len() + chunk.len() > cap {
            return Err(TransportError::TooLong { cap });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}
