//! Why the voice could not be loaded or could not speak.

use crate::settings::Settings;

/// Says why there is no audio; [`std::error::Error::source`] holds the cause underneath, if any.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text holds no letter or digit that an English voice can read: it is empty, blank, or made of emoji or of
    /// another script only. Give it words in Latin letters.
    #[error("nothing to say: none of the {characters} characters can be spoken in English")]
    NothingToSay {
        /// Length of the text, in characters.
        characters: usize,
    },
    /// The speed is not a number inside the range the network was trained for.
    #[error("speed {actual} is outside {}..={}", Settings::MIN_SPEED, Settings::MAX_SPEED)]
    SpeedOutOfRange {
        /// The speed that was asked for.
        actual: f32,
    },
    /// The pitch is moved further than a voice goes.
    #[error(
        "a pitch of {actual} semitones is outside -{}..={}",
        Settings::MAX_PITCH,
        Settings::MAX_PITCH
    )]
    PitchOutOfRange {
        /// The semitones that were asked for.
        actual: f32,
    },
    /// The melody is to be flatter or livelier than the voice can be.
    #[error(
        "an expressiveness of {actual} is outside {}..={}",
        Settings::MIN_EXPRESSIVENESS,
        Settings::MAX_EXPRESSIVENESS
    )]
    ExpressivenessOutOfRange {
        /// The factor that was asked for.
        actual: f32,
    },
    /// The recording to be matched cannot be listened to: it is empty, holds too little speech or values that are no
    /// samples, or its rate is not 8,000 to 192,000 Hz.
    #[cfg(feature = "matching")]
    #[error("the recording cannot be matched: {reason}")]
    Recording {
        /// What is wrong with it.
        reason: String,
    },
    /// The pause is longer than anybody would wait.
    #[error(
        "a pause of {} ms is over the limit of {} ms",
        actual.as_millis(),
        Settings::MAX_PAUSE.as_millis()
    )]
    PauseTooLong {
        /// The pause that was asked for.
        actual: std::time::Duration,
    },
    /// The pronunciation data inside the binary could not be read. This is a broken build, not something a caller did.
    #[error("the built-in pronunciation data does not load")]
    Pronunciation(#[source] Cause),
    /// The network inside the binary could not be read. This is a broken build, not something a caller did.
    #[error("the built-in voice network does not load")]
    Network(#[source] Cause),
    /// The network refused a sentence or answered in an unexpected shape.
    #[error("the voice network failed on a sentence of {phonemes} phonemes")]
    Inference {
        /// Length of the sentence as the network sees it.
        phonemes: usize,
        /// What the network's runtime reported.
        #[source]
        source: Cause,
    },
}

/// An error of a library underneath, kept opaque so that changing the library is not a breaking change.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;
