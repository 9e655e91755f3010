//! The client: one token, one origin, one pace for everybody who shares it.

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
use super::http::{Answer, HttpClients, exchange};
use super::limiter::Limiter;
use super::origin::Origin;
use super::poller::PredictionPoller;
use super::predictions::{Claims, Searches};
use super::reference::References;
use super::retry;
use super::shared::Shared;
use super::token::Token;
use crate::clock::{Clock, Random, SharedClock, SharedRandom};
use crate::config::Environment;
use crate::error::{Error, Result};

/// Talks to Replicate. Cheap to clone. All clients of one token in a process share the pace, the uploaded references and
/// the looks at predictions; clones share the connections, too.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

pub(super) struct Inner {
    pub(super) origin: Origin,
    pub(super) wires: HttpClients,
    pub(super) authorization: HeaderValue,
    pub(super) clock: SharedClock,
    pub(super) random: SharedRandom,
    pub(super) shared: Arc<Shared>,
    pub(super) patience: Duration,
    pub(super) max_output_bytes: usize,
}

impl Client {
    /// Builds a client for Replicate itself. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// `replicate.missing_token` if the token is empty, `replicate.unauthorized` if it cannot be a token.
    pub fn new(token: impl Into<Token>) -> Result<Self> {
        Self::builder(token).build()
    }

    /// Builds a client from `REPLICATE_API_TOKEN` and, for an emulator, `REPLICATE_BASE_URL`.
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

    /// Begins a client whose settings differ from the usual ones.
    pub fn builder(token: impl Into<Token>) -> ClientBuilder {
        ClientBuilder::new(token.into())
    }

    pub(super) fn from_inner(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    /// The base address of the API.
    pub fn base_url(&self) -> &Url {
        self.origin().url()
    }

    pub(super) fn origin(&self) -> &Origin {
        &self.0.origin
    }

    pub(super) fn wires(&self) -> &HttpClients {
        &self.0.wires
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

    /// How long a create waits for its turn.
    pub(super) fn patience(&self) -> Duration {
        self.0.patience
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

    /// How many requests were repeated, and how long all waited for their turns.
    pub(crate) fn patience_shown(&self) -> (u64, Duration) {
        let shared = &self.0.shared;
        let waited = shared.creates.waited() + shared.others.waited();
        (shared.repeated.load(Relaxed), waited)
    }

    fn others(&self) -> &Limiter {
        &self.0.shared.others
    }

    pub(super) fn max_output_bytes(&self) -> usize {
        self.0.max_output_bytes
    }

    /// A request to the API that may be repeated, with the token.
    pub(super) fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.authorized(&self.0.wires.api, method, url)
    }

    /// A request that must never be repeated, with the token.
    pub(super) fn create_request(&self, method: Method, url: Url) -> RequestBuilder {
        self.authorized(&self.0.wires.create, method, url)
    }

    fn authorized(&self, wire: &reqwest::Client, method: Method, url: Url) -> RequestBuilder {
        let ours = self.origin().owns(&url);
        let request = wire.request(method, url).header(CACHE_CONTROL, "no-store");
        if ours {
            request.header(AUTHORIZATION, self.0.authorization.clone())
        } else {
            // Every address is built from the origin or checked against it before; this keeps a slip from leaking.
            request
        }
    }

    /// Makes a call that costs nothing if it is repeated, a few times if need be, and answers with a good status.
    /// `what` completes "could not ...".
    pub(super) async fn call(
        &self,
        what: &str,
        cap: usize,
        make: impl Fn() -> RequestBuilder + Send + Sync,
    ) -> Result<Answer> {
        let mut attempt = 1;
        loop {
            self.others()
                .turn(self.clock(), retry::PATIENCE)
                .await
                .map_err(|wait| failure::throttled(what, wait))?;
            let outcome = exchange(make(), cap).await;
            let (error, hint) = match outcome {
                Ok(answer) if answer.status.is_success() => {
                    self.learn(self.others(), &answer);
                    return Ok(answer);
                }
                Ok(answer) => {
                    let error = failure::from_answer(what, &answer, self.clock().now());
                    if !retry::is_transient(answer.status) {
                        return Err(error);
                    }
                    (error, self.refused(&answer, attempt))
                }
                Err(trouble) => (failure::from_trouble(what, trouble), None),
            };
            let wait = hint.unwrap_or_else(|| retry::backoff(attempt, self.random()));
            if attempt == retry::ATTEMPTS || wait > retry::PATIENCE {
                return Err(error);
            }
            debug!(what, attempt, code = error.code(), ?wait, "trying again");
            attempt += 1;
            self.0.shared.repeated.fetch_add(1, Relaxed);
            self.clock().sleep(wait).await;
        }
    }

    /// How long to wait after such an answer: what it says, else the usual back-off. A refusal for too many requests holds
    /// back all other calls too.
    fn refused(&self, answer: &Answer, attempt: u32) -> Option<Duration> {
        let now = self.clock().now();
        let hint = retry::hint(answer, now)
            .map(|hint| retry::jittered(hint, hint / 4 + Duration::from_millis(100), self.random()));
        if answer.status != StatusCode::TOO_MANY_REQUESTS {
            return hint;
        }
        let wait = hint.unwrap_or_else(|| retry::backoff(attempt, self.random()));
        self.others().refused(now, wait, Problem::read(answer).is_low_credit());
        Some(wait)
    }

    /// Learns the pace from `ratelimit-remaining` and `ratelimit-reset`.
    pub(super) fn learn(&self, limiter: &Limiter, answer: &Answer) {
        let number = |name: &str| answer.header(name)?.trim().parse::<u32>().ok();
        if let (Some(remaining), Some(reset)) = (number("ratelimit-remaining"), number("ratelimit-reset")) {
            let reset = Duration::from_secs(u64::from(reset.min(60)));
            limiter.learned(self.clock().now(), remaining, reset);
        }
    }

    /// Checks the token without paying for anything: the name of the account.
    ///
    /// # Errors
    ///
    /// `replicate.unauthorized`, and those of every call.
    pub async fn account(&self) -> Result<String> {
        let what = "read the account";
        let url = self.origin().join(&["account"]);
        let answer = self
            .call(what, 1 << 20, || self.request(Method::GET, url.clone()))
            .await?;
        let body: serde_json::Value =
            serde_json::from_slice(&answer.body).map_err(|_| failure::unreadable(what, &answer, "is not JSON"))?;
        let name = body.get("username").and_then(serde_json::Value::as_str);
        name.map(str::to_owned)
            .ok_or_else(|| failure::unreadable(what, &answer, "names no account"))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.base_url().as_str())
            .finish_non_exhaustive()
    }
}

/// The caller's error for something that only a defect here can cause.
pub(super) fn defect(message: &str) -> Error {
    Error::new(&crate::error::code::INTERNAL, message)
}
