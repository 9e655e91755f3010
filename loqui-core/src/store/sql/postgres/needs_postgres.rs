//! The suite that every store passes, on a Postgres at `LOQUI_TEST_POSTGRES` or, without it, on this machine's database
//! `test`. Each case works in a schema of its own, which is dropped at its end.

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use super::PostgresStore;
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
        let dropped = elsewhere(format!("DROP SCHEMA {} CASCADE", self.0));
        assert!(
            dropped.is_ok() || std::thread::panicking(),
            "something still holds the tables: {dropped:?}"
        );
    }
}

/// Runs `statement` on a thread of its own while this one, and every task of its runtime, stands still.
fn elsewhere(statement: String) -> sqlx::Result<()> {
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
async fn a_submission_wakes_a_worker_elsewhere() {
    let schema = Schema::new().await;
    let (here, there) = (schema.store().await, schema.store().await);
    let waiting = async {
        // The listener has to be there before the word is given.
        let first = here.wait_for_work();
        tokio::time::timeout(std::time::Duration::from_secs(20), first)
            .await
            .is_ok()
    };
    let submitting = async {
        while !listens(&there).await {
            tokio::task::yield_now().await;
        }
        crate::store::conformance::ids_are_positive_and_rise(&there).await;
    };
    let (woken, ()) = tokio::join!(waiting, submitting);
    assert!(woken);
}

async fn listens(store: &PostgresStore) -> bool {
    let pool = store.pool().await.unwrap();
    let query = "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE query ILIKE 'LISTEN%' AND query LIKE '%' || current_schema() || '%')";
    sqlx::query_scalar(query).fetch_one(pool).await.unwrap()
}

/// What it locked must not wait for a task that comes later: the caller may block this very thread.
#[tokio::test]
#[ignore = "needs Postgres"]
async fn a_refused_write_holds_nothing_when_it_returns() {
    let schema = Schema::new().await;
    let store = schema.store().await;
    let fence = Fence {
        generation: 4711,
        epoch: 1,
    };
    assert!(store.write(fence, Vec::new()).await.is_err());
    let locked = elsewhere(format!(
        "BEGIN; LOCK TABLE {}.generation IN ACCESS EXCLUSIVE MODE NOWAIT; COMMIT",
        schema.0
    ));
    assert!(locked.is_ok(), "{locked:?}");
}

/// A process that is frozen in the middle of a transaction must not hold up those of the others for ever.
#[tokio::test]
#[ignore = "needs Postgres"]
async fn what_a_frozen_process_holds_is_taken_from_it() {
    let schema = Schema::new().await;
    let (frozen, store) = (schema.store().await, schema.store().await);
    let mut held = frozen.pool().await.unwrap().begin().await.unwrap();
    sqlx::query("LOCK TABLE generation").execute(&mut *held).await.unwrap();
    crate::store::conformance::a_ceiling_is_never_exceeded(&store).await;
    let lost = sqlx::query("SELECT 1").execute(&mut *held).await;
    assert!(lost.is_err(), "the frozen one is told that it holds nothing any more");
}

#[tokio::test]
#[ignore = "needs Postgres"]
async fn two_that_open_a_new_database_at_once_both_get_it() {
    let schema = Schema::new().await;
    let stores = futures::future::join_all((0..4).map(|_| schema.store())).await;
    for store in stores {
        assert!(store.unfinished().await.unwrap().is_empty());
    }
}

#[tokio::test]
#[ignore = "needs Postgres"]
async fn tables_of_a_later_version_are_left_alone() {
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
async fn nobody_there_is_unavailable_and_the_password_is_not_told() {
    let store = PostgresStore::lazy("postgres://me:secret@127.0.0.1:1/none").unwrap();
    let error = store.unfinished().await.unwrap_err();
    assert_eq!(error.code(), "store.unavailable");
    assert!(!format!("{}{store:?}", crate::error::report(&error)).contains("secret"));
}
