use std::path::Path;
use std::time::Duration;

use futures::future::FutureExt as _;
use jiff::Timestamp;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

use crate::id::SampleId;
use crate::ledger::{GenerationRecord, NewGeneration};
use crate::store::sql::Priority;
use crate::store::{GenerationStore as _, NewSample, SampleRecord, SqliteStore};

pub(super) const LEASE: Duration = Duration::from_secs(20);

pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_767_225_600 + second).unwrap()
}

pub(super) async fn sample(store: &SqliteStore) -> SampleRecord {
    let report = serde_json::json!({});
    let new = NewSample::new("Ann", "5a", "samples/5a", "samples/5a.wav", 12.5, report, at(0));
    store.add_sample(new).await.unwrap()
}

pub(super) fn request(sample: SampleId, script: &str) -> NewGeneration {
    NewGeneration::new(sample, "replicate", "resemble-ai/chatterbox", script, at(1))
}

pub(super) async fn submit(store: &SqliteStore, script: &str) -> GenerationRecord {
    let sample = sample(store).await.id;
    store.submit(request(sample, script)).await.unwrap()
}

/// Runs SQL on a connection of its own, as another program would.
pub(super) async fn sql(path: &Path, statement: &str) {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let mut connection = options.connect().await.unwrap();
    let statement = AssertSqlSafe(statement.to_owned());
    sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// Runs SQL on the connection that writes.
pub(super) async fn sql_in(store: &SqliteStore, statement: &'static str) {
    let run = store.change(Priority::Background, move |to| {
        let work = async move {
            sqlx::raw_sql(statement).execute(to).await?;
            Ok(())
        };
        work.boxed()
    });
    run.await.unwrap();
}
