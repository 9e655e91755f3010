//! `cargo run --release -p loqui-benches --example takes [SENTENCES]`: the offline voice in eight guises speaks so many
//! sentences in each (63 unless told, which makes 500 good takes), and every first take has a fault.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

mod engine;
mod harness;
#[path = "../length/text.rs"]
#[expect(dead_code, reason = "whole books are not needed here")]
mod text;

use std::process::ExitCode;

use engine::Guise;

/// The most of good takes that may be refused.
const MOST_FALSE_ALARMS: f64 = 0.01;

#[tokio::main]
async fn main() -> loqui_core::Result<ExitCode> {
    let sentences = std::env::args().nth(1).and_then(|word| word.parse().ok());
    let report = harness::run(&Guise::all(), sentences.unwrap_or(63), 7, 0).await?;
    println!("{report}");
    let good = report.false_alarms() < MOST_FALSE_ALARMS && report.wrong.is_empty();
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
