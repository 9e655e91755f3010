//! Requests: TLS, redirects, and which host receives the token.

use std::error::Error as _;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{ACCEPT_ENCODING, AUTHORIZATION, HeaderMap, HeaderValue, LOCATION};
use reqwest::{Method, Response, StatusCode};
use rustls::{ClientConfig, RootCertStore};
use url::{Host, Url};

use super::super::Error;

/// Time-out of a connection, TLS included.
const CONNECT: Duration = Duration::from_secs(10);

/// Longest pause within an answer.
const READ: Duration = Duration::from_secs(30);

/// Most redirects of one request.
const MAX_REDIRECTS: usize = 5;

/// Sends requests to one server, and to those that it redirects to.
#[derive(Debug)]
pub(super) struct Client {
    http: reqwest::Client,
    base: Url,
    token: Option<HeaderValue>,
}

/// What to do with a redirect to another server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Elsewhere {
    Follow,
    Return,
}

impl Client {
    /// Checks an address and prepares requests to it. Only this server receives the token.
    pub(super) fn new(address: &str, token: Option<&str>) -> Result<Self, Error> {
        let unusable = |reason| Error::Address {
            address: address.to_owned(),
            reason,
        };
        let mut base = Url::parse(address).map_err(|_| Error::Address {
            address: address.to_owned(),
            reason: "it is not an address",
        })?;
        if !base.username().is_empty() || base.password().is_some() {
            return Err(Error::Address {
                address: "with a user name".to_owned(),
                reason: "it contains a user name or password",
            });
        }
        if base.query().is_some() || base.fragment().is_some() {
            return Err(unusable("it contains a query or a fragment"));
        }
        if !is_allowed(&base, true) {
            return Err(unusable("it does not use TLS"));
        }
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        let token = token.map(|token| {
            HeaderValue::from_str(&format!("Bearer {token}")).map(|mut value| {
                value.set_sensitive(true);
                value
            })
        });
        let token = token
            .transpose()
            .map_err(|_| unusable("its token has characters that a header cannot hold"))?;
        // Proxies are for servers of the network only.
        let builder = reqwest::Client::builder();
        let builder = if is_loopback(&base) {
            builder.no_proxy()
        } else {
            builder
        };
        let http = builder
            .tls_backend_preconfigured(tls().map_err(unusable)?)
            .user_agent(concat!("loqui/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(CONNECT)
            .read_timeout(READ)
            .build()
            .map_err(|_| unusable("the HTTP client cannot be set up"))?;
        Ok(Self { http, base, token })
    }

    /// Returns the address of a path below the base.
    pub(super) fn url(&self, path: &str) -> Result<Url, Error> {
        self.base.join(path).map_err(|_| Error::Address {
            address: format!("{}{path}", self.base),
            reason: "it is not an address",
        })
    }

    pub(super) fn has_token(&self) -> bool {
        self.token.is_some()
    }

    /// Sends a request and follows redirects. The token is sent to the server of the base address only.
    pub(super) async fn send(
        &self,
        method: Method,
        url: &Url,
        headers: &HeaderMap,
        elsewhere: Elsewhere,
    ) -> Result<Response, Error> {
        let mut target = url.clone();
        for _ in 0..=MAX_REDIRECTS {
            if !is_allowed(&target, is_loopback(&self.base)) {
                return Err(unexpected(url, "it redirects to an address without TLS"));
            }
            let mut request = self
                .http
                .request(method.clone(), target.clone())
                .headers(headers.clone())
                .header(ACCEPT_ENCODING, "identity");
            if let Some(token) = self.token.as_ref().filter(|_| same_server(&target, &self.base)) {
                request = request.header(AUTHORIZATION, token.clone());
            }
            let response = request.send().await.map_err(|error| unreachable(url, error))?;
            let Some(next) = location(&response, &target) else {
                return Ok(response);
            };
            if elsewhere == Elsewhere::Return && !same_server(&next, &self.base) {
                return Ok(response);
            }
            target = next;
        }
        Err(unexpected(url, "it redirects too often"))
    }
}

/// Returns where a redirect leads.
fn location(response: &Response, from: &Url) -> Option<Url> {
    let redirects = [
        StatusCode::MOVED_PERMANENTLY,
        StatusCode::FOUND,
        StatusCode::SEE_OTHER,
        StatusCode::TEMPORARY_REDIRECT,
        StatusCode::PERMANENT_REDIRECT,
    ];
    if !redirects.contains(&response.status()) {
        return None;
    }
    from.join(response.headers().get(LOCATION)?.to_str().ok()?).ok()
}

fn same_server(a: &Url, b: &Url) -> bool {
    a.origin() == b.origin()
}

/// Reports whether an address uses TLS, or is on this machine where that is allowed.
fn is_allowed(url: &Url, loopback: bool) -> bool {
    url.scheme() == "https" || (url.scheme() == "http" && loopback && is_loopback(url))
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// TLS as in `loqui-core`: ring and Mozilla's roots.
fn tls() -> Result<ClientConfig, &'static str> {
    let roots: RootCertStore = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
    let mut config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|_| "TLS cannot be set up")?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// Returns an address for messages, without a query, which may hold a signature.
pub(super) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    url.into()
}

pub(super) fn unexpected(url: &Url, reason: impl Into<String>) -> Error {
    Error::UnexpectedAnswer {
        url: shown(url),
        reason: reason.into(),
    }
}

pub(super) fn unreachable(url: &Url, error: reqwest::Error) -> Error {
    // The innermost cause says most: "connection refused", "invalid peer certificate".
    let error = error.without_url();
    let mut reason = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        reason = inner.to_string();
        cause = inner.source();
    }
    Error::Unreachable {
        url: shown(url),
        reason,
    }
}
