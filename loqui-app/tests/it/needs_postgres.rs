//! Two servers that share a Postgres database and the audio. The database is at `LOQUI_TEST_POSTGRES`; the default is the
//! local database `test`. Each test has a schema of its own.

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use crate::nodes::{self, Shared};

#[expect(clippy::disallowed_methods, reason = "tests name their service in the environment")]
fn database() -> String {
    std::env::var("LOQUI_TEST_POSTGRES").unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/test".to_owned())
}

async fn run(statement: String) {
    let mut connection = PgConnection::connect(&database()).await.unwrap();
    connection.execute(AssertSqlSafe(statement)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Postgres"]
async fn two_servers_on_one_postgres_are_one_backend() {
    let schema = format!("loqui_test_{:016x}", fastrand::u64(..));
    run(format!("CREATE SCHEMA {schema}")).await;
    let folder = tempfile::tempdir().unwrap();
    let audio = folder.path().join("audio");
    std::fs::create_dir(&audio).unwrap();
    let url = format!("{}?options=-c%20search_path%3D{schema}", database());
    let shared = Shared {
        environment: vec![
            ("LOQUI_DATABASE_URL", url),
            ("LOQUI_STORAGE_URL", format!("file://{}", audio.display())),
        ],
        audio: Some(audio),
    };
    nodes::all(&shared).await;
    run(format!("DROP SCHEMA {schema} CASCADE")).await;
}
