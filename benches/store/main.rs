//! Throughput of the SQLite store, and of submits as the table grows:
//! `cargo run --release -p loqui-benches --example store_rates [ROWS]`. Default: 100,000 rows.

#![expect(clippy::print_stdout, reason = "prints to the terminal")]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use loqui_core::error::code;
use loqui_core::ledger::{NewGeneration, Stage, TakeRecord};
use loqui_core::store::{Change, Fence, GenerationStore as _, GenerationStoreExt as _, NewSample, SqliteStore};
use loqui_core::{Error, GenerationId, Result, SampleId};

const LEASE: Duration = Duration::from_secs(20);
/// Number of generations that are claimed, written and read.
const WORKED_ON: usize = 12_800;
const CALLERS: usize = 64;

fn at(second: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_secs(1_767_225_600 + second)
}

/// Performs `total` calls, divided among the callers. Returns the calls per second.
async fn rate<F>(callers: usize, total: usize, work: impl Fn(usize) -> F + Send + Sync + 'static) -> Result<f64>
where
    F: Future<Output = Result<()>> + Send,
{
    let work = Arc::new(work);
    let begun = Instant::now();
    let tasks: Vec<_> = (0..callers)
        .map(|caller| {
            let work = Arc::clone(&work);
            tokio::spawn(async move {
                for number in (caller..total).step_by(callers) {
                    work(number).await?;
                }
                Ok::<(), Error>(())
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("a caller does not panic")?;
    }
    Ok(total as f64 / begun.elapsed().as_secs_f64())
}

async fn submit(store: &Arc<SqliteStore>, sample: SampleId, callers: usize, total: usize) -> Result<f64> {
    let store = Arc::clone(store);
    rate(callers, total, move |_| {
        let store = Arc::clone(&store);
        async move {
            let new = NewGeneration::new(sample, "replicate", "resemble-ai/chatterbox", "Hello there.", at(1));
            store.submit(new).await.map(drop)
        }
    })
    .await
}

async fn claim(store: &Arc<SqliteStore>, ids: &Arc<Vec<GenerationId>>) -> Result<f64> {
    let (store, ids) = (Arc::clone(store), Arc::clone(ids));
    rate(CALLERS, WORKED_ON.min(ids.len()), move |number| {
        let (store, id) = (Arc::clone(&store), ids[number]);
        async move {
            let record = store.claim(id, "ann", at(2), LEASE).await?.expect("no other claim");
            let take = TakeRecord::intend(id, 0, 1, 7, record.epoch, at(3));
            let progress = Change::Progress {
                stage: Stage::Speaking,
                progress: 5,
                message: "Speaking".to_owned(),
                at: at(3),
            };
            store
                .write(Fence::of(&record), vec![Change::AddTake(take), progress])
                .await
                .map(drop)
        }
    })
    .await
}

async fn read(store: &Arc<SqliteStore>, ids: &Arc<Vec<GenerationId>>) -> Result<f64> {
    let (store, ids) = (Arc::clone(store), Arc::clone(ids));
    rate(CALLERS, WORKED_ON.min(ids.len()), move |number| {
        let (store, id) = (Arc::clone(&store), ids[number]);
        async move { store.generation(id).await.map(drop) }
    })
    .await
}

fn mebibytes(folder: &Path) -> f64 {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    files
        .filter_map(|file| file.metadata().ok())
        .map(|file| file.len() as f64)
        .sum::<f64>()
        / 1_048_576.0
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<()> {
    let rows: usize = std::env::args()
        .nth(1)
        .and_then(|word| word.parse().ok())
        .unwrap_or(100_000);
    let dir = tempfile::tempdir().map_err(|error| Error::new(&code::STORE_UNAVAILABLE, error.to_string()))?;
    let store = Arc::new(SqliteStore::open(dir.path().join("records.sqlite")).await?);
    let report = serde_json::json!({});
    let sample = NewSample::new("Ann", "5a", "samples/5a", "samples/5a.wav", 12.5, report, at(0));
    let sample = store.add_sample(sample).await?.id;

    println!("| rows before | submit, 1 caller | submit, {CALLERS} callers | files, MiB |");
    println!("| --: | --: | --: | --: |");
    let (mut held, mut step) = (0, rows / 10);
    while held < rows {
        let alone = submit(&store, sample, 1, 1_000.min(step)).await?;
        let together = submit(&store, sample, CALLERS, step.saturating_sub(1_000).max(1)).await?;
        println!(
            "| {held} | {alone:.0}/s | {together:.0}/s | {:.1} |",
            mebibytes(dir.path())
        );
        held += step;
        step = step.min(rows - held).max(1);
    }
    let ids = Arc::new(store.unfinished().await?);
    println!();
    println!(
        "claim, then intent with progress, {CALLERS} callers: {:.0}/s",
        claim(&store, &ids).await?
    );
    println!(
        "read one generation, {CALLERS} callers: {:.0}/s",
        read(&store, &ids).await?
    );
    Ok(())
}
