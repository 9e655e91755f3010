//! Rust part of the comparison: `loqui speak|calls|cancel`. Prints one line of JSON.

#![expect(clippy::print_stdout, reason = "it prints its result")]

use std::time::{Duration, Instant};

use futures::StreamExt as _;
use futures::stream;
use loqui_core::{Loqui, Result, Sample};

const VOICE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/voices/heart.mp3");

#[tokio::main]
async fn main() -> Result<()> {
    let what = std::env::args().nth(1).unwrap_or_default();
    let loqui = Loqui::from_env()?;
    let before = files();
    let sample = Sample::open(VOICE).await?;
    let started = Instant::now();
    let count = match what.as_str() {
        "speak" => speak(&loqui, &sample, 300, 100).await?,
        "calls" => calls(&loqui, &sample, 100_000).await?,
        "cancel" => cancel(&loqui, &sample, 1_000).await?,
        _ => 0,
    };
    println!(
        r#"{{"count": {count}, "seconds": {}, "files": {}}}"#,
        started.elapsed().as_secs_f64(),
        files().saturating_sub(before)
    );
    Ok(())
}

/// Number of open files and sockets of this process.
fn files() -> usize {
    std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count)
}

async fn speak(loqui: &Loqui, sample: &Sample, count: usize, concurrency: usize) -> Result<usize> {
    let speeches = stream::iter(0..count)
        .map(|number| async move { loqui.speak(sample, format!("This is number {number}.")).await })
        .buffer_unordered(concurrency);
    speeches
        .fold(Ok(0), |done, speech| async move {
            speech?;
            Ok(done? + 1)
        })
        .await
}

async fn calls(loqui: &Loqui, sample: &Sample, count: usize) -> Result<usize> {
    let generation = loqui.submit(sample, "Ask me.").await?;
    let id = generation.id();
    generation.wait().await?;
    let mut found = stream::iter(0..count)
        .map(|_| loqui.generation(id))
        .buffer_unordered(1_000);
    let mut done = 0;
    while let Some(generation) = found.next().await {
        generation?;
        done += 1;
    }
    Ok(done)
}

/// Cancels each generation after 0 to 300 ms, 50 at a time.
async fn cancel(loqui: &Loqui, sample: &Sample, count: usize) -> Result<usize> {
    let given_up = stream::iter(0..count)
        .map(|number| async move {
            let moment = Duration::from_millis((number as u64).wrapping_mul(7_919) % 300);
            tokio::time::timeout(moment, loqui.speak(sample, format!("This is number {number}.")))
                .await
                .is_err()
        })
        .buffer_unordered(50);
    let count = given_up.filter(|given_up| std::future::ready(*given_up)).count().await;
    for generation in loqui.generations(&loqui_core::store::Filter::default()).await? {
        // Only the end matters here, not the error.
        let _ = generation.wait().await;
    }
    Ok(count)
}
