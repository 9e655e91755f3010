//! Who speaks, and whether they can be reached right now.

use std::time::{Duration, Instant};

use loqui_core::replicate::Client;
use loqui_core::replicate::webhooks::WebhookSecret;
use loqui_core::{Error, ErrorKind, Loqui};
use tokio::sync::{Mutex, OnceCell};

use super::settings::ServeSettings;

/// An answer of the provider counts for so long: monitoring must not become a load of its own.
const FRESH: Duration = Duration::from_secs(30);
/// Longer than this is not there.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whether the provider accepts us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// It knows the token.
    Accepted,
    /// It does not accept the token.
    Refused(String),
    /// It could not be asked.
    Unreachable(String),
}

/// Who speaks.
#[derive(Debug)]
pub(crate) struct Provider {
    client: Option<Client>,
    engine: String,
    model: String,
    asked: Mutex<Option<(Instant, Reach)>>,
    webhook_secret: OnceCell<WebhookSecret>,
}

impl Provider {
    /// What the library speaks with.
    ///
    /// # Errors
    ///
    /// `replicate.base_url` for an address that cannot be used.
    pub(crate) fn new(loqui: &Loqui, settings: &ServeSettings) -> Result<Self, Error> {
        let client = match &settings.token {
            Some(token) if loqui.engine() == "replicate" => {
                let mut builder = Client::builder(token.clone());
                if let Some(base_url) = &settings.base_url {
                    builder = builder.base_url(base_url);
                }
                Some(builder.build()?)
            }
            _ => None,
        };
        let webhook_secret = settings.webhook_secret.as_deref().map(WebhookSecret::from);
        Ok(Self {
            client,
            engine: loqui.engine().to_owned(),
            model: loqui.model(None)?.name,
            asked: Mutex::default(),
            webhook_secret: OnceCell::new_with(webhook_secret),
        })
    }

    /// The engine's name, which is the mode of the service (S192, S213).
    pub(crate) fn engine(&self) -> &str {
        &self.engine
    }

    /// The model that speaks unless a generation says otherwise.
    pub(crate) fn model(&self) -> &str {
        &self.model
    }

    /// Whether the provider accepts us; nothing if there is no provider to ask (A50).
    pub(crate) async fn reach(&self) -> Option<Reach> {
        let client = self.client.as_ref()?;
        let mut asked = self.asked.lock().await;
        if let Some((at, reach)) = asked.as_ref()
            && at.elapsed() < FRESH
        {
            return Some(reach.clone());
        }
        let reach = match tokio::time::timeout(PATIENCE, client.account()).await {
            Ok(Ok(_)) => Reach::Accepted,
            Ok(Err(error)) if error.kind() == ErrorKind::Authentication => Reach::Refused(error.message().to_owned()),
            Ok(Err(error)) => Reach::Unreachable(error.message().to_owned()),
            Err(_) => Reach::Unreachable("Replicate did not answer in time".to_owned()),
        };
        *asked = Some((Instant::now(), reach.clone()));
        Some(reach)
    }

    /// What the provider signs its calls with; asked for once if it was not given. Nothing without a provider.
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
