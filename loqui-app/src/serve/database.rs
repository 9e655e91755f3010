//! The tables of the backend, in the database of the library's records: users, keys, uploads, jobs, and what servers share.

use std::ops::Deref;
use std::path::Path;

use loqui_core::store::sql::{self, Dialect, Query, Statement};
use loqui_core::{Error, Loqui};

use super::earlier;

/// One element for each version. A released file never changes.
const MIGRATIONS: &[Statement] = &[
    Statement::new(
        include_str!("../../migrations/sqlite/0001_backend.sql"),
        include_str!("../../migrations/postgres/0001_backend.sql"),
    ),
    Statement::new(
        include_str!("../../migrations/sqlite/0002_upload_details.sql"),
        include_str!("../../migrations/postgres/0002_upload_details.sql"),
    ),
    Statement::new(
        include_str!("../../migrations/sqlite/0003_upload_handles.sql"),
        include_str!("../../migrations/postgres/0003_upload_handles.sql"),
    ),
];

/// The tables of the backend.
pub(crate) const APPLICATION: sql::Application = sql::Application::new(
    "backend",
    MIGRATIONS,
    &[
        "account",
        "api_key",
        "ended_token",
        "failed_sign_in",
        "upload",
        "job",
        "announcement",
        "erasure",
        "shared_value",
    ],
);

/// The database of the records, with the tables of the backend. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Database(sql::Database);

impl Database {
    /// Creates the tables if they do not exist, and takes over the database that earlier versions kept in the data
    /// directory.
    ///
    /// # Errors
    ///
    /// `store.unavailable`, `store.corrupt`, `store.too_new`, `store.no_database`.
    pub(crate) async fn open(loqui: &Loqui, data_dir: &Path) -> Result<Self, Error> {
        let database = Self(loqui.database()?);
        database.0.migrate(APPLICATION.name, APPLICATION.migrations).await?;
        earlier::take_over(&database, loqui, data_dir).await?;
        Ok(database)
    }

    /// Checks that the database is writable, and deletes tokens that have expired.
    pub(crate) async fn check(&self) -> Result<(), Error> {
        let query = Query::new("DELETE FROM ended_token WHERE expires < $1").bind(now());
        self.execute(query).await.map(drop)
    }
}

impl Deref for Database {
    type Target = sql::Database;

    fn deref(&self) -> &sql::Database {
        &self.0
    }
}

/// Lets the transactions that depend on the number of a user's records run one after the other.
///
/// # Errors
///
/// `store.unavailable`.
pub(crate) async fn lock_account(transaction: &mut sql::Transaction<'_>, account: i64) -> Result<(), Error> {
    // SQLite has one writer at a time.
    const LOCK: Statement = Statement::new(
        "SELECT id FROM account WHERE id = $1",
        "SELECT id FROM account WHERE id = $1 FOR NO KEY UPDATE",
    );
    let query = Query::new(LOCK.of(transaction.dialect())).bind(account);
    transaction.execute(query).await.map(drop)
}

/// Whether a text can be stored in, or compared with, a column. Postgres has no null characters.
pub(crate) fn is_storable(text: &str, dialect: Dialect) -> bool {
    dialect != Dialect::Postgres || !text.contains('\0')
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
