//! `loqui serve`: the backend of an app that speaks. One file for each concern, one in `routes/` for each group of routes.

mod accept;
mod accounts;
mod attempts;
mod auth;
mod body;
mod clients;
mod database;
mod drain;
mod jobs;
mod layers;
mod metrics;
mod passwords;
mod provider;
mod refusal;
mod routes;
mod secret;
mod settings;
mod speak_body;
mod state;
mod tokens;
mod uploads;
mod voices;
mod wire;

use std::net::SocketAddr;

pub(crate) use accounts::{Account, Accounts, DEMO_PASSWORD, DEMO_USER, NewAccount};
pub(crate) use database::Database;
pub(crate) use settings::{LogFormat, Registration, ServeSettings, load as load_settings, log_format};
use state::App;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::failure::Failure;

/// A server that listens already.
#[derive(Debug)]
pub(crate) struct Server {
    listener: TcpListener,
    app: App,
}

impl Server {
    /// Opens records and audio, goes on with what was interrupted, and listens.
    pub(crate) async fn bind(settings: ServeSettings, stop: CancellationToken) -> Result<Self, Failure> {
        let listener = accept::bind(settings.addr).await?;
        let app = App::open(settings, stop).await?;
        Ok(Self { listener, app })
    }

    /// Where it listens.
    pub(crate) fn addr(&self) -> SocketAddr {
        self.listener.local_addr().unwrap_or_else(|_| self.app.settings().addr)
    }

    /// Who speaks.
    pub(crate) fn engine(&self) -> &str {
        self.app.provider().engine()
    }

    /// Makes the user of the guide's script, unless it is there.
    pub(crate) async fn seed_demo_user(&self) -> Result<(), Failure> {
        Ok(self.app.accounts().seed_demo().await?)
    }

    /// Answers until it is told to stop, then finishes what is being answered. Generations go on at the next start.
    pub(crate) async fn run(self) {
        let Self { listener, app } = self;
        let router = routes::all(app.clone());
        accept::serve(listener, router, app.settings(), app.metrics(), app.stop().clone()).await;
    }
}
