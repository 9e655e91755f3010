//! What can go wrong while listening.

use std::sync::Arc;

/// Tells why a recording could not be analysed.
///
/// Everything but [`Error::Load`] and [`Error::Run`] is about the samples that were handed in;
/// those two mean that a built-in network is broken, which is a defect of the build.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is not one sample.
    #[error("the recording has no samples")]
    Empty,

    /// A sample is NaN or infinite.
    #[error("sample {index} is {value}, expected a finite number")]
    NotFinite {
        /// Index of the first such sample.
        index: usize,
        /// The sample itself.
        value: f32,
    },

    /// A sample is so large that the scale must be wrong (16-bit integers read as floats, say).
    #[error("sample {index} is {value}, expected a value within -{limit}..={limit} where 1 is full scale")]
    OutOfRange {
        /// Index of the first such sample.
        index: usize,
        /// The sample itself.
        value: f32,
        /// Largest magnitude accepted; see [`crate::MAX_MAGNITUDE`].
        limit: f32,
    },

    /// The recording is shorter than one frame of the analysis.
    #[error("the recording lasts {seconds:.3} s, expected at least {needed:.3} s")]
    TooShort {
        /// Duration of the recording in seconds.
        seconds: f64,
        /// Shortest duration that works, in seconds.
        needed: f64,
    },

    /// Too little speech is left after long silences are dropped.
    #[error("the recording has {seconds:.2} s of speech, expected at least {needed:.2} s")]
    TooLittleSpeech {
        /// Seconds left after the silences were dropped.
        seconds: f64,
        /// Seconds needed.
        needed: f64,
    },

    /// A speech map was made from another recording.
    #[error("the speech map covers {mapped} samples, expected {samples}")]
    MapMismatch {
        /// Samples that the map was made from.
        mapped: usize,
        /// Samples of the recording.
        samples: usize,
    },

    /// A network did not load.
    #[error("the {network} network did not load")]
    Load {
        /// Name of the network.
        network: &'static str,
        /// What the runtime said.
        source: Arc<dyn std::error::Error + Send + Sync>,
    },

    /// A network failed while it ran.
    #[error("the {network} network failed while it ran")]
    Run {
        /// Name of the network.
        network: &'static str,
        /// What the runtime said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },

    /// The speaker network answered with something that is not a direction.
    #[error("the voice of the window at {start:.2} s has no direction, its embedding is zero or not finite")]
    NoVoice {
        /// Start of the window in seconds.
        start: f64,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_crosses_threads_and_lives_on_its_own() {
        fn check<T: std::error::Error + Send + Sync + 'static>() {}
        check::<Error>();
    }

    #[test]
    fn message_carries_expected_and_actual() {
        let error = Error::TooLittleSpeech {
            seconds: 0.5,
            needed: 1.2,
        };
        assert_eq!(
            error.to_string(),
            "the recording has 0.50 s of speech, expected at least 1.20 s"
        );
    }
}
