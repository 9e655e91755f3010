//! Voiceprints, and the similarity of two voices.

pub use loqui_analysis::Likeness;
use loqui_analysis::SAMPLE_RATE;

use crate::audio::{Clip, Limits, decode, resample};
use crate::error::{Code, Error, Result, code};

/// A voice as a unit vector of 256 numbers. Recordings of one speaker have similar directions.
///
/// The network is a GE2E speaker encoder (<https://arxiv.org/abs/1710.10467>), the architecture that Chatterbox uses as
/// its voice encoder. Measured on 10 s of four people, in one room each: the same person scores at least 0.87 in 99 of
/// 100 pairs, two people at most 0.76. Rooms and microphones change the score, so it is no proof of identity.
/// [`Likeness`] classifies it.
///
/// # Examples
///
/// ```
/// use loqui_core::sample::{Likeness, Voiceprint};
///
/// # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/voices/");
/// let [wav, mp3, other] = ["slt.wav", "slt.mp3", "rms.wav"].map(|name| {
///     Voiceprint::of_bytes(&std::fs::read(format!("{folder}{name}")).unwrap()).unwrap()
/// });
/// assert_eq!(wav.likeness(&mp3), Likeness::Same);
/// assert!(wav.similarity(&other) < 0.75);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Voiceprint(loqui_analysis::Voiceprint);

impl Voiceprint {
    /// Computes the voiceprint of a recording in any format that a sample may have.
    ///
    /// # Errors
    ///
    /// `sample.unreadable`, `sample.unsupported_format`, `sample.too_large`, and those of [`of_clip`](Self::of_clip).
    pub fn of_bytes(bytes: &[u8]) -> Result<Self> {
        Self::of_clip(&decode(bytes, &Limits::default())?.mono())
    }

    /// Computes the voiceprint of audio in memory. Takes about 15 ms per second of audio.
    ///
    /// # Errors
    ///
    /// `sample.no_speech` for less than 1.2 s of speech, `sample.not_finite` for samples that are not finite.
    pub fn of_clip(clip: &Clip) -> Result<Self> {
        let clip = resample(clip.clone(), SAMPLE_RATE);
        loqui_analysis::Voiceprint::of(clip.samples())
            .map(Self)
            .map_err(|error| Error::new(code_of(&error), error.to_string()))
    }

    /// Returns the cosine similarity of two voices, 0 to 1.
    pub fn similarity(&self, other: &Self) -> f64 {
        self.0.similarity(&other.0).into()
    }

    /// Classifies the similarity of two voices.
    pub fn likeness(&self, other: &Self) -> Likeness {
        Likeness::from_similarity(self.0.similarity(&other.0))
    }

    /// Returns the vector: 256 numbers of at least 0, with a norm of 1.
    pub fn embedding(&self) -> &[f32] {
        self.0.embedding()
    }
}

fn code_of(error: &loqui_analysis::Error) -> &'static Code {
    use loqui_analysis::Error as AnalysisError;
    match error {
        AnalysisError::Empty | AnalysisError::TooLittleSpeech { .. } | AnalysisError::NoVoice { .. } => {
            &code::SAMPLE_NO_SPEECH
        }
        AnalysisError::NotFinite { .. } | AnalysisError::OutOfRange { .. } => &code::SAMPLE_NOT_FINITE,
        _ => &code::INTERNAL,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::testing::voice;

    #[test]
    fn recordings_without_a_voice_are_rejected_with_a_code() {
        let code_of = |bytes: &[u8]| Voiceprint::of_bytes(bytes).expect_err("refused").code();
        assert_eq!(code_of(b"text"), "sample.unreadable");
        let silence = crate::audio::wav::write(&Clip::new(vec![0.0; 48_000], 24_000), None);
        assert_eq!(code_of(&silence), "sample.no_speech");
        let broken = Clip::new(vec![f32::NAN; 48_000], 16_000);
        assert_eq!(
            Voiceprint::of_clip(&broken).expect_err("refused").code(),
            "sample.not_finite"
        );
    }

    #[test]
    fn a_sample_has_the_voiceprint_of_its_reference() {
        let sample = crate::Sample::from_bytes(voice("rms.mp3")).unwrap();
        let print = sample.voiceprint().unwrap();
        assert_eq!(print.embedding().len(), 256);
        let whole = Voiceprint::of_bytes(&voice("rms.wav")).unwrap();
        assert_eq!(print.likeness(&whole), Likeness::Same, "{}", print.similarity(&whole));
    }
}
