//! Decodes the audio that engines return.

use super::{Limits, SPEECH_RATE, channels, decode, resample};
use crate::audio::Clip;
use crate::error::{Error, Result, code};

/// Decodes the audio that an engine returned, in any format, to mono at [`SPEECH_RATE`].
///
/// # Errors
///
/// `engine.failed` if the audio cannot be decoded or is truncated.
///
/// # Examples
///
/// ```
/// use loqui_core::audio::{Clip, decode_speech, wav};
///
/// let take = wav::write(&Clip::new(vec![0.1; 44_100], 44_100), None);
/// assert_eq!(decode_speech(&take)?.len(), 24_000);
/// assert_eq!(decode_speech(b"<html>").unwrap_err().code(), "engine.failed");
/// # Ok::<(), loqui_core::Error>(())
/// ```
pub fn decode_speech(bytes: &[u8]) -> Result<Clip> {
    let broken = |message: &str| Error::new(&code::ENGINE_FAILED, message);
    let mut decoded = decode(bytes, &Limits::default())
        .map_err(|error| broken("the audio of the engine cannot be decoded").with_source(error))?;
    if decoded.truncated {
        return Err(broken("the audio of the engine is truncated"));
    }
    let voice = channels::choose(&decoded).channels;
    Ok(resample(decoded.take_mono(&voice), SPEECH_RATE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::testing::voice;

    #[test]
    fn truncated_audio_is_a_retryable_error() {
        let file = voice("heart.wav");
        assert!((decode_speech(&file).unwrap().seconds() - 13.925).abs() < 0.01);
        let error = decode_speech(&file[..100_000]).unwrap_err();
        assert_eq!(error.code(), "engine.failed");
        assert!(error.retryable());
    }
}
