//! Generations while the file cannot be written.

use std::sync::Arc;
use std::time::Duration;

use sqlx::ConnectOptions as _;
use sqlx::sqlite::SqliteConnectOptions;
use tempfile::tempdir;

use crate::api::Loqui;
use crate::clock::{Clock as _, System};
use crate::engine::SpeechEngine;
use crate::ledger::Status;
use crate::runtime::testing::{Steady, voice};
use crate::store::sql::Priority;
use crate::store::{AudioStore, Filter, GenerationStore, GenerationStoreExt as _, SqliteStore};

fn loqui(store: &Arc<SqliteStore>) -> Loqui {
    Loqui::builder()
        .engine(Arc::new(Steady(Duration::from_millis(300))) as Arc<dyn SpeechEngine>)
        .store(Arc::clone(store) as Arc<dyn GenerationStore>)
        .audio_store(AudioStore::memory())
        .build()
        .unwrap()
}

async fn all_are_completed(store: &SqliteStore, count: u64) {
    let all_ended = async {
        while store.queue_depth().await.unwrap() != (0, 0) {
            System.sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(2), all_ended).await.unwrap();
    let completed = Filter::default().with_status(Status::Completed);
    assert_eq!(store.count_generations(&completed).await.unwrap(), count);
}

#[tokio::test(flavor = "multi_thread")]
async fn generations_go_on_after_the_disk_was_full() {
    let dir = tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(dir.path().join("records.sqlite")).await.unwrap());
    let loqui = loqui(&store);
    let text = "One sentence. ".repeat(60);
    for _ in 0..20 {
        loqui.submit(&voice(), text.clone()).reuse(false).await.unwrap();
    }
    for _ in 0..20 {
        // A file that may not grow behaves like a full disk. A failed write opens a new connection, without the limit.
        let limit = store.change(Priority::Background, |to| {
            Box::pin(async move {
                sqlx::raw_sql("PRAGMA max_page_count = 1").execute(to).await?;
                Ok(())
            })
        });
        // It may share the transaction of a write that fails.
        let _ = limit.await;
        System.sleep(Duration::from_millis(100)).await;
    }
    all_are_completed(&store, 20).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn generations_go_on_after_the_file_was_locked() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("records.sqlite");
    let store = Arc::new(SqliteStore::open(&path).await.unwrap());
    let loqui = loqui(&store);
    for _ in 0..10 {
        loqui.submit(&voice(), "Hello there.").await.unwrap();
    }
    let mut other = SqliteConnectOptions::new().filename(&path).connect().await.unwrap();
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    System.sleep(Duration::from_secs(3)).await;
    sqlx::raw_sql("COMMIT").execute(&mut other).await.unwrap();
    all_are_completed(&store, 10).await;
}

/// A process that opens the file again continues without being asked to.
#[tokio::test(flavor = "multi_thread")]
async fn generation_continues_when_the_file_is_opened_again() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("records.sqlite");
    let audio = AudioStore::local(dir.path().join("audio")).unwrap();
    let built = |recover: bool| {
        Loqui::builder()
            .engine(Arc::new(Steady(Duration::from_millis(100))) as Arc<dyn SpeechEngine>)
            .store(Arc::new(SqliteStore::lazy(&path)) as Arc<dyn GenerationStore>)
            .audio_store(audio.clone())
            .recover(recover)
            .leave_to_workers(!recover)
            .build()
            .unwrap()
    };
    let submitted = built(false).submit(&voice(), "Hello there.").await.unwrap().id();
    let reopened = built(true);
    let store = SqliteStore::open(&path).await.unwrap();
    all_are_completed(&store, 1).await;
    assert_eq!(
        reopened.generation(submitted).await.unwrap().status().await.unwrap(),
        Status::Completed
    );
}
