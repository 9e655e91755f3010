//! What only a file can show; what every store must do is in the conformance suite.

mod damage;
mod durability;
mod fixtures;
mod sharing;
mod upgrade;

use super::SqliteStore;

crate::store::conformance!(
    sqlite,
    SqliteStore::open(dir.path().join("records.sqlite")).await.unwrap(),
    with dir = tempfile::tempdir().unwrap()
);
