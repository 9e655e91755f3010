//! The database of the backend: users, keys, and the owners of uploads and generations. The library does not know
//! users.

use std::path::Path;
use std::time::Duration;

use loqui_core::Error;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions as _, SqlitePool};

use crate::code;

/// The SQLite application id of the file (`Loqb` in ASCII).
const APPLICATION_ID: i64 = 0x4c6f_7162;

/// One file per schema version. Released files never change.
const MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/0001_backend.sql"),
    include_str!("../../migrations/0002_upload_details.sql"),
];

/// Reads take microseconds, so a few connections serve many requests.
const READERS: u32 = 8;

/// An open database. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Database {
    reads: SqlitePool,
    /// One connection: writers queue for it. With several connections, SQLite would poll for the lock.
    writes: SqlitePool,
}

impl Database {
    /// Opens the database in a data directory, and creates it if it does not exist, readable by its owner only.
    ///
    /// # Errors
    ///
    /// `store.unavailable`, `store.corrupt`, `store.too_new`.
    pub(crate) async fn open(data_dir: &Path) -> Result<Self, Error> {
        let path = data_dir.join("backend.db");
        create(&path).map_err(|source| {
            Error::new(
                &code::STORE_UNAVAILABLE,
                format!("cannot write into {}", data_dir.display()),
            )
            .with_source(source)
        })?;
        let options = SqliteConnectOptions::new()
            .filename(std::path::absolute(&path).unwrap_or(path))
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(30))
            .foreign_keys(true)
            .disable_statement_logging();
        let pool = |connections| {
            SqlitePoolOptions::new()
                .max_connections(connections)
                .idle_timeout(None)
                .max_lifetime(None)
                .test_before_acquire(false)
        };
        let writes = pool(1).connect_with(options.clone()).await.map_err(unavailable)?;
        let reads = pool(READERS).connect_lazy_with(options.pragma("query_only", "ON"));
        let database = Self { reads, writes };
        database.migrate().await?;
        Ok(database)
    }

    /// Returns the connections for queries that only read.
    pub(crate) fn reads(&self) -> &SqlitePool {
        &self.reads
    }

    /// Returns the connection for queries that write.
    pub(crate) fn writes(&self) -> &SqlitePool {
        &self.writes
    }

    async fn migrate(&self) -> Result<(), Error> {
        let mut transaction = self.writes.begin_with("BEGIN IMMEDIATE").await.map_err(unavailable)?;
        let (application, version): (i64, i64) = sqlx::query_as(
            "SELECT (SELECT application_id FROM pragma_application_id), (SELECT user_version FROM pragma_user_version)",
        )
        .fetch_one(&mut *transaction)
        .await
        .map_err(unavailable)?;
        let done = match (application, usize::try_from(version)) {
            (0, Ok(0)) => 0,
            (APPLICATION_ID, Ok(done)) if done <= MIGRATIONS.len() => done,
            (APPLICATION_ID, _) => {
                let message =
                    format!("the database of the backend has version {version}, which a later version of Loqui wrote");
                return Err(Error::new(&code::STORE_TOO_NEW, message));
            }
            _ => {
                return Err(Error::new(
                    &code::STORE_CORRUPT,
                    "backend.db is not a database of Loqui",
                ));
            }
        };
        for migration in &MIGRATIONS[done..] {
            sqlx::raw_sql(*migration)
                .execute(&mut *transaction)
                .await
                .map_err(unavailable)?;
        }
        let latest = MIGRATIONS.len();
        let marks = format!("PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {latest};");
        sqlx::raw_sql(AssertSqlSafe(marks))
            .execute(&mut *transaction)
            .await
            .map_err(unavailable)?;
        transaction.commit().await.map_err(unavailable)
    }

    /// Checks that the database is writable.
    pub(crate) async fn check(&self) -> Result<(), Error> {
        let mut transaction = self.writes.begin_with("BEGIN IMMEDIATE").await.map_err(unavailable)?;
        sqlx::query("DELETE FROM ended_token WHERE until < ?")
            .bind(now())
            .execute(&mut *transaction)
            .await
            .map_err(unavailable)?;
        transaction.commit().await.map_err(unavailable)
    }
}

/// Creates the file, readable by its owner only. SQLite gives its other files the same permissions.
fn create(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// The error for a failed query.
pub(crate) fn unavailable(source: sqlx::Error) -> Error {
    Error::new(
        &code::STORE_UNAVAILABLE,
        "the database of the backend cannot be read or written",
    )
    .with_source(source)
}

/// Returns the current time as it is stored: microseconds since 1970.
pub(crate) fn now() -> i64 {
    jiff::Timestamp::now().as_microsecond()
}

/// Formats a stored time as ISO 8601 in UTC with microseconds.
pub(crate) fn shown(microseconds: i64) -> String {
    jiff::Timestamp::from_microsecond(microseconds)
        .map(|time| format!("{time:.6}"))
        .unwrap_or_default()
}
