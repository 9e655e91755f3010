//! The client: one token and one API origin; clients of one token share their rate limiter.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CACHE_CONTROL, HeaderValue};
use reqwest::{Method, RequestBuilder, StatusCode};
use tracing::debug;
use url::Url;

use super::breaker::Breaker;
use super::builder::ClientBuilder;
use super::failure::{self, Problem};
use super::limiter::Limiter;
use super::origin::Origin;
use super::poller::PredictionPoller;
use super::predictions::{Claims, Searches};
use super::reference::References;
use super::shared::Shared;
use super::token::Token;
use crate::clock::{Clock, Random, SharedClock, SharedRandom};
use crate::config::Environment;
use crate::error::{Error, Result};
use crate::http::{HttpClients, HttpResponse, exchange, retry};

/// A client for Replicate's API. Cheap to clone.
///
/// All clients of one token in a process share the rate limiter, the uploaded references and the polling of predictions.
/// Clones also share connections.
///
/// # Cancellation safety
///
/// Each method documents what happens when its future is dropped. Methods that only read, such as
/// [`prediction`](Self::prediction), [`list`](Self::list) and [`download`](Self::download), have no effect when
/// dropped.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

pub(super) struct Inner {
    pub(super) origin: Origin,
    pub(super) http: HttpClients,
    pub(super) authorization: HeaderValue,
    pub(super) clock: SharedClock,
    pub(super) random: SharedRandom,
    pub(super) shared: Arc<Shared>,
    pub(super) max_queue_wait: Duration,
    pub(super) max_output_bytes: usize,
    pub(super) max_retries: u32,
}

impl Client {
    /// Creates a client for `https://api.replicate.com/v1`. Sends nothing.
    ///
    /// # Errors
    ///
    /// `replicate.missing_token` if the token is empty, `replicate.unauthorized` if it has characters that a token cannot have.
    pub fn new(token: impl Into<Token>) -> Result<Self> {
        Self::builder(token).build()
    }

    /// Creates a client from `REPLICATE_API_TOKEN` and, if set, `REPLICATE_BASE_URL`.
    ///
    /// # Errors
    ///
    /// `replicate.missing_token`, `replicate.unauthorized`, `replicate.base_url`.
    pub fn from_env() -> Result<Self> {
        let environment = Environment::read();
        let builder = Self::builder(environment.token.unwrap_or_default());
        match environment.base_url {
            Some(base_url) => builder.base_url(base_url).build(),
            None => builder.build(),
        }
    }

    /// Returns a builder for a client with other settings.
    pub fn builder(token: impl Into<Token>) -> ClientBuilder {
        ClientBuilder::new(token.into())
    }

    pub(super) fn from_inner(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    /// Returns the base URL of the API.
    pub fn base_url(&self) -> &Url {
        self.origin().url()
    }

    pub(super) fn origin(&self) -> &Origin {
        &self.0.origin
    }

    pub(super) fn http(&self) -> &HttpClients {
        &self.0.http
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.0.clock
    }

    pub(super) fn random(&self) -> &dyn Random {
        &*self.0.random
    }

    pub(super) fn creates(&self) -> &Limiter {
        &self.0.shared.creates
    }

    pub(super) fn breaker(&self) -> &Breaker {
        &self.0.shared.breaker
    }

    /// Returns the longest time that a create waits for the rate limiter.
    pub(super) fn max_queue_wait(&self) -> Duration {
        self.0.max_queue_wait
    }

    pub(super) fn references(&self) -> &References {
        &self.0.shared.references
    }

    pub(super) fn poller(&self) -> &PredictionPoller {
        &self.0.shared.poller
    }

    pub(super) fn searches(&self) -> &Searches {
        &self.0.shared.searches
    }

    pub(super) fn claims(&self) -> &Claims {
        &self.0.shared.claims
    }

    /// Returns how many requests were repeated and how long requests waited for the rate limiter.
    pub(crate) fn retry_stats(&self) -> (u64, Duration) {
        let shared = &self.0.shared;
        let waited = shared.creates.waited() + shared.others.waited();
        (shared.repeated.load(Relaxed), waited)
    }

    fn others(&self) -> &Limiter {
        &self.0.shared.others
    }

    /// Whether a call may be repeated after this many attempts.
    pub(super) fn may_repeat(&self, attempts: u32) -> bool {
        attempts <= self.0.max_retries
    }

    pub(super) fn max_output_bytes(&self) -> usize {
        self.0.max_output_bytes
    }

    /// Starts an authorized request that may be repeated.
    pub(super) fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.authorized(&self.0.http.api, method, url)
    }

    /// Starts an authorized request that must not be repeated.
    pub(super) fn create_request(&self, method: Method, url: Url) -> RequestBuilder {
        self.authorized(&self.0.http.create, method, url)
    }

    fn authorized(&self, http: &reqwest::Client, method: Method, url: Url) -> RequestBuilder {
        let is_api = self.origin().owns(&url);
        let request = http.request(method, url).header(CACHE_CONTROL, "no-store");
        if is_api {
            request.header(AUTHORIZATION, self.0.authorization.clone())
        } else {
            // URLs are built from the origin or checked against it before. This protects the token from a defect there.
            request
        }
    }

    /// Makes a call that is free of charge, with retries, and returns a response with a success status.
    ///
    /// `what` completes "could not ..." in error messages.
    pub(super) async fn call(
        &self,
        what: &str,
        cap: usize,
        make: impl Fn() -> RequestBuilder + Send + Sync,
    ) -> Result<HttpResponse> {
        let mut attempt = 1;
        loop {
            self.others()
                .acquire(self.clock(), retry::MAX_DELAY)
                .await
                .map_err(|wait| failure::throttled(what, wait))?;
            let (error, hint) = match exchange(make(), cap).await {
                Ok(response) if response.status.is_success() => {
                    self.observe_limits(self.others(), &response);
                    return Ok(response);
                }
                Ok(response) => {
                    let error = failure::from_response(what, &response, self.clock().now());
                    if !retry::is_transient(response.status) {
                        return Err(error);
                    }
                    (error, self.retry_delay(&response, attempt))
                }
                Err(error) => (failure::from_transport(what, error), None),
            };
            let delay = hint.unwrap_or_else(|| retry::backoff(attempt, self.random()));
            if !self.may_repeat(attempt) || delay > retry::MAX_DELAY {
                return Err(error);
            }
            debug!(what, attempt, code = error.code(), ?delay, "retrying");
            attempt += 1;
            self.0.shared.repeated.fetch_add(1, Relaxed);
            self.clock().sleep(delay).await;
        }
    }

    /// Returns the delay that a response asks for. A 429 also delays all other calls.
    fn retry_delay(&self, response: &HttpResponse, attempt: u32) -> Option<Duration> {
        let now = self.clock().now();
        let hint = retry::hint(response, now)
            .map(|hint| retry::jittered(hint, hint / 4 + Duration::from_millis(100), self.random()));
        if response.status != StatusCode::TOO_MANY_REQUESTS {
            return hint;
        }
        let delay = hint.unwrap_or_else(|| retry::backoff(attempt, self.random()));
        self.others()
            .throttle(now, delay, Problem::read(response).is_low_credit());
        Some(delay)
    }

    /// Passes the headers `ratelimit-remaining` and `ratelimit-reset` to the rate limiter.
    pub(super) fn observe_limits(&self, limiter: &Limiter, response: &HttpResponse) {
        let number = |name: &str| response.header(name)?.trim().parse::<u32>().ok();
        if let (Some(remaining), Some(reset)) = (number("ratelimit-remaining"), number("ratelimit-reset")) {
            let reset = Duration::from_secs(u64::from(reset.min(60)));
            limiter.observe(self.clock().now(), remaining, reset);
        }
    }

    /// Returns the name of the account. Use it to check the token: the call is free of charge.
    ///
    /// # Errors
    ///
    /// `replicate.unauthorized`, `replicate.unreachable`, `replicate.unavailable`, `replicate.rate_limited`,
    /// `replicate.bad_answer`. All API calls may return these.
    pub async fn account(&self) -> Result<String> {
        let what = "read the account";
        let url = self.origin().join(&["account"]);
        let response = self
            .call(what, 1 << 20, || self.request(Method::GET, url.clone()))
            .await?;
        let body: serde_json::Value =
            serde_json::from_slice(&response.body).map_err(|_| failure::unreadable(what, &response, "is not JSON"))?;
        let name = body.get("username").and_then(serde_json::Value::as_str);
        name.map(str::to_owned)
            .ok_or_else(|| failure::unreadable(what, &response, "has no account name"))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.base_url().as_str())
            .finish_non_exhaustive()
    }
}

/// Returns an error for a state that only a defect in this crate can cause.
pub(super) fn defect(message: &str) -> Error {
    Error::new(&crate::error::code::INTERNAL, message)
}
