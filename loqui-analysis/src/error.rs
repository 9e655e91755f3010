//! The errors of this crate.

use std::sync::Arc;

/// The reason why a recording could not be analyzed.
///
/// [`Error::Load`] and [`Error::Run`] mean that a built-in network is invalid, which is a defect of
/// the build. All other errors are about the samples.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The recording is empty.
    #[error("the recording has no samples")]
    Empty,

    /// A sample is NaN or infinite.
    #[error("sample {index} is {value}, expected a finite number")]
    NotFinite {
        /// The index of the first such sample.
        index: usize,
        /// The sample.
        value: f32,
    },

    /// A sample is far above full scale. Integers that were converted without scaling have such values.
    #[error("sample {index} is {value}, expected a value within -{limit}..={limit} where 1 is full scale")]
    OutOfRange {
        /// The index of the first such sample.
        index: usize,
        /// The sample.
        value: f32,
        /// The maximum magnitude; see [`crate::MAX_MAGNITUDE`].
        limit: f32,
    },

    /// The recording is shorter than one analysis frame.
    #[error("the recording lasts {seconds:.3} s, expected at least {needed:.3} s")]
    TooShort {
        /// The length of the recording, in seconds.
        seconds: f64,
        /// The minimum length, in seconds.
        needed: f64,
    },

    /// There is too little speech without long silences.
    #[error("the recording has {seconds:.2} s of speech, expected at least {needed:.2} s")]
    TooLittleSpeech {
        /// The length without long silences, in seconds.
        seconds: f64,
        /// The minimum length, in seconds.
        needed: f64,
    },

    /// The speech map belongs to another recording.
    #[error("the speech map covers {mapped} samples, expected {samples}")]
    MapMismatch {
        /// The number of samples that the map covers.
        mapped: usize,
        /// The number of samples of the recording.
        samples: usize,
    },

    /// A network could not be loaded.
    #[error("the {network} network could not be loaded")]
    Load {
        /// The name of the network.
        network: &'static str,
        /// The error of the runtime.
        source: Arc<dyn std::error::Error + Send + Sync>,
    },

    /// A network failed at run time.
    #[error("the {network} network failed")]
    Run {
        /// The name of the network.
        network: &'static str,
        /// The error of the runtime.
        source: Box<dyn std::error::Error + Send + Sync>,
    },

    /// The speaker network returned an embedding that is zero or not finite.
    #[error("the speaker embedding of the window at {start:.2} s is zero or not finite")]
    NoVoice {
        /// The start of the window, in seconds.
        start: f64,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_is_send_sync_and_static() {
        fn check<T: std::error::Error + Send + Sync + 'static>() {}
        check::<Error>();
    }

    #[test]
    fn message_has_the_expected_and_the_actual_value() {
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
