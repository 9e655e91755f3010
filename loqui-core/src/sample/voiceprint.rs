//! Whose voice it is, and how alike two voices are.

pub use loqui_analysis::Likeness;
use loqui_analysis::SAMPLE_RATE;

use crate::audio::{Clip, Limits, decode, resample};
use crate::error::{Error, Result, code};

/// A voice as a direction: recordings of one speaker point the same way.
///
/// The network hears what Chatterbox's own voice encoder hears. Measured on 10 s of four people, one room each: the
/// same person scores 0.87 and more in 99 of 100 pairs, two people 0.76 and less. [`Likeness`] puts the number into
/// words; real rooms and microphones blur both, so take it for a hint, not for proof of identity.
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
    /// Takes the voiceprint of a recording in any format that a sample may have.
    ///
    /// # Errors
    ///
    /// `sample.unreadable`, `sample.unsupported_format`, `sample.too_large`, and those of [`of_clip`](Self::of_clip).
    pub fn of_bytes(bytes: &[u8]) -> Result<Self> {
        Self::of_clip(&decode(bytes, &Limits::default())?.mono())
    }

    /// Takes the voiceprint of sound in memory. Costs about 15 ms for each second of it.
    ///
    /// # Errors
    ///
    /// `sample.no_speech` for less than 1.2 s of speech, `sample.not_finite` for samples that are not numbers.
    pub fn of_clip(clip: &Clip) -> Result<Self> {
        use loqui_analysis::Error as Trouble;
        let clip = resample(clip.clone(), SAMPLE_RATE);
        loqui_analysis::Voiceprint::of(clip.samples())
            .map(Self)
            .map_err(|trouble| {
                let code = match trouble {
                    Trouble::Empty | Trouble::TooLittleSpeech { .. } | Trouble::NoVoice { .. } => {
                        &code::SAMPLE_NO_SPEECH
                    }
                    Trouble::NotFinite { .. } | Trouble::OutOfRange { .. } => &code::SAMPLE_NOT_FINITE,
                    _ => &code::INTERNAL,
                };
                Error::new(code, trouble.to_string())
            })
    }

    /// Compares two voices: the cosine between them, 0 to 1.
    pub fn similarity(&self, other: &Self) -> f64 {
        self.0.similarity(&other.0).into()
    }

    /// Compares two voices in words.
    pub fn likeness(&self, other: &Self) -> Likeness {
        Likeness::from_similarity(self.0.similarity(&other.0))
    }

    /// The direction: 256 numbers, none negative, of length 1.
    pub fn embedding(&self) -> &[f32] {
        self.0.embedding()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::testing::voice;

    #[test]
    fn what_holds_no_voice_is_refused_with_a_code() {
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
    fn a_sample_knows_its_voice() {
        let sample = crate::Sample::from_bytes(voice("rms.mp3")).unwrap();
        let print = sample.voiceprint().unwrap();
        assert_eq!(print.embedding().len(), 256);
        let whole = Voiceprint::of_bytes(&voice("rms.wav")).unwrap();
        assert_eq!(print.likeness(&whole), Likeness::Same, "{}", print.similarity(&whole));
    }
}
