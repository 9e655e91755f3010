//! Voice activity detection, speaker embedding and pitch tracking for speech recordings.
//!
//! The two networks, [Silero VAD](https://github.com/snakers4/silero-vad) v6 for speech and
//! [GE2E](https://arxiv.org/abs/1710.10467) for speakers, are compiled into the crate and run in
//! pure Rust. The same samples give the same results on every run. Each network is loaded once per
//! process, on first use, and shared by all threads.
//!
//! All functions take mono samples at [`SAMPLE_RATE`] (16 kHz), full scale is 1.0. The level is
//! normalized where a network needs it. Long recordings are processed in pieces, so memory stays
//! within a few times that of the samples.
//!
//! ```
//! use loqui_analysis::{PitchTrack, SpeechDetector, Voiceprint};
//!
//! // Two seconds of a sawtooth wave at 110 Hz: it has a pitch, but is not speech.
//! let buzz: Vec<f32> = (0..32_000).map(|n| (n % 145) as f32 / 145.0 - 0.5).collect();
//!
//! let speech = SpeechDetector::default().detect(&buzz)?;
//! assert!(speech.ratio() < 0.1);
//!
//! let pitch = PitchTrack::of(&buzz)?;
//! assert!((pitch.median_hz().unwrap() - 110.3).abs() < 0.5);
//!
//! // A voiceprint needs speech.
//! let error = Voiceprint::of(&buzz).unwrap_err();
//! assert!(error.to_string().contains("s of speech, expected at least"));
//! # Ok::<(), loqui_analysis::Error>(())
//! ```
#![forbid(unsafe_code)]

mod error;
mod level;
mod network;
mod pitch;
mod recording;
#[cfg(test)]
mod reference;
#[cfg(test)]
mod signals;
mod vad;
mod voiceprint;

pub use error::Error;
pub use pitch::{PITCH_RANGE_HZ, PitchFrame, PitchTrack};
pub use recording::{MAX_MAGNITUDE, SAMPLE_RATE};
pub use vad::{Segment, SpeechDetector, SpeechMap, WINDOW_SECONDS};
pub use voiceprint::{Likeness, Speakers, VoiceWindow, Voiceprint};

/// Tests the example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
