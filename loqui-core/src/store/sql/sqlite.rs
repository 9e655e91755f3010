//! Records in one SQLite file.

mod copy;
mod migrate;
mod open;
#[cfg(test)]
mod tests;
mod writer;

use std::path::{Path, PathBuf};

use futures::future::BoxFuture;
use sqlx::sqlite::SqliteRow;
use sqlx::{SqliteConnection, SqlitePool};
use tokio::sync::OnceCell;

use self::open::Opened;
use super::connection::{Query, Row, Value, driver};
use super::failure::Failure;
use super::store::prelude::*;
use super::store::sql_store;

/// Keeps records in one SQLite file.
///
/// A call that returned `Ok` is on the disk (`journal_mode=WAL`, `synchronous=FULL`). Concurrent calls share one
/// transaction, so many callers cost little more than one. Several processes on one machine may use one file; a file on a
/// network share is not safe.
///
/// # Cancellation
///
/// A call that is dropped before it returns may still take effect.
///
/// # Examples
///
/// ```
/// use loqui_core::store::{GenerationStoreExt as _, SqliteStore};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// # let dir = tempfile::tempdir()?;
/// let store = SqliteStore::open(dir.path().join("records.sqlite")).await?;
/// assert!(store.unfinished().await?.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct SqliteStore {
    path: PathBuf,
    opened: OnceCell<Opened>,
}

impl SqliteStore {
    /// Opens the file, or creates it. Missing folders are created. New files and folders are accessible to their owner
    /// only.
    ///
    /// # Errors
    ///
    /// `store.unavailable` if it cannot be created, read or written; `store.corrupt` if it is not a file of records;
    /// `store.too_new` if a later version of this library wrote it.
    pub async fn open(path: impl Into<PathBuf>) -> Result<Self> {
        let store = Self::lazy(path);
        store.opened().await?;
        Ok(store)
    }

    /// Names the file, and opens it at the first call. Until it can be opened, every call returns the errors of
    /// [`open`](Self::open).
    pub fn lazy(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            opened: OnceCell::new(),
        }
    }

    /// The path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn describe(&self) -> String {
        self.path.display().to_string()
    }

    async fn opened(&self) -> Result<&Opened> {
        let opened = self.opened.get_or_try_init(|| open::open(&self.path)).await;
        opened.map_err(|failure| failure.into_error(&self.describe()))
    }

    /// Runs `work` on a connection that cannot write.
    pub(super) async fn read<T, W>(&self, work: W) -> Result<T>
    where
        W: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, Failure>> + Send,
    {
        async fn on_reader<T, W>(readers: &SqlitePool, work: W) -> Result<T, Failure>
        where
            W: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, Failure>> + Send,
        {
            let mut reader = readers.acquire().await?;
            work(&mut reader).await
        }
        let done = on_reader(&self.opened().await?.readers, work).await;
        done.map_err(|failure| failure.into_error(&self.describe()))
    }

    /// Runs `work` in a transaction.
    pub(super) async fn change<T, W>(&self, priority: Priority, work: W) -> Result<T>
    where
        T: Send + 'static,
        W: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, Failure>> + Send + 'static,
    {
        let done = self.opened().await?.writer.run(priority, work).await;
        done.map_err(|failure| failure.into_error(&self.describe()))
    }

    /// The processes of a file share the clock of their machine.
    #[expect(clippy::unused_async, reason = "the same call as with Postgres")]
    async fn server_time(&self) -> Result<Option<Timestamp>> {
        Ok(None)
    }

    /// SQLite has no notifications between processes.
    async fn notified(&self) {
        std::future::pending::<()>().await;
    }
}

impl Drop for SqliteStore {
    /// Writes the log back into the file. After the last program has ended, the file alone is a complete copy.
    fn drop(&mut self) {
        if let Some(opened) = self.opened.take() {
            opened.writer.write_back();
        }
    }
}

sql_store!(SqliteStore);
driver!(Sqlite, SqliteConnection, SqliteRow, |values: Vec<i64>| {
    serde_json::Value::from(values).to_string()
});
