//! Starts and stops an emulator.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use url::Url;

use crate::error::Error;
use crate::faults::Faults;
use crate::ledger::Ledger;
use crate::outgoing::Outgoing;
use crate::settings::Settings;
use crate::state::{Platform, PlatformConfig};
use crate::{ids, routes, serve};

/// A running emulator of Replicate's HTTP API on localhost. Dropping it stops it.
///
/// It has two listeners, one for the API and one for output files, to detect clients that send the token to the output
/// host.
pub struct Emulator {
    platform: Arc<Platform>,
    servers: Vec<JoinHandle<()>>,
    ended: watch::Receiver<()>,
}

/// Configures addresses, settings and seed of an emulator.
#[derive(Debug, Clone)]
pub struct Builder {
    addr: SocketAddr,
    output_addr: Option<SocketAddr>,
    settings: Settings,
    seed: Option<u64>,
    token: Option<String>,
}

impl Emulator {
    /// Starts an emulator on free ports of 127.0.0.1 with the default [`Settings`].
    ///
    /// # Errors
    ///
    /// [`Error::Listen`] if no port can be opened.
    pub async fn start() -> Result<Self, Error> {
        Self::builder().start().await
    }

    /// Returns a builder for an emulator with other settings.
    #[must_use]
    pub fn builder() -> Builder {
        Builder {
            addr: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            output_addr: None,
            settings: Settings::default(),
            seed: None,
            token: None,
        }
    }

    /// Returns the base URL of the API, such as `http://127.0.0.1:4000/v1`.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.platform.base_url
    }

    /// Returns the origin of output files. Clients must allow it.
    #[must_use]
    pub fn output_origin(&self) -> Url {
        self.platform.output_origin.clone()
    }

    /// Returns the token that the API accepts: `r8_` and 37 characters.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.platform.token
    }

    /// Returns the secret that signs webhooks, including its prefix `whsec_`.
    #[must_use]
    pub fn webhook_secret(&self) -> String {
        format!("whsec_{}", self.platform.webhook_secret)
    }

    /// Returns the handle that arms faults.
    #[must_use]
    pub fn faults(&self) -> Faults {
        self.platform.faults.clone()
    }

    /// Returns a snapshot of the ledger.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        self.platform.ledger()
    }

    /// Removes all data, the ledger and all faults. Token, ports and clock are kept.
    pub fn reset(&self) {
        self.platform.reset();
    }

    /// Advances the emulator's clock.
    ///
    /// Work in progress, such as fetching a reference, is finished first. Afterwards the status of each prediction follows
    /// from its planned times.
    pub async fn advance(&self, by: Duration) {
        self.platform.settle().await;
        self.platform.clock.advance(by);
    }

    /// Waits until the emulator stops.
    pub async fn wait(&self) {
        // The channel carries no values. It closes when the server task ends.
        let _ = self.ended.clone().changed().await;
    }

    /// Stops the emulator and waits until its ports are closed.
    pub async fn shutdown(mut self) {
        self.platform.stop();
        for server in self.servers.drain(..) {
            server.abort();
            // The error is the cancellation from `abort`.
            let _ = server.await;
        }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.platform.stop();
        for server in &self.servers {
            server.abort();
        }
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Emulator")
            .field("base_url", &self.platform.base_url)
            .field("output_origin", &self.platform.output_origin.as_str())
            .finish_non_exhaustive()
    }
}

impl Builder {
    /// Sets the address of the API. Port 0 selects a free port. Default: 127.0.0.1, port 0.
    #[must_use]
    pub fn addr(self, addr: SocketAddr) -> Self {
        Self { addr, ..self }
    }

    /// Sets the address of output files. Default: the host of the API on a free port.
    #[must_use]
    pub fn output_addr(self, addr: SocketAddr) -> Self {
        Self {
            output_addr: Some(addr),
            ..self
        }
    }

    /// Sets the behaviour.
    #[must_use]
    pub fn settings(self, settings: Settings) -> Self {
        Self { settings, ..self }
    }

    /// Sets the seed of tokens, random faults and audio without a seed. Default: random; see [`Ledger::seed`].
    ///
    /// Random faults depend on each create (its text and seed), prediction and path separately, so equal requests get equal
    /// faults in any order. Ids depend on the order of requests.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self {
            seed: Some(seed),
            ..self
        }
    }

    /// Sets the token. Default: random.
    #[must_use]
    pub fn token(self, token: impl Into<String>) -> Self {
        Self {
            token: Some(token.into()),
            ..self
        }
    }

    /// Starts the emulator on the current runtime.
    ///
    /// # Errors
    ///
    /// [`Error::Listen`] if an address cannot be used, [`Error::Token`] for an invalid token, [`Error::Setting`] for a setting
    /// that is out of range.
    pub async fn start(self) -> Result<Emulator, Error> {
        self.settings.check()?;
        let seed = self.seed.unwrap_or_else(|| fastrand::u64(..));
        let mut rng = Rng::with_seed(seed);
        let random_token = ids::token(&mut rng);
        let token = self.token.map_or(Ok(random_token), checked_token)?;
        let output_addr = self.output_addr.unwrap_or_else(|| SocketAddr::new(self.addr.ip(), 0));
        let (api, api_addr) = listen(self.addr).await?;
        let (outputs, outputs_addr) = listen(output_addr).await?;
        let output_origin = origin(reachable(outputs_addr));
        let platform = Arc::new(Platform::new(PlatformConfig {
            settings: self.settings,
            seed,
            rng,
            token,
            base_url: format!("http://{}/v1", reachable(api_addr)),
            output_origin,
            outgoing: Outgoing::new()?,
        }));
        let (alive, ended) = watch::channel(());
        let api_router = routes::api(&platform);
        let servers = vec![
            tokio::spawn(async move {
                let _alive = alive;
                serve::serve(api, api_router).await;
            }),
            tokio::spawn(serve::serve(outputs, routes::outputs(&platform))),
        ];
        tracing::debug!(base_url = platform.base_url, seed, "emulator started");
        Ok(Emulator {
            platform,
            servers,
            ended,
        })
    }
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), Error> {
    let failed = |source| Error::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

fn origin(address: SocketAddr) -> Url {
    Url::parse(&format!("http://{address}/")).expect("a socket address is a valid authority")
}

/// Returns an address that clients on this machine can use: the loopback address if the listener uses all addresses.
fn reachable(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        ip if !ip.is_unspecified() => address,
        IpAddr::V4(_) => SocketAddr::new(Ipv4Addr::LOCALHOST.into(), address.port()),
        IpAddr::V6(_) => SocketAddr::new(std::net::Ipv6Addr::LOCALHOST.into(), address.port()),
    }
}

fn checked_token(token: String) -> Result<String, Error> {
    let valid = token
        .strip_prefix("r8_")
        .is_some_and(|rest| rest.len() == 37 && rest.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    if valid {
        Ok(token)
    } else {
        Err(Error::Token {
            length: token.chars().count(),
        })
    }
}
