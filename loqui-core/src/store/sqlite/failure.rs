//! What can go wrong with a file of records, and which error it is to the caller.

use std::io;
use std::path::Path;
use std::sync::Arc;

use thiserror::Error;

use super::super::apply::Refusal;
use crate::error::{self, Code, code};

/// Primary result codes of SQLite (<https://www.sqlite.org/rescode.html>).
const SQLITE_BUSY: u32 = 5;
const SQLITE_CORRUPT: u32 = 11;
const SQLITE_CONSTRAINT: u32 = 19;
const SQLITE_NOTADB: u32 = 26;

/// Shared by all calls of one transaction, hence cheap to clone.
#[derive(Clone, Debug, Error)]
pub(super) enum Failure {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Record(Arc<error::Error>),
    #[error("the folder or file could not be made")]
    Create(#[source] Arc<io::Error>),
    #[error("the database answered with an error")]
    Database(#[source] Arc<sqlx::Error>),
    #[error("it is a database of another program")]
    Foreign,
    #[error("it has version {found}, and this program knows up to {known}")]
    TooNew { found: i64, known: i64 },
    #[error("rows point to others that are not there")]
    Dangling,
    #[error("the file system allows journal mode {mode} only, and wal is needed")]
    NoWal { mode: String },
    #[error("column {column} holds {value:?}")]
    Value { column: &'static str, value: String },
    #[error("column {column} holds unreadable JSON")]
    Json {
        column: &'static str,
        #[source]
        source: Arc<serde_json::Error>,
    },
    #[error("a record could not be turned into JSON")]
    Encode(#[source] Arc<serde_json::Error>),
    #[error("the transaction was given up, since the program is ending")]
    Stopped,
}

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
    /// Turns it into the error that callers see.
    pub(super) fn into_error(self, path: &Path) -> error::Error {
        let path = path.display();
        match self {
            Self::Refused(refusal) => refusal.into(),
            Self::Record(error) => error.again(),
            Self::TooNew { .. } => error::Error::new(
                &code::STORE_TOO_NEW,
                format!("the records in {path} are too new: {self}"),
            ),
            Self::Encode(_) => error::Error::new(&code::INTERNAL, self.to_string()).with_source(self),
            _ => {
                let code = self.code();
                let what = if *code == code::STORE_CORRUPT {
                    "are damaged, or no records of loqui"
                } else if self.is_busy() {
                    "are locked by another process"
                } else {
                    "could not be read or written"
                };
                error::Error::new(code, format!("the records in {path} {what}")).with_source(self)
            }
        }
    }

    fn code(&self) -> &'static Code {
        let corrupt = match self {
            Self::Foreign | Self::Dangling | Self::Value { .. } | Self::Json { .. } => true,
            Self::Database(error) => match &**error {
                sqlx::Error::Database(_) => {
                    matches!(self.sqlite(), Some(SQLITE_CORRUPT | SQLITE_NOTADB | SQLITE_CONSTRAINT))
                }
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

    /// True if somebody else held the lock for longer than the busy timeout.
    pub(super) fn is_busy(&self) -> bool {
        self.sqlite() == Some(SQLITE_BUSY)
    }

    /// True if a unique key was taken.
    pub(super) fn is_taken(&self) -> bool {
        self.database()
            .is_some_and(sqlx::error::DatabaseError::is_unique_violation)
    }

    /// SQLite's primary result code: the low byte of the extended one.
    fn sqlite(&self) -> Option<u32> {
        let code = self.database()?.code()?.parse::<u32>().ok()?;
        Some(code & 0xff)
    }

    fn database(&self) -> Option<&dyn sqlx::error::DatabaseError> {
        match self {
            Self::Database(error) => error.as_database_error(),
            _ => None,
        }
    }
}
