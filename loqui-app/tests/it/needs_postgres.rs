//! Two servers that share a Postgres database and the audio. The database is at `LOQUI_TEST_POSTGRES`; the default is the
//! local database `test`. Each test has a schema of its own.

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use crate::nodes::{self, Shared};
use crate::program::Program;
use crate::server::{Start, TEXT};

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

/// The variables of a program with a schema and a folder of its own.
async fn node(folder: &std::path::Path) -> (String, Vec<(&'static str, String)>) {
    let schema = format!("loqui_test_{:016x}", fastrand::u64(..));
    run(format!("CREATE SCHEMA {schema}")).await;
    let url = format!("{}?options=-c%20search_path%3D{schema}", database());
    let audio = format!("file://{}", folder.join("audio").display());
    (schema, vec![("LOQUI_DATABASE_URL", url), ("LOQUI_STORAGE_URL", audio)])
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Postgres"]
async fn backup_of_postgres_is_restored_into_another_database() {
    let folder = tempfile::tempdir().unwrap();
    let (here, variables) = node(&folder.path().join("here")).await;
    let mut start = Start::offline();
    for (name, value) in &variables {
        start = start.with_env(name, value);
    }
    let server = start.start().await;
    let user = server.demo().await;
    let sample = user.voice().await;
    user.create(sample, TEXT).await.accepted(201);
    assert_eq!(user.ended(1).await["status"], "COMPLETED");
    let original = Program::offline().with_env(variables);
    let backup = folder.path().join("all.tar");
    let backup = backup.to_str().unwrap();
    let said = original.run(&["backup", backup]).await;
    assert_eq!(said.code, 0, "{said:?}");

    let (there, variables) = node(&folder.path().join("there")).await;
    let copy = Program::offline().with_env(variables.clone());
    let said = copy.run(&["restore", backup]).await;
    assert_eq!(said.code, 0, "{said:?}");
    for command in [
        &["samples", "list", "--json"][..],
        &["generations", "list", "--json"],
        &["usage", "--json"],
    ] {
        assert_eq!(
            original.run(command).await.stdout,
            copy.run(command).await.stdout,
            "{command:?}"
        );
    }
    let said = copy.run(&["doctor"]).await;
    assert_eq!(said.code, 0, "{said:?}");
    // Users and their keys are part of it, and ids continue.
    let mut start = Start::offline();
    for (name, value) in &variables {
        start = start.with_env(name, value);
    }
    let restored = start.start().await;
    let user = restored.demo().await;
    assert_eq!(user.get("/api/library/download/generated/1").await.status, 200);
    user.create(sample, TEXT).await.accepted(201);
    assert_eq!(user.ended(2).await["status"], "COMPLETED");

    let said = copy.run(&["restore", backup, "--json"]).await;
    assert_eq!(said.json()["error"]["code"], "store.not_empty", "{said:?}");
    restored.stop().await;
    // The lease of the server, if it has one, ends within seconds.
    while copy.run(&["restore", backup, "--force"]).await.code != 0 {}
    assert_eq!(
        copy.run(&["generations", "list", "--json"])
            .await
            .json()
            .as_array()
            .unwrap()
            .len(),
        1
    );

    // The records of another kind of database are refused.
    let said = Program::offline().run(&["restore", backup, "--json"]).await;
    assert_eq!(said.json()["error"]["code"], "store.corrupt", "{said:?}");
    drop(server);
    for schema in [here, there] {
        run(format!("DROP SCHEMA {schema} CASCADE")).await;
    }
}
