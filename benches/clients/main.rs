//! What one run costs three clients in computing time and memory, side by side in one go: this library's, and the two
//! official ones. `cargo xtask bench clients` installs those and runs this.
//!
//! Each client is a process of its own that does the same runs, ten at a time, against one emulator, and measures itself
//! after a first run that warms it up.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::process::Stdio;
use std::time::Duration;

use futures::stream::{self, StreamExt as _};
use loqui_core::SpeakOptions;
use loqui_core::replicate::{Client, Model, RunOptions};
use loqui_emulator::{Emulator, Settings};
use tokio::process::Command;

const RUNS: usize = 200;
const AT_ONCE: usize = 10;

#[expect(
    clippy::disallowed_methods,
    reason = "the menu and the parent process say here what is wanted"
)]
fn told(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run cargo xtask bench clients"))
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    if std::env::args().nth(1).as_deref() == Some("ours") {
        return ours().await;
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
        "{:<12} {:>14} {:>12} {:>10}",
        "client", "CPU ms a run", "peak MiB", "wall s"
    );
    let me = std::env::current_exe().expect("it runs").to_string_lossy().into_owned();
    let python = told("LOQUI_PEERS_PYTHON");
    for (name, program, argument) in [
        ("Loqui", me.as_str(), "ours"),
        ("Python", python.as_str(), "benches/clients/many.py"),
        ("JavaScript", "node", "benches/clients/many.mjs"),
    ] {
        emulator.reset();
        let output = Command::new(program)
            .arg(argument)
            .env("REPLICATE_API_TOKEN", emulator.token())
            .env("EMULATOR_ORIGIN", emulator.base_url().trim_end_matches("/v1"))
            .env("RUNS", RUNS.to_string())
            .env("AT_ONCE", AT_ONCE.to_string())
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
            "{name:<12} {:>14.2} {peak:>12.1} {wall:>10.1}",
            cpu / RUNS as f64 * 1000.0
        );
    }
}

/// Does the runs and prints: seconds of CPU, peak MiB, seconds.
async fn ours() {
    let client = Client::builder(told("REPLICATE_API_TOKEN"))
        .base_url(format!("{}/v1", told("EMULATOR_ORIGIN")))
        .build()
        .expect("valid settings");
    let run = async || {
        let model = Model::by_name("chatterbox").expect("a known model");
        let input = model
            .input("Hello there.", None, &SpeakOptions::default(), None)
            .expect("valid");
        let run = client
            .run(&model.prediction(input), &RunOptions::default())
            .await
            .expect("it speaks");
        assert_eq!(&run.wav[..4], b"RIFF");
    };
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
        (cpu() - before).as_secs_f64(),
        peak_mib(),
        started.elapsed().as_secs_f64()
    );
}

/// The computing time of this process so far, in steps of a hundredth of a second.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name before may hold spaces; the times are the 14th and 15th fields.
    let ticks = stat
        .rsplit(')')
        .next()
        .into_iter()
        .flat_map(str::split_whitespace)
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<u64>().ok())
        .sum::<u64>();
    Duration::from_millis(ticks * 10)
}

fn peak_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok())
        .unwrap_or(f64::NAN)
        / 1024.0
}
