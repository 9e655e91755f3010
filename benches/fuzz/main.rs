//! Feeds damaged input to every parser: `cargo run -p loqui-benches --example fuzz -- [SECONDS] [ENTRY]`.
//!
//! Seeds are the recordings of `tests` and the texts of `seeds`. Each is truncated, spliced and overwritten. An escaped panic,
//! or an input that needs more than ten seconds of CPU time or 256 MiB, ends the run with exit code 1. Contained panics of
//! decoders are counted by location. Use the dev profile, where integer overflows panic.

#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "prints to the terminal")]

mod damage;
mod entries;
#[path = "../books/epub.rs"]
mod epub;
mod process;
mod seeds;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use damage::{Random, damaged};
use entries::{ENTRIES, Entry};

/// CPU time after which an input counts as hung. Wall time is unreliable on a busy machine.
const SLOWEST: Duration = Duration::from_secs(10);
const MOST_MIB: u64 = 256;

static PANICS: Mutex<BTreeMap<String, usize>> = Mutex::new(BTreeMap::new());

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let seconds = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(60);
    let only = arguments.next();
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map_or_else(String::new, |place| format!("{}:{}", short(place.file()), place.line()));
        if let Ok(mut panics) = PANICS.lock() {
            *panics.entry(place).or_default() += 1;
        }
    }));
    let chosen: Vec<_> = ENTRIES
        .iter()
        .filter(|entry| only.as_deref().is_none_or(|only| only == entry.name))
        .collect();
    if chosen.is_empty() {
        let names: Vec<_> = ENTRIES.iter().map(|entry| entry.name).collect();
        eprintln!("unknown entry point; known: {}", names.join(", "));
        return ExitCode::from(2);
    }
    let mut failed = false;
    for entry in chosen {
        failed |= !run(entry, Duration::from_secs(seconds));
    }
    if let Ok(panics) = PANICS.lock() {
        for (place, count) in panics.iter() {
            println!("contained: {count} panics at {place}");
        }
    }
    let peak = process::peak_mib();
    println!("peak memory {peak} MiB");
    if failed || peak > MOST_MIB {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

fn run(Entry { name, seeds, feed }: &Entry, time: Duration) -> bool {
    let seeds = seeds::of(*seeds);
    let mut random = Random::new();
    let started = Instant::now();
    let (mut runs, mut slowest, mut escaped) = (0_u64, Duration::ZERO, 0);
    while started.elapsed() < time {
        let input = damaged(&seeds, &mut random);
        let begun = process::processor_time();
        if catch_unwind(AssertUnwindSafe(|| feed(&input))).is_err() {
            escaped += 1;
            let path = std::env::temp_dir().join(format!("loqui-fuzz-{name}-{escaped}.bin"));
            eprintln!("{name}: escaped panic, see {}", path.display());
            let _ = std::fs::write(path, &input);
        }
        slowest = slowest.max(process::processor_time().saturating_sub(begun));
        runs += 1;
    }
    println!(
        "{name}: {} seeds, {} s, {runs} inputs, {escaped} escaped panics, slowest {:.2} s",
        seeds.len(),
        time.as_secs(),
        slowest.as_secs_f64()
    );
    escaped == 0 && slowest < SLOWEST
}

/// A path relative to the crate, without machine-specific folders.
fn short(path: &str) -> &str {
    path.rsplit_once("/src/index.")
        .map_or(path, |(_, rest)| rest.split_once('/').map_or(rest, |(_, rest)| rest))
}
