//! Failures of a database of records, and the errors that callers see.

use std::io;
use std::sync::Arc;

use thiserror::Error;

use crate::error::{self, Code, code};
use crate::store::apply::Refusal;

/// Cheap to clone: the calls of one SQLite transaction share its failure.
#[derive(Clone, Debug, Error)]
#[cfg_attr(
    not(all(feature = "sqlite", feature = "postgres")),
    expect(dead_code, reason = "some failures happen with one database only")
)]
pub(super) enum Failure {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Record(Arc<error::Error>),
    #[error("the folder or file could not be created")]
    Create(#[source] Arc<io::Error>),
    #[error("the database answered with an error")]
    Database(#[source] Arc<sqlx::Error>),
    #[error("the database did not answer")]
    Timeout,
    #[error("it is a database of another program")]
    Foreign,
    #[error("it has version {found}, and this program supports up to {known}")]
    TooNew { found: i64, known: i64 },
    #[error("rows refer to rows that do not exist")]
    Dangling,
    #[error("the file system supports journal mode {mode} only, and wal is required")]
    NoWal { mode: String },
    #[error("column {column} holds {value:?}")]
    Value { column: &'static str, value: String },
    #[error("column {column} holds unreadable JSON")]
    Json {
        column: &'static str,
        #[source]
        source: Arc<serde_json::Error>,
    },
    #[error("a record could not be encoded as JSON")]
    Encode(#[source] Arc<serde_json::Error>),
    #[error("the transaction was abandoned because the program is ending")]
    Stopped,
}

/// A row that is not a valid record, or an error of the application in a transaction.
impl From<error::Error> for Failure {
    fn from(error: error::Error) -> Self {
        Self::Record(Arc::new(error))
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(Arc::new(error))
    }
}

impl Failure {
    /// The error that callers see. `location` names the database, without its password.
    pub(super) fn into_error(self, location: &str) -> error::Error {
        match self {
            Self::Refused(refusal) => refusal.into(),
            // Only calls that share a transaction share a failure, and then only that of the database.
            Self::Record(error) => Arc::try_unwrap(error).unwrap_or_else(|error| error.again()),
            Self::TooNew { .. } => error::Error::new(
                &code::STORE_TOO_NEW,
                format!("the records in {location} are too new: {self}"),
            ),
            Self::Encode(_) => error::Error::new(&code::INTERNAL, self.to_string()).with_source(self),
            _ => {
                let code = self.code();
                let problem = if *code == code::STORE_CORRUPT {
                    "are damaged or were not written by loqui"
                } else if self.is_busy() {
                    "are locked by another process"
                } else {
                    "could not be read or written"
                };
                error::Error::new(code, format!("the records in {location} {problem}")).with_source(self)
            }
        }
    }

    fn code(&self) -> &'static Code {
        let corrupt = match self {
            Self::Foreign | Self::Dangling | Self::Value { .. } | Self::Json { .. } => true,
            Self::Database(error) => match &**error {
                sqlx::Error::Database(_) => self.is_damage(),
                sqlx::Error::ColumnDecode { .. } | sqlx::Error::ColumnNotFound(_) | sqlx::Error::Decode(_) => true,
                _ => false,
            },
            _ => false,
        };
        if corrupt {
            &code::STORE_CORRUPT
        } else {
            &code::STORE_UNAVAILABLE
        }
    }

    /// True if a unique key exists already.
    pub(super) fn is_unique_violation(&self) -> bool {
        self.database()
            .is_some_and(sqlx::error::DatabaseError::is_unique_violation)
    }

    /// True if another process held SQLite's lock for longer than the busy timeout.
    pub(super) fn is_busy(&self) -> bool {
        self.sqlite_code() == Some(sqlite_code::BUSY)
    }

    /// True if SQLite found its file damaged, or inconsistent with what this program writes.
    pub(super) fn is_damage(&self) -> bool {
        matches!(
            self.sqlite_code(),
            Some(sqlite_code::CORRUPT | sqlite_code::NOTADB | sqlite_code::CONSTRAINT)
        )
    }

    /// SQLite's primary result code, the low byte of the extended one; `None` for an error of Postgres.
    #[cfg(feature = "sqlite")]
    fn sqlite_code(&self) -> Option<u32> {
        let error = self.database()?.try_downcast_ref::<sqlx::sqlite::SqliteError>()?;
        let code = sqlx::error::DatabaseError::code(error)?.parse::<u32>().ok()?;
        Some(code & 0xff)
    }

    #[cfg(not(feature = "sqlite"))]
    #[expect(clippy::unused_self, reason = "the same call as with SQLite")]
    const fn sqlite_code(&self) -> Option<u32> {
        None
    }

    fn database(&self) -> Option<&dyn sqlx::error::DatabaseError> {
        match self {
            Self::Database(error) => error.as_database_error(),
            _ => None,
        }
    }
}

/// Primary result codes of SQLite (<https://www.sqlite.org/rescode.html>).
mod sqlite_code {
    pub(super) const BUSY: u32 = 5;
    pub(super) const CORRUPT: u32 = 11;
    pub(super) const CONSTRAINT: u32 = 19;
    pub(super) const NOTADB: u32 = 26;
}
