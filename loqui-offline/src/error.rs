//! The errors of this crate.

use crate::settings::Settings;

/// The reason why there is no audio. [`std::error::Error::source`] returns the underlying cause, if any.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text has no letters or digits that an English voice can read: it is blank, or has only emoji or another script.
    #[error("nothing to say: none of the {characters} characters can be spoken in English")]
    NothingToSay {
        /// The length of the text, in characters.
        characters: usize,
    },
    /// The speed is outside the range that the network was trained for, or NaN.
    #[error("speed {actual} is outside {}..={}", Settings::MIN_SPEED, Settings::MAX_SPEED)]
    SpeedOutOfRange {
        /// The requested speed.
        actual: f32,
    },
    /// The pitch is outside the supported range, or NaN.
    #[error(
        "pitch of {actual} semitones is outside -{}..={}",
        Settings::MAX_PITCH,
        Settings::MAX_PITCH
    )]
    PitchOutOfRange {
        /// The requested pitch, in semitones.
        actual: f32,
    },
    /// The expressiveness is outside the supported range, or NaN.
    #[error(
        "expressiveness of {actual} is outside {}..={}",
        Settings::MIN_EXPRESSIVENESS,
        Settings::MAX_EXPRESSIVENESS
    )]
    ExpressivenessOutOfRange {
        /// The requested factor.
        actual: f32,
    },
    /// The voice cannot be matched to the recording: it has too little speech, invalid samples, or a sample rate outside
    /// 8,000 to 192,000 Hz.
    #[cfg(feature = "matching")]
    #[error("the recording cannot be matched: {reason}")]
    Recording {
        /// The reason.
        reason: String,
    },
    /// The recording cannot be aligned with a text.
    #[error("the recording cannot be aligned: {reason}")]
    Unalignable {
        /// The reason.
        reason: String,
    },
    /// The pause is above the maximum.
    #[error(
        "pause of {} ms is above the maximum of {} ms",
        actual.as_millis(),
        Settings::MAX_PAUSE.as_millis()
    )]
    PauseTooLong {
        /// The requested pause.
        actual: std::time::Duration,
    },
    /// The pronunciation data in the binary is invalid. This is a defect of the build.
    #[error("the built-in pronunciation data could not be loaded")]
    Pronunciation(#[source] Cause),
    /// The network in the binary is invalid. This is a defect of the build.
    #[error("the built-in voice network could not be loaded")]
    Network(#[source] Cause),
    /// The network rejected a sentence or returned an unexpected shape.
    #[error("the voice network failed on a sentence of {phonemes} phonemes")]
    Inference {
        /// The number of phonemes of the sentence.
        phonemes: usize,
        /// The error of the network runtime.
        #[source]
        source: Cause,
    },
}

/// An error of an underlying library. It is opaque, so that replacing the library is not a breaking change.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;
