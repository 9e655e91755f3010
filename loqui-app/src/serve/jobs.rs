//! Jobs: the user and the title of each generation, which the backend stores.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use loqui_core::{Error, Generation, GenerationId};
use sqlx::FromRow;

use super::database::{Database, now, unavailable};
use super::metrics::Metrics;

/// The folder of finished speech in the guide's responses (S184).
pub(crate) const FOLDER: &str = "app/storage/generated";

/// The default title (S227).
pub(crate) const UNTITLED: &str = "Untitled voice";

/// A generation of a user.
#[derive(Clone, Debug, FromRow)]
pub(crate) struct Job {
    #[sqlx(try_from = "i64")]
    pub(crate) generation: GenerationId,
    pub(crate) account: i64,
    pub(crate) upload: i64,
    pub(crate) title: String,
    pub(crate) file: String,
    pub(crate) bytes: Option<i64>,
    pub(crate) created_at: i64,
}

impl Job {
    /// Returns the path of the speech in the guide's responses.
    pub(crate) fn path(&self) -> String {
        format!("{FOLDER}/{}", self.file)
    }
}

/// The jobs in the database of the backend.
#[derive(Clone, Debug)]
pub(crate) struct Jobs {
    database: Database,
    /// The number of unfinished generations of each user in this process.
    unfinished: Arc<Mutex<HashMap<i64, u32>>>,
}

impl Jobs {
    /// Uses this database.
    pub(crate) fn new(database: &Database) -> Self {
        Self {
            database: database.clone(),
            unfinished: Arc::default(),
        }
    }

    /// Records the user and title of a generation.
    pub(crate) async fn add(
        &self,
        generation: GenerationId,
        account: i64,
        upload: i64,
        title: &str,
    ) -> Result<Job, Error> {
        sqlx::query_as(
            "INSERT INTO job (generation, account, upload, title, file, bytes, created_at)
             VALUES (?, ?, ?, ?, ?, NULL, ?)
             ON CONFLICT (generation) DO UPDATE SET title = job.title RETURNING *",
        )
        .bind(generation.get())
        .bind(account)
        .bind(upload)
        .bind(title)
        .bind(format!("{}.wav", uuid::Uuid::new_v4()))
        .bind(now())
        .fetch_one(self.database.writes())
        .await
        .map_err(unavailable)
    }

    /// Returns the job of a generation; `None` if it belongs to another user.
    pub(crate) async fn of(&self, account: i64, generation: GenerationId) -> Result<Option<Job>, Error> {
        sqlx::query_as("SELECT * FROM job WHERE generation = ? AND account = ?")
            .bind(generation.get())
            .bind(account)
            .fetch_optional(self.database.reads())
            .await
            .map_err(unavailable)
    }

    /// Returns the jobs of a user, newest first.
    pub(crate) async fn list(&self, account: i64) -> Result<Vec<Job>, Error> {
        sqlx::query_as("SELECT * FROM job WHERE account = ? ORDER BY generation DESC")
            .bind(account)
            .fetch_all(self.database.reads())
            .await
            .map_err(unavailable)
    }

    /// Returns the number of jobs of a user, and the total size of their speech in bytes.
    pub(crate) async fn totals(&self, account: i64) -> Result<(i64, i64), Error> {
        sqlx::query_as("SELECT count(*), coalesce(sum(bytes), 0) FROM job WHERE account = ?")
            .bind(account)
            .fetch_one(self.database.reads())
            .await
            .map_err(unavailable)
    }

    /// Returns the jobs of a user that use an upload.
    pub(crate) async fn with_upload(&self, account: i64, upload: i64) -> Result<Vec<Job>, Error> {
        sqlx::query_as("SELECT * FROM job WHERE account = ? AND upload = ? ORDER BY generation")
            .bind(account)
            .bind(upload)
            .fetch_all(self.database.reads())
            .await
            .map_err(unavailable)
    }

    /// Deletes the job of a generation.
    pub(crate) async fn remove(&self, generation: GenerationId) -> Result<(), Error> {
        sqlx::query("DELETE FROM job WHERE generation = ?")
            .bind(generation.get())
            .execute(self.database.writes())
            .await
            .map(drop)
            .map_err(unavailable)
    }

    /// Records the size of finished speech, in bytes.
    async fn set_bytes(&self, generation: GenerationId, bytes: i64) -> Result<(), Error> {
        sqlx::query("UPDATE job SET bytes = ? WHERE generation = ?")
            .bind(bytes)
            .bind(generation.get())
            .execute(self.database.writes())
            .await
            .map(drop)
            .map_err(unavailable)
    }

    /// Returns the job of a generation of any user.
    pub(crate) async fn by_generation(&self, generation: GenerationId) -> Result<Option<Job>, Error> {
        sqlx::query_as("SELECT * FROM job WHERE generation = ?")
            .bind(generation.get())
            .fetch_optional(self.database.reads())
            .await
            .map_err(unavailable)
    }

    /// Returns the number of unfinished generations of a user in this process.
    pub(crate) fn unfinished(&self, account: i64) -> u32 {
        self.counts().get(&account).copied().unwrap_or_default()
    }

    /// Waits in the background for the end of a generation, records the size of its speech, and updates the metrics.
    pub(crate) fn watch(&self, job: &Job, generation: Generation, metrics: Metrics) {
        let (jobs, account) = (self.clone(), job.account);
        *jobs.counts().entry(account).or_default() += 1;
        metrics.generation_followed();
        tokio::spawn(async move {
            // `wait` would read the whole speech into memory.
            let result = generation.finish().await;
            metrics.generation_ended(result.as_ref().map(|_| ()).map_err(Error::code));
            if let Some(count) = jobs.counts().get_mut(&account) {
                *count = count.saturating_sub(1);
            }
            if result.is_ok()
                && let Err(error) = jobs.measure(&generation).await
            {
                tracing::warn!(target: "loqui", code = error.code(), "could not record the size of the speech: {error}");
            }
        });
    }

    /// Records and returns the size of finished speech, in bytes, without reading the speech.
    pub(crate) async fn measure(&self, generation: &Generation) -> Result<i64, Error> {
        let bytes = generation.file().await?.bytes.cast_signed();
        self.set_bytes(generation.id(), bytes).await?;
        Ok(bytes)
    }

    fn counts(&self) -> std::sync::MutexGuard<'_, HashMap<i64, u32>> {
        self.unfinished.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
