//! What can go wrong with a database of records, and which error it is to the caller.

use std::sync::Arc;

use thiserror::Error;

use super::super::apply::Refusal;
use crate::error::{self, Code, code};

#[derive(Clone, Debug, Error)]
pub(super) enum Failure {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Record(Arc<error::Error>),
    #[error("the database answered with an error")]
    Database(#[source] Arc<sqlx::Error>),
    #[error("the database did not answer")]
    Silent,
    #[error("it has version {found}, and this program knows up to {known}")]
    TooNew { found: i64, known: i64 },
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
    /// Turns it into the error that callers see. The address is not in it: it may hold a password.
    pub(super) fn into_error(self) -> error::Error {
        match self {
            Self::Refused(refusal) => refusal.into(),
            Self::Record(error) => error.again(),
            Self::TooNew { .. } => error::Error::new(
                &code::STORE_TOO_NEW,
                format!("the records in Postgres are too new: {self}"),
            ),
            Self::Encode(_) => error::Error::new(&code::INTERNAL, self.to_string()).with_source(self),
            _ => {
                let code = self.code();
                let what = if *code == code::STORE_CORRUPT {
                    "are damaged"
                } else {
                    "could not be read or written"
                };
                error::Error::new(code, format!("the records in Postgres {what}"))
                    .with_hint("Check that Postgres runs, and LOQUI_DATABASE_URL.")
                    .with_source(self)
            }
        }
    }

    fn code(&self) -> &'static Code {
        let corrupt = match self {
            Self::Value { .. } | Self::Json { .. } => true,
            Self::Database(error) => matches!(
                &**error,
                sqlx::Error::ColumnDecode { .. } | sqlx::Error::ColumnNotFound(_) | sqlx::Error::Decode(_)
            ),
            _ => false,
        };
        if corrupt {
            &code::STORE_CORRUPT
        } else {
            &code::STORE_UNAVAILABLE
        }
    }

    /// True if a unique key was taken.
    pub(super) fn is_taken(&self) -> bool {
        match self {
            Self::Database(error) => error
                .as_database_error()
                .is_some_and(sqlx::error::DatabaseError::is_unique_violation),
            _ => false,
        }
    }
}
