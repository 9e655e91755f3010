//! Do left and right cancel each other?

use super::super::report::Measures;
use super::super::thresholds::OUT_OF_PHASE_CORRELATION;
use crate::audio::Decoded;
use crate::finding::{Finding, Severity};

/// How alike the first two channels are, from -1 to 1; absent for mono and where one is silent.
pub(crate) fn measure(decoded: &Decoded) -> Option<f64> {
    if decoded.channels < 2 {
        return None;
    }
    let (mut left, mut right, mut both) = (0.0_f64, 0.0_f64, 0.0_f64);
    for frame in decoded.samples.chunks_exact(decoded.channels.into()) {
        let (l, r) = (f64::from(frame[0]), f64::from(frame[1]));
        left += l * l;
        right += r * r;
        both += l * r;
    }
    let size = (left * right).sqrt();
    (size > 0.0).then(|| both / size)
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
