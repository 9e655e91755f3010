//! The checks, one file per family. Each looks at measures and says what it found.

pub(super) mod bandwidth;
pub(super) mod clipping;
mod duration;
mod integrity;
mod level;
mod music;
pub(super) mod noise;
mod pauses;
pub(super) mod reverb;
pub(super) mod speakers;
mod speech;
pub(super) mod stereo;

use super::report::Measures;
use super::signal::Signal;
use crate::error::Code;
use crate::finding::{Finding, Severity};

/// Runs every check.
pub(super) fn all(signal: &Signal, measures: &Measures) -> Vec<Finding> {
    let mut findings = Vec::new();
    integrity::check(signal, &mut findings);
    duration::check(signal, measures, &mut findings);
    if level::is_silent(measures) {
        findings.push(level::silent(measures));
        // Every further word about the quality of silence would hide the one that matters.
        return findings;
    }
    level::check(measures, &mut findings);
    clipping::check(signal, measures, &mut findings);
    noise::check(measures, &mut findings);
    bandwidth::check(signal, measures, &mut findings);
    speech::check(signal, measures, &mut findings);
    pauses::check(measures, &mut findings);
    music::check(measures, &mut findings);
    speakers::check(measures, &mut findings);
    reverb::check(measures, &mut findings);
    stereo::check(measures, &mut findings);
    findings
}

/// An error finding: its code is one that this crate answers with, and so is its hint.
fn error(code: &Code, message: String) -> Finding {
    Finding::new(Severity::Error, code.name(), message, code.hint().unwrap_or_default())
}

/// The same trouble as an error, but small enough to go on.
fn warning(code: &Code, message: String) -> Finding {
    Finding::new(Severity::Warning, code.name(), message, code.hint().unwrap_or_default())
}
