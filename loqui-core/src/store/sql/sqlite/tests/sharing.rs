//! Several stores on one file, as in several processes.

use std::pin::pin;
use std::time::Duration;

use futures::future::join_all;
use sqlx::ConnectOptions as _;
use sqlx::sqlite::SqliteConnectOptions;
use tempfile::tempdir;

use super::fixtures::{LEASE, at, request, sample, submit};
use crate::store::{Change, Fence, GenerationStore as _, GenerationStoreExt as _, SqliteStore};

#[tokio::test]
async fn stores_can_create_one_file_concurrently() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("records.sqlite");
    let opened = join_all((0..8).map(|_| SqliteStore::open(&path))).await;
    let stores: Vec<_> = opened.into_iter().map(Result::unwrap).collect();
    let submitted = join_all(stores.iter().map(|store| submit(store, "Hello."))).await;
    let mut ids: Vec<_> = submitted.iter().map(|record| record.id.get()).collect();
    ids.sort_unstable();
    assert_eq!(ids, [1, 2, 3, 4, 5, 6, 7, 8]);
}

#[tokio::test]
async fn opening_waits_for_a_lock_that_sqlite_does_not_wait_for() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("records.sqlite");
    let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let mut other = options.connect().await.unwrap();
    let hold = "BEGIN IMMEDIATE";
    sqlx::raw_sql(hold).execute(&mut other).await.unwrap();

    let mut opening = pin!(SqliteStore::open(&path));
    let early = tokio::time::timeout(Duration::from_millis(200), &mut opening).await;
    assert!(early.is_err(), "it returned while the lock was held: {early:?}");
    sqlx::raw_sql("COMMIT").execute(&mut other).await.unwrap();
    submit(&opening.await.unwrap(), "Hello.").await;
}

#[tokio::test]
async fn two_processes_never_hold_the_same_generation() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("records.sqlite");
    let ann = SqliteStore::open(&path).await.unwrap();
    let bob = SqliteStore::open(&path).await.unwrap();
    let sample = sample(&ann).await.id;
    let submitted = join_all((0..40).map(|number| {
        let store = if number % 2 == 0 { &ann } else { &bob };
        store.submit(request(sample, "Hello."))
    }))
    .await;
    let ids: Vec<_> = submitted.into_iter().map(|record| record.unwrap().id).collect();

    let claims = join_all(
        ids.iter()
            .flat_map(|id| [ann.claim(*id, "ann", at(2), LEASE), bob.claim(*id, "bob", at(2), LEASE)]),
    )
    .await;
    let claims: Vec<_> = claims.into_iter().map(Result::unwrap).collect();
    for (pair, id) in claims.chunks(2).zip(&ids) {
        let holders = pair.iter().flatten().count();
        assert_eq!(holders, 1, "generation {id} has {holders} holders");
    }
}

#[tokio::test]
async fn worker_that_lost_its_claim_to_another_process_cannot_write() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("records.sqlite");
    let ann = SqliteStore::open(&path).await.unwrap();
    let bob = SqliteStore::open(&path).await.unwrap();
    let id = submit(&ann, "Hello.").await.id;
    let mut fences = Vec::new();
    for turn in 0..6 {
        let (store, worker) = if turn % 2 == 0 { (&ann, "ann") } else { (&bob, "bob") };
        let record = store.claim(id, worker, at(20 * turn + 2), LEASE).await.unwrap();
        fences.push((store, Fence::of(&record.unwrap())));
    }
    let warning = || {
        let severity = crate::finding::Severity::Note;
        vec![Change::Warn(crate::finding::Finding::new(
            severity,
            "take.slow",
            "slow",
            "wait",
        ))]
    };
    let (last, fence) = fences.pop().unwrap();
    for (store, older) in fences {
        assert_eq!(
            store.write(older, warning()).await.unwrap_err().code(),
            "store.conflict"
        );
        store.release(older).await.unwrap();
    }
    last.write(fence, warning()).await.unwrap();
    assert_eq!(ann.generation(id).await.unwrap().unwrap().warnings.len(), 1);
}

#[tokio::test]
async fn cancel_request_reaches_another_process() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("records.sqlite");
    let ann = SqliteStore::open(&path).await.unwrap();
    let bob = SqliteStore::open(&path).await.unwrap();
    let id = submit(&ann, "Hello.").await.id;
    ann.claim(id, "ann", at(2), LEASE).await.unwrap().unwrap();
    assert!(bob.request_cancel(id).await.unwrap());
    assert_eq!(ann.cancel_requests("ann").await.unwrap(), [id]);
}
