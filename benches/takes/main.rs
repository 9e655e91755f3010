//! `cargo run --release -p loqui-benches --example takes [SENTENCES]`: eight variants of the offline voice speak the given
//! number of sentences each (default 63, which gives 500 good takes). Every first take has a fault.

#![expect(clippy::print_stdout, reason = "prints to the terminal")]

mod engine;
mod harness;
#[path = "../length/text.rs"]
#[expect(dead_code, reason = "not all text functions are used")]
mod text;

use std::process::ExitCode;

use engine::Guise;

/// Maximal share of rejected good takes.
const MOST_FALSE_ALARMS: f64 = 0.01;

#[tokio::main]
async fn main() -> loqui_core::Result<ExitCode> {
    let sentences = std::env::args().nth(1).and_then(|word| word.parse().ok());
    let report = harness::run(&Guise::all(), sentences.unwrap_or(63), 7, 0).await?;
    println!("{report}");
    let good = report.false_alarms() < MOST_FALSE_ALARMS && report.wrong.is_empty();
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
