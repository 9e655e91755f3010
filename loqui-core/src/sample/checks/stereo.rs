//! Do left and right cancel each other?

use super::super::report::Measures;
use super::super::thresholds::OUT_OF_PHASE_CORRELATION;
use crate::audio::Decoded;
use crate::finding::{Finding, Severity};

/// How alike the first two channels are, from -1 to 1; absent for mono and where one is silent.
pub(crate) fn measure(decoded: &Decoded) -> Option<f64> {
    let [left, right, both] = match decoded.channels {
        0 | 1 => return None,
        2 => of_pairs(&decoded.samples),
        more => of_frames(&decoded.samples, more.into()),
    };
    let size = (left * right).sqrt();
    (size > 0.0).then(|| both / size)
}

/// The energy of left, of right, and of what they have in common.
fn of_frames(samples: &[f32], channels: usize) -> [f64; 3] {
    let mut sums = [0.0; 3];
    for frame in samples.chunks_exact(channels) {
        let (l, r) = (f64::from(frame[0]), f64::from(frame[1]));
        sums = [sums[0] + l * l, sums[1] + r * r, sums[2] + l * r];
    }
    sums
}

/// The same of two channels, in lanes as [`fold`](crate::audio::fold) does: short sums in single precision are exact enough.
fn of_pairs(samples: &[f32]) -> [f64; 3] {
    const LANES: usize = 8;
    let mut sums = [0.0; 3];
    for block in samples.chunks(1024) {
        let mut lanes = [[0.0_f32; LANES]; 3];
        let (groups, rest) = block.as_chunks::<2>().0.as_chunks::<LANES>();
        let mut add = |lane: usize, [l, r]: [f32; 2]| {
            lanes[0][lane] += l * l;
            lanes[1][lane] += r * r;
            lanes[2][lane] += l * r;
        };
        for group in groups {
            group.iter().enumerate().for_each(|(lane, frame)| add(lane, *frame));
        }
        rest.iter().enumerate().for_each(|(lane, frame)| add(lane, *frame));
        for (sum, lanes) in sums.iter_mut().zip(lanes) {
            *sum += f64::from(lanes.into_iter().sum::<f32>());
        }
    }
    sums
}

pub(super) fn check(measures: &Measures, findings: &mut Vec<Finding>) {
    let out = measures
        .stereo_correlation
        .filter(|correlation| *correlation < OUT_OF_PHASE_CORRELATION);
    findings.extend(out.map(|correlation| {
        let message = format!("left and right cancel each other in mono (correlation {correlation:.2})");
        let hint = "Turn the phase of one channel, or keep one channel only.";
        Finding::new(Severity::Warning, "sample.out_of_phase", message, hint).with_measure(
            correlation,
            OUT_OF_PHASE_CORRELATION,
            "correlation",
        )
    }));
}
