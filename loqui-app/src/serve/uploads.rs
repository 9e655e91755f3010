//! The recordings that users gave.

use loqui_core::Error;
use sqlx::FromRow;

use super::database::{Database, now, unavailable};

/// The guide's folder of recordings (S183).
pub(crate) const FOLDER: &str = "app/storage/samples";

/// A recording as somebody gave it.
#[derive(Clone, Debug, FromRow)]
pub(crate) struct Upload {
    pub(crate) id: i64,
    pub(crate) account: i64,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) file: String,
    pub(crate) file_name: String,
    pub(crate) bytes: i64,
    pub(crate) seconds: f64,
    pub(crate) sample: i64,
    pub(crate) report: String,
    pub(crate) uploaded_at: i64,
}

impl Upload {
    /// Where the guide's answers say that it lies.
    pub(crate) fn path(&self) -> String {
        format!("{FOLDER}/{}", self.file)
    }
}

/// What is needed to note a recording.
#[derive(Debug)]
pub(crate) struct NewUpload {
    pub(crate) account: i64,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) file: String,
    pub(crate) file_name: String,
    pub(crate) bytes: usize,
    pub(crate) seconds: f64,
    pub(crate) sample: i64,
    pub(crate) report: String,
}

/// Recordings in the backend's records.
#[derive(Clone, Debug)]
pub(crate) struct Uploads {
    database: Database,
}

impl Uploads {
    /// The recordings of a file of records.
    pub(crate) fn new(database: &Database) -> Self {
        Self {
            database: database.clone(),
        }
    }

    /// Notes a recording.
    pub(crate) async fn add(&self, new: NewUpload) -> Result<Upload, Error> {
        sqlx::query_as(
            "INSERT INTO upload (account, name, kind, file, file_name, bytes, seconds, sample, report, uploaded_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *",
        )
        .bind(new.account)
        .bind(new.name)
        .bind(new.kind)
        .bind(new.file)
        .bind(new.file_name)
        .bind(new.bytes.cast_signed() as i64)
        .bind(new.seconds)
        .bind(new.sample)
        .bind(new.report)
        .bind(now())
        .fetch_one(self.database.writes())
        .await
        .map_err(unavailable)
    }

    /// A user's recording of that number; nothing if it is somebody else's.
    pub(crate) async fn of(&self, account: i64, id: i64) -> Result<Option<Upload>, Error> {
        sqlx::query_as("SELECT * FROM upload WHERE id = ? AND account = ?")
            .bind(id)
            .bind(account)
            .fetch_optional(self.database.reads())
            .await
            .map_err(unavailable)
    }

    /// A user's latest recording of that name.
    pub(crate) async fn named(&self, account: i64, name: &str) -> Result<Option<Upload>, Error> {
        sqlx::query_as("SELECT * FROM upload WHERE account = ? AND name = ? ORDER BY id DESC LIMIT 1")
            .bind(account)
            .bind(name)
            .fetch_optional(self.database.reads())
            .await
            .map_err(unavailable)
    }

    /// A user's latest recording that became this sample.
    pub(crate) async fn of_sample(&self, account: i64, sample: i64) -> Result<Option<Upload>, Error> {
        sqlx::query_as("SELECT * FROM upload WHERE sample = ? AND account = ? ORDER BY id DESC LIMIT 1")
            .bind(sample)
            .bind(account)
            .fetch_optional(self.database.reads())
            .await
            .map_err(unavailable)
    }

    /// A user's recordings, newest first.
    pub(crate) async fn list(&self, account: i64) -> Result<Vec<Upload>, Error> {
        sqlx::query_as("SELECT * FROM upload WHERE account = ? ORDER BY id DESC")
            .bind(account)
            .fetch_all(self.database.reads())
            .await
            .map_err(unavailable)
    }

    /// How many recordings a user has, and how many bytes they are.
    pub(crate) async fn totals(&self, account: i64) -> Result<(i64, i64), Error> {
        sqlx::query_as("SELECT count(*), coalesce(sum(bytes), 0) FROM upload WHERE account = ?")
            .bind(account)
            .fetch_one(self.database.reads())
            .await
            .map_err(unavailable)
    }

    /// Forgets a recording; true if no other one is of the same sample.
    pub(crate) async fn remove(&self, upload: &Upload) -> Result<bool, Error> {
        let mut transaction = self
            .database
            .writes()
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(unavailable)?;
        sqlx::query("DELETE FROM upload WHERE id = ?")
            .bind(upload.id)
            .execute(&mut *transaction)
            .await
            .map_err(unavailable)?;
        let others: i64 = sqlx::query_scalar("SELECT count(*) FROM upload WHERE sample = ?")
            .bind(upload.sample)
            .fetch_one(&mut *transaction)
            .await
            .map_err(unavailable)?;
        transaction.commit().await.map_err(unavailable)?;
        Ok(others == 0)
    }
}
