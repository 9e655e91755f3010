//! Settings of a client.

use std::sync::Arc;
use std::time::Duration;

use super::client::{Client, Inner};
use super::origin::{DEFAULT_BASE_URL, Origin};
use super::shared::Shared;
use super::token::Token;
use crate::clock::{SharedClock, SharedRandom, System};
use crate::error::Result;
use crate::http::retry::MAX_RETRIES;
use crate::http::{HttpClients, Timeouts};

/// Builds a [`Client`].
#[derive(Clone, Debug)]
#[must_use]
pub struct ClientBuilder {
    token: Token,
    base_url: String,
    timeouts: Timeouts,
    max_queue_wait: Duration,
    max_output_bytes: usize,
    max_retries: u32,
    clock: Option<SharedClock>,
    random: SharedRandom,
}

impl ClientBuilder {
    pub(super) fn new(token: Token) -> Self {
        Self {
            token,
            base_url: DEFAULT_BASE_URL.to_owned(),
            timeouts: Timeouts::default(),
            max_queue_wait: Duration::from_secs(10),
            max_output_bytes: 64 << 20,
            max_retries: MAX_RETRIES,
            clock: None,
            random: Arc::new(System),
        }
    }

    /// Sets the base URL of the API. Default: `https://api.replicate.com/v1`.
    ///
    /// Plain http is allowed for this machine only. Then outputs may also come from the same host, as with an emulator.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = base_url.into();
        self
    }

    /// Sets the connection timeout. Default: 5 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.connect = timeout;
        self
    }

    /// Sets the timeout of one API call, from connecting to the last byte. Default: 30 s. It is also the most for a create: the
    /// search for lost predictions relies on that.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.call = timeout;
        self
    }

    /// Sets the timeout of one attempt to download an output. Default: 60 s.
    pub fn download_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.download = timeout;
        self
    }

    /// Sets the longest time that a create waits for the rate limiter. Default: 10 s.
    ///
    /// A create that would wait longer fails at once with `replicate.rate_limited` and the remaining delay.
    pub fn max_queue_wait(mut self, wait: Duration) -> Self {
        self.max_queue_wait = wait;
        self
    }

    /// Sets how often a call that is free of charge is repeated after an error that may pass. Default: 3. Creates are never repeated.
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.max_retries = retries;
        self
    }

    /// Sets the size limit of a downloaded output, in bytes. Default: 64 MiB.
    pub fn max_output_bytes(mut self, bytes: usize) -> Self {
        self.max_output_bytes = bytes;
        self
    }

    /// Sets the clock. A client with its own clock does not share state with other clients of its token.
    pub fn clock(mut self, clock: SharedClock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Sets the source of randomness for retry delays.
    pub fn random(mut self, random: SharedRandom) -> Self {
        self.random = random;
        self
    }

    /// Builds the client. Sends nothing.
    ///
    /// # Errors
    ///
    /// `replicate.missing_token`, `replicate.unauthorized` (invalid characters), `replicate.base_url`.
    pub fn build(self) -> Result<Client> {
        let origin = Origin::parse(&self.base_url)?;
        let authorization = self.token.header()?;
        let shared = match &self.clock {
            None => Shared::of(origin.url().as_str(), authorization.as_bytes()),
            Some(_) => Shared::unshared(),
        };
        Ok(Client::from_inner(Inner {
            authorization,
            http: HttpClients::new(self.timeouts, origin.is_loopback())?,
            origin,
            clock: self.clock.unwrap_or_else(|| Arc::new(System)),
            random: self.random,
            shared,
            max_queue_wait: self.max_queue_wait,
            max_output_bytes: self.max_output_bytes,
            max_retries: self.max_retries,
        }))
    }
}
