//! Starting and stopping an emulator.

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
use crate::state::{Foundation, Platform};
use crate::{ids, routes, serve};

/// Runs Replicate's HTTP API on localhost; dropping it stops it.
///
/// It has two listeners: the API's, and another for output files, so that a client that sends its
/// token to the wrong one is caught.
pub struct Emulator {
    platform: Arc<Platform>,
    servers: Vec<JoinHandle<()>>,
    ended: watch::Receiver<()>,
}

/// Chooses addresses, settings and seed before an emulator starts.
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

    /// Chooses addresses, settings and seed.
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

    /// Returns the API's base, such as `http://127.0.0.1:4000/v1`.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.platform.base_url
    }

    /// Returns the origin of output files, which a client must be told to accept.
    #[must_use]
    pub fn output_origin(&self) -> Url {
        self.platform.output_origin.clone()
    }

    /// Returns the one token the API accepts: `r8_` and 37 characters.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.platform.token
    }

    /// Returns the secret of the webhooks' signatures, with its `whsec_`.
    #[must_use]
    pub fn webhook_secret(&self) -> String {
        format!("whsec_{}", self.platform.webhook_secret)
    }

    /// Returns the handle that makes things go wrong.
    #[must_use]
    pub fn faults(&self) -> Faults {
        self.platform.faults.clone()
    }

    /// Returns what happened so far.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        self.platform.ledger()
    }

    /// Forgets everything that happened, all data and all faults. Token, ports and clock stay.
    pub fn reset(&self) {
        self.platform.reset();
    }

    /// Moves the platform's clock on.
    ///
    /// Work that is under way, such as fetching a reference, is finished first: afterwards the
    /// status of every prediction is what its planned times say.
    pub async fn advance(&self, by: Duration) {
        self.platform.settle().await;
        self.platform.clock.advance(by);
    }

    /// Waits until the emulator ends, for a command that does nothing else.
    pub async fn wait(&self) {
        // Nothing is ever sent: the channel closes when the server's task ends.
        let _ = self.ended.clone().changed().await;
    }

    /// Stops the emulator and waits until its ports are free.
    pub async fn shutdown(mut self) {
        self.platform.stop();
        for server in self.servers.drain(..) {
            server.abort();
            // An error here is the cancellation that was just asked for.
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
    /// Listens on this address for the API; port 0 is any free one. Default 127.0.0.1, port 0.
    #[must_use]
    pub fn addr(self, addr: SocketAddr) -> Self {
        Self { addr, ..self }
    }

    /// Listens on this address for output files. Default the API's host on a free port.
    #[must_use]
    pub fn output_addr(self, addr: SocketAddr) -> Self {
        Self {
            output_addr: Some(addr),
            ..self
        }
    }

    /// Behaves by these settings.
    #[must_use]
    pub fn settings(self, settings: Settings) -> Self {
        Self { settings, ..self }
    }

    /// Repeats tokens, chances of faults and unseeded audio of another run. Default random; [`Ledger::seed`] tells it.
    ///
    /// Chance is thrown for each create (by its text and seed), each prediction and each path on its own, so the same
    /// requests meet the same faults in whatever order they arrive; ids are given out in the order of arrival.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self {
            seed: Some(seed),
            ..self
        }
    }

    /// Accepts this token instead of one of its own.
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
    /// [`Error::Listen`] if an address cannot be listened on, [`Error::Token`] for a token of
    /// another shape, [`Error::Setting`] for a setting out of its range.
    pub async fn start(self) -> Result<Emulator, Error> {
        self.settings.check()?;
        let seed = self.seed.unwrap_or_else(|| fastrand::u64(..));
        let mut rng = Rng::with_seed(seed);
        let own = ids::token(&mut rng);
        let token = self.token.map_or(Ok(own), checked_token)?;
        let output_addr = self.output_addr.unwrap_or_else(|| SocketAddr::new(self.addr.ip(), 0));
        let (api, api_addr) = listen(self.addr).await?;
        let (outputs, outputs_addr) = listen(output_addr).await?;
        let output_origin = origin(reachable(outputs_addr));
        let platform = Arc::new(Platform::new(Foundation {
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

/// Returns an address callers on this machine can use: the loopback for a listener on all of them.
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
