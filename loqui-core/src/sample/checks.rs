//! The checks: each judges the measured values of a recording by the thresholds and adds findings.

mod bandwidth;
mod clipping;
mod duration;
mod integrity;
mod level;
mod music;
mod noise;
mod pauses;
mod reverberation;
mod speakers;
mod speech;
mod stereo;

use super::measure::Measured;
use crate::finding::Finding;

/// Runs all checks. The order is the order of findings of equal severity in the report.
pub(super) fn run(measured: &Measured) -> Vec<Finding> {
    let mut findings = Vec::new();
    integrity::check(measured, &mut findings);
    duration::check(measured, &mut findings);
    if level::is_silent(&measured.measures) {
        findings.push(super::findings::silent(measured.measures.loudness_lufs));
        // The quality of silence is meaningless.
        return findings;
    }
    level::check(&measured.measures, &mut findings);
    clipping::check(measured, &mut findings);
    noise::check(&measured.measures, &mut findings);
    bandwidth::check(measured, &mut findings);
    speech::check(measured, &mut findings);
    pauses::check(&measured.measures, &mut findings);
    music::check(&measured.measures, &mut findings);
    speakers::check(&measured.measures, &mut findings);
    reverberation::check(&measured.measures, &mut findings);
    stereo::check(measured, &mut findings);
    findings
}
