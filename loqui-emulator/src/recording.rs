//! A recording for tests of programs that need one and have none.

use bytes::Bytes;

use crate::{audio, speech};

/// About ten seconds: long enough for every model and every check.
const WORDS: &str = "This is a voice for tests. It reads a few plain sentences, so that there is something to hear. \
                     The weather is mild today, and the street below the window is quiet. \
                     Nobody has to stand in front of a microphone for this.";

/// Speaks a few sentences in the offline voice: a WAV that passes every check of recordings, always the same on one
/// machine. `None` if this build has no voice.
pub fn recording() -> Option<Bytes> {
    speech::speak(WORDS, 1, usize::MAX).map(|samples| audio::encode(&samples))
}
