//! The progress of a generation.

use std::collections::HashMap;

use super::record::GenerationRecord;
use super::state::StateKind;
use super::take::{TakeRecord, takes_by_segment};

/// The percentage at which all segments are spoken; the rest is stitching and storing.
const SPEAKING: f64 = 96.0;

/// The progress in percent, 0 to 99. Each segment counts by its length and by the state of its most advanced take;
/// `shares` is the progress of the running takes by segment, from 0 to 1, as the provider reports it.
pub(crate) fn progress(generation: &GenerationRecord, takes: &[TakeRecord], shares: &HashMap<u32, f64>) -> u8 {
    let length = |text: &str| text.len().max(1) as f64;
    let whole: f64 = generation.segments.iter().map(|segment| length(&segment.text)).sum();
    let of_segment = takes_by_segment(takes);
    let done: f64 = generation
        .segments
        .iter()
        .map(|segment| {
            let own = of_segment.get(&segment.index).into_iter().flatten();
            let best = own
                .map(|take| share_of(take.kind(), shares.get(&segment.index).copied()))
                .fold(0.0, f64::max);
            best * length(&segment.text)
        })
        .sum();
    if whole > 0.0 {
        (SPEAKING * done / whole) as u8
    } else {
        0
    }
}

fn share_of(kind: StateKind, share: Option<f64>) -> f64 {
    match kind {
        StateKind::Intended | StateKind::Unsent | StateKind::Unanswered => 0.02,
        StateKind::Running => 0.1 + 0.65 * share.unwrap_or(0.0).clamp(0.0, 1.0),
        StateKind::Succeeded => 0.8,
        StateKind::Stored => 0.95,
        StateKind::Kept => 1.0,
        StateKind::Rejected | StateKind::Failed | StateKind::NeverCreated | StateKind::Held => 0.0,
    }
}
