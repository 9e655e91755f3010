//! The state that all handlers share.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use loqui_core::store::Filter;
use loqui_core::{Generation, GenerationId, Loqui};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

use super::accounts::Accounts;
use super::attempts::Attempts;
use super::database::Database;
use super::jobs::{Job, Jobs, UNTITLED};
use super::metrics::Metrics;
use super::provider::Provider;
use super::secret::Secret;
use super::tokens::Tokens;
use super::uploads::Uploads;
use super::voices::Voices;
use crate::failure::Failure;
use crate::settings::{LibrarySettings, ServerSettings};

/// The maximum size of a JSON or form body, in bytes: 100,000 characters of any script, escaped.
const BODY_BYTES: usize = 2 << 20;

/// The announcement of a new generation to sockets: the user and the generation.
pub(crate) type News = (i64, GenerationId);

/// The state that all handlers share. Cheap to clone.
#[derive(Clone)]
pub(crate) struct App(Arc<Context>);

/// The contexts that handlers use.
pub(crate) struct Context {
    pub(crate) settings: ServerSettings,
    pub(crate) library: Library,
    pub(crate) records: Records,
    pub(crate) access: Access,
    pub(crate) signals: Signals,
    pub(crate) metrics: Metrics,
}

/// The library, and its connections to voices and provider.
pub(crate) struct Library {
    pub(crate) loqui: Loqui,
    pub(crate) voices: Voices,
    pub(crate) provider: Provider,
}

/// The backend's own records.
pub(crate) struct Records {
    pub(crate) database: Database,
    pub(crate) uploads: Uploads,
    pub(crate) jobs: Jobs,
}

/// Authentication.
pub(crate) struct Access {
    pub(crate) accounts: Accounts,
    pub(crate) attempts: Attempts,
    pub(crate) tokens: Tokens,
}

/// Messages between handlers.
pub(crate) struct Signals {
    /// Announces new generations.
    pub(crate) news: broadcast::Sender<News>,
    /// Ends streams and long polls when the server stops.
    pub(crate) stop: CancellationToken,
}

impl App {
    /// Opens records and audio, and continues interrupted generations.
    ///
    /// # Errors
    ///
    /// Those of [`LibrarySettings::open`]; `store.unavailable`, `store.corrupt`, `store.too_new`,
    /// `option.out_of_range`.
    pub(crate) async fn open(
        library: LibrarySettings,
        settings: ServerSettings,
        stop: CancellationToken,
    ) -> Result<Self, Failure> {
        let data_dir = library.data_dir().to_owned();
        let loqui = library.open()?;
        // Opens the records of the library, so that the start fails instead of the first request.
        loqui.generations(&Filter::default().with_limit(1)).await?;
        let database = Database::open(&data_dir).await?;
        let secret = Secret::load(settings.jwt_secret.as_deref(), &data_dir)?;
        let app = Self(Arc::new(Context {
            library: Library {
                voices: Voices::new(loqui.clone()),
                provider: Provider::new(&loqui, settings.webhook_secret.as_deref())?,
                loqui,
            },
            access: Access {
                accounts: Accounts::new(&database),
                attempts: Attempts::default(),
                tokens: Tokens::new(&secret, settings.token_lifetime),
            },
            records: Records {
                uploads: Uploads::new(&database),
                jobs: Jobs::new(&database),
                database,
            },
            signals: Signals {
                news: broadcast::channel(1024).0,
                stop,
            },
            metrics: Metrics::default(),
            settings,
        }));
        app.resume().await?;
        Ok(app)
    }

    /// Continues the generations of an earlier process.
    async fn resume(&self) -> Result<(), Failure> {
        for id in self.library.loqui.resume().await? {
            let generation = self.library.loqui.generation(id).await?;
            if let Some(job) = self.job_of(&generation).await? {
                self.records.jobs.watch(&job, generation, self.metrics.clone());
            }
        }
        Ok(())
    }

    /// Returns the job of a generation. Adds the job if an earlier process ended before it stored it. A generation that
    /// was started on the command line has no job.
    async fn job_of(&self, generation: &Generation) -> Result<Option<Job>, Failure> {
        if let Some(job) = self.records.jobs.by_generation(generation.id()).await? {
            return Ok(Some(job));
        }
        let record = generation.record().await?;
        let Some(account) = record.owner.and_then(|owner| owner.parse().ok()) else {
            return Ok(None);
        };
        match self.records.uploads.of_sample(account, record.sample).await? {
            Some(upload) => {
                let job = self.records.jobs.add(record.id, account, upload.id, UNTITLED).await?;
                Ok(Some(job))
            }
            None => Ok(None),
        }
    }

    /// Returns the size limit of bodies that are not uploads.
    pub(crate) fn body_limit() -> DefaultBodyLimit {
        DefaultBodyLimit::max(BODY_BYTES)
    }
}

impl Deref for App {
    type Target = Context;

    fn deref(&self) -> &Context {
        &self.0
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
