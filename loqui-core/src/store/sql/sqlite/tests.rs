//! The conformance suite, and what is particular to a file.

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
