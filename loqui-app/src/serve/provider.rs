//! The engine of the server, and whether its provider is reachable.

use std::time::{Duration, Instant};

use loqui_core::replicate::Client;
use loqui_core::replicate::webhooks::WebhookSecret;
use loqui_core::{Error, ErrorKind, Loqui};
use tokio::sync::{Mutex, OnceCell};

/// How long a result is reused, so that monitoring does not load the provider.
const CACHE_TIME: Duration = Duration::from_secs(30);
/// The timeout of a request to the provider.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The result of a request to the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reachability {
    /// The provider accepts the token.
    Accepted,
    /// The provider refuses the token.
    Refused(String),
    /// The provider did not respond.
    Unreachable(String),
}

/// The engine of the server, with the library's client of the provider.
#[derive(Debug)]
pub(crate) struct Provider {
    client: Option<Client>,
    engine: String,
    model: String,
    latest: Mutex<Option<(Instant, Reachability)>>,
    webhook_secret: OnceCell<WebhookSecret>,
}

impl Provider {
    /// Uses the client of the library, so that checks use the same address and token as generations.
    ///
    /// # Errors
    ///
    /// `engine.unavailable`.
    pub(crate) fn new(loqui: &Loqui, webhook_secret: Option<&str>) -> Result<Self, Error> {
        let client = loqui
            .replicate()
            .filter(|_| loqui.engine() == "replicate")
            .map(|engine| engine.client().clone());
        Ok(Self {
            client,
            engine: loqui.engine().to_owned(),
            model: loqui.model(None)?.name,
            latest: Mutex::default(),
            webhook_secret: OnceCell::new_with(webhook_secret.map(WebhookSecret::from)),
        })
    }

    /// Returns the name of the engine, which the guide calls the mode of the service (S192, S213).
    pub(crate) fn engine(&self) -> &str {
        &self.engine
    }

    /// Returns the default model.
    pub(crate) fn model(&self) -> &str {
        &self.model
    }

    /// Returns whether the provider accepts the token; `None` if the engine has no provider.
    pub(crate) async fn reachability(&self) -> Option<Reachability> {
        let client = self.client.as_ref()?;
        let mut latest = self.latest.lock().await;
        if let Some((at, result)) = latest.as_ref()
            && at.elapsed() < CACHE_TIME
        {
            return Some(result.clone());
        }
        let result = match tokio::time::timeout(TIMEOUT, client.account()).await {
            Ok(Ok(_)) => Reachability::Accepted,
            Ok(Err(error)) if error.kind() == ErrorKind::Authentication => {
                Reachability::Refused(error.message().to_owned())
            }
            Ok(Err(error)) => Reachability::Unreachable(error.message().to_owned()),
            Err(_) => Reachability::Unreachable("Replicate did not respond in time".to_owned()),
        };
        *latest = Some((Instant::now(), result.clone()));
        Some(result)
    }

    /// Returns the key that signs the provider's webhooks, and requests it once if it is not configured. `None` without
    /// a provider.
    ///
    /// # Errors
    ///
    /// `replicate.*`.
    pub(crate) async fn webhook_secret(&self) -> Result<Option<&WebhookSecret>, Error> {
        let Some(client) = &self.client else {
            return Ok(self.webhook_secret.get());
        };
        let secret = self.webhook_secret.get_or_try_init(|| client.webhook_secret());
        secret.await.map(Some)
    }
}
