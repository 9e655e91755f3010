//! CPU time and memory of a run in three clients: this library's, the two official ones, and raw sockets as the lower bound.
//! `cargo xtask bench clients` installs the official clients and runs this program.
//!
//! The first runs use the model's own voice, the others a recording.
//!
//! Each client runs in its own process, ten runs at a time, against one emulator, and measures itself after a warm-up run.

#![expect(clippy::print_stdout, reason = "prints to the terminal")]

mod bare;

use std::process::Stdio;
use std::time::Duration;

use bytes::Bytes;
use futures::stream::{self, StreamExt as _};
use loqui_core::VoiceSettings;
use loqui_core::replicate::{Client, Model, RunOptions};
use loqui_emulator::{Emulator, Settings};
use tokio::process::Command;

use self::bare::Bare;

const RUNS: usize = 200;
const AT_ONCE: usize = 10;
/// A recording of 14 s, a typical reference.
const RECORDING: &str = "tests/voices/heart.wav";
/// Time for which a run needs its recording.
const NEEDED: Duration = Duration::from_mins(15);

#[expect(
    clippy::disallowed_methods,
    reason = "xtask and the parent process pass parameters in the environment"
)]
fn told(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run cargo xtask bench clients"))
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("ours") => return ours().await,
        Some("bare") => return bare().await,
        _ => {}
    }
    let mut settings = Settings::default();
    settings.limits.creates_per_minute = 1_000_000;
    settings.limits.others_per_minute = 1_000_000;
    let emulator = Emulator::builder()
        .settings(settings)
        .start()
        .await
        .expect("a free port");
    println!("{RUNS} runs, {AT_ONCE} at a time, after one warm-up run");
    println!(
        "{:<12} {:<10} {:>14} {:>12} {:>10}",
        "client", "recording", "CPU ms a run", "peak MiB", "wall s"
    );
    let me = std::env::current_exe()
        .expect("the current program")
        .to_string_lossy()
        .into_owned();
    let python = told("LOQUI_PEERS_PYTHON");
    let ours = ("Loqui", me.as_str(), "ours");
    let python = ("Python", python.as_str(), "benches/clients/many.py");
    let javascript = ("JavaScript", "node", "benches/clients/many.mjs");
    let rows = [
        (("Raw sockets", me.as_str(), "bare"), None),
        (ours, None),
        (python, None),
        (javascript, None),
        (ours, Some(RECORDING)),
        (python, Some(RECORDING)),
        (javascript, Some(RECORDING)),
    ];
    for ((name, program, argument), recording) in rows {
        emulator.reset();
        let output = Command::new(program)
            .arg(argument)
            .env("REPLICATE_API_TOKEN", emulator.token())
            .env("EMULATOR_ORIGIN", emulator.base_url().trim_end_matches("/v1"))
            .env("RUNS", RUNS.to_string())
            .env("AT_ONCE", AT_ONCE.to_string())
            .env("REFERENCE", recording.unwrap_or_default())
            .stdin(Stdio::null())
            .output()
            .await
            .expect("the program starts");
        assert!(
            output.status.success(),
            "{name}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let said = String::from_utf8_lossy(&output.stdout);
        let figures: Vec<f64> = said.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        let [cpu, peak, wall] = figures[..] else {
            panic!("{name}: {said}")
        };
        assert_eq!(emulator.ledger().paid_runs(), RUNS + 1, "{name}");
        println!(
            "{name:<12} {:<10} {:>14.2} {peak:>12.1} {wall:>10.1}",
            recording.map_or("none", |_| "653 KiB"),
            cpu / RUNS as f64 * 1000.0
        );
    }
}

/// Performs the runs with this library. Prints CPU seconds, peak MiB and wall seconds.
async fn ours() {
    let client = Client::builder(told("REPLICATE_API_TOKEN"))
        .base_url(format!("{}/v1", told("EMULATOR_ORIGIN")))
        .build()
        .expect("valid settings");
    let recording = told("REFERENCE");
    let recording = (!recording.is_empty()).then(|| Bytes::from(std::fs::read(recording).expect("a recording")));
    measured(async || {
        let reference = match &recording {
            Some(wav) => Some(client.reference(wav, NEEDED).await.expect("uploaded")),
            None => None,
        };
        let model = Model::by_name("chatterbox").expect("a known model");
        let input = model
            .input("Hello there.", reference.as_deref(), &VoiceSettings::default(), None)
            .expect("valid");
        let run = client
            .run(&model.prediction(input), &RunOptions::default())
            .await
            .expect("speech");
        assert_eq!(&run.wav[..4], b"RIFF");
    })
    .await;
}

/// The same on raw sockets.
async fn bare() {
    let origin = told("EMULATOR_ORIGIN");
    let bare = Bare::new(origin.trim_start_matches("http://"), told("REPLICATE_API_TOKEN"));
    measured(async || assert_eq!(&bare.run().await[..4], b"RIFF")).await;
}

/// Performs the runs after one warm-up run and prints their cost.
#[expect(clippy::future_not_send, reason = "the program is single-threaded")]
async fn measured(run: impl AsyncFn()) {
    run().await;
    let before = cpu();
    let started = tokio::time::Instant::now();
    stream::iter(0..RUNS)
        .map(|_| run())
        .buffer_unordered(AT_ONCE)
        .collect::<Vec<()>>()
        .await;
    println!(
        "{} {} {}",
        cpu().saturating_sub(before).as_secs_f64(),
        peak_mib(),
        started.elapsed().as_secs_f64()
    );
}

/// CPU time of the threads of this process. Runtime threads outlive the runs.
fn cpu() -> Duration {
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let nanoseconds = threads.filter_map(|thread| {
        let times = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        times.split(' ').next()?.parse::<u64>().ok()
    });
    Duration::from_nanos(nanoseconds.sum())
}

fn peak_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok())
        .unwrap_or(f64::NAN)
        / 1024.0
}
