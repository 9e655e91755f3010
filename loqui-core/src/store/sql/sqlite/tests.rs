//! The conformance suite, and the tests that are specific to a file.

mod application;
mod damage;
mod durability;
mod fixtures;
mod indexes;
mod outage;
mod sharing;
mod upgrade;

use super::SqliteStore;

crate::store::conformance!(
    sqlite,
    SqliteStore::open(dir.path().join("records.sqlite")).await.unwrap(),
    with dir = tempfile::tempdir().unwrap()
);

#[tokio::test]
async fn artefacts_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(dir.path().join("records.sqlite")).await.unwrap();
    crate::store::conformance::keeps_artefacts(&store).await;
}
