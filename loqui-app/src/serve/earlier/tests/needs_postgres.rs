//! The same with Postgres, at `LOQUI_TEST_POSTGRES` or the local database `test`.

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use super::two_files_on_one_database;

#[expect(clippy::disallowed_methods, reason = "tests name their service in the environment")]
fn server() -> String {
    std::env::var("LOQUI_TEST_POSTGRES").unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/test".to_owned())
}

async fn run(statement: String) {
    let mut connection = PgConnection::connect(&server()).await.unwrap();
    connection.execute(AssertSqlSafe(statement)).await.unwrap();
}

#[tokio::test]
#[ignore = "needs Postgres"]
async fn users_of_two_files_on_one_postgres_stay_apart() {
    let schema = format!("loqui_test_{:016x}", fastrand::u64(..));
    run(format!("CREATE SCHEMA {schema}")).await;
    two_files_on_one_database(&format!("{}?options=-c%20search_path%3D{schema}", server())).await;
    run(format!("DROP SCHEMA {schema} CASCADE")).await;
}
