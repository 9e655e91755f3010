//! A report with what it was read from: what a picture of the recording needs.

use std::ops::Range;

use super::report::Report;
use super::signal::Signal;
use crate::audio::{Clip, Limits, decode};

/// A recording with its report, and with where in it things are. All times are in seconds.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Inspection {
    /// What [`check`](super::check) answers.
    pub report: Report,
    /// The mono mix without its offset; empty if it cannot be decoded, at most the first five minutes.
    pub clip: Clip,
    /// Where somebody speaks.
    pub speech: Vec<Range<f64>>,
    /// Where peaks are cut off, in stretches of at least 10 ms.
    pub clipped: Vec<Range<f64>>,
    /// The stretch that engines hear.
    pub reference: Range<f64>,
}

impl Inspection {
    pub(super) fn of(signal: Signal) -> Self {
        let report = signal.report();
        Self {
            report,
            speech: signal.speech.spans(),
            clipped: signal.clipping.spans(),
            reference: signal.window.seconds(),
            clip: signal.mono,
        }
    }

    /// A report on what could not be listened to.
    pub(super) fn without_sound(report: Report) -> Self {
        Self {
            report,
            clip: Clip::new(Vec::new(), 1),
            speech: Vec::new(),
            clipped: Vec::new(),
            reference: 0.0..0.0,
        }
    }
}

/// Judges a recording as [`check`](super::check) does, and keeps what it was read from.
///
/// # Examples
///
/// ```
/// let inspection = loqui_core::sample::inspect(b"Dear diary");
/// assert!(!inspection.report.usable);
/// assert!(inspection.clip.is_empty() && inspection.speech.is_empty());
/// ```
pub fn inspect(bytes: &[u8]) -> Inspection {
    match decode(bytes, &Limits::default()) {
        Ok(decoded) => Inspection::of(Signal::of(decoded)),
        Err(error) => Inspection::without_sound(super::unreadable(bytes, &error)),
    }
}
