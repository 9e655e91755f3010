//! Migrates a database of records to the version of this program: forward only, in one transaction.

use sqlx::{Connection as _, PgConnection};

use crate::store::sql::application;
use crate::store::sql::connection::Statement;
use crate::store::sql::failure::Failure;

/// One file for each version. A released file is never changed.
const MIGRATIONS: &[&str] = &[
    include_str!("../../../../migrations/postgres/0001_records.sql"),
    include_str!("../../../../migrations/postgres/0002_thinning.sql"),
];

/// The version that this program writes.
const LATEST: i64 = MIGRATIONS.len().cast_signed() as i64;

/// The advisory lock for migrations (`Loqu` in ASCII): of two processes that start at the same time, one migrates.
const LOCK: i64 = 0x4c6f_7175;

pub(super) async fn migrate(connection: &mut PgConnection) -> Result<(), Failure> {
    let mut transaction = connection.begin().await?;
    lock(&mut transaction).await?;
    sqlx::query("CREATE TABLE IF NOT EXISTS loqui_version (version BIGINT NOT NULL)")
        .execute(&mut *transaction)
        .await?;
    let found: i64 = sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM loqui_version")
        .fetch_one(&mut *transaction)
        .await?;
    if found > LATEST {
        transaction.rollback().await?;
        return Err(Failure::TooNew { found, known: LATEST });
    }
    for (number, migration) in (1..).zip(MIGRATIONS).skip(usize::try_from(found).unwrap_or_default()) {
        sqlx::raw_sql(*migration).execute(&mut *transaction).await?;
        let done: i64 = number;
        sqlx::query("INSERT INTO loqui_version VALUES ($1)")
            .bind(done)
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// Runs the migrations of an application that the database lacks, in one transaction.
pub(super) async fn migrate_application(
    connection: &mut PgConnection,
    name: &'static str,
    migrations: &'static [Statement],
) -> Result<(), Failure> {
    let mut transaction = connection.begin().await?;
    lock(&mut transaction).await?;
    match application::migrate(&mut *transaction, name, migrations).await {
        Ok(()) => Ok(transaction.commit().await?),
        Err(failure) => {
            transaction.rollback().await?;
            Err(failure)
        }
    }
}

/// Waits for the migrations of other processes, and keeps them waiting until the transaction ends.
async fn lock(transaction: &mut PgConnection) -> Result<(), Failure> {
    // Migrating a table of a million rows, or waiting for another process to do so, exceeds the usual timeout.
    sqlx::query("SET LOCAL statement_timeout = 0")
        .execute(&mut *transaction)
        .await?;
    sqlx::query("SELECT pg_advisory_xact_lock($1)")
        .bind(LOCK)
        .execute(&mut *transaction)
        .await?;
    Ok(())
}
