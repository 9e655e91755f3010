//! Migrates a file of records to the version of this program: forward only, in one transaction.

use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};

use crate::store::sql::failure::Failure;

/// The application id of our files (`Loqu` in ASCII). A database of another program is never changed.
const APPLICATION_ID: i64 = 0x4c6f_7175;

/// One file for each version. A released file is never changed.
const MIGRATIONS: &[&str] = &[
    include_str!("../../../../migrations/sqlite/0001_records.sql"),
    include_str!("../../../../migrations/sqlite/0002_owners.sql"),
    include_str!("../../../../migrations/sqlite/0003_delivery.sql"),
    include_str!("../../../../migrations/sqlite/0004_thinning.sql"),
    include_str!("../../../../migrations/sqlite/0005_artefacts.sql"),
    include_str!("../../../../migrations/sqlite/0006_voices.sql"),
    include_str!("../../../../migrations/sqlite/0007_handles.sql"),
];

/// The version that this program writes.
pub(super) const LATEST: i64 = MIGRATIONS.len().cast_signed() as i64;

/// Reads the version of a file without changing it; 0 for an empty file.
pub(super) async fn version(connection: &mut SqliteConnection) -> Result<i64, Failure> {
    // One statement, for a consistent view: another process may be migrating the file.
    let (application, version, empty): (i64, i64, bool) = sqlx::query_as(
        "SELECT (SELECT application_id FROM pragma_application_id),
                (SELECT user_version FROM pragma_user_version),
                NOT EXISTS (SELECT 1 FROM sqlite_schema)",
    )
    .fetch_one(connection)
    .await?;
    match (application, version) {
        (0, 0) if empty => Ok(0),
        (APPLICATION_ID, ..=LATEST) => Ok(version),
        (APPLICATION_ID, found) => Err(Failure::TooNew { found, known: LATEST }),
        _ => Err(Failure::Foreign),
    }
}

/// Runs the migrations that the file lacks.
pub(super) async fn migrate(connection: &mut SqliteConnection) -> Result<(), Failure> {
    if version(connection).await? == LATEST {
        return Ok(());
    }
    // A table that others refer to can only be recreated while foreign keys are off. The pragma has no effect inside a
    // transaction.
    sqlx::raw_sql("PRAGMA foreign_keys = OFF")
        .execute(&mut *connection)
        .await?;
    let migrated = migrate_unchecked(connection).await;
    sqlx::raw_sql("PRAGMA foreign_keys = ON")
        .execute(&mut *connection)
        .await?;
    migrated
}

async fn migrate_unchecked(connection: &mut SqliteConnection) -> Result<(), Failure> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    // Read again under the lock: of two processes that start at the same time, one migrates.
    let done = version(&mut transaction).await?;
    for migration in MIGRATIONS.iter().skip(usize::try_from(done).unwrap_or_default()) {
        sqlx::raw_sql(*migration).execute(&mut *transaction).await?;
    }
    let dangling: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pragma_foreign_key_check)")
        .fetch_one(&mut *transaction)
        .await?;
    if dangling {
        return Err(Failure::Dangling);
    }
    let marks = format!("PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {LATEST};");
    sqlx::raw_sql(AssertSqlSafe(marks)).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(())
}
