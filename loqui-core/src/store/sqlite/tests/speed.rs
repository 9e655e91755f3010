//! How fast it is; run with `--run-ignored only --no-capture`, in release.

use std::sync::Arc;
use std::time::Instant;

use super::fixtures::{LEASE, at, request, sample};
use crate::generation::{Stage, TakeRecord};
use crate::store::{Change, Fence, GenerationStore as _, SqliteStore};

const TOTAL: usize = 12_800;

async fn each<F>(callers: usize, total: usize, work: impl Fn(usize) -> F + Send + Sync + 'static) -> f64
where
    F: Future<Output = ()> + Send,
{
    let work = Arc::new(work);
    let begun = Instant::now();
    let tasks: Vec<_> = (0..callers)
        .map(|caller| {
            let work = Arc::clone(&work);
            tokio::spawn(async move {
                for number in (caller..total).step_by(callers) {
                    work(number).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    total as f64 / begun.elapsed().as_secs_f64()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn calls_per_second() {
    let dir = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(dir.path().join("records.sqlite")).await.unwrap());
    let sample = sample(&store).await.id;

    for callers in [1, 64] {
        let shared = Arc::clone(&store);
        let total = TOTAL * callers / 64;
        let rate = each(callers, total.max(1000), move |_| {
            let store = Arc::clone(&shared);
            async move { drop(store.submit(request(sample, "Hello there.")).await.unwrap()) }
        })
        .await;
        println!("submit one by one, {callers} callers: {rate:.0}/s");
    }

    let ids = Arc::new(store.unfinished().await.unwrap());
    let (shared, all) = (Arc::clone(&store), Arc::clone(&ids));
    let rate = each(64, TOTAL, move |number| {
        let (store, id) = (Arc::clone(&shared), all[number]);
        async move {
            let record = store.claim(id, "ann", at(2), LEASE).await.unwrap().unwrap();
            let take = TakeRecord::intend(id, 0, 1, 7, record.epoch, at(3));
            let progress = Change::Progress {
                stage: Stage::Speaking,
                progress: 5,
                message: "Speaking".to_owned(),
                at: at(3),
            };
            let changes = vec![Change::AddTake(take), progress];
            store.write(Fence::of(&record), changes).await.unwrap();
        }
    })
    .await;
    println!("claim, then intent with progress, 64 callers: {rate:.0}/s");

    let (shared, all) = (Arc::clone(&store), Arc::clone(&ids));
    let rate = each(64, TOTAL, move |number| {
        let (store, id) = (Arc::clone(&shared), all[number]);
        async move {
            assert!(store.generation(id).await.unwrap().is_some());
        }
    })
    .await;
    println!("read one generation, 64 callers: {rate:.0}/s");
}
