//! Jobs: the user and the title of each generation, which the backend stores.

use futures::FutureExt as _;
use futures::future::BoxFuture;
use loqui_core::store::Filter;
use loqui_core::store::sql::{Query, Row, Transaction};
use loqui_core::{Error, Generation, GenerationId};
use tokio::sync::oneshot;

use super::accounts::Account;
use super::announcements;
use super::database::{Database, lock_account, now};
use super::metrics::Metrics;
use super::uploads::Upload;
use crate::code;

/// The folder of finished speech in the guide's responses (S184).
pub(crate) const FOLDER: &str = "app/storage/generated";

/// The default title (S227).
pub(crate) const UNTITLED: &str = "Untitled voice";

/// A generation of a user.
#[derive(Clone, Debug)]
pub(crate) struct Job {
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

/// What the backend records in the transaction of a submission.
#[derive(Debug)]
pub(crate) struct NewJob {
    pub(crate) account: i64,
    /// The owner of the generation in the library.
    pub(crate) owner: String,
    pub(crate) upload: i64,
    pub(crate) title: String,
    /// The maximum number of unfinished generations of the user.
    pub(crate) max_unfinished: u32,
    /// Receives whether the generation is new.
    is_new: Option<oneshot::Sender<bool>>,
}

impl NewJob {
    pub(crate) fn new(account: &Account, upload: &Upload, title: &str, max_unfinished: u32) -> Self {
        Self::of(account, upload.id, title, max_unfinished)
    }

    /// The job of a generation with an upload, by its id.
    pub(crate) fn of(account: &Account, upload: i64, title: &str, max_unfinished: u32) -> Self {
        Self {
            account: account.id,
            owner: account.owner.clone(),
            upload,
            title: title.to_owned(),
            max_unfinished,
            is_new: None,
        }
    }

    /// Also tells whether the generation is new, once it is submitted.
    pub(crate) fn told(mut self) -> (Self, oneshot::Receiver<bool>) {
        let (tell, told) = oneshot::channel();
        self.is_new = Some(tell);
        (self, told)
    }

    /// Records the job of a submitted generation, and announces it, unless its user has reached the limit.
    ///
    /// # Errors
    ///
    /// `user.quota`; `sample.not_found` if the upload was deleted meanwhile; `store.unavailable`.
    pub(crate) fn record(
        self,
        mut transaction: Transaction<'_>,
        generation: GenerationId,
        is_new: bool,
    ) -> BoxFuture<'_, Result<(), Error>> {
        async move {
            lock_account(&mut transaction, self.account).await?;
            if is_new {
                let unfinished = Filter::default().with_owner(self.owner).unfinished();
                let limit = self.max_unfinished;
                if transaction.count_generations(&unfinished).await? > limit.into() {
                    let message = format!("you have reached the limit of {limit} unfinished generations");
                    return Err(Error::new(&code::USER_QUOTA, message));
                }
            }
            let query = "INSERT INTO job (generation, account, upload, title, file, bytes, created_at)
                         SELECT $1, account, id, $2, $3, NULL, $4 FROM upload WHERE id = $5 AND account = $6
                         ON CONFLICT (generation) DO UPDATE SET title = job.title";
            let query = Query::new(query)
                .bind(generation)
                .bind(self.title)
                .bind(format!("{}.wav", uuid::Uuid::new_v4()))
                .bind(now())
                .bind(self.upload)
                .bind(self.account);
            if transaction.execute(query).await? == 0 {
                return Err(Error::new(&code::SAMPLE_NOT_FOUND, "Audio sample not found"));
            }
            if is_new {
                announcements::add(&mut transaction, self.account, generation).await?;
            }
            if let Some(tell) = self.is_new {
                // The request may have been cancelled.
                let _ = tell.send(is_new);
            }
            Ok(())
        }
        .boxed()
    }
}

/// The jobs of all users.
#[derive(Clone, Debug)]
pub(crate) struct Jobs {
    database: Database,
}

impl Jobs {
    /// Uses this database.
    pub(crate) fn new(database: &Database) -> Self {
        Self {
            database: database.clone(),
        }
    }

    /// Returns the job of a generation; `None` if it belongs to another user.
    pub(crate) async fn of(&self, account: i64, generation: GenerationId) -> Result<Option<Job>, Error> {
        let query = Query::new(
            "SELECT job.* FROM job JOIN generation ON generation.id = job.generation
             WHERE job.generation = $1 AND account = $2 AND erased_at IS NULL",
        );
        let row = self.database.optional(query.bind(generation).bind(account)).await?;
        row.as_ref().map(job).transpose()
    }

    /// Returns the job of a generation of any user.
    pub(crate) async fn by_generation(&self, generation: GenerationId) -> Result<Option<Job>, Error> {
        let query = Query::new("SELECT * FROM job WHERE generation = $1").bind(generation);
        self.database.optional(query).await?.as_ref().map(job).transpose()
    }

    /// Returns the jobs of a user, newest first.
    pub(crate) async fn list(&self, account: i64) -> Result<Vec<Job>, Error> {
        let query = Query::new(
            "SELECT job.* FROM job JOIN generation ON generation.id = job.generation
             WHERE account = $1 AND erased_at IS NULL ORDER BY job.generation DESC",
        );
        self.database.all(query.bind(account)).await?.iter().map(job).collect()
    }

    /// Returns the number of jobs of a user, and the total size of their speech in bytes.
    pub(crate) async fn totals(&self, account: i64) -> Result<(i64, i64), Error> {
        let query = "SELECT count(*) AS count, CAST(coalesce(sum(bytes), 0) AS BIGINT) AS bytes
                     FROM job JOIN generation ON generation.id = job.generation
                     WHERE account = $1 AND erased_at IS NULL";
        let row = self.database.one(Query::new(query).bind(account)).await?;
        Ok((row.integer("count")?, row.integer("bytes")?))
    }

    /// Returns the jobs of a user that use an upload.
    pub(crate) async fn with_upload(&self, account: i64, upload: i64) -> Result<Vec<Job>, Error> {
        let rows = self.database.all(WITH_UPLOAD.bound(account, upload)).await?;
        rows.iter().map(job).collect()
    }

    /// Deletes the jobs of generations that were erased by others: by retention, or on the command line.
    ///
    /// # Errors
    ///
    /// `store.unavailable`.
    pub(crate) async fn prune(&self) -> Result<(), Error> {
        let query = "DELETE FROM job WHERE generation IN (
                         SELECT job.generation FROM job JOIN generation ON generation.id = job.generation
                         WHERE erased_at IS NOT NULL LIMIT 1000)";
        self.database.execute(Query::new(query)).await.map(drop)
    }

    /// Records the size of finished speech, in bytes.
    async fn set_bytes(&self, generation: GenerationId, bytes: i64) -> Result<(), Error> {
        let query = Query::new("UPDATE job SET bytes = $1 WHERE generation = $2");
        self.database
            .execute(query.bind(bytes).bind(generation))
            .await
            .map(drop)
    }

    /// Waits in the background for the end of a generation, records the size of its speech, and updates the metrics.
    pub(crate) fn watch(&self, generation: Generation, metrics: Metrics) {
        let jobs = self.clone();
        metrics.generation_followed();
        tokio::spawn(async move {
            // `wait` would read the whole speech into memory.
            let result = generation.finish().await;
            metrics.generation_ended(result.as_ref().map(|_| ()).map_err(Error::code));
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
}

/// The jobs of a user whose generations speak with an upload, also as one of several voices.
struct WithUpload(&'static str);

const WITH_UPLOAD: WithUpload = WithUpload(
    "SELECT * FROM job WHERE account = $1 AND (upload = $2 OR generation IN (
         SELECT generation_voice.generation FROM generation_voice JOIN upload ON upload.sample = generation_voice.sample
         WHERE upload.id = $2 AND upload.account = $1))
     ORDER BY generation",
);

impl WithUpload {
    fn bound(&self, account: i64, upload: i64) -> Query {
        Query::new(self.0).bind(account).bind(upload)
    }
}

/// Deletes the job of a generation.
///
/// # Errors
///
/// `store.unavailable`.
pub(crate) async fn remove(transaction: &mut Transaction<'_>, generation: GenerationId) -> Result<(), Error> {
    let query = Query::new("DELETE FROM job WHERE generation = $1").bind(generation);
    transaction.execute(query).await.map(drop)
}

/// Returns the generations of a user with an upload, in a transaction.
///
/// # Errors
///
/// `store.unavailable`.
pub(crate) async fn with_upload(
    transaction: &mut Transaction<'_>,
    account: i64,
    upload: i64,
) -> Result<Vec<GenerationId>, Error> {
    let rows = transaction.all(WITH_UPLOAD.bound(account, upload)).await?;
    rows.iter()
        .map(|row| row.integer("generation").map(GenerationId::new))
        .collect()
}

fn job(row: &Row) -> Result<Job, Error> {
    Ok(Job {
        generation: GenerationId::new(row.integer("generation")?),
        account: row.integer("account")?,
        upload: row.integer("upload")?,
        title: row.text("title")?,
        file: row.text("file")?,
        bytes: row.optional_integer("bytes")?,
        created_at: row.integer("created_at")?,
    })
}
