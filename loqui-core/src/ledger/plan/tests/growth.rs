//! The cost of a plan against the number of segments.

use std::hint::black_box;
use std::time::Instant;

use super::*;
use crate::ledger::progress::progress;
use crate::ledger::{GenerationInfo, ProgressEstimate};

/// All but the last segment are spoken.
fn takes(segments: u32) -> Vec<TakeRecord> {
    (0..segments - 1)
        .map(|segment| in_state(row(segment, 1), StateKind::Kept))
        .collect()
}

/// The shortest of several times of reading the takes of a generation in all ways that follow a result.
fn seconds(segments: u32) -> f64 {
    let (generation, takes) = (generation(segments), takes(segments));
    let time = || {
        let begun = Instant::now();
        black_box(plan(&generation, &takes, &policy(), at(1)));
        black_box(progress(&generation, &takes, &std::collections::HashMap::new()));
        black_box(ProgressEstimate::new(&generation, &takes, at(1)));
        black_box(GenerationInfo::new(&generation, &takes));
        begun.elapsed().as_secs_f64()
    };
    (0..5).map(|_| time()).fold(f64::INFINITY, f64::min)
}

#[test]
fn reading_the_takes_takes_linear_time() {
    let (few, many) = (seconds(1_000), seconds(16_000));
    // Linear time is 16 times as long. Time that grows with the square is 256 times as long.
    assert!(many < 64.0 * few, "1,000 segments: {few} s, 16,000 segments: {many} s");
}
