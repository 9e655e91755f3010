//! Copies of the tables of records.

use std::path::Path;
use std::sync::Arc;

use futures::stream::TryStreamExt as _;
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::{PostgresStore, into_error, migrate};
use crate::error::{Error, Result, code};
use crate::store::sql::connection::Dialect;
use crate::store::sql::copy::{Application, RecordsCopy, TABLES, TableCopy};
use crate::store::sql::failure::Failure;
use crate::store::sql::stand_ins;

/// The size of a piece that is sent, in bytes.
const PIECE: usize = 64 << 10;

impl PostgresStore {
    pub(in crate::store::sql) async fn copy_to(&self, folder: &Path, application: &Application) -> Result<RecordsCopy> {
        self.pool().await?;
        let copied = async {
            let mut connection = self.options.connect().await?;
            let copy = copy_out(&mut connection, folder, application).await?;
            connection.close().await?;
            Ok(copy)
        };
        copied.await.map_err(into_error)
    }

    pub(in crate::store::sql) async fn read_back(
        &self,
        folder: &Path,
        copy: &RecordsCopy,
        application: &Application,
        replace: bool,
    ) -> Result<()> {
        copy.check(Dialect::Postgres, migrate::LATEST, application)?;
        self.ensure_replaceable(application, replace).await?;
        let connected = self.options.connect().await;
        let mut connection = connected.map_err(|error| into_error(error.into()))?;
        let read = copy_in(&mut connection, folder, copy, application).await;
        read.map_err(into_error)?;
        connection.close().await.map_err(|error| into_error(error.into()))
    }

    pub(in crate::store::sql) async fn ensure_replaceable(
        &self,
        application: &Application,
        replace: bool,
    ) -> Result<()> {
        let looked = async {
            let mut connection = self.options.connect().await?;
            let found = (
                is_in_use(&mut connection).await?,
                has_records(&mut connection, application).await?,
            );
            connection.close().await?;
            Ok(found)
        };
        let looked: Result<_, Failure> = looked.await;
        let (is_in_use, has_records) = looked.map_err(into_error)?;
        if has_records && !replace {
            let message = format!("{} has records", self.describe());
            return Err(Error::new(&code::STORE_NOT_EMPTY, message));
        }
        if is_in_use {
            let message = format!("a process uses the records in {}", self.describe());
            return Err(Error::new(&code::STORE_IN_USE, message));
        }
        Ok(())
    }

    pub(in crate::store::sql) async fn check_integrity(&self) -> Result<()> {
        self.pool().await?;
        let checked = async {
            let mut connection = self.options.connect().await?;
            let invalid: Option<String> = sqlx::query_scalar(
                "SELECT c.relname::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                 WHERE NOT i.indisvalid AND c.relnamespace = current_schema()::regnamespace LIMIT 1",
            )
            .fetch_optional(&mut connection)
            .await?;
            // Reads every row, and every value outside of its row.
            for table in TABLES {
                let query = format!("SELECT count(t::text) FROM {table} AS t");
                sqlx::query("SET statement_timeout = 0")
                    .execute(&mut connection)
                    .await?;
                sqlx::query(AssertSqlSafe(query)).execute(&mut connection).await?;
            }
            connection.close().await?;
            Ok(invalid)
        };
        let checked: Result<_, Failure> = checked.await;
        match checked.map_err(into_error)? {
            None => Ok(()),
            Some(index) => {
                let message = format!("the index {index} in {} is damaged", self.describe());
                Err(Error::new(&code::STORE_CORRUPT, message).with_hint("Run `REINDEX` for it in the database."))
            }
        }
    }
}

/// Writes all tables as one transaction sees them.
async fn copy_out(
    connection: &mut PgConnection,
    folder: &Path,
    application: &Application,
) -> Result<RecordsCopy, Failure> {
    let mut transaction = connection
        .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .await?;
    no_timeouts(&mut transaction).await?;
    let microseconds: i64 =
        sqlx::query_scalar("SELECT (extract(epoch FROM transaction_timestamp()) * 1000000)::bigint")
            .fetch_one(&mut *transaction)
            .await?;
    let version: i64 = sqlx::query_scalar("SELECT max(version) FROM loqui_version")
        .fetch_one(&mut *transaction)
        .await?;
    let application_version = application_version(&mut transaction, application).await?;
    let mut tables = Vec::new();
    for name in TABLES.iter().chain(application.tables) {
        if let Some(table) = copy_table(&mut transaction, folder, name).await? {
            tables.push(table);
        }
    }
    transaction.commit().await?;
    Ok(RecordsCopy {
        database: Dialect::Postgres.name().to_owned(),
        at: Timestamp::from_microsecond(microseconds).unwrap_or_else(|_| Timestamp::now()),
        version,
        application_version,
        files: tables.iter().map(|table| file_of(&table.name).into()).collect(),
        tables,
    })
}

async fn copy_table(connection: &mut PgConnection, folder: &Path, name: &str) -> Result<Option<TableCopy>, Failure> {
    let columns: Vec<String> = sqlx::query_scalar(
        "SELECT column_name::text FROM information_schema.columns
         WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position",
    )
    .bind(name)
    .fetch_all(&mut *connection)
    .await?;
    if columns.is_empty() {
        return Ok(None);
    }
    let statement = format!("COPY (SELECT {} FROM {name}) TO STDOUT", columns.join(", "));
    let mut file = tokio::fs::File::create(folder.join(file_of(name)))
        .await
        .map_err(created)?;
    let mut rows = 0;
    let mut pieces = connection.copy_out_raw(&statement).await?;
    while let Some(piece) = pieces.try_next().await? {
        // In this format, line feeds end rows and nothing else.
        rows += piece.iter().filter(|byte| **byte == b'\n').count() as u64;
        file.write_all(&piece).await.map_err(created)?;
    }
    drop(pieces);
    file.sync_all().await.map_err(created)?;
    let last_id = match sequence_of(connection, name, &columns).await? {
        Some(sequence) => {
            let query = AssertSqlSafe(format!("SELECT last_value, is_called FROM {sequence}"));
            Some(sqlx::query_as(query).fetch_one(&mut *connection).await?)
        }
        None => None,
    };
    Ok(Some(TableCopy {
        name: name.to_owned(),
        columns,
        rows,
        last_id,
    }))
}

/// Replaces all tables in one transaction.
async fn copy_in(
    connection: &mut PgConnection,
    folder: &Path,
    copy: &RecordsCopy,
    application: &Application,
) -> Result<(), Failure> {
    let mut transaction = connection.begin().await?;
    migrate::lock(&mut transaction).await?;
    no_timeouts(&mut transaction).await?;
    let versions = ["loqui_version", "application_version"];
    for name in versions.iter().chain(application.tables).chain(&TABLES) {
        let query = AssertSqlSafe(format!("DROP TABLE IF EXISTS {name} CASCADE"));
        sqlx::query(query).execute(&mut *transaction).await?;
    }
    migrate::migrate_up_to(&mut transaction, copy.version).await?;
    let ran = usize::try_from(copy.application_version).unwrap_or_default();
    if let Some(migrations) = application
        .migrations
        .get(..ran)
        .filter(|migrations| !migrations.is_empty())
    {
        crate::store::sql::application::migrate(&mut *transaction, application.name, migrations).await?;
    }
    let known: Vec<&str> = TABLES.iter().chain(application.tables).copied().collect();
    for name in known {
        if let Some(table) = copy.tables.iter().find(|table| table.name == name) {
            read_table(&mut transaction, folder, table).await?;
        }
    }
    migrate::migrate_up_to(&mut transaction, migrate::LATEST).await?;
    stand_ins::add(&mut *transaction, copy.at).await?;
    transaction.commit().await?;
    Ok(())
}

async fn read_table(connection: &mut PgConnection, folder: &Path, table: &TableCopy) -> Result<(), Failure> {
    let is_name = |name: &String| {
        name.chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    if let Some(column) = table.columns.iter().find(|column| !is_name(column)) {
        return Err(Failure::Value {
            column: "columns",
            value: column.clone(),
        });
    }
    let statement = format!("COPY {} ({}) FROM STDIN", table.name, table.columns.join(", "));
    let mut file = tokio::fs::File::open(folder.join(file_of(&table.name)))
        .await
        .map_err(created)?;
    let mut copying = connection.copy_in_raw(&statement).await?;
    let mut piece = vec![0; PIECE];
    loop {
        let read = match file.read(&mut piece).await {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) => {
                copying.abort("the file could not be read").await?;
                return Err(created(error));
            }
        };
        copying.send(piece.get(..read).unwrap_or_default()).await?;
    }
    let rows = copying.finish().await?;
    if rows != table.rows {
        return Err(Failure::Value {
            column: "rows",
            value: format!("{rows} of {} rows of {}", table.rows, table.name),
        });
    }
    if let Some((last, is_called)) = table.last_id
        && let Some(sequence) = sequence_of(connection, &table.name, &table.columns).await?
    {
        sqlx::query("SELECT setval($1::regclass, $2, $3)")
            .bind(sequence)
            .bind(last)
            .bind(is_called)
            .execute(connection)
            .await?;
    }
    Ok(())
}

/// The sequence of the ids of a table.
async fn sequence_of(
    connection: &mut PgConnection,
    table: &str,
    columns: &[String],
) -> Result<Option<String>, Failure> {
    if !columns.iter().any(|column| column == "id") {
        return Ok(None);
    }
    let sequence = sqlx::query_scalar("SELECT pg_get_serial_sequence($1, 'id')")
        .bind(table)
        .fetch_one(connection)
        .await?;
    Ok(sequence)
}

async fn application_version(connection: &mut PgConnection, application: &Application) -> Result<i64, Failure> {
    if !exists(connection, "application_version").await? {
        return Ok(0);
    }
    let version = sqlx::query_scalar("SELECT version FROM application_version WHERE application = $1")
        .bind(application.name)
        .fetch_optional(connection)
        .await?;
    Ok(version.unwrap_or_default())
}

async fn has_records(connection: &mut PgConnection, application: &Application) -> Result<bool, Failure> {
    for name in ["sample", "generation", "spending"]
        .iter()
        .chain(application.tables.first())
    {
        if !exists(connection, name).await? {
            continue;
        }
        let query = AssertSqlSafe(format!("SELECT EXISTS (SELECT 1 FROM {name})"));
        if sqlx::query_scalar(query).fetch_one(&mut *connection).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn exists(connection: &mut PgConnection, table: &str) -> Result<bool, Failure> {
    let found = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM information_schema.tables
         WHERE table_schema = current_schema() AND table_name = $1)",
    )
    .bind(table)
    .fetch_one(connection)
    .await?;
    Ok(found)
}

/// Whether a worker has a lease. Processes without one hold no generations, and read the new records with their next call.
async fn is_in_use(connection: &mut PgConnection) -> Result<bool, Failure> {
    if !exists(connection, "worker").await? {
        return Ok(false);
    }
    let leased = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM worker
         WHERE lease_until > (extract(epoch FROM now()) * 1000000)::bigint)",
    )
    .fetch_one(connection)
    .await?;
    Ok(leased)
}

async fn no_timeouts(transaction: &mut PgConnection) -> Result<(), Failure> {
    for setting in ["statement_timeout", "idle_in_transaction_session_timeout"] {
        let query = AssertSqlSafe(format!("SET LOCAL {setting} = 0"));
        sqlx::query(query).execute(&mut *transaction).await?;
    }
    Ok(())
}

fn file_of(table: &str) -> String {
    format!("{table}.copy")
}

fn created(error: std::io::Error) -> Failure {
    Failure::Create(Arc::new(error))
}
