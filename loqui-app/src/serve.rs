//! The HTTP backend. Each group of routes has a file in `routes/`.
//!
//! Numbers such as S201 and A29 in comments are statements about the earlier backend, listed in `docs/guide-parity.md`.

mod accept;
mod accounts;
mod announcements;
mod api_error;
mod attempts;
mod auth;
mod body;
mod clients;
mod database;
mod drain;
mod earlier;
mod erasures;
mod error_shapes;
mod files;
mod jobs;
mod layers;
mod metrics;
mod passwords;
mod provider;
mod routes;
mod secret;
mod speak_body;
mod state;
mod tokens;
mod uploads;
mod voices;
mod warnings;
mod wire;

use std::net::SocketAddr;

pub(crate) use accounts::{Account, Accounts, DEMO_PASSWORD, DEMO_USER, NewAccount};
pub(crate) use database::{APPLICATION, Database};
use state::App;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::failure::Failure;
use crate::settings::{LibrarySettings, ServerSettings};

/// A server that is listening.
#[derive(Debug)]
pub(crate) struct Server {
    listener: TcpListener,
    app: App,
}

impl Server {
    /// Listens, opens records and audio, and continues interrupted generations.
    pub(crate) async fn bind(
        library: LibrarySettings,
        settings: ServerSettings,
        stop: CancellationToken,
    ) -> Result<Self, Failure> {
        let listener = accept::bind(settings.addr).await?;
        let app = App::open(library, settings, stop).await?;
        Ok(Self { listener, app })
    }

    /// Returns the address it listens on.
    pub(crate) fn addr(&self) -> SocketAddr {
        self.listener.local_addr().unwrap_or_else(|_| self.app.settings.addr)
    }

    /// Returns the name of the engine.
    pub(crate) fn engine(&self) -> &str {
        self.app.library.provider.engine()
    }

    /// Creates the demo user of the guide, unless it exists.
    pub(crate) async fn seed_demo_user(&self) -> Result<(), Failure> {
        Ok(self.app.access.accounts.seed_demo().await?)
    }

    /// Handles requests until the server is asked to stop, then completes running requests. Unfinished generations
    /// continue at the next start.
    pub(crate) async fn run(self) {
        let Self { listener, app } = self;
        let router = routes::all(app.clone());
        accept::serve(listener, router, &app.settings, &app.metrics, app.signals.stop.clone()).await;
    }
}
