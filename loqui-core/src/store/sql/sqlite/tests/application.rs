//! Tables of an application in the file.

use std::sync::Arc;

use tempfile::{TempDir, tempdir};

use crate::store::SqliteStore;
use crate::store::sql::application::testing;

async fn open(dir: &TempDir) -> Arc<SqliteStore> {
    Arc::new(SqliteStore::open(dir.path().join("records.sqlite")).await.unwrap())
}

#[tokio::test]
async fn record_and_row_take_effect_together() {
    let dir = tempdir().unwrap();
    testing::record_and_row_take_effect_together(open(&dir).await).await;
}

#[tokio::test]
async fn erasure_and_row_take_effect_together() {
    let dir = tempdir().unwrap();
    testing::erasure_and_row_take_effect_together(open(&dir).await).await;
}

#[tokio::test]
async fn owner_is_renamed_everywhere() {
    let dir = tempdir().unwrap();
    testing::owner_is_renamed_everywhere(open(&dir).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn migrations_run_once() {
    let dir = tempdir().unwrap();
    let stores = [open(&dir).await, open(&dir).await, open(&dir).await];
    testing::migrations_run_once(stores.to_vec()).await;
}
