//! Opens a file of records: creates it if needed, checks that it belongs to this library, and migrates it.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, SqliteConnection, SqlitePool};

use super::migrate;
use super::writer::Writer;
use crate::store::folder::create_private;
use crate::store::sql::failure::Failure;

/// How long a call waits for the write lock of another process.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);
/// The interval of attempts to get a lock that SQLite itself does not wait for.
const PAUSE: Duration = Duration::from_millis(20);
/// The number of connections that read. Reads take microseconds, so a few serve thousands of generations and requests.
const READERS: u32 = 8;

/// An open file.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) writer: Arc<Writer>,
    pub(super) readers: SqlitePool,
}

pub(super) async fn open(path: &Path) -> Result<Opened, Failure> {
    // Absolute: SQLite gives names such as `file:x` and `:memory:` a meaning of its own.
    let path = std::path::absolute(path).map_err(|error| Failure::Create(Arc::new(error)))?;
    create(&path).map_err(|error| Failure::Create(Arc::new(error)))?;
    let options = options(&path);

    let mut connection = options.connect().await?;
    migrate::version(&mut connection).await?;
    write_ahead(&mut connection).await?;
    migrate::migrate(&mut connection).await?;

    let readers = SqlitePoolOptions::new()
        .max_connections(READERS)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_lazy_with(options.clone().pragma("query_only", "ON"));
    let writer = Arc::new(Writer::new(options, connection));
    Ok(Opened { writer, readers })
}

/// The options of every connection.
pub(super) fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .synchronous(SqliteSynchronous::Full)
        .pragma("fullfsync", "ON") // on macOS, fsync alone does not reach the disk
        .busy_timeout(BUSY_TIMEOUT)
        .foreign_keys(true)
        .disable_statement_logging()
}

/// Creates the file, accessible to its owner only. SQLite gives the files beside it the same permissions.
pub(super) fn create(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        create_private(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Turns on the write-ahead log, which is a persistent property of the file. SQLite does not wait for the lock that this
/// needs, so it is retried here: two processes may create one file at the same time.
async fn write_ahead(connection: &mut SqliteConnection) -> Result<(), Failure> {
    let mut attempts = BUSY_TIMEOUT.as_millis() / PAUSE.as_millis();
    loop {
        let mode: Result<String, sqlx::Error> = sqlx::query_scalar("PRAGMA journal_mode = WAL")
            .fetch_one(&mut *connection)
            .await;
        match mode.map_err(Failure::from) {
            Ok(mode) if mode == "wal" => return Ok(()),
            Ok(mode) => return Err(Failure::NoWal { mode }),
            Err(failure) if failure.is_busy() && attempts > 0 => attempts -= 1,
            Err(failure) => return Err(failure),
        }
        tokio::time::sleep(PAUSE).await;
    }
}
