//! What all handlers share.

use std::fmt;
use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use loqui_core::store::Filter;
use loqui_core::{Generation, Loqui};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

use super::accounts::Accounts;
use super::attempts::Attempts;
use super::database::Database;
use super::jobs::{Job, Jobs, UNTITLED};
use super::metrics::Metrics;
use super::provider::Provider;
use super::secret::Secret;
use super::settings::ServeSettings;
use super::tokens::Tokens;
use super::uploads::Uploads;
use super::voices::Voices;
use crate::engine;
use crate::failure::Failure;

/// The largest body of JSON or form fields, in bytes: 100,000 characters of any script, escaped.
const BODY_BYTES: usize = 2 << 20;

/// Tells sockets that a user has a new generation: the user, then the generation.
pub(crate) type News = (i64, i64);

/// What all handlers share. Cheap to clone.
#[derive(Clone)]
pub(crate) struct App(Arc<Inner>);

struct Inner {
    loqui: Loqui,
    settings: ServeSettings,
    database: Database,
    accounts: Accounts,
    attempts: Attempts,
    uploads: Uploads,
    jobs: Jobs,
    voices: Voices,
    tokens: Tokens,
    provider: Provider,
    metrics: Metrics,
    news: broadcast::Sender<News>,
    stop: CancellationToken,
}

impl App {
    /// Opens records and audio, and goes on with what was interrupted.
    pub(crate) async fn open(settings: ServeSettings, stop: CancellationToken) -> Result<Self, Failure> {
        let loqui = engine::open_for_server(&settings)?;
        // Opens the library's records, so that trouble with them is told now and not to the first caller.
        loqui.generations(&Filter::default().with_limit(1)).await?;
        let database = Database::open(&settings.data_dir).await?;
        let secret = Secret::load(settings.jwt_secret.as_deref(), &settings.data_dir)?;
        let app = Self(Arc::new(Inner {
            accounts: Accounts::new(&database),
            attempts: Attempts::default(),
            uploads: Uploads::new(&database),
            jobs: Jobs::new(&database),
            voices: Voices::new(loqui.clone()),
            tokens: Tokens::new(&secret, settings.token_lifetime),
            provider: Provider::new(&loqui, &settings)?,
            metrics: Metrics::default(),
            news: broadcast::channel(1024).0,
            loqui,
            database,
            settings,
            stop,
        }));
        app.go_on().await?;
        Ok(app)
    }

    /// Carries on what a former process left.
    async fn go_on(&self) -> Result<(), Failure> {
        for id in self.loqui().resume().await? {
            let generation = self.loqui().generation(id).await?;
            if let Some(job) = self.job_of(&generation).await? {
                self.jobs().watch(&job, generation, self.metrics().clone());
            }
        }
        Ok(())
    }

    /// What is noted of a generation. If the process died before it was noted, that is made good; what was begun on the
    /// command line is nobody's here.
    async fn job_of(&self, generation: &Generation) -> Result<Option<Job>, Failure> {
        if let Some(job) = self.jobs().by_generation(generation.id()).await? {
            return Ok(Some(job));
        }
        let record = generation.record().await?;
        let Some(account) = record.owner.and_then(|owner| owner.parse().ok()) else {
            return Ok(None);
        };
        let upload = self.uploads().of_sample(account, record.sample).await?;
        match upload {
            Some(upload) => Ok(Some(self.jobs().add(record.id, account, upload.id, UNTITLED).await?)),
            None => Ok(None),
        }
    }

    pub(crate) fn loqui(&self) -> &Loqui {
        &self.0.loqui
    }

    pub(crate) fn settings(&self) -> &ServeSettings {
        &self.0.settings
    }

    pub(crate) fn database(&self) -> &Database {
        &self.0.database
    }

    pub(crate) fn accounts(&self) -> &Accounts {
        &self.0.accounts
    }

    pub(crate) fn attempts(&self) -> &Attempts {
        &self.0.attempts
    }

    pub(crate) fn uploads(&self) -> &Uploads {
        &self.0.uploads
    }

    pub(crate) fn jobs(&self) -> &Jobs {
        &self.0.jobs
    }

    pub(crate) fn voices(&self) -> &Voices {
        &self.0.voices
    }

    pub(crate) fn tokens(&self) -> &Tokens {
        &self.0.tokens
    }

    pub(crate) fn provider(&self) -> &Provider {
        &self.0.provider
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    pub(crate) fn news(&self) -> &broadcast::Sender<News> {
        &self.0.news
    }

    /// Ends what would otherwise go on for as long as the client likes: streams and long polls.
    pub(crate) fn stop(&self) -> &CancellationToken {
        &self.0.stop
    }

    /// The limit of bodies that are no uploads.
    pub(crate) fn body_limit() -> DefaultBodyLimit {
        DefaultBodyLimit::max(BODY_BYTES)
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("settings", &self.0.settings)
            .finish_non_exhaustive()
    }
}
