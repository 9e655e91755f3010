//! Frequent queries search an index.

use sqlx::Row as _;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection as _};

use super::fixtures::at;
use crate::ledger::Status;
use crate::store::sql::connection::Query;
use crate::store::sql::reads::{GENERATION_IDS, matching, takes_query};
use crate::store::sql::sqlite::migrate;
use crate::store::{Filter, TakeFilter};

/// The plan of a query, one line for each step.
async fn plan(on: &mut SqliteConnection, query: Query) -> String {
    let statement = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", query.statement.as_str()));
    let steps = sqlx::query(statement).fetch_all(on).await.unwrap();
    let steps: Vec<String> = steps.iter().map(|step| step.get("detail")).collect();
    steps.join("\n")
}

#[tokio::test]
async fn frequent_queries_search_an_index() {
    let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    migrate::migrate(&mut connection).await.unwrap();
    let all = Filter::default;
    for (filter, index) in [
        (all().with_id(1), "PRIMARY KEY"),
        (all().unfinished(), "generation_by_status"),
        (all().with_status(Status::Completed), "generation_by_status"),
        (all().with_owner("ann").with_limit(10), "generation_by_owner"),
        (all().with_sample(1), "generation_by_sample"),
        (all().held_by("ann").cancel_requested(), "generation_held"),
        (all().ended_before(at(0)), "generation_ended"),
    ] {
        let plan = plan(&mut connection, matching(GENERATION_IDS, &filter, false)).await;
        assert!(plan.contains(index), "{filter:?}: {plan}");
    }
    let all = TakeFilter::default;
    for (filter, index) in [
        (all().with_generation(1), "PRIMARY KEY"),
        (all().with_remote("p").with_limit(1), "take_by_remote"),
        (all().unreconciled(at(0), at(1)), "take_given_up"),
    ] {
        let plan = plan(&mut connection, takes_query(filter.clone())).await;
        assert!(plan.contains(index), "{filter:?}: {plan}");
    }
}
