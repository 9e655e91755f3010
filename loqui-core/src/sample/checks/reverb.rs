//! How long does the room ring on? Read from how fast the sound falls where a word ends; of low confidence.

use super::super::envelope::{BLOCKS_PER_SECOND, percentile};
use super::super::report::Measures;
use super::super::signal::Signal;
use super::super::thresholds::REVERBERANT_SECONDS;
use crate::audio::power_dbfs;
use crate::finding::{Finding, Severity};

/// A decay is read from this far below its start, so that the end of the word itself does not count, in dB.
const FROM_DB: f64 = 5.0;
/// To this far below its start, in dB.
const TO_DB: f64 = 25.0;
/// It must stay above the noise by this much, in dB.
const ABOVE_NOISE_DB: f64 = 6.0;
/// It may rise again by this much, in dB: rooms beat.
const RIPPLE_DB: f64 = 0.5;
/// Fewer points than these, 10 ms apart, make no slope.
const LEAST_BLOCKS: usize = 4;
/// Fewer decays than this say nothing about the room.
const LEAST_DECAYS: usize = 3;

/// The time in which the sound would fall by 60 dB, in seconds; absent without clean decays.
pub(crate) fn measure(signal: &Signal, noise_floor_dbfs: f64) -> Option<f64> {
    let levels: Vec<f64> = signal
        .envelope
        .powers()
        .iter()
        .map(|power| power_dbfs(power.max(1e-12)))
        .collect();
    let mut times = Vec::new();
    let mut at = 0;
    while at + 1 < levels.len() {
        let end = fall(&levels, at);
        if end > at + LEAST_BLOCKS && levels[at] - levels[end] > TO_DB {
            times.extend(decay(&levels[at..=end], noise_floor_dbfs + ABOVE_NOISE_DB));
        }
        at = end.max(at + 1);
    }
    // Words end slowly or fast, rooms never faster than they ring: the faster decays show the room.
    (times.len() >= LEAST_DECAYS).then(|| percentile(&mut times, 0.5))
}

/// How far the level falls without rising again.
fn fall(levels: &[f64], from: usize) -> usize {
    let mut end = from;
    while end + 1 < levels.len() && levels[end + 1] < levels[end] + RIPPLE_DB {
        end += 1;
    }
    end
}

/// The time for 60 dB of the straight line through a decay.
fn decay(levels: &[f64], floor: f64) -> Option<f64> {
    let start = levels[0];
    let points: Vec<(f64, f64)> = levels
        .iter()
        .enumerate()
        .skip_while(|(_, level)| **level > start - FROM_DB)
        .take_while(|(_, level)| **level > start - TO_DB)
        .map(|(block, level)| (block as f64 / BLOCKS_PER_SECOND as f64, *level))
        .collect();
    if points.len() < LEAST_BLOCKS || start - TO_DB < floor {
        return None;
    }
    let count = points.len() as f64;
    let (mean_time, mean_level) = points.iter().fold((0.0, 0.0), |(time, level), (t, l)| {
        (time + t / count, level + l / count)
    });
    let (over, under) = points.iter().fold((0.0, 0.0), |(over, under), (time, level)| {
        let apart = time - mean_time;
        (over + apart * (level - mean_level), under + apart * apart)
    });
    let slope = over / under;
    (slope < -1.0).then(|| -60.0 / slope)
}

pub(super) fn check(measures: &Measures, findings: &mut Vec<Finding>) {
    let ringing = measures
        .reverberation_seconds
        .filter(|seconds| *seconds > REVERBERANT_SECONDS);
    findings.extend(ringing.map(|seconds| {
        let message = format!("the room seems to echo (about {seconds:.1} s)");
        let hint = "Record in a room with curtains, carpets or clothes, closer to the microphone.";
        Finding::new(Severity::Warning, "sample.reverberant", message, hint).with_measure(
            seconds,
            REVERBERANT_SECONDS,
            "s",
        )
    }));
}
