//! Settings of a client.

use std::sync::Arc;
use std::time::Duration;

use super::client::{Client, Inner};
use super::http::{HttpClients, Timeouts};
use super::origin::{DEFAULT_BASE_URL, Origin};
use super::shared::Shared;
use super::token::Token;
use crate::clock::{SharedClock, SharedRandom, System};
use crate::error::Result;

/// Builds a [`Client`].
#[derive(Clone, Debug)]
#[must_use]
pub struct ClientBuilder {
    token: Token,
    base_url: String,
    timeouts: Timeouts,
    patience: Duration,
    max_output_bytes: usize,
    clock: Option<SharedClock>,
    random: SharedRandom,
}

impl ClientBuilder {
    pub(super) fn new(token: Token) -> Self {
        Self {
            token,
            base_url: DEFAULT_BASE_URL.to_owned(),
            timeouts: Timeouts::default(),
            patience: Duration::from_secs(10),
            max_output_bytes: 64 << 20,
            clock: None,
            random: Arc::new(System),
        }
    }

    /// Replaces the API's address, `https://api.replicate.com/v1`. Plain http is allowed on this machine only; then
    /// outputs may come from the same host too, as an emulator's do.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = base_url.into();
        self
    }

    /// Replaces how long a connection may take: 5 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.connect = timeout;
        self
    }

    /// Replaces how long one call of the API may take, from connecting to the last byte: 30 s.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.call = timeout;
        self
    }

    /// Replaces how long one attempt to download an output may take: 60 s.
    pub fn download_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.download = timeout;
        self
    }

    /// Replaces how long a create waits for its turn within the rate limit: 10 s. If the turn comes later, the create
    /// is answered at once with `replicate.rate_limited` and how long it would take.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Replaces the largest output that is downloaded: 64 MiB.
    pub fn max_output_bytes(mut self, bytes: usize) -> Self {
        self.max_output_bytes = bytes;
        self
    }

    /// Replaces the clock. Such a client shares nothing with others of its token: they live at another time.
    pub fn clock(mut self, clock: SharedClock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Replaces the randomness of back-offs.
    pub fn random(mut self, random: SharedRandom) -> Self {
        self.random = random;
        self
    }

    /// Builds the client. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// `replicate.missing_token`, `replicate.unauthorized` (it cannot be a token), `replicate.base_url`.
    pub fn build(self) -> Result<Client> {
        let origin = Origin::parse(&self.base_url)?;
        let authorization = self.token.header()?;
        let shared = match &self.clock {
            None => Shared::of(origin.url().as_str(), authorization.as_bytes()),
            Some(_) => Shared::alone(),
        };
        Ok(Client::from_inner(Inner {
            authorization,
            wires: HttpClients::new(self.timeouts, origin.is_loopback())?,
            origin,
            clock: self.clock.unwrap_or_else(|| Arc::new(System)),
            random: self.random,
            shared,
            patience: self.patience,
            max_output_bytes: self.max_output_bytes,
        }))
    }
}
