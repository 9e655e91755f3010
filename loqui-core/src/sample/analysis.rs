//! A report together with the audio and the time ranges it is based on.

use std::ops::Range;

use super::measure::Signal;
use super::report::Report;
use super::thresholds::LENGTH;
use crate::audio::{Clip, DecodeError, Input, Limits, Part, best_part};

/// The longest part of a recording that is cleaned, joined or divided by speakers, in seconds. It bounds memory and time.
const PREPARED_SECONDS: f64 = 300.0;

/// A report, the decoded audio, and the detected time ranges. All times are in seconds; those of ranges count from the start
/// of the clip.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Analysis {
    /// The report that [`check`](super::check) returns.
    pub report: Report,
    /// The voice in mono, without DC offset: all of the recording, or the best minute of a longer one. Empty if the file
    /// cannot be decoded.
    pub clip: Clip,
    /// The start of the clip in the recording.
    pub clip_start: f64,
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
            clip_start: signal.start_seconds(),
            clip: signal.mono,
        }
    }

    /// Wraps the report on a file that could not be decoded.
    pub(super) fn without_audio(report: Report) -> Self {
        Self {
            report,
            clip: Clip::new(Vec::new(), 1),
            clip_start: 0.0,
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
    analyze_input(&Input::Memory(bytes), &|_| {})
}

/// Checks a file in memory or on disk. `progress` gets the seconds that were decoded, now and then.
pub(super) fn analyze_input(input: &Input<'_>, progress: &dyn Fn(f64)) -> Analysis {
    match part_of(input, progress) {
        Ok(part) => Analysis::of(Signal::of(part)),
        Err(error) => Analysis::without_audio(Report::of_undecodable(input, &error)),
    }
}

/// Decodes and measures all of a recording that is prepared, or the best minutes of a very long one.
pub(super) fn prepared(recording: &[u8]) -> Result<Signal, DecodeError> {
    let limits = Limits::default().with_seconds(LENGTH.maximum);
    best_part(&Input::Memory(recording), &limits, PREPARED_SECONDS, &|_| {}).map(Signal::of)
}

/// Decodes a recording and returns the part that is analyzed.
pub(super) fn part_of(input: &Input<'_>, progress: &dyn Fn(f64)) -> Result<Part, DecodeError> {
    let limits = Limits::default().with_seconds(LENGTH.maximum);
    best_part(input, &limits, LENGTH.analyzed, progress)
}
