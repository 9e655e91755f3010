//! A report together with the audio and the time ranges it is based on.

use std::ops::Range;

use super::measure::Signal;
use super::report::Report;
use crate::audio::{Clip, Limits, decode};

/// A report, the decoded audio, and the detected time ranges. All times are in seconds.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Analysis {
    /// The report that [`check`](super::check) returns.
    pub report: Report,
    /// The mono mix without DC offset, at most the first five minutes. Empty if the file cannot be decoded.
    pub clip: Clip,
    /// Speech.
    pub speech: Vec<Range<f64>>,
    /// Clipped peaks, at a resolution of 10 ms.
    pub clipped: Vec<Range<f64>>,
    /// The excerpt that engines receive.
    pub reference: Range<f64>,
}

impl Analysis {
    pub(super) fn of(signal: Signal) -> Self {
        Self {
            report: Report::of(&signal),
            speech: signal.speech.spans(),
            clipped: signal.clipping.spans(),
            reference: signal.window.seconds(),
            clip: signal.mono,
        }
    }

    /// Wraps the report on a file that could not be decoded.
    pub(super) fn without_audio(report: Report) -> Self {
        Self {
            report,
            clip: Clip::new(Vec::new(), 1),
            speech: Vec::new(),
            clipped: Vec::new(),
            reference: 0.0..0.0,
        }
    }
}

/// Checks a recording as [`check`](super::check) does, and returns the audio and the time ranges as well.
///
/// # Examples
///
/// ```
/// let analysis = loqui_core::sample::analyze(b"Dear diary");
/// assert!(!analysis.report.usable);
/// assert!(analysis.clip.is_empty() && analysis.speech.is_empty());
/// ```
pub fn analyze(bytes: &[u8]) -> Analysis {
    match decode(bytes, &Limits::default()) {
        Ok(decoded) => Analysis::of(Signal::of(decoded)),
        Err(error) => Analysis::without_audio(Report::of_undecodable(bytes, &error)),
    }
}
