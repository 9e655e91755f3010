//! The recordings that users uploaded.

use loqui_core::{Error, SampleId};
use sqlx::FromRow;

use super::database::{Database, now, unavailable};

/// The folder of recordings in the guide's responses (S183).
pub(crate) const FOLDER: &str = "app/storage/samples";

/// An uploaded recording.
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
    #[sqlx(try_from = "i64")]
    pub(crate) sample: SampleId,
    pub(crate) report: String,
    pub(crate) uploaded_at: i64,
    /// Description, labels and settings, as JSON.
    pub(crate) details: String,
}

impl Upload {
    /// Returns the path of the recording in the guide's responses.
    pub(crate) fn path(&self) -> String {
        format!("{FOLDER}/{}", self.file)
    }
}

/// An upload to record.
#[derive(Debug)]
pub(crate) struct NewUpload {
    pub(crate) account: i64,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) file: String,
    pub(crate) file_name: String,
    pub(crate) bytes: usize,
    pub(crate) seconds: f64,
    pub(crate) sample: SampleId,
    pub(crate) report: String,
}

/// The uploads in the database of the backend.
#[derive(Clone, Debug)]
pub(crate) struct Uploads {
    database: Database,
}

impl Uploads {
    /// Uses this database.
    pub(crate) fn new(database: &Database) -> Self {
        Self {
            database: database.clone(),
        }
    }

    /// Records an upload.
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
        .bind(new.sample.get())
        .bind(new.report)
        .bind(now())
        .fetch_one(self.database.writes())
        .await
        .map_err(unavailable)
    }

    /// Returns an upload; `None` if it belongs to another user.
    pub(crate) async fn of(&self, account: i64, id: i64) -> Result<Option<Upload>, Error> {
        sqlx::query_as("SELECT * FROM upload WHERE id = ? AND account = ?")
            .bind(id)
            .bind(account)
            .fetch_optional(self.database.reads())
            .await
            .map_err(unavailable)
    }

    /// Returns the latest upload of a user with this name.
    pub(crate) async fn named(&self, account: i64, name: &str) -> Result<Option<Upload>, Error> {
        sqlx::query_as("SELECT * FROM upload WHERE account = ? AND name = ? ORDER BY id DESC LIMIT 1")
            .bind(account)
            .bind(name)
            .fetch_optional(self.database.reads())
            .await
            .map_err(unavailable)
    }

    /// Returns the latest upload of a user that is stored as this sample.
    pub(crate) async fn of_sample(&self, account: i64, sample: SampleId) -> Result<Option<Upload>, Error> {
        sqlx::query_as("SELECT * FROM upload WHERE sample = ? AND account = ? ORDER BY id DESC LIMIT 1")
            .bind(sample.get())
            .bind(account)
            .fetch_optional(self.database.reads())
            .await
            .map_err(unavailable)
    }

    /// Returns the uploads of a user, newest first.
    pub(crate) async fn list(&self, account: i64) -> Result<Vec<Upload>, Error> {
        sqlx::query_as("SELECT * FROM upload WHERE account = ? ORDER BY id DESC")
            .bind(account)
            .fetch_all(self.database.reads())
            .await
            .map_err(unavailable)
    }

    /// Changes the name of an upload of a user.
    pub(crate) async fn rename(&self, account: i64, id: i64, name: &str) -> Result<(), Error> {
        sqlx::query("UPDATE upload SET name = ? WHERE id = ? AND account = ?")
            .bind(name)
            .bind(id)
            .bind(account)
            .execute(self.database.writes())
            .await
            .map(drop)
            .map_err(unavailable)
    }

    /// Changes the details of an upload of a user.
    pub(crate) async fn set_details(&self, account: i64, id: i64, details: &str) -> Result<(), Error> {
        sqlx::query("UPDATE upload SET details = ? WHERE id = ? AND account = ?")
            .bind(details)
            .bind(id)
            .bind(account)
            .execute(self.database.writes())
            .await
            .map(drop)
            .map_err(unavailable)
    }

    /// Returns the number of uploads of a user, and their total size in bytes.
    pub(crate) async fn totals(&self, account: i64) -> Result<(i64, i64), Error> {
        sqlx::query_as("SELECT count(*), coalesce(sum(bytes), 0) FROM upload WHERE account = ?")
            .bind(account)
            .fetch_one(self.database.reads())
            .await
            .map_err(unavailable)
    }

    /// Deletes an upload. Returns true if no other upload uses the same sample.
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
            .bind(upload.sample.get())
            .fetch_one(&mut *transaction)
            .await
            .map_err(unavailable)?;
        transaction.commit().await.map_err(unavailable)?;
        Ok(others == 0)
    }
}
