//! The reverberation time, estimated from how fast the level falls where words end. The estimate is rough.

use super::Signal;
use super::envelope::{BLOCKS_PER_SECOND, percentile};
use crate::audio::power_dbfs;

/// The start of the fitted part of a decay below its first level, in dB. It excludes the end of the word itself.
const FROM_DB: f64 = 5.0;
/// The end of the fitted part of a decay below its first level, in dB.
const TO_DB: f64 = 25.0;
/// The minimum distance of the fitted part from the noise floor, in dB.
const ABOVE_NOISE_DB: f64 = 6.0;
/// The largest rise within a decay, in dB. Room modes cause small rises.
const RIPPLE_DB: f64 = 0.5;
/// The minimum number of points of a fit, 10 ms apart.
const LEAST_BLOCKS: usize = 4;
/// The minimum number of decays for an estimate.
const LEAST_DECAYS: usize = 3;

/// Returns the time in which the level would fall by 60 dB, in seconds. Returns nothing without enough clean decays.
pub(super) fn measure(signal: &Signal, noise_floor_dbfs: f64) -> Option<f64> {
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
    // A decay is never faster than the room allows, but a slow word end lengthens it. The median is robust to both.
    (times.len() >= LEAST_DECAYS).then(|| percentile(&mut times, 0.5))
}

/// Returns the index up to which the level falls without rising again.
fn fall(levels: &[f64], from: usize) -> usize {
    let mut end = from;
    while end + 1 < levels.len() && levels[end + 1] < levels[end] + RIPPLE_DB {
        end += 1;
    }
    end
}

/// Fits a straight line to a decay and returns its time for 60 dB, in seconds.
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
    let (covariance, variance) = points.iter().fold((0.0, 0.0), |(covariance, variance), (time, level)| {
        let distance = time - mean_time;
        (
            covariance + distance * (level - mean_level),
            variance + distance * distance,
        )
    });
    let slope = covariance / variance;
    (slope < -1.0).then(|| -60.0 / slope)
}
