//! The state that all handlers share.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::DefaultBodyLimit;
use loqui_core::Loqui;
use loqui_core::store::Filter;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::accounts::Accounts;
use super::announcements::Announcements;
use super::attempts::Attempts;
use super::database::Database;
use super::erasures::Erasures;
use super::jobs::Jobs;
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

/// The interval of the deletion of what is old.
const CLEAN_UP: Duration = Duration::from_mins(1);
/// In how many of these rounds the rows of records that others erased are searched once.
const PRUNING: u32 = 60;

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
    pub(crate) erasures: Erasures,
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
    pub(crate) announcements: Announcements,
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
        let database = Database::open(&loqui, &data_dir).await?;
        let secret = Secret::load(settings.jwt_secret.as_deref(), &database, &data_dir).await?;
        let app = Self(Arc::new(Context {
            library: Library {
                voices: Voices::new(loqui.clone()),
                provider: Provider::new(&loqui, settings.webhook_secret.as_deref())?,
                loqui: loqui.clone(),
            },
            access: Access {
                accounts: Accounts::new(&database),
                attempts: Attempts::new(&database),
                tokens: Tokens::new(&secret, settings.token_lifetime),
            },
            records: Records {
                uploads: Uploads::new(&database),
                jobs: Jobs::new(&database),
                erasures: Erasures::new(&database, &loqui),
                database: database.clone(),
            },
            signals: Signals {
                announcements: Announcements::open(&database).await?,
                stop,
            },
            metrics: Metrics::default(),
            settings,
        }));
        app.resume().await?;
        Ok(app)
    }

    /// Continues interrupted generations, and starts what the server does in the background.
    async fn resume(&self) -> Result<(), Failure> {
        for id in self.library.loqui.resume().await? {
            if self.records.jobs.by_generation(id).await?.is_some() {
                let generation = self.library.loqui.generation(id).await?;
                self.records.jobs.watch(generation, self.metrics.clone());
            }
        }
        let announcing = self.signals.announcements.clone();
        tokio::spawn(announcing.run(self.signals.stop.clone()));
        tokio::spawn(self.clone().clean_up());
        Ok(())
    }

    /// Completes interrupted erasures, and deletes what is old, until the server stops.
    async fn clean_up(self) {
        let mut ticks = tokio::time::interval(CLEAN_UP);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for round in 0_u32.. {
            tokio::select! {
                () = self.signals.stop.cancelled() => return,
                _ = ticks.tick() => {}
            }
            let cleaned = async {
                self.records.erasures.resume().await?;
                self.signals.announcements.prune().await?;
                if round.is_multiple_of(PRUNING) {
                    self.records.jobs.prune().await?;
                    self.records.uploads.prune().await?;
                }
                self.records.database.check().await
            };
            if let Err(error) = cleaned.await {
                tracing::warn!(target: "loqui", code = error.code(), "old records were not deleted: {error}");
            }
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
