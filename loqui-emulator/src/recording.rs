//! A recording of a voice, for tests.

use bytes::Bytes;

use crate::{audio, speech};

/// About ten seconds of speech, which all models and checks accept.
const WORDS: &str = "This is a voice for tests. It reads a few plain sentences, so that there is something to hear. \
                     The weather is mild today, and the street below the window is quiet. \
                     Nobody has to stand in front of a microphone for this.";

/// Returns a WAV file of a few sentences in the offline voice. It passes all checks of recordings and is the same in each
/// run on a machine. Returns `None` if the build lacks the feature `voice`.
pub fn recording() -> Option<Bytes> {
    speech::speak(WORDS, 1, usize::MAX).map(|samples| audio::encode(&samples))
}
