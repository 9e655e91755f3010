//! Copies of a file of records.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, SqliteConnection};

use super::{SqliteStore, migrate, open};
use crate::error::{Error, Result, code};
use crate::store::folder::create_private;
use crate::store::sql::connection::Dialect;
use crate::store::sql::copy::{Application, RecordsCopy};
use crate::store::sql::failure::Failure;
use crate::store::sql::stand_ins;

/// The name of the file in a copy.
const FILE: &str = "records.db";

impl SqliteStore {
    pub(in crate::store::sql) async fn copy_to(&self, folder: &Path, application: &Application) -> Result<RecordsCopy> {
        // Creates or migrates the file, so that every copy has the version of this program.
        self.opened().await?;
        let path = folder.join(FILE);
        let copied = async {
            open::create(&path).map_err(|error| Failure::Create(Arc::new(error)))?;
            let mut connection = open::options(&self.path).connect().await?;
            let at = Timestamp::now();
            sqlx::query("VACUUM INTO $1")
                .bind(path.display().to_string())
                .execute(&mut connection)
                .await?;
            connection.close().await?;
            let mut copy = plain(&path).connect().await?;
            let application_version = version_of(&mut copy, application).await?;
            copy.close().await?;
            Ok((at, application_version))
        };
        let copied: Result<_, Failure> = copied.await;
        let (at, application_version) = copied.map_err(|failure| failure.into_error(&self.describe()))?;
        Ok(RecordsCopy {
            database: Dialect::Sqlite.name().to_owned(),
            at,
            version: migrate::LATEST,
            application_version,
            files: vec![PathBuf::from(FILE)],
            tables: Vec::new(),
        })
    }

    pub(in crate::store::sql) async fn read_back(
        &self,
        folder: &Path,
        copy: &RecordsCopy,
        application: &Application,
        replace: bool,
    ) -> Result<()> {
        copy.check(Dialect::Sqlite, migrate::LATEST, application)?;
        let name = copy.files.first().map_or(Path::new(FILE), PathBuf::as_path);
        let source = folder.join(name);
        let target = std::path::absolute(&self.path).unwrap_or_else(|_| self.path.clone());
        let new = beside(&target, ".restoring");
        let prepared = prepare(&source, &new, copy.at).await;
        if let Err(failure) = prepared {
            remove(&new);
            return Err(failure.into_error(&source.display().to_string()));
        }
        let replaced = async {
            self.ensure_replaceable(application, replace).await?;
            let moved = std::fs::rename(&new, &target).and_then(|()| sync_folder(&target));
            moved.map_err(|error| Failure::Create(Arc::new(error)).into_error(&self.describe()))
        };
        let replaced = replaced.await;
        if replaced.is_err() {
            remove(&new);
        }
        replaced
    }

    /// Also writes the log back into the file, if it may be replaced.
    pub(in crate::store::sql) async fn ensure_replaceable(
        &self,
        application: &Application,
        replace: bool,
    ) -> Result<()> {
        if self.opened.initialized() {
            return Err(in_use(&self.describe()));
        }
        let target = std::path::absolute(&self.path).unwrap_or_else(|_| self.path.clone());
        release(&target, application, replace, &self.describe()).await
    }

    pub(in crate::store::sql) async fn check_integrity(&self) -> Result<()> {
        self.opened().await?;
        let checked = async {
            let mut connection = open::options(&self.path).connect().await?;
            let problem: String = sqlx::query_scalar("PRAGMA integrity_check(1)")
                .fetch_one(&mut connection)
                .await?;
            let dangling: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pragma_foreign_key_check)")
                .fetch_one(&mut connection)
                .await?;
            connection.close().await?;
            Ok((problem, dangling))
        };
        let checked: Result<(String, bool), Failure> = checked.await;
        let (problem, dangling) = checked.map_err(|failure| failure.into_error(&self.describe()))?;
        if problem != "ok" {
            let message = format!("the records in {} are damaged: {problem}", self.describe());
            return Err(Error::new(&code::STORE_CORRUPT, message));
        }
        if dangling {
            return Err(Failure::Dangling.into_error(&self.describe()));
        }
        Ok(())
    }
}

/// Copies the file, and prepares its records.
async fn prepare(source: &Path, new: &Path, at: Timestamp) -> Result<(), Failure> {
    let created = |error| Failure::Create(Arc::new(error));
    if let Some(folder) = new.parent() {
        create_private(folder).map_err(created)?;
    }
    remove(new);
    // Not a copy of the file: it would have the permissions of the source.
    open::create(new).map_err(created)?;
    let (from, to) = (source.to_owned(), new.to_owned());
    let copying = tokio::task::spawn_blocking(move || {
        let mut to = std::fs::OpenOptions::new().write(true).open(to)?;
        std::io::copy(&mut std::fs::File::open(from)?, &mut to)?;
        to.sync_all()
    });
    copying.await.map_err(|_| Failure::Stopped)?.map_err(created)?;
    let mut connection = plain(new).connect().await?;
    let intact: String = sqlx::query_scalar("PRAGMA integrity_check(1)")
        .fetch_one(&mut connection)
        .await?;
    if intact != "ok" {
        return Err(Failure::Value {
            column: "integrity_check",
            value: intact,
        });
    }
    migrate::version(&mut connection).await?;
    migrate::migrate(&mut connection).await?;
    let mut transaction = connection.begin().await?;
    stand_ins::add(&mut *transaction, at).await?;
    transaction.commit().await?;
    connection.close().await?;
    std::fs::File::open(new)
        .and_then(|file| file.sync_all())
        .map_err(created)
}

/// Makes sure that the target may be replaced, and that no process has it open.
async fn release(target: &Path, application: &Application, replace: bool, location: &str) -> Result<()> {
    if std::fs::metadata(target).is_ok_and(|file| file.len() > 0) {
        match leave_log(target, application, replace).await {
            Ok(Released::Free) => {}
            Ok(Released::NotEmpty) => return Err(not_empty(location)),
            Ok(Released::InUse) => return Err(in_use(location)),
            // Damaged records are what a backup is for.
            Err(failure) if replace && failure.is_damage() => {
                tracing::warn!("the damaged records in {location} are replaced");
            }
            Err(failure) => return Err(failure.into_error(location)),
        }
    }
    for suffix in ["-wal", "-shm"] {
        remove(&beside(target, suffix));
    }
    Ok(())
}

/// Whether a file may be replaced.
enum Released {
    Free,
    NotEmpty,
    InUse,
}

async fn leave_log(target: &Path, application: &Application, replace: bool) -> Result<Released, Failure> {
    let mut connection = plain(target).connect().await?;
    let version = migrate::version(&mut connection).await?;
    if version > 0 && !replace && has_records(&mut connection, application).await? {
        return Ok(Released::NotEmpty);
    }
    // Only the last process that has the file open can leave the write-ahead log. This also writes the log back.
    let mode = sqlx::query_scalar("PRAGMA journal_mode = DELETE")
        .fetch_one(&mut connection)
        .await;
    let released = match mode.map_err(Failure::from) {
        Ok::<String, _>(mode) if mode == "delete" => Released::Free,
        Ok(_) => Released::InUse,
        Err(failure) if failure.is_busy() => Released::InUse,
        Err(failure) => return Err(failure),
    };
    connection.close().await?;
    Ok(released)
}

async fn has_records(connection: &mut SqliteConnection, application: &Application) -> Result<bool, Failure> {
    for table in ["sample", "generation", "spending"]
        .iter()
        .chain(application.tables.first())
    {
        let exists: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = $1)")
            .bind(*table)
            .fetch_one(&mut *connection)
            .await?;
        if !exists {
            continue;
        }
        let query = AssertSqlSafe(format!("SELECT EXISTS (SELECT 1 FROM {table})"));
        if sqlx::query_scalar(query).fetch_one(&mut *connection).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// How many migrations of the application have run.
async fn version_of(connection: &mut SqliteConnection, application: &Application) -> Result<i64, Failure> {
    let exists: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'application_version')")
            .fetch_one(&mut *connection)
            .await?;
    if !exists {
        return Ok(0);
    }
    let version = sqlx::query_scalar("SELECT version FROM application_version WHERE application = $1")
        .bind(application.name)
        .fetch_optional(connection)
        .await?;
    Ok(version.unwrap_or_default())
}

/// A file that only this process has open.
fn plain(path: &Path) -> SqliteConnectOptions {
    open::options(path).busy_timeout(std::time::Duration::from_secs(1))
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn remove(path: &Path) {
    // It usually does not exist.
    let _ = std::fs::remove_file(path);
}

/// Makes the new name durable.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn not_empty(location: &str) -> Error {
    Error::new(&code::STORE_NOT_EMPTY, format!("{location} has records"))
}

fn in_use(location: &str) -> Error {
    Error::new(&code::STORE_IN_USE, format!("a process uses the records in {location}"))
}
