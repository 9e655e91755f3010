//! What the ear hears in a recording: is anybody speaking, whose voice is it, and at what pitch.
//!
//! The two networks (Silero v6 for speech, GE2E for speakers) are inside the crate and run in pure
//! Rust: nothing is fetched, nothing is configured, and the same samples give the same answer on
//! every run. Each network is loaded once per process, on first use, and shared by all threads.
//!
//! Everything takes mono samples at [`SAMPLE_RATE`] (16 kHz), 1 being full scale. Level does not
//! matter: it is evened out inside where a network needs it. Long recordings are worked through in
//! pieces, so memory stays within a few times that of the samples.
//!
//! ```
//! use loqui_analysis::{PitchTrack, SpeechDetector, Voiceprint};
//!
//! // Two seconds of a buzz at 110 Hz: it has a pitch, but nobody is speaking.
//! let buzz: Vec<f32> = (0..32_000).map(|n| (n % 145) as f32 / 145.0 - 0.5).collect();
//!
//! let speech = SpeechDetector::default().detect(&buzz)?;
//! assert!(speech.ratio() < 0.1);
//!
//! let pitch = PitchTrack::of(&buzz)?;
//! assert!((pitch.median_hz().unwrap() - 110.3).abs() < 0.5);
//!
//! // Without speech there is no voice to take a print of, and the error says so.
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
