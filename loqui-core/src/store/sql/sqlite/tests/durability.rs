//! Calls that returned are on disk.

use std::future::Future as _;
use std::path::Path;
use std::pin::pin;
use std::task::{Context, Waker};

use futures::future::{FutureExt as _, join_all};
use tempfile::tempdir;

use super::super::migrate;
use super::fixtures::{LEASE, at, request, sample, sql_in, submit};
use crate::ledger::{Stage, TakeRecord};
use crate::store::sql::failure::Failure;
use crate::store::sql::{Priority, writes};
use crate::store::{Change, Fence, GenerationStore as _, GenerationStoreExt as _, SqliteStore};

/// Copies the file as it is on disk, as another process finds it after this one was killed.
fn copy_as_if_killed(path: &Path, copy: &Path) {
    for end in ["", "-wal"] {
        let name = |path: &Path| format!("{}{end}", path.display());
        std::fs::copy(name(path), name(copy)).unwrap();
    }
}

#[tokio::test]
async fn calls_that_returned_survive_a_kill() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("records.sqlite");
    let store = SqliteStore::open(&path).await.unwrap();
    let id = submit(&store, "Hello.").await.id;
    copy_as_if_killed(&path, &dir.path().join("submitted.sqlite"));
    let record = store.claim(id, "ann", at(2), LEASE).await.unwrap().unwrap();
    let take = TakeRecord::intend(id, 0, 1, 7, record.epoch, at(3));
    let changes = vec![
        Change::AddTake(take.clone()),
        Change::Progress {
            stage: Stage::Speaking,
            progress: 10,
            message: "speaking".to_owned(),
            at: at(3),
        },
    ];
    store.write(Fence::of(&record), changes).await.unwrap();
    copy_as_if_killed(&path, &dir.path().join("intended.sqlite"));

    let after_submit = SqliteStore::open(dir.path().join("submitted.sqlite")).await.unwrap();
    assert_eq!(after_submit.unfinished().await.unwrap(), [id]);
    assert_eq!(after_submit.takes(id).await.unwrap(), []);

    let after_intent = SqliteStore::open(dir.path().join("intended.sqlite")).await.unwrap();
    assert_eq!(after_intent.takes(id).await.unwrap(), [take]);
    assert_eq!(after_intent.events(id, 0).await.unwrap().len(), 2);
    let held = after_intent.claim(id, "bob", at(10), LEASE).await.unwrap();
    assert_eq!(held, None, "the lease of the killed process is valid until it expires");
    let taken_over = after_intent.claim(id, "bob", at(22), LEASE).await.unwrap().unwrap();
    assert_eq!(taken_over.epoch, record.epoch + 1);
}

#[tokio::test]
async fn dropped_store_can_be_opened_again() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("new/folder/records.sqlite");
    let first = SqliteStore::open(&path).await.unwrap();
    let record = submit(&first, "Hello.").await;
    drop(first);
    let second = SqliteStore::open(&path).await.unwrap();
    assert_eq!(second.generation(record.id).await.unwrap(), Some(record.clone()));
    let next = submit(&second, "Again.").await;
    assert_eq!(next.id.get(), record.id.get() + 1);
    assert_eq!(next.sample, record.sample);
}

#[tokio::test]
async fn empty_file_is_migrated_to_the_latest_version_once() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("records.sqlite");
    std::fs::write(&path, "").unwrap();
    for _ in 0..2 {
        let store = SqliteStore::open(&path).await.unwrap();
        let version = store
            .change(Priority::Background, |to| migrate::version(to).boxed())
            .await
            .unwrap();
        assert_eq!(version, migrate::LATEST);
        let mode: (String, i64, bool) = store
            .change(Priority::Background, |to| {
                let settings = "SELECT (SELECT journal_mode FROM pragma_journal_mode),
                    (SELECT synchronous FROM pragma_synchronous), (SELECT foreign_keys FROM pragma_foreign_keys)";
                async move { Ok(sqlx::query_as(settings).fetch_one(to).await?) }.boxed()
            })
            .await
            .unwrap();
        assert_eq!(mode, ("wal".to_owned(), 2, true), "2 is FULL");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn created_files_are_accessible_to_the_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;

    let dir = tempdir().unwrap();
    let folder = dir.path().join("data");
    let path = folder.join("records.sqlite");
    let store = SqliteStore::open(&path).await.unwrap();
    submit(&store, "Hello.").await;
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    let files: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert!(files.len() >= 2, "{files:?}");
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[tokio::test]
async fn failed_call_does_not_affect_the_calls_of_its_transaction() {
    let dir = tempdir().unwrap();
    let store = SqliteStore::open(dir.path().join("records.sqlite")).await.unwrap();
    let sample = sample(&store).await.id;
    // All calls wait at the same time, so they share a transaction. Every third one fails after a write.
    let calls = (0..30).map(|number| {
        let store = &store;
        async move {
            if number % 3 == 0 {
                let failing = store.change(Priority::Background, move |to| {
                    let work = async move {
                        writes::submit(to, request(sample, "failing")).await?;
                        sqlx::raw_sql("INSERT INTO nowhere VALUES (1)").execute(to).await?;
                        Ok(())
                    };
                    work.boxed()
                });
                assert_eq!(failing.await.unwrap_err().code(), "store.unavailable");
                None
            } else {
                Some(store.submit(request(sample, &format!("Text {number}."))).await.unwrap())
            }
        }
    });
    let submitted: Vec<_> = join_all(calls).await.into_iter().flatten().collect();
    assert_eq!(submitted.len(), 20);
    let listed = store.generations(&crate::store::Filter::default()).await.unwrap();
    assert_eq!(listed.len(), 20, "the failed calls left nothing");
    for record in submitted {
        assert!(listed.contains(&record));
    }
}

#[tokio::test]
async fn full_disk_is_reported_and_loses_nothing() {
    let dir = tempdir().unwrap();
    let store = SqliteStore::open(dir.path().join("records.sqlite")).await.unwrap();
    let record = submit(&store, "Hello.").await;
    // A file that may not grow behaves like a full disk.
    sql_in(&store, "PRAGMA max_page_count = 1").await;
    let long = "word ".repeat(100_000);
    let error = store.submit(request(record.sample, &long)).await.unwrap_err();
    assert_eq!(error.code(), "store.unavailable");
    assert!(
        crate::error::report(&error).contains("full"),
        "{}",
        crate::error::report(&error)
    );
    assert_eq!(store.unfinished().await.unwrap(), [record.id]);
    assert_eq!(store.generation(record.id).await.unwrap(), Some(record.clone()));

    sql_in(&store, "PRAGMA max_page_count = 1000000").await;
    let next = store.submit(request(record.sample, &long)).await.unwrap();
    assert_eq!(store.unfinished().await.unwrap(), [record.id, next.id]);
}

#[tokio::test]
async fn cancelled_caller_does_not_affect_others() {
    let dir = tempdir().unwrap();
    let store = SqliteStore::open(dir.path().join("records.sqlite")).await.unwrap();
    let sample = sample(&store).await.id;
    for _ in 0..20 {
        let mut cancelled = pin!(store.submit(request(sample, "cancelled")));
        let polled = cancelled.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(polled.is_pending());
    }
    let record = store.submit(request(sample, "kept")).await.unwrap();
    assert_eq!(store.generation(record.id).await.unwrap(), Some(record));
}

#[test]
fn store_outlives_the_runtime_it_was_opened_on() {
    let dir = tempdir().unwrap();
    let store = SqliteStore::lazy(dir.path().join("records.sqlite"));
    let mut ids = Vec::new();
    for _ in 0..3 {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        ids.push(runtime.block_on(submit(&store, "Hello.")).id);
        let unfinished = runtime.block_on(store.unfinished()).unwrap();
        assert_eq!(unfinished, ids);
    }
}

#[test]
fn store_is_usable_after_a_runtime_shut_down_during_a_call() {
    let dir = tempdir().unwrap();
    let store = SqliteStore::lazy(dir.path().join("records.sqlite"));
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
    };
    let first = runtime();
    let sample = first.block_on(sample(&store)).id;
    // The task that writes is spawned, and the runtime shuts down before it runs.
    let mut waiting = Box::pin(store.submit(request(sample, "Hello.")));
    let polled = first.block_on(async { futures::poll!(waiting.as_mut()) });
    assert!(polled.is_pending());
    drop(first);
    let second = runtime();
    let error = second.block_on(waiting).unwrap_err();
    assert_eq!(error.code(), "store.unavailable");
    assert!(crate::error::report(&error).contains(&Failure::Stopped.to_string()));
    second.block_on(store.submit(request(sample, "Again."))).unwrap();
}
