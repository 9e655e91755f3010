//! The conformance suite, and the tests that are specific to Postgres. The server is at `LOQUI_TEST_POSTGRES`; the
//! default is the local database `test`. Each test has a schema of its own, which is dropped at its end.

use std::sync::Arc;

mod outage;

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use super::PostgresStore;
use crate::id::GenerationId;
use crate::store::sql::application::testing;
use crate::store::{Fence, GenerationStore as _, GenerationStoreExt as _};

#[expect(clippy::disallowed_methods, reason = "tests name their service in the environment")]
fn server() -> String {
    std::env::var("LOQUI_TEST_POSTGRES").unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/test".to_owned())
}

/// A schema for one test.
struct Schema(String);

impl Schema {
    async fn new() -> Self {
        let schema = Self(format!("loqui_test_{:016x}", fastrand::u64(..)));
        schema.run(&format!("CREATE SCHEMA {}", schema.0)).await;
        schema
    }

    async fn run(&self, statement: &str) {
        let mut connection = PgConnection::connect(&server()).await.unwrap();
        connection.execute(AssertSqlSafe(statement.to_owned())).await.unwrap();
    }

    async fn store(&self) -> PostgresStore {
        PostgresStore::open(&self.url()).await.unwrap()
    }

    fn url(&self) -> String {
        format!("{}?options=-c%20search_path%3D{}", server(), self.0)
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        let dropped = run_blocking(format!("DROP SCHEMA {} CASCADE", self.0));
        assert!(
            dropped.is_ok() || std::thread::panicking(),
            "a connection still holds locks: {dropped:?}"
        );
    }
}

/// Runs `statement` on another thread while this thread, and every task of its runtime, is blocked.
fn run_blocking(statement: String) -> sqlx::Result<()> {
    let running = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let mut connection = PgConnection::connect(&server()).await?;
            connection.execute("SET lock_timeout = '20s'").await?;
            connection.execute(AssertSqlSafe(statement)).await?;
            Ok(())
        })
    });
    running.join().unwrap_or(Err(sqlx::Error::WorkerCrashed))
}

crate::store::conformance!(
    #[ignore = "needs Postgres"]
    suite,
    schema.store().await,
    with schema = Schema::new().await
);

#[tokio::test]
#[ignore = "needs Postgres"]
async fn artefacts_are_kept() {
    let schema = Schema::new().await;
    crate::store::conformance::keeps_artefacts(&schema.store().await).await;
}

/// The tables of the version before the artefacts get them, and keep their rows.
#[tokio::test]
#[ignore = "needs Postgres"]
async fn tables_of_version_2_are_migrated() {
    let schema = Schema::new().await;
    schema
        .run(&format!(
            "SET search_path = {}; {} {} CREATE TABLE loqui_version (version BIGINT NOT NULL);
             INSERT INTO loqui_version VALUES (1), (2);
             INSERT INTO sample (owner, name, sha256, original, reference, seconds, reference_seconds, report, created_at)
             VALUES ('', '\"Ann\"', '5a', 'o', 'r', 12.5, 9.5, '{{}}', 1767225600000000);",
            schema.0,
            include_str!("../../../../migrations/postgres/0001_records.sql"),
            include_str!("../../../../migrations/postgres/0002_thinning.sql"),
        ))
        .await;
    let store = schema.store().await;
    assert_eq!(store.sample_of(None, "5a").await.unwrap().unwrap().name, "Ann");
    crate::store::conformance::keeps_artefacts(&store).await;
}

#[tokio::test]
#[ignore = "needs Postgres"]
async fn submission_wakes_a_worker_of_another_process() {
    let schema = Schema::new().await;
    let (here, there) = (schema.store().await, schema.store().await);
    let waiting = async {
        // The listener must be connected before the submission.
        let first = here.wait_for_work();
        tokio::time::timeout(std::time::Duration::from_secs(20), first)
            .await
            .is_ok()
    };
    let submitting = async {
        while !listens(&there).await {
            tokio::task::yield_now().await;
        }
        crate::store::conformance::ids_are_positive_and_increase(&there).await;
    };
    let (woken, ()) = tokio::join!(waiting, submitting);
    assert!(woken);
}

async fn listens(store: &PostgresStore) -> bool {
    let pool = store.pool().await.unwrap();
    let query = "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE query ILIKE 'LISTEN%' AND query LIKE '%' || current_schema() || '%')";
    sqlx::query_scalar(query).fetch_one(pool).await.unwrap()
}

/// Its locks are released before it returns, not by a task that runs later: the caller may block this thread.
#[tokio::test]
#[ignore = "needs Postgres"]
async fn refused_write_holds_no_locks_when_it_returns() {
    let schema = Schema::new().await;
    let store = schema.store().await;
    let fence = Fence {
        generation: GenerationId::new(4711),
        epoch: 1,
    };
    assert!(store.write(fence, Vec::new()).await.is_err());
    let locked = run_blocking(format!(
        "BEGIN; LOCK TABLE {}.generation IN ACCESS EXCLUSIVE MODE NOWAIT; COMMIT",
        schema.0
    ));
    assert!(locked.is_ok(), "{locked:?}");
}

/// A process that freezes inside a transaction does not block the others forever.
#[tokio::test]
#[ignore = "needs Postgres"]
async fn locks_of_a_frozen_process_are_released() {
    let schema = Schema::new().await;
    let (frozen, store) = (schema.store().await, schema.store().await);
    let mut held = frozen.pool().await.unwrap().begin().await.unwrap();
    sqlx::query("LOCK TABLE generation").execute(&mut *held).await.unwrap();
    crate::store::conformance::ceiling_is_never_exceeded(&store).await;
    let lost = sqlx::query("SELECT 1").execute(&mut *held).await;
    assert!(lost.is_err(), "the connection of the frozen process is closed");
}

#[tokio::test]
#[ignore = "needs Postgres"]
async fn stores_can_create_one_database_concurrently() {
    let schema = Schema::new().await;
    let stores = futures::future::join_all((0..4).map(|_| schema.store())).await;
    for store in stores {
        assert!(store.unfinished().await.unwrap().is_empty());
    }
}

#[tokio::test]
#[ignore = "needs Postgres"]
async fn tables_of_a_later_version_are_refused() {
    let schema = Schema::new().await;
    schema.store().await;
    schema
        .run(&format!("INSERT INTO {}.loqui_version VALUES (99)", schema.0))
        .await;
    let error = PostgresStore::open(&schema.url()).await.unwrap_err();
    assert_eq!(error.code(), "store.too_new");
}

#[tokio::test]
#[ignore = "needs Postgres"]
async fn unreachable_server_is_unavailable_and_the_password_is_not_shown() {
    let store = PostgresStore::lazy("postgres://me:secret@127.0.0.1:1/none").unwrap();
    let error = store.unfinished().await.unwrap_err();
    assert_eq!(error.code(), "store.unavailable");
    assert!(!format!("{}{store:?}", crate::error::report(&error)).contains("secret"));
}

#[tokio::test]
#[ignore = "needs Postgres"]
async fn record_and_row_take_effect_together() {
    let schema = Schema::new().await;
    testing::record_and_row_take_effect_together(Arc::new(schema.store().await)).await;
}

#[tokio::test]
#[ignore = "needs Postgres"]
async fn erasure_and_row_take_effect_together() {
    let schema = Schema::new().await;
    testing::erasure_and_row_take_effect_together(Arc::new(schema.store().await)).await;
}

#[tokio::test]
#[ignore = "needs Postgres"]
async fn owner_is_renamed_everywhere() {
    let schema = Schema::new().await;
    testing::owner_is_renamed_everywhere(Arc::new(schema.store().await)).await;
}

#[tokio::test]
#[ignore = "needs Postgres"]
async fn migrations_of_an_application_run_once() {
    let schema = Schema::new().await;
    let stores = futures::future::join_all((0..4).map(|_| schema.store())).await;
    testing::migrations_run_once(stores.into_iter().map(Arc::new).collect()).await;
}
