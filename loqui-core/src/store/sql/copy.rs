//! Copies of all records: written while programs use them, and read back into an empty database.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::application::{Database, Store};
use super::connection::{Dialect, Statement};
use crate::error::{Error, Result, code};

/// The tables of the library, in an order in which rows follow those that they refer to.
#[cfg(feature = "postgres")]
pub(super) const TABLES: [&str; 9] = [
    "sample",
    "generation",
    "generation_voice",
    "take",
    "hint",
    "event",
    "worker",
    "spending",
    "sample_artefact",
];

/// An application whose tables are beside those of the library.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Application {
    /// The name under which the database counts its migrations.
    pub name: &'static str,
    /// Its migrations.
    pub migrations: &'static [Statement],
    /// Its tables, in an order in which rows follow those that they refer to. If the first one has rows, the database is not
    /// empty.
    pub tables: &'static [&'static str],
}

impl Application {
    /// An application with these migrations, which create these tables.
    pub const fn new(name: &'static str, migrations: &'static [Statement], tables: &'static [&'static str]) -> Self {
        Self {
            name,
            migrations,
            tables,
        }
    }
}

/// What a copy of the records contains.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RecordsCopy {
    /// `sqlite` or `postgres`. A copy can be read back into a database of the same kind.
    pub database: String,
    /// When it was made. Later changes are not in it.
    pub at: Timestamp,
    /// The version of the tables of the library.
    pub version: i64,
    /// How many migrations of the application have run.
    pub application_version: i64,
    /// Its files, in the folder of the copy.
    pub files: Vec<PathBuf>,
    /// The tables of Postgres.
    pub tables: Vec<TableCopy>,
}

/// A table in a copy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TableCopy {
    /// Its name.
    pub name: String,
    /// Its columns, in the order of the file.
    pub columns: Vec<String>,
    /// The number of its rows.
    pub rows: u64,
    /// The last id that was given to a row, and whether it was given.
    pub last_id: Option<(i64, bool)>,
}

impl Database {
    /// Writes a consistent copy of all records, and of the tables of an application, into an empty folder. Programs may use
    /// the database meanwhile.
    ///
    /// # Errors
    ///
    /// `store.unavailable`, also if a file cannot be written; `store.corrupt`.
    pub async fn copy_to(&self, folder: &Path, application: &Application) -> Result<RecordsCopy> {
        match &self.0 {
            #[cfg(feature = "sqlite")]
            Store::Sqlite(store) => store.copy_to(folder, application).await,
            #[cfg(feature = "postgres")]
            Store::Postgres(store) => store.copy_to(folder, application).await,
        }
    }

    /// Checks that a copy may be read back: the database has no records, or they are to be replaced, and no process uses
    /// them.
    ///
    /// # Errors
    ///
    /// `store.not_empty`, `store.in_use`, `store.unavailable`, `store.corrupt`.
    pub async fn ensure_replaceable(&self, application: &Application, replace: bool) -> Result<()> {
        match &self.0 {
            #[cfg(feature = "sqlite")]
            Store::Sqlite(store) => store.ensure_replaceable(application, replace).await,
            #[cfg(feature = "postgres")]
            Store::Postgres(store) => store.ensure_replaceable(application, replace).await,
        }
    }

    /// Replaces all records by those of a copy: completely or, after an error, not at all. Call it before anything else of
    /// this store.
    ///
    /// What was paid after the copy was made is not in it. Each segment that an unfinished generation still has to speak
    /// therefore gets a [stand-in](crate::ledger::TakeRecord::is_stand_in): the list of
    /// the provider decides whether it is spoken, or held.
    ///
    /// # Errors
    ///
    /// `store.not_empty` if the database has records and they are not to be replaced; `store.in_use` while a process uses
    /// them; `store.too_new` for a copy of a later version; `store.corrupt` for a copy of another kind of database or a
    /// damaged one; `store.unavailable`.
    pub async fn read_back(
        &self,
        folder: &Path,
        copy: &RecordsCopy,
        application: &Application,
        replace: bool,
    ) -> Result<()> {
        match &self.0 {
            #[cfg(feature = "sqlite")]
            Store::Sqlite(store) => store.read_back(folder, copy, application, replace).await,
            #[cfg(feature = "postgres")]
            Store::Postgres(store) => store.read_back(folder, copy, application, replace).await,
        }
    }

    /// Checks the structure of the database and the references between its rows. Reads all of a SQLite file.
    ///
    /// # Errors
    ///
    /// `store.corrupt` with the first problem; `store.unavailable`.
    pub async fn check_integrity(&self) -> Result<()> {
        match &self.0 {
            #[cfg(feature = "sqlite")]
            Store::Sqlite(store) => store.check_integrity().await,
            #[cfg(feature = "postgres")]
            Store::Postgres(store) => store.check_integrity().await,
        }
    }
}

impl Dialect {
    /// Returns the name in copies.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

impl RecordsCopy {
    /// Checks that a database of this kind and version can read the copy.
    pub(super) fn check(&self, dialect: Dialect, latest: i64, application: &Application) -> Result<()> {
        if self.database != dialect.name() {
            let message = format!(
                "the copy is of a database of the kind {}, and this one is of the kind {}",
                self.database,
                dialect.name()
            );
            return Err(Error::new(&code::STORE_CORRUPT, message)
                .with_hint("Set LOQUI_DATABASE_URL to a database of the same kind."));
        }
        let newest = application.migrations.len().cast_signed() as i64;
        if self.version > latest || self.application_version > newest {
            let message = format!(
                "the copy has version {}.{}, and this program supports up to {latest}.{newest}",
                self.version, self.application_version
            );
            return Err(Error::new(&code::STORE_TOO_NEW, message));
        }
        Ok(())
    }
}
