//! `cargo xtask soak chaos [--count 1000] [--at-once 16] [--seed N]`: generations under random faults.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

// Included by path, so that the tests share these modules.
#[path = "harness.rs"]
mod harness;

use std::process::ExitCode;

/// Reads `--name NUMBER`.
fn number(words: &[String], name: &str) -> Option<u64> {
    let place = words.iter().position(|word| word == name)?;
    words.get(place + 1)?.parse().ok()
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let plan = harness::Plan {
        count: number(&words, "--count").unwrap_or(1000) as usize,
        at_once: number(&words, "--at-once").unwrap_or(16) as usize,
        seed: number(&words, "--seed").unwrap_or_else(|| fastrand::u64(..1_000_000)),
    };
    println!("{plan:?}");
    let report = harness::run(plan);
    println!("{report}");
    // With several generations at once, threads decide the order of simultaneous requests, so a run is not reproduced exactly.
    println!("course {:016x}: reproducible with --at-once 1", report.course());
    if report.is_clean() {
        ExitCode::SUCCESS
    } else {
        println!(
            "again: cargo xtask soak chaos --count {} --at-once {} --seed {}",
            plan.count, plan.at_once, plan.seed
        );
        ExitCode::FAILURE
    }
}
