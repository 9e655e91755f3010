//! The backend's own file of records: users, keys, and what is whose. The library knows nothing of users.

use std::path::Path;
use std::time::Duration;

use loqui_core::Error;
use loqui_core::error::code;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions as _, SqlitePool};

/// Marks the file as ours (`Loqb` in ASCII).
const APPLICATION_ID: i64 = 0x4c6f_7162;

/// Every version is one file; what has been released is never changed.
const MIGRATIONS: &[&str] = &[include_str!("../../migrations/0001_backend.sql")];

/// Reads take microseconds: a few connections serve many requests.
const READERS: u32 = 8;

/// An open file. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Database {
    reads: SqlitePool,
    /// One connection: who writes waits for a turn, where two would have SQLite try again and again.
    writes: SqlitePool,
}

impl Database {
    /// Opens the file in a data directory; makes it, for its owner only, if it is missing.
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

    /// Where queries go that only read.
    pub(crate) fn reads(&self) -> &SqlitePool {
        &self.reads
    }

    /// Where what changes records goes.
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
                let message = format!("the backend's records are of version {version}, written by a later loqui");
                return Err(Error::new(&code::STORE_TOO_NEW, message));
            }
            _ => return Err(Error::new(&code::STORE_CORRUPT, "backend.db is not a file of ours")),
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

    /// Whether it can be written right now.
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

/// Makes the file for its owner only; SQLite gives the files beside it the same permissions.
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

/// What a failed query is to callers.
pub(crate) fn unavailable(source: sqlx::Error) -> Error {
    Error::new(
        &code::STORE_UNAVAILABLE,
        "the backend's records cannot be read or written",
    )
    .with_source(source)
}

/// Now, as records keep it: microseconds since 1970.
pub(crate) fn now() -> i64 {
    jiff::Timestamp::now().as_microsecond()
}

/// A time as answers show it: ISO 8601 in UTC, to the microsecond.
pub(crate) fn shown(microseconds: i64) -> String {
    jiff::Timestamp::from_microsecond(microseconds)
        .map(|time| format!("{time:.6}"))
        .unwrap_or_default()
}
