//! What one run costs three clients in computing time and memory, side by side in one go: this library's, and the two
//! official ones; and what it costs at the least, by hand. `cargo xtask bench clients` installs those and runs this.
//!
//! First runs of the model's own voice, then runs that clone: with a recording, as a file.
//!
//! Each client is a process of its own that does the same runs, ten at a time, against one emulator, and measures itself
//! after a first run that warms it up.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

mod bare;

use std::process::Stdio;
use std::time::Duration;

use bytes::Bytes;
use futures::stream::{self, StreamExt as _};
use loqui_core::SpeakOptions;
use loqui_core::replicate::{Client, Model, RunOptions};
use loqui_emulator::{Emulator, Settings};
use tokio::process::Command;

use self::bare::Bare;

const RUNS: usize = 200;
const AT_ONCE: usize = 10;
/// 14 seconds of a voice; a reference of the usual length.
const RECORDING: &str = "tests/voices/heart.wav";
/// For how long a run needs its recording.
const NEEDED: Duration = Duration::from_mins(15);

#[expect(
    clippy::disallowed_methods,
    reason = "the menu and the parent process say here what is wanted"
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
    println!("{RUNS} runs, {AT_ONCE} at a time, after one to warm up");
    println!(
        "{:<12} {:<10} {:>14} {:>12} {:>10}",
        "client", "recording", "CPU ms a run", "peak MiB", "wall s"
    );
    let me = std::env::current_exe().expect("it runs").to_string_lossy().into_owned();
    let python = told("LOQUI_PEERS_PYTHON");
    let ours = ("Loqui", me.as_str(), "ours");
    let python = ("Python", python.as_str(), "benches/clients/many.py");
    let javascript = ("JavaScript", "node", "benches/clients/many.mjs");
    let rows = [
        (("By hand", me.as_str(), "bare"), None),
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

/// Does the runs with this library and prints: seconds of CPU, peak MiB, seconds.
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
            .input("Hello there.", reference.as_deref(), &SpeakOptions::default(), None)
            .expect("valid");
        let run = client
            .run(&model.prediction(input), &RunOptions::default())
            .await
            .expect("it speaks");
        assert_eq!(&run.wav[..4], b"RIFF");
    })
    .await;
}

/// The same without a client.
async fn bare() {
    let origin = told("EMULATOR_ORIGIN");
    let bare = Bare::new(origin.trim_start_matches("http://"), told("REPLICATE_API_TOKEN"));
    measured(async || assert_eq!(&bare.run().await[..4], b"RIFF")).await;
}

/// Does the runs, after one to warm up, and prints what they took.
#[expect(clippy::future_not_send, reason = "the program has one thread")]
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

/// The computing time of this process's threads so far. Those of the runtime stay for longer than the runs take.
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
